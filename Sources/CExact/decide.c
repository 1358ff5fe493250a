#include <string.h>

#include "internal.h"

static const slong first_precisions[] = {64, 192};
static const slong last_precision = 1200;

// What is known about a point after the enclosures.
typedef enum { APART, CLOSE, OFF_THE_REAL_LINE, NO_VALUE } nearness;

static nearness compare_enclosures(const cx_problem *problem, int point, slong precision) {
  acb_t left, right;
  acb_init(left);
  acb_init(right);
  nearness result = NO_VALUE;
  int has_left = cx_enclose(left, problem, problem->left, problem->left_count, point, precision);
  int has_right = cx_enclose(right, problem, problem->right, problem->right_count, point, precision);
  if (has_left && has_right && acb_is_finite(left) && acb_is_finite(right)) {
    int is_off = has_left == CX_OFF_THE_REAL_LINE || has_right == CX_OFF_THE_REAL_LINE || !arb_contains_zero(acb_imagref(left)) || !arb_contains_zero(acb_imagref(right));
    if (problem->variables > 0 && !problem->is_complex && is_off) result = OFF_THE_REAL_LINE;
    else result = acb_overlaps(left, right) ? CLOSE : APART;
  }
  acb_clear(left);
  acb_clear(right);
  return result;
}

static cx_verdict equal_exactly(const cx_problem *problem, int point, ca_ctx_t context) {
  ca_t left, right;
  ca_init(left, context);
  ca_init(right, context);
  cx_verdict result = CX_UNDECIDED;
  int has_left = cx_evaluate(left, problem, problem->left, problem->left_count, point, context);
  int has_right = cx_evaluate(right, problem, problem->right, problem->right_count, point, context);
  truth_t left_is_number = has_left ? ca_check_is_number(left, context) : T_UNKNOWN;
  truth_t right_is_number = has_right ? ca_check_is_number(right, context) : T_UNKNOWN;
  if (left_is_number == T_FALSE || right_is_number == T_FALSE) {
    result = CX_UNDEFINED;
  } else if (left_is_number == T_TRUE && right_is_number == T_TRUE) {
    truth_t truth = ca_check_equal(left, right, context);
    if (truth != T_UNKNOWN) result = truth == T_TRUE ? CX_YES : CX_NO;
  }
  ca_clear(left, context);
  ca_clear(right, context);
  return result;
}

static cx_verdict equal_at(const cx_problem *problem, int point, ca_ctx_t context) {
  cx_verdict exact = equal_exactly(problem, point, context);
  if (exact == CX_UNDECIDED && compare_enclosures(problem, point, last_precision) == APART) return CX_NO;
  return exact;
}

static cx_answer answer_equal(const cx_problem *problem, ca_ctx_t context) {
  cx_answer answer = {CX_UNDEFINED, 0};
  int points = problem->variables > 0 ? CX_GENERIC_POINTS : 1;
  nearness near[CX_GENERIC_POINTS];
  int is_anywhere_real = 0;
  for (int point = 0; point < points; point++) {
    for (int step = 0; step < 2; step++) {
      near[point] = compare_enclosures(problem, point, first_precisions[step]);
      if (near[point] == APART) {
        answer.verdict = CX_NO;
        return answer;
      }
      if (near[point] == OFF_THE_REAL_LINE) break;
    }
    if (near[point] == CLOSE || near[point] == NO_VALUE) is_anywhere_real = 1;
  }
  // The same program has the same value, if it has one.
  if (problem->left_count == problem->right_count
      && memcmp(problem->left, problem->right, sizeof(cx_instruction) * (size_t)problem->left_count) == 0) {
    for (int point = 0; point < points; point++)
      if (near[point] == CLOSE || near[point] == OFF_THE_REAL_LINE) answer.verdict = CX_YES;
    if (answer.verdict == CX_YES) return answer;
  }
  // Points without a real value say nothing, unless there are no others.
  int seen = 0;
  for (int point = points - 1; point >= 0; point--) {
    if (is_anywhere_real && near[point] == OFF_THE_REAL_LINE) continue;
    cx_verdict verdict = equal_at(problem, point, context);
    if (verdict == CX_UNDEFINED && points > 1) continue;
    answer.verdict = verdict;
    if (verdict != CX_YES) return answer;
    seen++;
    if (!problem->has_branches) break;
  }
  if (points > 1 && seen == 0) answer.verdict = CX_UNDEFINED;
  return answer;
}

static int order_of_enclosures(const cx_problem *problem, slong precision) {
  acb_t left, right;
  acb_init(left);
  acb_init(right);
  int result = 0;
  if (cx_enclose(left, problem, problem->left, problem->left_count, 0, precision)
      && cx_enclose(right, problem, problem->right, problem->right_count, 0, precision)
      && acb_is_finite(left) && acb_is_finite(right) && arb_contains_zero(acb_imagref(left))
      && arb_contains_zero(acb_imagref(right))) {
    if (arb_lt(acb_realref(left), acb_realref(right))) result = -1;
    else if (arb_gt(acb_realref(left), acb_realref(right))) result = 1;
  }
  acb_clear(left);
  acb_clear(right);
  return result;
}

