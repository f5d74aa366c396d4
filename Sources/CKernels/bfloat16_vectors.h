#pragma once
#include "vectors.h"

// 16 channels in a register to and from bfloat16, with the bits of bfloat16.c. The processor's own conversion would
// make zeros of the smallest numbers. Include between SQUALL_AVX512_BEGIN and SQUALL_AVX512_END.

/// The nearest bfloat16 number is in the upper halves; lower halves have no meaning.
SQUALL_INLINE __m512i bfloat16_bits(vec x) {
  const __m512i bits = _mm512_castps_si512(x);
  const __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
  const __m512i even = _mm512_add_epi32(_mm512_add_epi32(bits, _mm512_set1_epi32(0x7fff)), odd);
  const __mmask16 nan = _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q);
  return _mm512_mask_or_epi32(even, nan, bits, _mm512_set1_epi32(0x00400000));
}

SQUALL_INLINE vec vec_rounded(vec x) {
  return _mm512_castsi512_ps(_mm512_and_si512(bfloat16_bits(x), _mm512_set1_epi32((int32_t)0xffff0000u)));
}

SQUALL_INLINE void vec_store_halves(uint16_t *p, __mmask16 mask, vec x) {
  _mm256_mask_storeu_epi16(p, mask, _mm512_cvtepi32_epi16(_mm512_srli_epi32(bfloat16_bits(x), 16)));
}

SQUALL_INLINE vec vec_load_halves(const uint16_t *p, __mmask16 mask) {
  const __m512i bits = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(mask, p));
  return _mm512_castsi512_ps(_mm512_slli_epi32(bits, 16));
}

/// Values `at` an array of float32, or of bfloat16 where it is narrow.
SQUALL_INLINE vec vec_load_kept(const void *array, bool narrow, int64_t at, __mmask16 mask) {
  return narrow ? vec_load_halves((const uint16_t *)array + at, mask)
                : _mm512_maskz_loadu_ps(mask, (const float *)array + at);
}
