#include "cnumeric.h"

#include <math.h>
#include <string.h>

// One source, compiled for several x86 processors; the loader takes the best one that the machine has.
#if defined(__x86_64__) && defined(__linux__)
#define MANY __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define MANY
#endif

typedef float v16 __attribute__((vector_size(64), aligned(4)));

// Four rows times 32 columns stay in registers while k runs.
MANY void cn_multiply(
    size_t m, size_t n, size_t k, const float *a, size_t a_row, size_t a_column, const float *b, size_t ldb,
    float *c, size_t ldc, int accumulate) {
  size_t column = 0;
  for (; column + 32 <= n; column += 32) {
    size_t row = 0;
    for (; row + 4 <= m; row += 4) {
      v16 s00 = {0}, s01 = {0}, s10 = {0}, s11 = {0}, s20 = {0}, s21 = {0}, s30 = {0}, s31 = {0};
      const float *left = a + row * a_row;
      const float *right = b + column;
      for (size_t i = 0; i < k; i++, left += a_column, right += ldb) {
        const v16 b0 = *(const v16 *)right, b1 = *(const v16 *)(right + 16);
        const float a0 = left[0], a1 = left[a_row], a2 = left[2 * a_row], a3 = left[3 * a_row];
        s00 += a0 * b0, s01 += a0 * b1, s10 += a1 * b0, s11 += a1 * b1;
        s20 += a2 * b0, s21 += a2 * b1, s30 += a3 * b0, s31 += a3 * b1;
      }
      float *out = c + row * ldc + column;
      if (accumulate) {
        s00 += *(v16 *)out, s01 += *(v16 *)(out + 16);
        s10 += *(v16 *)(out + ldc), s11 += *(v16 *)(out + ldc + 16);
        s20 += *(v16 *)(out + 2 * ldc), s21 += *(v16 *)(out + 2 * ldc + 16);
        s30 += *(v16 *)(out + 3 * ldc), s31 += *(v16 *)(out + 3 * ldc + 16);
      }
      *(v16 *)out = s00, *(v16 *)(out + 16) = s01;
      *(v16 *)(out + ldc) = s10, *(v16 *)(out + ldc + 16) = s11;
      *(v16 *)(out + 2 * ldc) = s20, *(v16 *)(out + 2 * ldc + 16) = s21;
      *(v16 *)(out + 3 * ldc) = s30, *(v16 *)(out + 3 * ldc + 16) = s31;
    }
    for (; row < m; row++) {
      v16 s0 = {0}, s1 = {0};
      const float *left = a + row * a_row;
      const float *right = b + column;
      for (size_t i = 0; i < k; i++, left += a_column, right += ldb) {
        s0 += left[0] * *(const v16 *)right, s1 += left[0] * *(const v16 *)(right + 16);
      }
      float *out = c + row * ldc + column;
      if (accumulate) s0 += *(v16 *)out, s1 += *(v16 *)(out + 16);
      *(v16 *)out = s0, *(v16 *)(out + 16) = s1;
    }
  }
  // The columns that are left, fewer than 32: one at a time, with vectors along whichever side lies together.
  for (; column < n; column++) {
    const float *right = b + column;
    size_t row = 0;
    if (a_row == 1) {
      for (; row + 32 <= m; row += 32) {
        v16 s0 = {0}, s1 = {0};
        const float *left = a + row;
        for (size_t i = 0; i < k; i++, left += a_column) {
          const float factor = right[i * ldb];
          s0 += *(const v16 *)left * factor, s1 += *(const v16 *)(left + 16) * factor;
        }
        float sums[32];
        *(v16 *)sums = s0, *(v16 *)(sums + 16) = s1;
        for (size_t j = 0; j < 32; j++) {
          float *out = c + (row + j) * ldc + column;
          *out = accumulate ? *out + sums[j] : sums[j];
        }
      }
    } else if (a_column == 1) {
      // The column of b, a piece at a time, laid together.
      float piece[256];
      for (size_t start = 0; start < k || start == 0; start += 256) {
        const size_t length = k - start < 256 ? k - start : 256;
        for (size_t i = 0; i < length; i++) piece[i] = right[(start + i) * ldb];
        for (row = 0; row < m; row++) {
          const float *left = a + row * a_row + start;
          v16 s = {0};
          size_t i = 0;
          for (; i + 16 <= length; i += 16) s += *(const v16 *)(left + i) * *(const v16 *)(piece + i);
          float sum = 0;
          for (; i < length; i++) sum += left[i] * piece[i];
          for (size_t j = 0; j < 16; j++) sum += s[j];
          float *out = c + row * ldc + column;
          *out = accumulate || start > 0 ? *out + sum : sum;
        }
      }
      continue;
    }
    for (; row < m; row++) {
      float sum = 0;
      for (size_t i = 0; i < k; i++) sum += a[row * a_row + i * a_column] * right[i * ldb];
      float *out = c + row * ldc + column;
      *out = accumulate ? *out + sum : sum;
    }
  }
}

