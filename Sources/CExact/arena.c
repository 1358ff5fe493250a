#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "internal.h"

#ifndef MAP_NORESERVE
#define MAP_NORESERVE 0
#endif

// Address space of a worker. Only what is touched takes memory.
static const size_t region_size = (size_t)96 << 20;
// Every block starts with its size class.
static const size_t header_size = 16;
// The clock is read once in so many allocations.
static const int allocations_between_looks = 32;

_Thread_local cx_scope *cx_current = NULL;

double cx_now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

int cx_arena_open(cx_arena *arena) {
  memset(arena, 0, sizeof *arena);
  void *base = mmap(NULL, region_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (base == MAP_FAILED) return 0;
  arena->base = base;
  return 1;
}

void cx_arena_close(cx_arena *arena) {
  if (arena->base) munmap(arena->base, region_size);
  arena->base = NULL;
}

static int owns(const cx_scope *scope, const void *block) {
  return scope && (const char *)block >= scope->arena.base && (const char *)block < scope->arena.base + region_size;
}

static void look_at_the_clock(cx_scope *scope) {
  if (--scope->countdown > 0) return;
  scope->countdown = allocations_between_looks;
  if (cx_now() > scope->deadline) longjmp(scope->escape, CX_OUT_OF_TIME);
}

static int class_of(size_t size) {
  int class = 5;
  while (((size_t)1 << class) < size) class++;
  return class;
}

static void *arena_allocate(cx_scope *scope, size_t size) {
  look_at_the_clock(scope);
  if (size > region_size / 2) longjmp(scope->escape, CX_OUT_OF_MEMORY);
  int class = class_of(size + header_size);
  void *kept = scope->arena.free_blocks[class];
  if (kept) {
    memcpy(&scope->arena.free_blocks[class], kept, sizeof(void *));
    return kept;
  }
  size_t total = (size_t)1 << class;
  if (scope->arena.used + total > region_size) longjmp(scope->escape, CX_OUT_OF_MEMORY);
  char *block = scope->arena.base + scope->arena.used;
  scope->arena.used += total;
  *(int *)block = class;
  return block + header_size;
}

static int block_class(const void *block) { return *(const int *)((const char *)block - header_size); }

static void *allocate(size_t size) {
  cx_scope *scope = cx_current;
  return scope ? arena_allocate(scope, size) : malloc(size);
}

static void *allocate_zeroed(size_t count, size_t size) {
  cx_scope *scope = cx_current;
  if (!scope) return calloc(count, size);
  if (size && count > region_size / size) longjmp(scope->escape, CX_OUT_OF_MEMORY);
  return memset(arena_allocate(scope, count * size), 0, count * size);
}

static void release(void *block) {
  cx_scope *scope = cx_current;
  if (!block) return;
  if (!owns(scope, block)) {
    free(block);
    return;
  }
  int class = block_class(block);
  memcpy(block, &scope->arena.free_blocks[class], sizeof(void *));
  scope->arena.free_blocks[class] = block;
}

static void *reallocate(void *block, size_t size) {
  cx_scope *scope = cx_current;
  if (!block) return allocate(size);
  if (!owns(scope, block)) return realloc(block, size);
  size_t room = ((size_t)1 << block_class(block)) - header_size;
  if (size <= room) return block;
  void *larger = arena_allocate(scope, size);
  memcpy(larger, block, room);
  release(block);
  return larger;
}

static void *gmp_reallocate(void *block, size_t old_size, size_t size) {
  (void)old_size;
  return reallocate(block, size);
}

static void gmp_release(void *block, size_t size) {
  (void)size;
  release(block);
}

static FLINT_NORETURN void leave(void) {
  if (cx_current) longjmp(cx_current->escape, CX_FAILED);
  abort();
}

static void install(void) {
  mp_set_memory_functions(allocate, gmp_reallocate, gmp_release);
  __flint_set_memory_functions(allocate, allocate_zeroed, reallocate, release);
  flint_set_abort(leave);
}

void cx_install_hooks(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, install);
}
