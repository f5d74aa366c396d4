#pragma once
#include "platform.h"
#include <stdint.h>

// Channels are worked on in vectors of 16: the lanes of AVX-512, and small sums over them.

#define SQUALL_LANES 16
/// The widest block of outputs of the inner products, in vectors.
#define SQUALL_BLOCK_VECTORS 4

#if SQUALL_X86
/// Whether kernels that need AVX-512 are part of this build.
#define SQUALL_AVX512 1
#include <immintrin.h>
#define SQUALL_AVX512_BEGIN                 \
  _Pragma("clang attribute push(__attribute__((target(\"avx512f,avx512dq,avx512bw,avx512vl,avx2,fma\"))), apply_to = function)")
#define SQUALL_AVX512_END _Pragma("clang attribute pop")
#else
#define SQUALL_AVX512 0
#endif

SQUALL_INLINE int64_t squall_min64(int64_t a, int64_t b) { return a < b ? a : b; }
SQUALL_INLINE int64_t squall_max64(int64_t a, int64_t b) { return a > b ? a : b; }
SQUALL_INLINE int64_t squall_divide_up(int64_t a, int64_t b) { return (a + b - 1) / b; }
SQUALL_INLINE int64_t squall_round_up(int64_t a, int64_t b) { return squall_divide_up(a, b) * b; }
SQUALL_INLINE int64_t squall_vectors(int64_t channels) { return squall_divide_up(channels, SQUALL_LANES); }