// e^x for x in [-87, 87], relative error below 2e-7: x = n ln 2 + r, Taylor's polynomial in r.
static inline __attribute__((always_inline)) float exponential(float x) {
  x = x < -87.0f ? -87.0f : x;
  x = x > 87.0f ? 87.0f : x;
  // Adding 1.5 * 2^23 rounds to the nearest integer.
  const float shifted = x * 1.44269504088896341f + 12582912.0f;
  const float n = shifted - 12582912.0f;
  const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  float p = 1.0f / 5040.0f;
  p = p * r + 1.0f / 720.0f;
  p = p * r + 1.0f / 120.0f;
  p = p * r + 1.0f / 24.0f;
  p = p * r + 1.0f / 6.0f;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  union { float f; int i; } scale;
  scale.i = ((int)n + 127) << 23;
  return p * scale.f;
}

static const float seluScale = 1.0507009873554805f;
static const float seluAlpha = 1.6732632423543772f;

MANY void cn_activate(
    size_t rows, size_t columns, const float *restrict bias, float *z, float *y, int activation) {
  for (size_t row = 0; row < rows; row++) {
    float *restrict from = z + row * columns;
    for (size_t i = 0; i < columns; i++) from[i] += bias[i];
  }
  const size_t count = rows * columns;
  switch (activation) {
    case CN_TANH:
      // 1 - 2 / (e^2x + 1): the absolute error stays below 2e-7.
      for (size_t i = 0; i < count; i++) y[i] = 1.0f - 2.0f / (exponential(2.0f * z[i]) + 1.0f);
      break;
    case CN_RELU:
      for (size_t i = 0; i < count; i++) y[i] = z[i] > 0.0f ? z[i] : 0.0f;
      break;
    case CN_SILU:
      for (size_t i = 0; i < count; i++) y[i] = z[i] / (1.0f + exponential(-z[i]));
      break;
    case CN_SELU:
      for (size_t i = 0; i < count; i++) {
        y[i] = seluScale * (z[i] > 0.0f ? z[i] : seluAlpha * (exponential(z[i]) - 1.0f));
      }
      break;
    case CN_SIGMOID:
      for (size_t i = 0; i < count; i++) y[i] = 1.0f / (1.0f + exponential(-z[i]));
      break;
    default:
      if (y != z) memcpy(y, z, count * sizeof(float));
  }
}

MANY void cn_activation_gradient(
    size_t count, const float *restrict z, const float *restrict y, float *restrict g, int activation) {
  switch (activation) {
    case CN_TANH:
      for (size_t i = 0; i < count; i++) g[i] *= 1.0f - y[i] * y[i];
      break;
    case CN_RELU:
      for (size_t i = 0; i < count; i++) g[i] = y[i] > 0.0f ? g[i] : 0.0f;
      break;
    case CN_SILU:
      for (size_t i = 0; i < count; i++) {
        const float s = 1.0f / (1.0f + exponential(-z[i]));
        g[i] *= s * (1.0f + z[i] * (1.0f - s));
      }
      break;
    case CN_SELU:
      for (size_t i = 0; i < count; i++) g[i] *= y[i] > 0.0f ? seluScale : y[i] + seluScale * seluAlpha;
      break;
    case CN_SIGMOID:
      for (size_t i = 0; i < count; i++) g[i] *= y[i] * (1.0f - y[i]);
      break;
    default: break;
  }
}

