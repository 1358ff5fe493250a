#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "internal.h"

// A worker is replaced after this many questions, or when its memory is this full: Calcium's caches only grow.
static const int max_questions = 2000;
static const size_t max_used = (size_t)48 << 20;
// How much longer than its time limit a question may keep the caller waiting.
static const double grace = 0.004;
static const size_t stack_size = (size_t)8 << 20;
static const int max_idle = 16;

typedef enum { IDLE, ASKED, ANSWERED, ABANDONED, DEAD } worker_state;

typedef struct worker {
  struct worker *next;
  pthread_mutex_t lock;
  pthread_cond_t changed;
  worker_state state;
  // The worker ends after this answer.
  int is_last;
  cx_problem problem;
  cx_answer answer;
  cx_scope scope;
  ca_ctx_t context;
  int has_context;
  int questions;
} worker;

static pthread_mutex_t pool_lock = PTHREAD_MUTEX_INITIALIZER;
static worker *pool = NULL;
static int pool_count = 0;

static void free_problem(cx_problem *problem) {
  free((void *)problem->left);
  free((void *)problem->right);
  free((void *)problem->literals);
  problem->left = problem->right = NULL;
  problem->literals = NULL;
}

static int copy_problem(cx_problem *copy, const cx_problem *problem) {
  *copy = *problem;
  size_t left = sizeof(cx_instruction) * (size_t)problem->left_count;
  size_t right = sizeof(cx_instruction) * (size_t)problem->right_count;
  size_t literals = (size_t)problem->literals_size;
  cx_instruction *left_copy = malloc(left + 1), *right_copy = malloc(right + 1);
  char *literals_copy = malloc(literals + 1);
  copy->left = left_copy;
  copy->right = right_copy;
  copy->literals = literals_copy;
  if (!left_copy || !right_copy || !literals_copy) {
    free_problem(copy);
    return 0;
  }
  if (left) memcpy(left_copy, problem->left, left);
  if (right) memcpy(right_copy, problem->right, right);
  if (literals) memcpy(literals_copy, problem->literals, literals);
  literals_copy[literals] = 0;
  return 1;
}

static void free_worker(worker *self) {
  cx_arena_close(&self->scope.arena);
  free_problem(&self->problem);
  pthread_mutex_destroy(&self->lock);
  pthread_cond_destroy(&self->changed);
  free(self);
}

// FLINT's own caches live in thread-local variables and point into the arena: an escaped computation may leave
// them half made, so the thread ends after it and nothing reads them again.
static void answer(worker *self) {
  int escaped = setjmp(self->scope.escape);
  if (escaped) {
    self->answer.verdict = escaped;
    self->answer.sign = 0;
    self->is_last = 1;
    return;
  }
  self->scope.deadline = cx_now() + self->problem.seconds;
  self->scope.countdown = 1;
  if (!self->has_context) {
    ca_ctx_init(self->context);
    self->context->options[CA_OPT_PREC_LIMIT] = 2048;
    self->context->options[CA_OPT_QQBAR_DEG_LIMIT] = 120;
    self->context->options[CA_OPT_POW_LIMIT] = 40;
    self->has_context = 1;
  }
  self->answer = cx_answer_question(&self->problem, self->context);
  self->is_last = ++self->questions >= max_questions || self->scope.arena.used > max_used;
}

static void *work(void *argument) {
  worker *self = argument;
  cx_current = &self->scope;
  pthread_mutex_lock(&self->lock);
  for (;;) {
    while (self->state != ASKED && self->state != DEAD) pthread_cond_wait(&self->changed, &self->lock);
    if (self->state == DEAD) break;
    pthread_mutex_unlock(&self->lock);
    answer(self);
    pthread_mutex_lock(&self->lock);
    free_problem(&self->problem);
    if (self->state == ABANDONED) break;
    int is_last = self->is_last;
    self->state = ANSWERED;
    pthread_cond_signal(&self->changed);
    if (is_last) {
      // The caller takes the answer and says so by DEAD.
      while (self->state != DEAD) pthread_cond_wait(&self->changed, &self->lock);
      break;
    }
  }
  pthread_mutex_unlock(&self->lock);
  cx_current = NULL;
  free_worker(self);
  return NULL;
}

static worker *new_worker(void) {
  worker *self = calloc(1, sizeof(worker));
  if (!self) return NULL;
  if (!cx_arena_open(&self->scope.arena)) {
    free(self);
    return NULL;
  }
  pthread_mutex_init(&self->lock, NULL);
  pthread_cond_init(&self->changed, NULL);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, stack_size);
  pthread_t thread;
  int failed = pthread_create(&thread, &attributes, work, self);
  pthread_attr_destroy(&attributes);
  if (failed) {
    free_worker(self);
    return NULL;
  }
  return self;
}

static worker *take_worker(void) {
  pthread_mutex_lock(&pool_lock);
  worker *self = pool;
  if (self) {
    pool = self->next;
    pool_count--;
  }
  pthread_mutex_unlock(&pool_lock);
  return self ? self : new_worker();
}

static void end_worker(worker *self) {
  pthread_mutex_lock(&self->lock);
  self->state = DEAD;
  pthread_cond_signal(&self->changed);
  pthread_mutex_unlock(&self->lock);
}

static void give_back(worker *self) {
  pthread_mutex_lock(&pool_lock);
  int is_kept = pool_count < max_idle;
  if (is_kept) {
    self->next = pool;
    pool = self;
    pool_count++;
  }
  pthread_mutex_unlock(&pool_lock);
  if (!is_kept) end_worker(self);
}

cx_answer cx_decide(const cx_problem *problem) {
  cx_answer nothing = {CX_FAILED, 0};
  cx_install_hooks();
  worker *self = take_worker();
  if (!self) return nothing;
  if (!copy_problem(&self->problem, problem)) {
    give_back(self);
    return nothing;
  }
  struct timespec limit;
  clock_gettime(CLOCK_REALTIME, &limit);
  double end = (double)limit.tv_nsec * 1e-9 + problem->seconds + grace;
  limit.tv_sec += (time_t)end;
  limit.tv_nsec = (long)((end - (double)(time_t)end) * 1e9);

  pthread_mutex_lock(&self->lock);
  self->state = ASKED;
  pthread_cond_signal(&self->changed);
  int waited = 0;
  while (self->state != ANSWERED && waited != ETIMEDOUT)
    waited = pthread_cond_timedwait(&self->changed, &self->lock, &limit);
  if (self->state != ANSWERED) {
    // It allocates nothing and so never looks at the clock: it is left to itself, and frees itself when it ends.
    self->state = ABANDONED;
    pthread_mutex_unlock(&self->lock);
    nothing.verdict = CX_OUT_OF_TIME;
    return nothing;
  }
  cx_answer result = self->answer;
  int is_last = self->is_last;
  self->state = is_last ? DEAD : IDLE;
  if (is_last) pthread_cond_signal(&self->changed);
  pthread_mutex_unlock(&self->lock);
  if (!is_last) give_back(self);
  return result;
}

const char *cx_version(void) { return FLINT_VERSION; }
