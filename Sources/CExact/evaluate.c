#include "internal.h"

// Powers and factorials beyond this many bits are left to the enclosures.
static const double max_bits = 1 << 17;
// Highest integer power of something that is not rational.
static const slong max_power = 64;
static const slong max_factorial = 6000;

static void evaluate_variable(ca_t result, int32_t variable, int point, ca_ctx_t context) {
  cx_coordinate at = cx_coordinate_of(variable, point);
  ca_one(result, context);
  if (at.prime) {
    ca_div_si(result, result, at.prime, context);
    ca_gamma(result, result, context);
  }
  ca_mul_si(result, result, at.numerator, context);
  ca_div_si(result, result, at.denominator, context);
}

// Negative and real for certain. Returns -1 when Calcium cannot tell.
static int is_negative(const ca_t x, ca_ctx_t context) {
  truth_t truth = ca_check_is_negative_real(x, context);
  return truth == T_TRUE ? 1 : truth == T_FALSE ? 0 : -1;
}

static int evaluate_fraction_power(ca_t result, const ca_t x, const fmpq_t exponent, ca_ctx_t context) {
  int flips = fmpz_is_odd(fmpq_denref(exponent)) ? is_negative(x, context) : 0;
  if (flips < 0) return 0;
  ca_set(result, x, context);
  if (flips) ca_neg(result, result, context);
  if (fmpz_equal_ui(fmpq_denref(exponent), 2) && fmpz_is_one(fmpq_numref(exponent))) ca_sqrt(result, result, context);
  else ca_pow_fmpq(result, result, exponent, context);
  if (flips && fmpz_is_odd(fmpq_numref(exponent))) ca_neg(result, result, context);
  return 1;
}

static int evaluate_integer_power(ca_t result, const ca_t x, const fmpz_t exponent, ca_ctx_t context) {
  if (!fmpz_fits_si(exponent)) return 0;
  slong power = fmpz_get_si(exponent);
  slong size = power < 0 ? -power : power;
  fmpq_t rational;
  fmpq_init(rational);
  int is_rational = ca_get_fmpq(rational, x, context);
  double bits = (double)size * (double)(fmpz_bits(fmpq_numref(rational)) + fmpz_bits(fmpq_denref(rational)) - 1);
  fmpq_clear(rational);
  if (is_rational ? bits > max_bits : size > max_power) return 0;
  ca_pow_fmpz(result, x, exponent, context);
  return 1;
}

static int evaluate_power(ca_t result, const ca_t x, const ca_t y, ca_ctx_t context) {
  fmpq_t exponent;
  fmpq_init(exponent);
  int is_good = 1;
  if (ca_get_fmpq(exponent, y, context)) {
    if (ca_check_is_zero(x, context) == T_TRUE) {
      if (fmpq_sgn(exponent) > 0) ca_zero(result, context);
      else if (fmpq_is_zero(exponent)) ca_one(result, context);
      else ca_undefined(result, context);
    } else if (fmpz_is_one(fmpq_denref(exponent))) {
      is_good = evaluate_integer_power(result, x, fmpq_numref(exponent), context);
    } else {
      is_good = fmpz_bits(fmpq_numref(exponent)) < 8 && fmpz_bits(fmpq_denref(exponent)) < 8
                && evaluate_fraction_power(result, x, exponent, context);
    }
  } else {
    // exp(y log x): Calcium knows the relations between exponentials.
    ca_t logarithm;
    ca_init(logarithm, context);
    ca_log(logarithm, x, context);
    ca_mul(logarithm, logarithm, y, context);
    ca_exp(result, logarithm, context);
    ca_clear(logarithm, context);
  }
  fmpq_clear(exponent);
  return is_good;
}

// The integer x, when it is one between 0 and `limit`; -1 otherwise.
static slong natural(const ca_t x, slong limit, ca_ctx_t context) {
  fmpz_t integer;
  fmpz_init(integer);
  slong result = -1;
  if (ca_get_fmpz(integer, x, context) && fmpz_sgn(integer) >= 0 && fmpz_cmp_si(integer, limit) <= 0)
    result = fmpz_get_si(integer);
  fmpz_clear(integer);
  return result;
}

static int evaluate_factorial(ca_t result, const ca_t x, ca_ctx_t context) {
  slong n = natural(x, max_factorial, context);
  fmpz_t value;
  if (n < 0) {
    if (ca_check_is_rational(x, context) == T_TRUE) {
      fmpz_init(value);
      int is_integer = ca_get_fmpz(value, x, context), is_negative = is_integer && fmpz_sgn(value) < 0;
      fmpz_clear(value);
      if (is_negative) ca_undefined(result, context);
      if (is_integer) return is_negative;
    }
    ca_add_ui(result, x, 1, context);
    ca_gamma(result, result, context);
    return 1;
  }
  fmpz_init(value);
  fmpz_fac_ui(value, (ulong)n);
  ca_set_fmpz(result, value, context);
  fmpz_clear(value);
  return 1;
}

