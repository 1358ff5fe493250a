// Kernels of small dense networks in float32. All matrices are row-major; no function allocates or keeps state.
#ifndef CNUMERIC_H
#define CNUMERIC_H

#include <stddef.h>

// Activations; `cn_activate` and `cn_activation_gradient` take one of these.
enum { CN_IDENTITY = 0, CN_TANH = 1, CN_RELU = 2, CN_SILU = 3, CN_SELU = 4, CN_SIGMOID = 5 };

// c[m][n] = (accumulate ? c[m][n] : 0) + sum over k of a(m, k) b[k][n],
// where a(m, k) = a[m * a_row + k * a_column], and ldb, ldc are the lengths of the rows of b and c.
void cn_multiply(
    size_t m, size_t n, size_t k, const float *a, size_t a_row, size_t a_column, const float *b, size_t ldb,
    float *c, size_t ldc, int accumulate);

// z[r][c] += bias[c]; y = f(z). z and y may be the same.
void cn_activate(size_t rows, size_t columns, const float *bias, float *z, float *y, int activation);

// g *= f'(z), from z and y = f(z) (z is read by silu only).
void cn_activation_gradient(size_t count, const float *z, const float *y, float *g, int activation);

// out[c] += sum over rows of x[r][c].
void cn_add_column_sums(size_t rows, size_t columns, const float *x, float *out);

void cn_transpose(size_t rows, size_t columns, const float *x, float *out);

double cn_sum_of_squares(size_t count, const float *x);

// One step of Adam (Kingma and Ba 2015) with decoupled weight decay; correction1 = 1 - beta1^t, and so on.
void cn_adam(
    size_t count, float *parameters, const float *gradients, float *first, float *second, float rate, double beta1,
    double beta2, float epsilon, float decay, float scale, float correction1, float correction2);

// target += rate (source - target).
void cn_blend(size_t count, float *target, const float *source, float rate);

// One row of two-layer trust (TR-2, arXiv 2510.24909), all with the values before: trust += growth * max(0, min(1,
// 1 - harm) - trust) + erosion * fall * trust, inside [0, 1 - harm]; harm += damage (1 - harm) - repair harm, inside
// [0, 1].
void cn_trust_row(
    size_t count, double *trust, double *harm, const double *growth, const double *fall, const double *damage,
    const double *repair, const double *erosion);

// sums[i] = sum over j of min(trust_ij, 1 - harm_ij) weights_ij values[j], in the order of j.
void cn_trusted_sums(
    size_t count, const double *trust, const double *harm, const double *weights, const double *values,
    double *sums);

#endif
