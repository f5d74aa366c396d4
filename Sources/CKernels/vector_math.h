#pragma once
#include "dispatch.h"

#include <float.h>
#include <math.h>
#include <string.h>

// Scalar functions without branches, written so that a loop over them becomes vector code. They are inlined
// into callers of every instruction set. NaN goes through all of them; infinities give their limits.

SQUALL_INLINE float squall_from_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

SQUALL_INLINE uint32_t squall_to_bits(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

// x = k ln2 + r with |r| <= ln2 / 2. Adding 1.5 * 2^23 rounds to an integer whose value then stands in the low
// bits, which spares a conversion that would be undefined for NaN.
SQUALL_INLINE int32_t squall_split_exponent(float x, float *r) {
  const float shifted = x * 1.44269504088896341f + 12582912.0f;
  const float k = shifted - 12582912.0f;
  // ln2 in two parts; the first has so few bits that its product with k is exact.
  const float high = x - k * 0.693359375f;
  *r = high - k * -2.12194440054690583e-4f;
  return (int32_t)(squall_to_bits(shifted) - 0x4B400000u);
}

SQUALL_INLINE float squall_power_of_two(int32_t k) {
  return squall_from_bits((uint32_t)(k + 127) << 23);
}

// (exp(r) - 1 - r) / r² on |r| <= ln2 / 2.
SQUALL_INLINE float squall_exponential_tail(float r) {
  float p = 1.9841270e-4f;
  p = p * r + 1.3888889e-3f;
  p = p * r + 8.3333333e-3f;
  p = p * r + 4.1666667e-2f;
  p = p * r + 1.6666667e-1f;
  p = p * r + 0.5f;
  return p;
}

SQUALL_INLINE float squall_expf(float x) {
  // Comparisons are written so that NaN fails them and stays.
  float y = x < -104.0f ? -104.0f : x;
  y = y > 89.0f ? 89.0f : y;
  float r;
  const int32_t k = squall_split_exponent(y, &r);
  const float e = squall_exponential_tail(r) * (r * r) + r + 1.0f;
  // In two halves, so that results below the smallest normal number round once and 2^128 is never formed.
  const int32_t half = k >> 1;
  return e * squall_power_of_two(half) * squall_power_of_two(k - half);
}

SQUALL_INLINE float squall_sigmoidf(float x) { return 1.0f / (1.0f + squall_expf(-x)); }

// tanh|x| = -e / (2 + e) with e = exp(-2|x|) - 1, which loses nothing near zero.
SQUALL_INLINE float squall_tanhf(float x) {
  const uint32_t sign = squall_to_bits(x) & 0x80000000u;
  float y = -2.0f * squall_from_bits(squall_to_bits(x) & 0x7FFFFFFFu);
  y = y < -40.0f ? -40.0f : y;
  float r;
  const int32_t k = squall_split_exponent(y, &r);
  const float scale = squall_power_of_two(k);
  const float small = squall_exponential_tail(r) * (r * r) + r;
  const float e = small * scale + (scale - 1.0f);
  const float t = -e / (2.0f + e);
  return squall_from_bits(squall_to_bits(t) | sign);
}

SQUALL_INLINE float squall_logf(float x) {
  const int tiny = x < FLT_MIN;
  const float y = tiny ? x * 8388608.0f : x;
  const uint32_t bits = squall_to_bits(y);
  // m in [sqrt(1/2), sqrt(2)), y = m * 2^k.
  const uint32_t shifted = bits - 0x3F3504F3u;
  const int32_t k = ((int32_t)shifted >> 23) - (tiny ? 23 : 0);
  const float m = squall_from_bits((shifted & 0x007FFFFFu) + 0x3F3504F3u);
  // log m = 2 artanh(s) with s = (m - 1) / (m + 1), its series ended where float ends.
  const float f = m - 1.0f;
  const float s = f / (2.0f + f);
  const float z = s * s;
  float p = 0.24279078841f;
  p = p * z + 0.28498786688f;
  p = p * z + 0.40000972152f;
  p = p * z + 0.66666662693f;
  const float half = 0.5f * f * f;
  const float kf = (float)k;
  float value = kf * 0.693359375f + (f - (half - (s * (half + p * z) + kf * -2.12194440054690583e-4f)));
  value = x == INFINITY ? INFINITY : value;
  value = x == 0.0f ? -INFINITY : value;
  value = x < 0.0f ? NAN : value;
  return x != x ? x : value;
}

// log(1 + x): the rounding of 1 + x is undone by the factor x / ((1 + x) - 1) (W. Kahan's device).
SQUALL_INLINE float squall_log1pf(float x) {
  const float u = 1.0f + x;
  const float d = u - 1.0f;
  const float value = squall_logf(u) * (x / (d == 0.0f ? 1.0f : d));
  const float near = d == 0.0f ? x : value;
  return u == INFINITY || u == 0.0f ? squall_logf(u) : near;
}

SQUALL_INLINE float squall_reluf(float x) { return x < 0.0f ? 0.0f : x; }

// Keras 3: relu6(x + 3) / 6.
SQUALL_INLINE float squall_hard_sigmoidf(float x) {
  float y = squall_reluf(x + 3.0f);
  y = y > 6.0f ? 6.0f : y;
  return y * (1.0f / 6.0f);
}
