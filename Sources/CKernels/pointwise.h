#pragma once
#include "squall_check.h"
#include "squall_pointwise.h"
#include "winograd_products.h"

// The two passes of the ConvLSTM with kernels of one pixel share their division of the work.

#define SQUALL_CHECK_POINTWISE(l)                                        \
  do {                                                                   \
    SQUALL_CHECK((l).batch > 0 && (l).time > 0 && (l).positions > 0);    \
    SQUALL_CHECK((l).input_channels > 0 && (l).filters > 0);             \
    SQUALL_CHECK((l).threads > 0);                                       \
  } while (0)

/// Pixels that go through all steps together: their states and gates fit the second-level cache.
#define SQUALL_POINTWISE_ROWS 48

SQUALL_INLINE int64_t pointwise_blocks_per_sample(const squall_pointwise_lstm *l) {
  return squall_divide_up(l->positions, SQUALL_POINTWISE_ROWS);
}
SQUALL_INLINE int64_t pointwise_blocks(const squall_pointwise_lstm *l) {
  return l->batch * pointwise_blocks_per_sample(l);
}

typedef struct {
  int64_t sample, first, rows;
} pointwise_block;

SQUALL_INLINE pointwise_block pointwise_block_at(const squall_pointwise_lstm *l, int64_t index) {
  const int64_t each = pointwise_blocks_per_sample(l), sample = index / each, at = index - sample * each;
  const int64_t first = l->positions * at / each, end = l->positions * (at + 1) / each;
  return (pointwise_block){sample, first, end - first};
}

/// The time that step `step` sees.
SQUALL_INLINE int64_t pointwise_time(const squall_pointwise_lstm *l, int64_t step) {
  return l->goes_backwards ? l->time - 1 - step : step;
}
/// Filters rounded up to whole vectors.
SQUALL_INLINE int64_t pointwise_padded(int64_t channels) { return squall_vectors(channels) * SQUALL_LANES; }
/// What each worker has of a workspace begins on a page.
SQUALL_INLINE int64_t pointwise_page(int64_t floats) { return squall_round_up(floats, 1024); }

/// m[rows][vectors] = v[rows][channels] u[channels][vectors], `prefetch` as in `winograd_product`.
SQUALL_INLINE void pointwise_multiply(
    const float *v, int64_t v_stride, int64_t rows, const float *u, int64_t channels, float *m,
    int64_t m_stride, int64_t vectors, const float *prefetch) {
  const int64_t groups = squall_divide_up(rows, winograd_product_tiles(vectors));
  for (int64_t group = 0; group < groups; group++) {
    const int64_t begin = rows * group / groups, end = rows * (group + 1) / groups;
    winograd_product_for(vectors, end - begin)(
        v + begin * v_stride, v_stride, u, channels, m + begin * m_stride, m_stride, false,
        (const char *)(prefetch ? prefetch + group * channels * SQUALL_LANES : u));
  }
}
