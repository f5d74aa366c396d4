#pragma once
#include "lanes.h"

#include <stdbool.h>

// 16 channels in a register. Include between SQUALL_AVX512_BEGIN and SQUALL_AVX512_END.

typedef __m512 vec;

SQUALL_INLINE vec vec_set(float x) { return _mm512_set1_ps(x); }
SQUALL_INLINE vec vec_load(const float *p) { return _mm512_loadu_ps(p); }
SQUALL_INLINE void vec_store(float *p, vec x) { _mm512_storeu_ps(p, x); }
SQUALL_INLINE __mmask16 vec_mask(int64_t lanes) {
  return lanes >= SQUALL_LANES ? (__mmask16)0xFFFF : (__mmask16)((1u << lanes) - 1u);
}

// Whole lines of 16 channels that start on a line may bypass the cache: gates and cells are read again only
// after everything else has been written.
SQUALL_INLINE bool vec_whole_lines(const void *p, int64_t stride) {
  return stride % SQUALL_LANES == 0 && (uintptr_t)p % 64 == 0;
}

SQUALL_INLINE void vec_store_channels(float *p, const bool whole, __mmask16 mask, vec x) {
  if (whole) {
    _mm512_stream_ps(p, x);
  } else {
    _mm512_mask_storeu_ps(p, mask, x);
  }
}