static cx_answer answer_order(const cx_problem *problem, ca_ctx_t context) {
  cx_answer answer = {CX_UNDECIDED, 0};
  if (problem->variables > 0) return answer;
  int sign = order_of_enclosures(problem, first_precisions[0]);
  if (!sign) sign = order_of_enclosures(problem, first_precisions[1]);
  if (!sign) {
    cx_verdict equal = equal_exactly(problem, 0, context);
    if (equal == CX_YES || equal == CX_UNDEFINED) {
      answer.verdict = equal;
      return answer;
    }
    sign = order_of_enclosures(problem, last_precision);
  }
  if (sign) {
    answer.verdict = CX_YES;
    answer.sign = sign;
  }
  return answer;
}

// left(P) right(q) == left(q) right(P) at generic P and one rational q with right(q) != 0 is a proof that
// left = c right with c = left(q) / right(q).
static cx_answer proportional_at(const cx_problem *problem, int q, ca_ctx_t context) {
  cx_answer answer = {CX_UNDECIDED, 0};
  ca_t values[6];
  for (int index = 0; index < 6; index++) ca_init(values[index], context);
  ca_ptr left_q = values[0], right_q = values[1], left_p = values[2], right_p = values[3];
  if (cx_evaluate(left_q, problem, problem->left, problem->left_count, q, context)
      && cx_evaluate(right_q, problem, problem->right, problem->right_count, q, context)
      && ca_check_is_number(left_q, context) == T_TRUE && ca_check_is_number(right_q, context) == T_TRUE) {
    truth_t left_is_zero = ca_check_is_zero(left_q, context), right_is_zero = ca_check_is_zero(right_q, context);
    if (left_is_zero != right_is_zero && left_is_zero != T_UNKNOWN && right_is_zero != T_UNKNOWN) {
      answer.verdict = CX_NO;
    } else if (left_is_zero == T_FALSE && right_is_zero == T_FALSE
               && cx_evaluate(left_p, problem, problem->left, problem->left_count, 0, context)
               && cx_evaluate(right_p, problem, problem->right, problem->right_count, 0, context)
               && ca_check_is_number(left_p, context) == T_TRUE && ca_check_is_number(right_p, context) == T_TRUE) {
      ca_mul(values[4], left_p, right_q, context);
      ca_mul(values[5], left_q, right_p, context);
      truth_t truth = ca_check_equal(values[4], values[5], context);
      if (truth == T_FALSE) answer.verdict = CX_NO;
      if (truth == T_TRUE) {
        answer.verdict = CX_YES;
        ca_div(values[4], left_q, right_q, context);
        if (ca_check_is_real(values[4], context) == T_TRUE)
          answer.sign = ca_check_is_negative_real(values[4], context) == T_TRUE ? -1 : 1;
      }
    }
  }
  for (int index = 0; index < 6; index++) ca_clear(values[index], context);
  return answer;
}

// The same product of enclosures at two points shows quickly that no c exists.
static int is_never_proportional(const cx_problem *problem) {
  acb_t values[4];
  for (int index = 0; index < 4; index++) acb_init(values[index]);
  int has_all = 1;
  for (int index = 0; index < 4 && has_all; index++) {
    int is_left = index % 2 == 0;
    has_all = cx_enclose(values[index], problem, is_left ? problem->left : problem->right,
                         is_left ? problem->left_count : problem->right_count, index < 2 ? CX_GENERIC_POINTS : 0, 128)
              && acb_is_finite(values[index]);
  }
  if (has_all) {
    acb_mul(values[0], values[0], values[3], 128);
    acb_mul(values[1], values[1], values[2], 128);
  }
  int result = has_all && !acb_overlaps(values[0], values[1]);
  for (int index = 0; index < 4; index++) acb_clear(values[index]);
  return result;
}

static cx_answer answer_proportional(const cx_problem *problem, ca_ctx_t context) {
  cx_answer answer = {CX_NO, 0};
  if (is_never_proportional(problem)) return answer;
  answer.verdict = CX_UNDECIDED;
  for (int q = CX_GENERIC_POINTS; q < CX_POINTS && answer.verdict == CX_UNDECIDED; q++)
    answer = proportional_at(problem, q, context);
  return answer;
}

cx_answer cx_answer_question(const cx_problem *problem, ca_ctx_t context) {
  switch (problem->question) {
    case CX_EQUAL: return answer_equal(problem, context);
    case CX_ORDER: return answer_order(problem, context);
    default: return answer_proportional(problem, context);
  }
}
