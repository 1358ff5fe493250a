// Two loops of the sampler that plain operators do with many passes over memory: attention of one new token per
// row over a shared prompt, and drawing a token. CPU, float32; other devices use the operators.
#include "../include/ctorch.h"

#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>

#include <vector>

#include "lanes.h"

// Defined in ctorch.cpp's terms: a handle is a pointer to an at::Tensor.
static const at::Tensor &tensor_of(ct_tensor handle) { return *reinterpret_cast<const at::Tensor *>(handle); }
extern "C" int ct_fail(const char *message);

namespace {

// One query against `length` keys: running maximum, sum and weighted values (the online softmax).
struct Partial {
  float maximum;
  float sum;
};

// Scores first, then exponentials, then values: three short loops that the compiler vectorises.
void attend(const float *query, const float *keys, const float *values, int64_t length, int64_t width, float scale,
            float *scores, Partial &state, float *accumulator) {
  float maximum = state.maximum;
  for (int64_t position = 0; position < length; ++position) {
    const float *key = keys + position * width;
    scores[position] = scale * lane_sum(0, width, [&](int64_t i) { return query[i] * key[i]; });
    maximum = std::max(maximum, scores[position]);
  }
  const float correction = exp_nonpositive(state.maximum - maximum);
  float sum = state.sum * correction;
  for (int64_t i = 0; i < width; ++i) accumulator[i] *= correction;
  for (int64_t position = 0; position < length; ++position) {
    const float weight = exp_nonpositive(scores[position] - maximum);
    sum += weight;
    const float *value = values + position * width;
    for (int64_t i = 0; i < width; ++i) accumulator[i] += weight * value[i];
  }
  state = {maximum, sum};
}

}  // namespace

extern "C" int ct_decode_attention(ct_tensor query_handle, const ct_tensor *prompt_keys, const ct_tensor *prompt_values,
                                   int32_t groups, const int32_t *group_of_row, ct_tensor own_key_handle,
                                   ct_tensor own_value_handle, int64_t own_length, ct_tensor output_handle) {
  const auto &query = tensor_of(query_handle);
  const auto &own_keys = tensor_of(own_key_handle);
  const auto &own_values = tensor_of(own_value_handle);
  const auto &output = tensor_of(output_handle);
  const int64_t rows = query.size(0), heads = query.size(1), width = query.size(2);
  const int64_t kv_heads = own_keys.size(1), capacity = own_keys.size(2), share = heads / kv_heads;
  if (!query.is_cpu() || query.scalar_type() != at::kFloat || own_keys.scalar_type() != at::kFloat ||
      own_values.scalar_type() != at::kFloat || !own_keys.is_contiguous() || !own_values.is_contiguous() ||
      !output.is_contiguous() || output.scalar_type() != at::kFloat || query.stride(2) != 1 ||
      query.stride(1) != width || own_length > capacity)
    return ct_fail("decode attention wants float32 tensors of the documented layout on the CPU");
  std::vector<const float *> keys(groups), values(groups);
  std::vector<int64_t> lengths(groups);
  int64_t longest = own_length;
  for (int32_t group = 0; group < groups; ++group) {
    const auto &key = tensor_of(prompt_keys[group]);
    const auto &value = tensor_of(prompt_values[group]);
    if (key.scalar_type() != at::kFloat || !key.is_contiguous() || !value.is_contiguous())
      return ct_fail("decode attention wants contiguous float32 prompt keys and values");
    keys[group] = key.const_data_ptr<float>();
    values[group] = value.const_data_ptr<float>();
    lengths[group] = key.size(1);
    longest = std::max(longest, key.size(1));
  }
  for (int64_t row = 0; row < rows; ++row)
    if (group_of_row[row] < 0 || group_of_row[row] >= groups) return ct_fail("decode attention: group out of range");
  const float *queries = query.const_data_ptr<float>();
  const float *own_k = own_keys.const_data_ptr<float>();
  const float *own_v = own_values.const_data_ptr<float>();
  float *out = output.mutable_data_ptr<float>();
  const int64_t row_stride = query.stride(0);
  const float scale = 1.0f / std::sqrt(static_cast<float>(width));
  at::parallel_for(0, rows * kv_heads, 1, [&](int64_t begin, int64_t end) {
    std::vector<float> scores(longest);
    for (int64_t item = begin; item < end; ++item) {
      const int64_t row = item / kv_heads, kv = item % kv_heads;
      const int32_t group = group_of_row[row];
      const int64_t own_offset = (row * kv_heads + kv) * capacity * width;
      const int64_t prompt_offset = kv * lengths[group] * width;
      for (int64_t head = kv * share; head < (kv + 1) * share; ++head) {
        float *target = out + (row * heads + head) * width;
        std::fill(target, target + width, 0.0f);
        Partial state{-INFINITY, 0};
        const float *q = queries + row * row_stride + head * width;
        if (lengths[group] > 0)
          attend(q, keys[group] + prompt_offset, values[group] + prompt_offset, lengths[group], width, scale,
                 scores.data(), state, target);
        attend(q, own_k + own_offset, own_v + own_offset, own_length, width, scale, scores.data(), state, target);
        const float inverse = 1.0f / state.sum;
        for (int64_t i = 0; i < width; ++i) target[i] *= inverse;
      }
    }
  });
  return 0;
}

