// Loops over rows of floats that compilers vectorise.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace {

// exp for arguments at or below 0 (or slightly above): 2^n times a polynomial of degree 6 on [-ln2/2, ln2/2],
// relative error below 2e-7; below -87 it gives 0. Branch-free, so that loops around it vectorise.
inline float exp_nonpositive(float x) {
  const float clamped = std::max(x, -87.0f);
  const float n = std::nearbyintf(clamped * 1.44269504f);
  const float r = (clamped - n * 0.693359375f) + n * 2.12194440e-4f;
  float p = 1.3888889e-3f;
  p = p * r + 8.3333333e-3f;
  p = p * r + 4.1666667e-2f;
  p = p * r + 1.6666667e-1f;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  const int32_t bits = (static_cast<int32_t>(n) + 127) << 23;
  float power;
  std::memcpy(&power, &bits, sizeof(power));
  return x < -87.0f ? 0.0f : p * power;
}

// Sum in eight lanes, so that the compiler may vectorise without being told to reorder floats everywhere.
template <typename Term>
inline float lane_sum(int64_t begin, int64_t end, Term term) {
  constexpr int64_t lanes = 16;
  float partial[lanes] = {0};
  int64_t i = begin;
  for (; i + lanes <= end; i += lanes)
    for (int64_t lane = 0; lane < lanes; ++lane) partial[lane] += term(i + lane);
  float sum = 0;
  for (; i < end; ++i) sum += term(i);
  for (int64_t lane = 0; lane < lanes; ++lane) sum += partial[lane];
  return sum;
}

inline float lane_maximum(const float *z, int64_t count) {
  constexpr int64_t lanes = 16;
  float best[lanes];
  std::fill(best, best + lanes, -INFINITY);
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes)
    for (int64_t lane = 0; lane < lanes; ++lane) best[lane] = z[i + lane] > best[lane] ? z[i + lane] : best[lane];
  float maximum = -INFINITY;
  for (int64_t lane = 0; lane < lanes; ++lane) maximum = std::max(maximum, best[lane]);
  for (; i < count; ++i) maximum = std::max(maximum, z[i]);
  return maximum;
}

}  // namespace
