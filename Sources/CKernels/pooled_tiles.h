#pragma once
#include "squall_pooled.h"
#include "vectors.h"
#include "winograd_geometry.h"

// Pools a finished tile while it is in the first-level cache. Include between SQUALL_AVX512_BEGIN and
// SQUALL_AVX512_END.

typedef struct {
  float *data;
  uint8_t *winners;
  const float *bias;
  int64_t channels;
  squall_pooling pooling;
  /// Every line of 16 channels is a whole cache line and may bypass the cache.
  bool streams;
} pooled_output;

SQUALL_INLINE pooled_output pooled_output_to(
    float *data, uint8_t *winners, const float *bias, int64_t channels, squall_pooling pooling) {
  return (pooled_output){data, winners, bias, channels, pooling, vec_whole_lines(data, channels)};
}

/// One window of `rows` × `columns` pixels; `y` is its first, `y_row` and `y_column` the floats to the next ones.
SQUALL_INLINE void pool_window(
    const pooled_output *out, int64_t rows, int64_t columns, int64_t window_width, const float *y, int64_t y_row,
    int64_t y_column, int64_t place, vec bias, __mmask16 mask) {
  vec best = vec_load(y);
  __m512i winner = _mm512_setzero_si512();
  for (int64_t i = 0; i < rows; i++) {
    for (int64_t j = 0; j < columns; j++) {
      const vec value = vec_load(y + i * y_row + j * y_column);
      const __mmask16 wins = _mm512_cmp_ps_mask(value, best, _CMP_GT_OQ)
          | _mm512_cmp_ps_mask(value, value, _CMP_UNORD_Q);
      best = _mm512_mask_mov_ps(best, wins, value);
      winner = _mm512_mask_set1_epi32(winner, wins, (int)(i * window_width + j));
    }
  }
  // Adding the same number to all lets none of them pass a larger one, so the bias can wait until here. Where it makes
  // two equal, the larger before it has won.
  best += bias;
  if (out->pooling.rectified) {
    winner = _mm512_mask_set1_epi32(
        winner, _mm512_cmp_ps_mask(best, _mm512_setzero_ps(), _CMP_NGT_UQ), SQUALL_NO_WINNER);
    // Of two numbers that do not compare, the second is taken: NaN passes.
    best = _mm512_max_ps(_mm512_setzero_ps(), best);
  }
  vec_store_channels(out->data + place, out->streams, mask, best);
  if (out->winners) _mm512_mask_cvtepi32_storeu_epi8(out->winners + place, mask, winner);
}

/// The windows that begin in a tile y[(i · tile columns + j) · vectors + v][16], which holds whole windows but at
/// the image's end, of the output channels from 16 `first` on.
SQUALL_INLINE void pool_tile_of(
    const pooled_output *out, winograd_tile tile, int64_t tile_columns, int64_t first, int64_t vectors,
    const float *y, const int64_t window_height, const int64_t window_width) {
  const squall_pooling *p = &out->pooling;
  const int64_t y_column = vectors * SQUALL_LANES, y_row = tile_columns * y_column;
  for (int64_t v = 0; v < vectors; v++) {
    const int64_t channel = (first + v) * SQUALL_LANES;
    const __mmask16 mask = vec_mask(out->channels - channel);
    const vec bias = out->bias ? _mm512_maskz_loadu_ps(mask, out->bias + channel) : _mm512_setzero_ps();
    for (int64_t i = 0; i < tile.rows; i += window_height) {
      const int64_t row = (tile.row + i) / window_height;
      if (row >= p->height) break;
      for (int64_t j = 0; j < tile.columns; j += window_width) {
        const int64_t column = (tile.column + j) / window_width;
        if (column >= p->width) break;
        const float *from = y + i * y_row + j * y_column + v * SQUALL_LANES;
        const int64_t place = ((tile.sample * p->height + row) * p->width + column) * out->channels + channel;
        const int64_t rows = tile.rows - i, columns = tile.columns - j;
        if (rows >= window_height && columns >= window_width) {
          pool_window(
              out, window_height, window_width, window_width, from, y_row, y_column, place, bias, mask);
        } else {
          pool_window(
              out, squall_min64(rows, window_height), squall_min64(columns, window_width), window_width, from,
              y_row, y_column, place, bias, mask);
        }
      }
    }
  }
}

SQUALL_INLINE void pool_tile(
    const pooled_output *out, winograd_tile tile, int64_t tile_columns, int64_t first, int64_t vectors,
    const float *y) {
  const int64_t height = out->pooling.window_height, width = out->pooling.window_width;
  if (height == 2 && width == 2) {
    pool_tile_of(out, tile, tile_columns, first, vectors, y, 2, 2);
  } else {
    pool_tile_of(out, tile, tile_columns, first, vectors, y, height, width);
  }
}