extern "C" int ct_sample(ct_tensor logits_handle, double temperature, const double *uniform, int32_t *tokens,
                         float *log_probabilities) {
  const auto &logits = tensor_of(logits_handle);
  if (!logits.is_cpu() || logits.scalar_type() != at::kFloat || !logits.is_contiguous() || logits.dim() != 2)
    return ct_fail("sampling wants a contiguous float32 matrix of logits on the CPU");
  const int64_t rows = logits.size(0), vocabulary = logits.size(1);
  const float *all = logits.const_data_ptr<float>();
  const float inverse = temperature > 0 ? static_cast<float>(1.0 / temperature) : 1.0f;
  int32_t bad = 0;
  at::parallel_for(0, rows, 1, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const float *z = all + row * vocabulary;
      const float maximum = lane_maximum(z, vocabulary);
      // Block sums in double: the draw walks blocks, then one block.
      constexpr int64_t block = 512;
      const int64_t blocks = (vocabulary + block - 1) / block;
      std::vector<double> sums(blocks);
      double total = 0;
      for (int64_t b = 0; b < blocks; ++b) {
        const int64_t stop = std::min(vocabulary, (b + 1) * block);
        const float sum =
            lane_sum(b * block, stop, [&](int64_t i) { return exp_nonpositive((z[i] - maximum) * inverse); });
        sums[b] = sum;
        total += sum;
      }
      if (!(total > 0) || !std::isfinite(total)) {
        bad = 1;
        continue;
      }
      int64_t chosen = -1;
      if (temperature <= 0) {
        for (int64_t i = 0; i < vocabulary; ++i)
          if (z[i] == maximum) {
            chosen = i;
            break;
          }
      } else {
        double target = uniform[row] * total;
        int64_t b = 0;
        while (b + 1 < blocks && target >= sums[b]) target -= sums[b++];
        double walked = 0;
        const int64_t stop = std::min(vocabulary, (b + 1) * block);
        for (int64_t i = b * block; i < stop; ++i) {
          const double p = exp_nonpositive((z[i] - maximum) * inverse);
          if (p <= 0) continue;
          chosen = i;
          walked += p;
          if (walked > target) break;
        }
      }
      // Rounding can leave the last block empty: then the most likely token stands in.
      if (chosen < 0)
        for (int64_t i = 0; i < vocabulary; ++i)
          if (z[i] == maximum) chosen = i;
      tokens[row] = static_cast<int32_t>(chosen);
      log_probabilities[row] = static_cast<float>((z[chosen] - maximum) * inverse - std::log(total));
    }
  });
  return bad ? ct_fail("the logits of a row are not finite: the model's weights hold NaN or infinity") : 0;
}
