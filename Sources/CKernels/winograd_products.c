#include "winograd_products.h"

#if SQUALL_AVX512
SQUALL_AVX512_BEGIN

// Register-blocked inner products: `tiles` × `vectors` accumulators of 16 lanes, 24 where a block is full (two
// vectors: 16, for more rows than 8 exhaust the address registers).
// Beside each channel of u one line of what comes next is fetched into the second-level cache.
//
// The order of additions over channels is the same for every number of tiles, so results do not depend on how
// tiles are cut into groups.

SQUALL_INLINE void product(
    const float *restrict v, int64_t v_stride, const float *restrict u, int64_t channels, float *restrict m,
    int64_t m_stride, bool accumulate, const char *prefetch, const int vectors, const int tiles) {
  __m512 sum[12][SQUALL_BLOCK_VECTORS];
  _Pragma("clang loop unroll(full)")
  for (int i = 0; i < tiles; i++) {
    _Pragma("clang loop unroll(full)")
    for (int j = 0; j < vectors; j++) {
      sum[i][j] = accumulate ? _mm512_loadu_ps(m + i * m_stride + j * SQUALL_LANES) : _mm512_setzero_ps();
    }
  }
  // The sums of the next call lie behind these; it begins by reading them.
  if (accumulate) {
    for (int i = 0; i < tiles * vectors; i++) {
      _mm_prefetch((const char *)(m + tiles * m_stride + i * SQUALL_LANES), _MM_HINT_T0);
    }
  }
  _Pragma("clang loop unroll_count(2)")
  for (int64_t c = 0; c < channels; c++) {
    __m512 weights[SQUALL_BLOCK_VECTORS];
    _Pragma("clang loop unroll(full)")
    for (int j = 0; j < vectors; j++) weights[j] = _mm512_loadu_ps(u + (c * vectors + j) * SQUALL_LANES);
    _mm_prefetch(prefetch + c * 64, _MM_HINT_T1);
    _Pragma("clang loop unroll(full)")
    for (int i = 0; i < tiles; i++) {
      const __m512 x = _mm512_set1_ps(v[i * v_stride + c]);
      _Pragma("clang loop unroll(full)")
      for (int j = 0; j < vectors; j++) sum[i][j] = _mm512_fmadd_ps(x, weights[j], sum[i][j]);
    }
  }
  _Pragma("clang loop unroll(full)")
  for (int i = 0; i < tiles; i++) {
    _Pragma("clang loop unroll(full)")
    for (int j = 0; j < vectors; j++) _mm512_storeu_ps(m + i * m_stride + j * SQUALL_LANES, sum[i][j]);
  }
}

#define PRODUCT(vectors, tiles)                                                                           \
  static void product_##vectors##_##tiles(                                                                \
      const float *v, int64_t v_stride, const float *u, int64_t channels, float *m, int64_t m_stride,     \
      bool accumulate, const char *prefetch) {                                                            \
    product(v, v_stride, u, channels, m, m_stride, accumulate, prefetch, vectors, tiles);                 \
  }

// The same for weight gradients: u[channel][output] += Σ over tiles v[tile][channel] d[tile][output]. The tiles are
// summed by themselves first, which rounds a long sequence's sums several times less.
SQUALL_INLINE void gradient_product(
    const float *restrict v, int64_t v_stride, const float *restrict d, int64_t d_stride, int64_t tiles,
    float *restrict u, int64_t u_stride, const char *prefetch, const int vectors, const int channels) {
  __m512 sum[12][SQUALL_BLOCK_VECTORS];
  _Pragma("clang loop unroll(full)")
  for (int i = 0; i < channels; i++) {
    _Pragma("clang loop unroll(full)")
    for (int j = 0; j < vectors; j++) sum[i][j] = _mm512_setzero_ps();
  }
  _Pragma("clang loop unroll_count(2)")
  for (int64_t t = 0; t < tiles; t++) {
    __m512 gradients[SQUALL_BLOCK_VECTORS];
    _Pragma("clang loop unroll(full)")
    for (int j = 0; j < vectors; j++) gradients[j] = _mm512_loadu_ps(d + t * d_stride + j * SQUALL_LANES);
    _mm_prefetch(prefetch + t * 64, _MM_HINT_T1);
    // What the sums will be added to at the end.
    _mm_prefetch((const char *)u + t * 64, _MM_HINT_T0);
    _Pragma("clang loop unroll(full)")
    for (int i = 0; i < channels; i++) {
      const __m512 x = _mm512_set1_ps(v[t * v_stride + i]);
      _Pragma("clang loop unroll(full)")
      for (int j = 0; j < vectors; j++) sum[i][j] = _mm512_fmadd_ps(x, gradients[j], sum[i][j]);
    }
  }
  _Pragma("clang loop unroll(full)")
  for (int i = 0; i < channels; i++) {
    _Pragma("clang loop unroll(full)")
    for (int j = 0; j < vectors; j++) {
      float *to = u + i * u_stride + j * SQUALL_LANES;
      _mm512_storeu_ps(to, _mm512_loadu_ps(to) + sum[i][j]);
    }
  }
}

#define GRADIENT_PRODUCT(vectors, channels)                                                              \
  static void gradient_product_##vectors##_##channels(                                                   \
      const float *v, int64_t v_stride, const float *d, int64_t d_stride, int64_t tiles, float *u,       \
      int64_t u_stride, const char *prefetch) {                                                          \
    gradient_product(v, v_stride, d, d_stride, tiles, u, u_stride, prefetch, vectors, channels);         \
  }

#define EACH_SIZE(X)                                                                          \
  X(1, 1) X(1, 2) X(1, 3) X(1, 4) X(1, 5) X(1, 6)                                             \
  X(1, 7) X(1, 8) X(1, 9) X(1, 10) X(1, 11) X(1, 12)                                          \
  X(2, 1) X(2, 2) X(2, 3) X(2, 4) X(2, 5) X(2, 6)                                             \
  X(2, 7) X(2, 8)                                                                             \
  X(3, 1) X(3, 2) X(3, 3) X(3, 4) X(3, 5) X(3, 6) X(3, 7) X(3, 8)                             \
  X(4, 1) X(4, 2) X(4, 3) X(4, 4) X(4, 5) X(4, 6)

EACH_SIZE(PRODUCT)
EACH_SIZE(GRADIENT_PRODUCT)

SQUALL_AVX512_END

static const int64_t most[SQUALL_BLOCK_VECTORS + 1] = {0, 12, 8, 8, 6};

int64_t winograd_product_tiles(int64_t vectors) { return most[vectors]; }
int64_t winograd_gradient_product_channels(int64_t vectors) { return most[vectors]; }

#define ENTRY(vectors, tiles) [vectors][tiles] = product_##vectors##_##tiles,
static const winograd_product products[SQUALL_BLOCK_VECTORS + 1][13] = {EACH_SIZE(ENTRY)};
#define GRADIENT_ENTRY(vectors, channels) [vectors][channels] = gradient_product_##vectors##_##channels,
static const winograd_gradient_product gradient_products[SQUALL_BLOCK_VECTORS + 1][13] = {
    EACH_SIZE(GRADIENT_ENTRY)};

winograd_product winograd_product_for(int64_t vectors, int64_t tiles) { return products[vectors][tiles]; }
winograd_gradient_product winograd_gradient_product_for(int64_t vectors, int64_t channels) {
  return gradient_products[vectors][channels];
}
#endif
