#pragma once
#include "squall_activations.h"
#include "vectors.h"

// Gate arithmetic on 16 channels in registers. Include between SQUALL_AVX512_BEGIN and SQUALL_AVX512_END.
// Minima and maxima have the constant first, which lets NaN through.

// 2ᶠ − 1 on |f| ≤ ½, relative error 1.2e-7.
SQUALL_INLINE vec power_less_one(vec f) {
  vec p = vec_set(1.5403530e-4f);
  p = _mm512_fmadd_ps(p, f, vec_set(1.3333558e-3f));
  p = _mm512_fmadd_ps(p, f, vec_set(9.6181291e-3f));
  p = _mm512_fmadd_ps(p, f, vec_set(5.5504109e-2f));
  p = _mm512_fmadd_ps(p, f, vec_set(2.4022651e-1f));
  p = _mm512_fmadd_ps(p, f, vec_set(6.9314718e-1f));
  return p * f;
}

// 1 / y for 1 ≤ y, by one step of Newton's method.
SQUALL_INLINE vec reciprocal(vec y) {
  const vec r = _mm512_rcp14_ps(y);
  return _mm512_fmadd_ps(r, _mm512_fnmadd_ps(y, r, vec_set(1.0f)), r);
}

/// 1 / (1 + e⁻ˣ)
SQUALL_INLINE vec vec_sigmoid(vec x) {
  vec t = x * vec_set(-1.44269504f);
  t = _mm512_min_ps(vec_set(125.0f), t);
  t = _mm512_max_ps(vec_set(-125.0f), t);
  const vec n = _mm512_roundscale_ps(t, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  const vec e = _mm512_scalef_ps(power_less_one(t - n) + vec_set(1.0f), n);
  return reciprocal(e + vec_set(1.0f));
}

/// tanh |x| = −e / (2 + e) with e = exp(−2 |x|) − 1, which loses nothing near zero.
SQUALL_INLINE vec vec_tanh(vec x) {
  vec t = _mm512_abs_ps(x) * vec_set(-2.88539008f);
  t = _mm512_max_ps(vec_set(-125.0f), t);
  const vec n = _mm512_roundscale_ps(t, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  const vec scale = _mm512_scalef_ps(vec_set(1.0f), n);
  const vec e = _mm512_fmadd_ps(power_less_one(t - n), scale, scale - vec_set(1.0f));
  const vec y = e * reciprocal(e + vec_set(2.0f));
  // −y with the sign of x.
  const __m512i sign = _mm512_and_si512(_mm512_castps_si512(x), _mm512_set1_epi32((int32_t)0x80000000u));
  return _mm512_castsi512_ps(_mm512_or_si512(_mm512_castps_si512(_mm512_abs_ps(y)), sign));
}

SQUALL_INLINE vec vec_activate(squall_function function, vec x) {
  switch (function) {
    case squall_function_sigmoid: return vec_sigmoid(x);
    case squall_function_tanh: return vec_tanh(x);
    case squall_function_relu: return _mm512_max_ps(vec_set(0.0f), x);
    case squall_function_hard_sigmoid:
      // Keras 3: relu6(x + 3) / 6.
      return _mm512_min_ps(vec_set(6.0f), _mm512_max_ps(vec_set(0.0f), x + vec_set(3.0f)))
          * vec_set(1.0f / 6.0f);
    default: return x;
  }
}

/// f'(x) d from y = f(x). A NaN in y passes on.
SQUALL_INLINE vec vec_activation_gradient(squall_function function, vec y, vec d) {
  const __mmask16 nan = _mm512_cmp_ps_mask(y, y, _CMP_UNORD_Q);
  switch (function) {
    case squall_function_sigmoid: return d * (y * (vec_set(1.0f) - y));
    case squall_function_tanh: return d * _mm512_fnmadd_ps(y, y, vec_set(1.0f));
    case squall_function_relu: {
      const __mmask16 on = _mm512_cmp_ps_mask(y, _mm512_setzero_ps(), _CMP_GT_OQ);
      return _mm512_mask_mov_ps(_mm512_maskz_mov_ps(on, d), nan, y);
    }
    case squall_function_hard_sigmoid: {
      const __mmask16 on = _mm512_cmp_ps_mask(y, _mm512_setzero_ps(), _CMP_GT_OQ)
          & _mm512_cmp_ps_mask(y, vec_set(1.0f), _CMP_LT_OQ);
      return _mm512_mask_mov_ps(_mm512_maskz_mov_ps(on, d * vec_set(1.0f / 6.0f)), nan, y);
    }
    default: return d;
  }
}
