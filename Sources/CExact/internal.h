#ifndef LAUREL_CEXACT_INTERNAL_H
#define LAUREL_CEXACT_INTERNAL_H

#include <setjmp.h>
#include <stddef.h>

#include "cexact.h"
#include "flint_headers.h"

// Memory of one worker: a region filled from the bottom, freed blocks kept by size. Dropped as a whole.
typedef struct {
  char *base;
  size_t used;
  void *free_blocks[48];
} cx_arena;

int cx_arena_open(cx_arena *arena);
void cx_arena_close(cx_arena *arena);

// What the allocator must know about the question being answered on this thread.
typedef struct {
  cx_arena arena;
  jmp_buf escape;
  double deadline;
  int countdown;
} cx_scope;

// The scope of the calling thread; NULL outside workers.
extern _Thread_local cx_scope *cx_current;

// Makes FLINT and GMP allocate from the current scope, and leave by its escape. Once a process.
void cx_install_hooks(void);

double cx_now(void);

// Where the variables of a program stand. Points 0 to 2 are generic (algebraically independent as far as
// Calcium knows), the others rational.
enum { CX_GENERIC_POINTS = 3, CX_POINTS = 9 };

// Evaluates to an enclosure. Returns 0 when there is none, CX_OFF_THE_REAL_LINE when a real function of variables
// takes an even root or a logarithm of something negative on the way.
enum { CX_OFF_THE_REAL_LINE = 2 };
int cx_enclose(acb_t result, const cx_problem *problem, const cx_instruction *code, int32_t count, int point,
               slong precision);

// Evaluates exactly. Returns 0 when the value would be too large or is not known to Calcium.
int cx_evaluate(ca_t result, const cx_problem *problem, const cx_instruction *code, int32_t count, int point,
                ca_ctx_t context);

// The coordinates of a point: sign * Gamma(1 / prime) * numerator / denominator at generic points (prime > 0).
typedef struct {
  int prime;
  int numerator;
  int denominator;
} cx_coordinate;

cx_coordinate cx_coordinate_of(int32_t variable, int point);

// Answers on the current thread.
cx_answer cx_answer_question(const cx_problem *problem, ca_ctx_t context);

#endif
