#include "internal.h"

cx_coordinate cx_coordinate_of(int32_t variable, int point) {
  static const int primes[] = {7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67};
  static const int count = sizeof primes / sizeof *primes;
  int prime = primes[variable % count], round = variable / count;
  cx_coordinate result = {prime, 1, 1};
  switch (point) {
    // Gamma(1/p) is about p - 0.58. First between 0 and 1, then negative, then large with alternating signs.
    case 0:
      result.numerator = 2 * (variable % 7) + 3;
      result.denominator = 16 * (prime + round);
      break;
    case 1:
      result.numerator = -(variable % 5) - 4;
      result.denominator = 3 * (prime + round);
      break;
    case 2:
      result.numerator = 2 + variable % 3 + round;
      break;
    default:
      result.prime = 0;
      result.numerator = (point % 2 ? 1 : -1) * (2 * prime + 5 * point + round);
      result.denominator = point < 6 ? prime + 3 * point : 3;
      if (point % 2) result.numerator = result.numerator * (variable % 3 + 1);
      break;
  }
  return result;
}

static void enclose_variable(acb_t result, int32_t variable, int point, slong precision) {
  cx_coordinate at = cx_coordinate_of(variable, point);
  acb_one(result);
  if (at.prime) {
    fmpq_t argument;
    fmpq_init(argument);
    fmpq_set_si(argument, 1, (ulong)at.prime);
    arb_gamma_fmpq(acb_realref(result), argument, precision);
    fmpq_clear(argument);
  }
  acb_mul_si(result, result, at.numerator, precision);
  acb_div_si(result, result, at.denominator, precision);
}

static int is_negative_real(const acb_t x) { return acb_is_real(x) && arb_is_negative(acb_realref(x)); }

static void enclose_root(acb_t result, const acb_t x, ulong degree, slong precision) {
  int flips = degree % 2 == 1 && is_negative_real(x);
  if (flips) acb_neg(result, x);
  else acb_set(result, x);
  if (acb_is_zero(result)) return;
  if (degree == 2) acb_sqrt(result, result, precision);
  else if (acb_is_real(result) && arb_is_nonnegative(acb_realref(result)))
    arb_root_ui(acb_realref(result), acb_realref(result), degree, precision);
  else acb_root_ui(result, result, degree, precision);
  if (flips) acb_neg(result, result);
}

static void enclose_power(acb_t result, const acb_t x, const acb_t y, slong precision) {
  if (acb_is_zero(x)) {
    if (acb_is_real(y) && arb_is_positive(acb_realref(y))) acb_zero(result);
    else if (acb_is_zero(y)) acb_one(result);
    else acb_indeterminate(result);
    return;
  }
  acb_pow(result, x, y, precision);
}

static void enclose_factorial(acb_t result, const acb_t x, slong precision) {
  acb_add_ui(result, x, 1, precision);
  acb_gamma(result, result, precision);
}

static void enclose_step_function(acb_t result, const acb_t x, int operation, slong precision) {
  if (!acb_is_real(x)) {
    acb_indeterminate(result);
    return;
  }
  if (operation == CX_FLOOR) arb_floor(acb_realref(result), acb_realref(x), precision);
  else arb_ceil(acb_realref(result), acb_realref(x), precision);
  arb_zero(acb_imagref(result));
}

int cx_enclose(acb_t result, const cx_problem *problem, const cx_instruction *code, int32_t count, int point,
               slong precision) {
  int is_good = count > 0, is_real_only = problem->variables > 0 && !problem->is_complex, is_off = 0;
  slong height = 0;
  acb_ptr stack = _acb_vec_init(count + 1);
  for (int32_t index = 0; is_good && index < count; index++) {
    int operation = code[index].operation;
    int operands = operation <= CX_VARIABLE ? 0
                   : (operation <= CX_DIVIDE || operation == CX_POWER || operation == CX_BINOMIAL) ? 2 : 1;
    if (height < operands) {
      is_good = 0;
      break;
    }
    acb_ptr x = stack + height - operands, y = x + 1;
    height += 1 - operands;
    switch (operation) {
      case CX_SMALL: acb_set_si(x, code[index].argument); break;
      case CX_LITERAL: {
        fmpz_t integer;
        fmpz_init(integer);
        is_good = fmpz_set_str(integer, problem->literals + code[index].argument, 10) == 0;
        acb_set_round_fmpz(x, integer, precision);
        fmpz_clear(integer);
        break;
      }
      case CX_PI: acb_const_pi(x, precision); break;
      case CX_E:
        arb_const_e(acb_realref(x), precision);
        arb_zero(acb_imagref(x));
        break;
      case CX_I: acb_onei(x); break;
      case CX_VARIABLE: enclose_variable(x, code[index].argument, point, precision); break;
      case CX_ADD: acb_add(x, x, y, precision); break;
      case CX_SUBTRACT: acb_sub(x, x, y, precision); break;
      case CX_MULTIPLY: acb_mul(x, x, y, precision); break;
      case CX_DIVIDE: acb_div(x, x, y, precision); break;
      case CX_NEGATE: acb_neg(x, x); break;
      case CX_POWER: {
        acb_t power;
        acb_init(power);
        enclose_power(power, x, y, precision);
        acb_swap(x, power);
        acb_clear(power);
        break;
      }
      case CX_ROOT: {
        if (is_real_only && code[index].argument % 2 == 0 && is_negative_real(x)) is_off = 1;
        acb_t root;
        acb_init(root);
        enclose_root(root, x, (ulong)code[index].argument, precision);
        acb_swap(x, root);
        acb_clear(root);
        break;
      }
      case CX_EXP: acb_exp(x, x, precision); break;
      case CX_LN:
        if (is_real_only && is_negative_real(x)) is_off = 1;
        if (acb_is_zero(x)) acb_indeterminate(x);
        else acb_log(x, x, precision);
        break;
      case CX_SIN: acb_sin(x, x, precision); break;
      case CX_COS: acb_cos(x, x, precision); break;
      case CX_TAN: acb_tan(x, x, precision); break;
      case CX_ARCSIN: acb_asin(x, x, precision); break;
      case CX_ARCCOS: acb_acos(x, x, precision); break;
      case CX_ARCTAN: acb_atan(x, x, precision); break;
      case CX_ABS:
        acb_abs(acb_realref(x), x, precision);
        arb_zero(acb_imagref(x));
        break;
      case CX_FLOOR:
      case CX_CEILING: enclose_step_function(x, x, operation, precision); break;
      case CX_FACTORIAL: enclose_factorial(x, x, precision); break;
      case CX_BINOMIAL: {
        // n! / (k! (n - k)!)
        acb_t rest;
        acb_init(rest);
        acb_sub(rest, x, y, precision);
        enclose_factorial(rest, rest, precision);
        enclose_factorial(x, x, precision);
        enclose_factorial(y, y, precision);
        acb_mul(y, y, rest, precision);
        acb_div(x, x, y, precision);
        acb_clear(rest);
        break;
      }
      default: is_good = 0;
    }
  }
  if (is_good && height == 1) acb_swap(result, stack);
  else is_good = 0;
  _acb_vec_clear(stack, count + 1);
  return is_good ? (is_off ? CX_OFF_THE_REAL_LINE : 1) : 0;
}
