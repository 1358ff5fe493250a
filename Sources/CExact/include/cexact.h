// The C interface to Calcium and FLINT: are two expressions equal, which is larger, is one a multiple of the other.
//
// An expression is a program for a stack machine (operands first). Every question runs on a worker thread with
// memory of its own; one that exceeds its time or memory is given up, and its thread and memory with it. So no
// input hangs, exhausts or ends the process.
#ifndef LAUREL_CEXACT_H
#define LAUREL_CEXACT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
  CX_SMALL,      // pushes the integer `argument`
  CX_LITERAL,    // pushes the decimal integer that starts at byte `argument` of `literals`
  CX_PI,
  CX_E,
  CX_I,
  CX_VARIABLE,   // pushes variable number `argument`, from 0
  CX_ADD,
  CX_SUBTRACT,
  CX_MULTIPLY,
  CX_DIVIDE,
  CX_NEGATE,
  CX_POWER,      // principal value; real where base is real and the exponent has an odd denominator
  CX_ROOT,       // root of degree `argument`; the real one of a negative radicand when the degree is odd
  CX_EXP,
  CX_LN,
  CX_SIN,
  CX_COS,
  CX_TAN,
  CX_ARCSIN,
  CX_ARCCOS,
  CX_ARCTAN,
  CX_ABS,
  CX_FLOOR,
  CX_CEILING,
  CX_FACTORIAL,
  CX_BINOMIAL
} cx_operation;

typedef struct {
  int32_t operation;
  int32_t argument;
} cx_instruction;

typedef enum {
  CX_EQUAL,         // left == right; with variables: as functions, where both are real
  CX_ORDER,         // the order of two real numbers
  CX_PROPORTIONAL   // left == c * right for a constant c other than 0
} cx_question;

typedef enum {
  CX_YES,
  CX_NO,
  CX_UNDECIDED,
  CX_UNDEFINED,     // a side has no finite value
  CX_OUT_OF_TIME,
  CX_OUT_OF_MEMORY,
  CX_FAILED         // the library refused, or no thread could be had
} cx_verdict;

typedef struct {
  int32_t question;
  const cx_instruction *left;
  int32_t left_count;
  const cx_instruction *right;
  int32_t right_count;
  // Decimal integers, each ended by a zero byte.
  const char *literals;
  int32_t literals_size;
  int32_t variables;
  // Some operation is not analytic, so that one generic point does not stand for all.
  int32_t has_branches;
  // The imaginary unit occurs, so that values off the real line count.
  int32_t is_complex;
  double seconds;
} cx_problem;

typedef struct {
  int32_t verdict;
  // CX_ORDER: -1, 0, 1 (with CX_YES). CX_PROPORTIONAL: the sign of c, 0 when it is not real.
  int32_t sign;
} cx_answer;

// Answers one question. Safe to call from any thread.
cx_answer cx_decide(const cx_problem *problem);

// The version of FLINT that was compiled against.
const char *cx_version(void);

#ifdef __cplusplus
}
#endif

#endif