static int evaluate_binomial(ca_t result, const ca_t x, const ca_t y, ca_ctx_t context) {
  slong k = natural(y, 1 << 20, context), n = natural(x, 1 << 20, context);
  if (k < 0) return 0;
  if (n >= 0) {
    slong smaller = k <= n - k ? k : n - k;
    if (smaller > max_factorial) return 0;
    fmpz_t value;
    fmpz_init(value);
    if (smaller >= 0) fmpz_bin_uiui(value, (ulong)n, (ulong)smaller);
    ca_set_fmpz(result, value, context);
    fmpz_clear(value);
    return 1;
  }
  if (k > 12) return 0;
  // x (x - 1) ... (x - k + 1) / k!
  ca_t factor;
  ca_init(factor, context);
  ca_one(result, context);
  for (slong index = 0; index < k; index++) {
    ca_sub_si(factor, x, index, context);
    ca_mul(result, result, factor, context);
    ca_div_si(result, result, index + 1, context);
  }
  ca_clear(factor, context);
  return 1;
}

int cx_evaluate(ca_t result, const cx_problem *problem, const cx_instruction *code, int32_t count, int point,
                ca_ctx_t context) {
  int is_good = count > 0;
  slong height = 0;
  ca_ptr stack = _ca_vec_init(count + 1, context);
  ca_t value;
  ca_init(value, context);
  for (int32_t index = 0; is_good && index < count; index++) {
    int operation = code[index].operation;
    int operands = operation <= CX_VARIABLE ? 0
                   : (operation <= CX_DIVIDE || operation == CX_POWER || operation == CX_BINOMIAL) ? 2 : 1;
    if (height < operands) {
      is_good = 0;
      break;
    }
    ca_ptr x = stack + height - operands, y = x + 1;
    height += 1 - operands;
    switch (operation) {
      case CX_SMALL: ca_set_si(value, code[index].argument, context); break;
      case CX_LITERAL: {
        fmpz_t integer;
        fmpz_init(integer);
        is_good = fmpz_set_str(integer, problem->literals + code[index].argument, 10) == 0;
        ca_set_fmpz(value, integer, context);
        fmpz_clear(integer);
        break;
      }
      case CX_PI: ca_pi(value, context); break;
      case CX_E:
        ca_one(value, context);
        ca_exp(value, value, context);
        break;
      case CX_I: ca_i(value, context); break;
      case CX_VARIABLE: evaluate_variable(value, code[index].argument, point, context); break;
      case CX_ADD: ca_add(value, x, y, context); break;
      case CX_SUBTRACT: ca_sub(value, x, y, context); break;
      case CX_MULTIPLY: ca_mul(value, x, y, context); break;
      case CX_DIVIDE: ca_div(value, x, y, context); break;
      case CX_NEGATE: ca_neg(value, x, context); break;
      case CX_POWER: is_good = evaluate_power(value, x, y, context); break;
      case CX_ROOT: {
        fmpq_t exponent;
        fmpq_init(exponent);
        fmpq_set_si(exponent, 1, (ulong)code[index].argument);
        is_good = code[index].argument <= 200;
        if (is_good) is_good = evaluate_fraction_power(value, x, exponent, context);
        fmpq_clear(exponent);
        break;
      }
      case CX_EXP: ca_exp(value, x, context); break;
      case CX_LN:
        if (ca_check_is_zero(x, context) == T_TRUE) ca_undefined(value, context);
        else ca_log(value, x, context);
        break;
      case CX_SIN: ca_sin(value, x, context); break;
      case CX_COS: ca_cos(value, x, context); break;
      case CX_TAN: ca_tan(value, x, context); break;
      case CX_ARCSIN: ca_asin(value, x, context); break;
      case CX_ARCCOS: ca_acos(value, x, context); break;
      case CX_ARCTAN: ca_atan(value, x, context); break;
      case CX_ABS: ca_abs(value, x, context); break;
      case CX_FLOOR:
      case CX_CEILING:
        is_good = ca_check_is_real(x, context) == T_TRUE;
        if (is_good && operation == CX_FLOOR) ca_floor(value, x, context);
        else if (is_good) ca_ceil(value, x, context);
        break;
      case CX_FACTORIAL: is_good = evaluate_factorial(value, x, context); break;
      case CX_BINOMIAL: is_good = evaluate_binomial(value, x, y, context); break;
      default: is_good = 0;
    }
    if (is_good) ca_swap(x, value, context);
    // A side that is undefined stays so.
    if (is_good && CA_IS_SPECIAL(x)) {
      is_good = ca_check_is_number(x, context) == T_FALSE;
      if (is_good) {
        ca_undefined(stack, context);
        height = 1;
        break;
      }
    }
  }
  if (is_good && height == 1) ca_swap(result, stack, context);
  else is_good = 0;
  ca_clear(value, context);
  _ca_vec_clear(stack, count + 1, context);
  return is_good;
}