MANY void cn_add_column_sums(size_t rows, size_t columns, const float *restrict x, float *restrict out) {
  for (size_t row = 0; row < rows; row++) {
    for (size_t i = 0; i < columns; i++) out[i] += x[row * columns + i];
  }
}

MANY void cn_transpose(size_t rows, size_t columns, const float *restrict x, float *restrict out) {
  for (size_t row = 0; row < rows; row++) {
    for (size_t i = 0; i < columns; i++) out[i * rows + row] = x[row * columns + i];
  }
}

MANY double cn_sum_of_squares(size_t count, const float *x) {
  double sums[8] = {0};
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    for (size_t j = 0; j < 8; j++) sums[j] += (double)x[i + j] * (double)x[i + j];
  }
  for (; i < count; i++) sums[0] += (double)x[i] * (double)x[i];
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

MANY void cn_adam(
    size_t count, float *restrict parameters, const float *restrict gradients, float *restrict first,
    float *restrict second, float rate, double beta1, double beta2, float epsilon, float decay, float scale,
    float correction1, float correction2) {
  // 1 - beta in double precision: in float it would lose three digits.
  const float keep1 = (float)beta1, keep2 = (float)beta2, new1 = (float)(1 - beta1), new2 = (float)(1 - beta2);
  const float step = rate / correction1;
  const float root = 1.0f / sqrtf(correction2);
  for (size_t i = 0; i < count; i++) {
    const float g = gradients[i] * scale;
    const float m = keep1 * first[i] + new1 * g;
    const float v = keep2 * second[i] + new2 * g * g;
    first[i] = m;
    second[i] = v;
    parameters[i] = parameters[i] * (1.0f - rate * decay) - step * m / (sqrtf(v) * root + epsilon);
  }
}

MANY void cn_blend(size_t count, float *restrict target, const float *restrict source, float rate) {
  for (size_t i = 0; i < count; i++) target[i] += rate * (source[i] - target[i]);
}

// Without fused operations: the sums are those of the plain Swift loop, bit for bit.
static inline double smaller(double a, double b) { return b < a ? b : a; }
static inline double larger(double a, double b) { return b >= a ? b : a; }

MANY void cn_trust_row(
    size_t count, double *restrict trust, double *restrict harm, const double *restrict growth,
    const double *restrict fall, const double *restrict damage, const double *restrict repair,
    const double *restrict erosion) {
#pragma STDC FP_CONTRACT OFF
  for (size_t j = 0; j < count; j++) {
    const double before = trust[j], hurt = harm[j], ceiling = 1 - hurt;
    const double room = larger(0, smaller(1, ceiling) - before);
    const double moved = before + growth[j] * room + erosion[j] * fall[j] * before;
    trust[j] = smaller(larger(moved, 0), ceiling);
    harm[j] = smaller(larger(hurt + damage[j] * ceiling - repair[j] * hurt, 0), 1);
  }
}

MANY void cn_trusted_sums(
    size_t count, const double *restrict trust, const double *restrict harm, const double *restrict weights,
    const double *restrict values, double *restrict sums) {
#pragma STDC FP_CONTRACT OFF
  size_t i = 0;
  // Four rows at a time: each is summed in its order, and none waits for the others.
  for (; i + 4 <= count; i += 4) {
    double s[4] = {0, 0, 0, 0};
    for (size_t j = 0; j < count; j++) {
      for (size_t row = 0; row < 4; row++) {
        const size_t place = (i + row) * count + j;
        s[row] += smaller(trust[place], 1 - harm[place]) * weights[place] * values[j];
      }
    }
    for (size_t row = 0; row < 4; row++) sums[i + row] = s[row];
  }
  for (; i < count; i++) {
    double s = 0;
    for (size_t j = 0; j < count; j++) {
      const size_t place = i * count + j;
      s += smaller(trust[place], 1 - harm[place]) * weights[place] * values[j];
    }
    sums[i] = s;
  }
}
