#include "squall_pooled.h"
#include "squall_check_shape.h"
#include "squall_instructions.h"
#include "lanes.h"
#include "squall_threads.h"

#include <string.h>

bool squall_pooled_available(void) {
  return SQUALL_AVX512 && squall_instruction_level() >= squall_instructions_avx512;
}

#if SQUALL_AVX512
SQUALL_AVX512_BEGIN

#include "vectors.h"

typedef struct {
  const squall_convolution_shape *shape;
  const squall_pooling *pooling;
  const float *gradient;
  const uint8_t *winners;
  float *output;
} unpool_work;

/// Sixteen winners as numbers.
SQUALL_INLINE __m512i winners_at(const uint8_t *winners, __mmask16 mask) {
  return _mm512_cvtepu8_epi32(_mm_maskz_loadu_epi8(mask, winners));
}

SQUALL_INLINE void unpool_row(
    const unpool_work *w, int64_t sample, int64_t row, const int64_t window_height, const int64_t window_width) {
  const squall_convolution_shape *s = w->shape;
  const squall_pooling *p = w->pooling;
  const int64_t channels = s->output_channels, line = s->output_width * channels;
  const int64_t top = row * window_height, rows = squall_min64(window_height, s->output_height - top);
  float *to = w->output + sample * s->output_sample_stride + top * line;
  const bool whole = vec_whole_lines(to, channels) && line % SQUALL_LANES == 0;
  for (int64_t column = 0; column < p->width; column++) {
    const int64_t left = column * window_width, place = ((sample * p->height + row) * p->width + column) * channels;
    const int64_t columns = squall_min64(window_width, s->output_width - left);
    for (int64_t channel = 0; channel < channels; channel += SQUALL_LANES) {
      const __mmask16 mask = vec_mask(channels - channel);
      const vec gradient = _mm512_maskz_loadu_ps(mask, w->gradient + place + channel);
      const __m512i winner = winners_at(w->winners + place + channel, mask);
      for (int64_t i = 0; i < rows; i++) {
        for (int64_t j = 0; j < columns; j++) {
          const __mmask16 wins = _mm512_cmpeq_epi32_mask(winner, _mm512_set1_epi32((int)(i * window_width + j)));
          vec_store_channels(
              to + i * line + (left + j) * channels + channel, whole, mask, _mm512_maskz_mov_ps(wins, gradient));
        }
      }
    }
  }
  // Pixels that belong to no window.
  const int64_t rest = squall_max64(0, s->output_width - p->width * window_width) * channels;
  for (int64_t i = 0; rest > 0 && i < rows; i++) {
    memset(to + (i + 1) * line - rest, 0, (size_t)rest * sizeof(float));
  }
}

static void unpool_rows(void *context, int64_t begin, int64_t end) {
  const unpool_work *w = context;
  const squall_convolution_shape *s = w->shape;
  const squall_pooling *p = w->pooling;
  for (int64_t index = begin; index < end; index++) {
    const int64_t sample = index / p->height, row = index - sample * p->height;
    if (p->window_height == 2 && p->window_width == 2) {
      unpool_row(w, sample, row, 2, 2);
    } else {
      unpool_row(w, sample, row, p->window_height, p->window_width);
    }
    const int64_t below = s->output_height - p->height * p->window_height;
    if (row + 1 == p->height && below > 0) {
      const int64_t line = s->output_width * s->output_channels;
      memset(
          w->output + sample * s->output_sample_stride + (s->output_height - below) * line, 0,
          (size_t)(below * line) * sizeof(float));
    }
  }
  // Streaming stores.
  _mm_sfence();
}

void squall_unpool(
    squall_convolution_shape shape, squall_pooling pooling, const float *pooled_gradient, const uint8_t *winners,
    float *output_gradient) {
  SQUALL_CHECK_AVX512();
  SQUALL_CHECK_SHAPE(shape);
  SQUALL_CHECK_POOLING(shape, pooling);
  SQUALL_CHECK(pooled_gradient && winners && output_gradient);
  unpool_work work = {&shape, &pooling, pooled_gradient, winners, output_gradient};
  squall_parallel_for(0, shape.batch * pooling.height, 1, &work, unpool_rows);
}

static void rectify_range(void *context, int64_t begin, int64_t end) {
  const unpool_work *w = context;
  for (int64_t i = begin; i < end; i += SQUALL_LANES) {
    const __mmask16 mask = vec_mask(end - i);
    const __mmask16 passes = _mm512_mask_cmpneq_epi32_mask(
        mask, winners_at(w->winners + i, mask), _mm512_set1_epi32(SQUALL_NO_WINNER));
    _mm512_mask_storeu_ps(w->output + i, mask, _mm512_maskz_loadu_ps(passes, w->gradient + i));
  }
}

void squall_pooled_rectified_gradient(
    const float *pooled_gradient, const uint8_t *winners, float *gradient, int64_t count) {
  SQUALL_CHECK_AVX512();
  SQUALL_CHECK(pooled_gradient && winners && gradient);
  SQUALL_CHECK(count >= 0);
  unpool_work work = {.gradient = pooled_gradient, .winners = winners, .output = gradient};
  squall_parallel_for(0, count, 16384, &work, rectify_range);
}

SQUALL_AVX512_END
#else

void squall_unpool(
    squall_convolution_shape shape, squall_pooling pooling, const float *pooled_gradient, const uint8_t *winners,
    float *output_gradient) { SQUALL_NOT_IN_BUILD(); }
void squall_pooled_rectified_gradient(
    const float *pooled_gradient, const uint8_t *winners, float *gradient, int64_t count) { SQUALL_NOT_IN_BUILD(); }

#endif
