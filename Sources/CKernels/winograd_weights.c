#include "winograd_weights.h"

#if SQUALL_AVX512
SQUALL_AVX512_BEGIN

// G[i][a] = pᵢᵃ / Π over j ≠ i of (pᵢ − pⱼ); the row of ∞ has a single 1. All entries are exact in float but for
// the roundings of the division.
void winograd_kernel_matrix(int32_t kernel, int32_t tile, float g[SQUALL_TILE][7]) {
  static const double points[7] = {0, 1, -1, 2, -2, 0.5, -0.5};
  for (int i = 0; i < tile - 1; i++) {
    double divisor = 1;
    for (int j = 0; j < tile - 1; j++) {
      if (j != i) divisor *= points[i] - points[j];
    }
    double power = 1;
    for (int a = 0; a < kernel; a++) {
      g[i][a] = (float)(power / divisor);
      power *= points[i];
    }
  }
  for (int a = 0; a < kernel; a++) g[tile - 1][a] = a == kernel - 1;
}

void winograd_packer_start(winograd_packer *packer, winograd_kernel_layout layout) {
  packer->layout = layout;
  winograd_kernel_matrix(layout.kernel_height, layout.tile_height, packer->down);
  winograd_kernel_matrix(layout.kernel_width, layout.tile_width, packer->across);
  packer->count = 0;
}

void winograd_packer_flush(winograd_packer *packer) {
  const int64_t frequencies = (int64_t)packer->layout.tile_height * packer->layout.tile_width;
  for (int64_t f = 0; f < frequencies; f++) {
    float *to = packer->to + f * packer->stride;
    for (int32_t i = 0; i < packer->count; i++) {
      _mm512_storeu_ps(to + i * packer->step, _mm512_load_ps(packer->buffer[f][i]));
    }
  }
  packer->count = 0;
}

/// U = G w Gᵀ for 16 kernels at once, into the packer's buffer.
SQUALL_INLINE void transform_kernels(winograd_packer *packer, __m512 (*w)[7]) {
  const int height = packer->layout.kernel_height, width = packer->layout.kernel_width;
  const int tile_height = packer->layout.tile_height, tile_width = packer->layout.tile_width;
  const int32_t at = packer->count++;
  __m512 half[7];
  for (int i = 0; i < tile_height; i++) {
    for (int x = 0; x < width; x++) {
      __m512 sum = _mm512_set1_ps(packer->down[i][0]) * w[0][x];
      for (int y = 1; y < height; y++) {
        sum = _mm512_fmadd_ps(_mm512_set1_ps(packer->down[i][y]), w[y][x], sum);
      }
      half[x] = sum;
    }
    for (int j = 0; j < tile_width; j++) {
      __m512 sum = _mm512_set1_ps(packer->across[j][0]) * half[0];
      for (int x = 1; x < width; x++) {
        sum = _mm512_fmadd_ps(_mm512_set1_ps(packer->across[j][x]), half[x], sum);
      }
      _mm512_store_ps(packer->buffer[i * tile_width + j][at], sum);
    }
  }
}

static __mmask16 lane_mask(int32_t lanes) {
  return lanes >= 16 ? (__mmask16)0xFFFF : (__mmask16)((1u << lanes) - 1u);
}

void winograd_pack_vector(
    winograd_packer *packer, const float *weights, const float *next, int32_t lanes, float *packed,
    int64_t stride) {
  const winograd_kernel_layout layout = packer->layout;
  if (packer->count == SQUALL_PACKED_TOGETHER
      || (packer->count > 0 && packed != packer->to + packer->count * SQUALL_LANES)) {
    winograd_packer_flush(packer);
  }
  if (packer->count == 0) {
    packer->to = packed;
    packer->stride = stride;
    packer->step = SQUALL_LANES;
  }
  const __mmask16 mask = lane_mask(lanes);
  __m512 w[7][7];
  for (int y = 0; y < layout.kernel_height; y++) {
    for (int x = 0; x < layout.kernel_width; x++) {
      const int64_t at = y * layout.row_stride + x * layout.column_stride;
      w[y][x] = _mm512_maskz_loadu_ps(mask, weights + at);
      _mm_prefetch((const char *)(next + at), _MM_HINT_T0);
    }
  }
  transform_kernels(packer, w);
}

void winograd_pack_flipped(
    winograd_packer *packer, const float *weights, int64_t input_stride, int32_t lanes, int32_t channels,
    float *packed, int64_t step, int64_t stride) {
  const winograd_kernel_layout layout = packer->layout;
  const int height = layout.kernel_height, width = layout.kernel_width;
  const __mmask16 mask = lane_mask(channels);
  const __m512i offsets = _mm512_slli_epi32(
      _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), 4);
  // Copied first, lines whole; columns are then gathered from the copy.
  float square[7][7][SQUALL_LANES * SQUALL_LANES] __attribute__((aligned(64)));
  for (int y = 0; y < height; y++) {
    for (int x = 0; x < width; x++) {
      const float *from = weights + (height - 1 - y) * layout.row_stride
          + (width - 1 - x) * layout.column_stride;
      for (int32_t i = 0; i < SQUALL_LANES; i++) {
        _mm512_store_ps(
            square[y][x] + i * SQUALL_LANES,
            i < lanes ? _mm512_maskz_loadu_ps(mask, from + i * input_stride) : _mm512_setzero_ps());
      }
    }
  }
  packer->to = packed;
  packer->stride = stride;
  packer->step = step;
  for (int32_t channel = 0; channel < channels; channel++) {
    __m512 w[7][7];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) w[y][x] = _mm512_i32gather_ps(offsets, square[y][x] + channel, 4);
    }
    transform_kernels(packer, w);
  }
  winograd_packer_flush(packer);
}

/// dw = Gᵀ dU G for 16 kernels at once, dU being the sum of `partials` arrays `partial_stride` apart.
void winograd_unpack_vector(
    winograd_kernel_layout layout, float (*down)[7], float (*across)[7], const float *partial,
    int64_t partials, int64_t partial_stride, int64_t stride, float *weights, int32_t lanes) {
  const int height = layout.kernel_height, width = layout.kernel_width;
  const int tile_height = layout.tile_height, tile_width = layout.tile_width;
  const __mmask16 mask = lane_mask(lanes);
  __m512 half[SQUALL_TILE][7];
  for (int i = 0; i < tile_height; i++) {
    for (int x = 0; x < width; x++) half[i][x] = _mm512_setzero_ps();
    for (int j = 0; j < tile_width; j++) {
      const int64_t at = (i * tile_width + j) * stride;
      __m512 u = _mm512_loadu_ps(partial + at);
      for (int64_t p = 1; p < partials; p++) u = u + _mm512_loadu_ps(partial + p * partial_stride + at);
      for (int x = 0; x < width; x++) half[i][x] = _mm512_fmadd_ps(_mm512_set1_ps(across[j][x]), u, half[i][x]);
    }
  }
  for (int y = 0; y < height; y++) {
    for (int x = 0; x < width; x++) {
      __m512 sum = _mm512_set1_ps(down[0][y]) * half[0][x];
      for (int i = 1; i < tile_height; i++) sum = _mm512_fmadd_ps(_mm512_set1_ps(down[i][y]), half[i][x], sum);
      _mm512_mask_storeu_ps(weights + y * layout.row_stride + x * layout.column_stride, mask, sum);
    }
  }
}

SQUALL_AVX512_END
#endif
