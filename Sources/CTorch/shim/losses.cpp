// The loss head of a language model in two passes over a matrix of logits, in place: a policy gradient needs a token's
// log-probability before it knows its coefficient, and plain operators would write the matrix half a dozen times.
// CPU, float32; other devices use the operators.
#include "../include/ctorch.h"

#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>

#include "lanes.h"

static const at::Tensor &tensor_of(ct_tensor handle) { return *reinterpret_cast<const at::Tensor *>(handle); }
extern "C" int ct_fail(const char *message);

namespace {

bool is_matrix(const at::Tensor &tensor) {
  return tensor.is_cpu() && tensor.scalar_type() == at::kFloat && tensor.is_contiguous() && tensor.dim() == 2;
}

}  // namespace

extern "C" int ct_softmax_rows(ct_tensor logits, double temperature, const int64_t *tokens, float *log_probabilities,
                               float *entropies) {
  const auto &matrix = tensor_of(logits);
  if (!is_matrix(matrix)) return ct_fail("softmax of rows wants a contiguous float32 matrix on the CPU");
  const int64_t rows = matrix.size(0), vocabulary = matrix.size(1);
  for (int64_t row = 0; row < rows; ++row)
    if (tokens[row] < 0 || tokens[row] >= vocabulary) return ct_fail("softmax of rows: token outside the vocabulary");
  float *all = matrix.mutable_data_ptr<float>();
  const float inverse = static_cast<float>(1.0 / temperature);
  int32_t bad = 0;
  at::parallel_for(0, rows, 1, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      float *z = all + row * vocabulary;
      const float maximum = lane_maximum(z, vocabulary);
      const float chosen = (z[tokens[row]] - maximum) * inverse;
      double total = 0, weighted = 0;
      constexpr int64_t block = 1024;
      for (int64_t start = 0; start < vocabulary; start += block) {
        const int64_t stop = std::min(vocabulary, start + block);
        float scaled[block];
        for (int64_t i = start; i < stop; ++i) {
          scaled[i - start] = (z[i] - maximum) * inverse;
          z[i] = exp_nonpositive(scaled[i - start]);
        }
        total += lane_sum(start, stop, [&](int64_t i) { return z[i]; });
        // Where exp gave 0 the product is 0 too, also for logits of minus infinity.
        weighted += lane_sum(start, stop, [&](int64_t i) { return z[i] * std::max(scaled[i - start], -1e4f); });
      }
      if (!(total > 0) || !std::isfinite(total)) {
        bad = 1;
        continue;
      }
      const float share = static_cast<float>(1 / total);
      for (int64_t i = 0; i < vocabulary; ++i) z[i] *= share;
      log_probabilities[row] = static_cast<float>(chosen - std::log(total));
      entropies[row] = static_cast<float>(std::log(total) - weighted / total);
    }
  });
  return bad ? ct_fail("the logits of a row are not finite: the model's weights hold NaN or infinity") : 0;
}

extern "C" int ct_softmax_gradient(ct_tensor probabilities, double temperature, const int64_t *tokens,
                                   const float *coefficients, const float *entropy_weights, const float *entropies) {
  const auto &matrix = tensor_of(probabilities);
  if (!is_matrix(matrix)) return ct_fail("the gradient of rows wants a contiguous float32 matrix on the CPU");
  const int64_t rows = matrix.size(0), vocabulary = matrix.size(1);
  float *all = matrix.mutable_data_ptr<float>();
  const float inverse = static_cast<float>(1.0 / temperature);
  at::parallel_for(0, rows, 1, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      float *p = all + row * vocabulary;
      const float coefficient = coefficients[row] * inverse;
      const float weight = entropy_weights ? entropy_weights[row] * inverse : 0.0f;
      if (weight == 0) {
        for (int64_t i = 0; i < vocabulary; ++i) p[i] *= -coefficient;
      } else {
        for (int64_t i = 0; i < vocabulary; ++i) {
          const float log_p = p[i] > 0 ? std::log(p[i]) : 0.0f;
          p[i] *= weight * (log_p + entropies[row]) - coefficient;
        }
      }
      p[tokens[row]] += coefficient;
    }
  });
  return 0;
}
