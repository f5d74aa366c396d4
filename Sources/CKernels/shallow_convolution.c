#include "squall_shallow.h"
#include "squall_check_shape.h"
#include "lanes.h"
#include "squall_threads.h"

#include <string.h>

#if SQUALL_AVX512
SQUALL_AVX512_BEGIN

#include "pooled_tiles.h"

// With channels last and stride 1, the taps of one kernel row and their channels are one run of the input's row:
// pixel j, tap kx, channel c is float (j + kx) · channels + c. A worker copies the rows that a row of windows sees,
// with zeros around them, and works on up to 12 pixels and 2 vectors of 16 outputs at once in registers.

#define COLUMNS 12
#define VECTORS 2
/// Taps whose gradients stay in registers together.
#define TAPS 12

typedef struct {
  const squall_convolution_shape *s;
  const squall_pooling *p;
  /// Floats of a kernel row: taps and channels; of a whole kernel.
  int64_t run, taps;
  /// The rows that a row of windows sees, and floats of each.
  int64_t band_rows, band_line;
  /// Pixels that are worked on at once: whole windows.
  int64_t columns;
} shallow_plan;

static shallow_plan plan_for(const squall_convolution_shape *s, const squall_pooling *p) {
  const int64_t run = s->kernel_width * s->input_channels;
  return (shallow_plan){
      .s = s, .p = p, .run = run, .taps = s->kernel_height * run,
      .band_rows = p->window_height + s->kernel_height - 1,
      .band_line = (s->output_width + s->kernel_width - 1) * s->input_channels,
      .columns = COLUMNS / p->window_width * p->window_width};
}

SQUALL_INLINE int64_t page(int64_t floats) { return squall_round_up(floats, 1024); }
static int64_t band_floats(const shallow_plan *plan) { return page(plan->band_rows * plan->band_line); }
static int64_t tile_floats(const shallow_plan *plan) {
  return page(plan->p->window_height * COLUMNS * VECTORS * SQUALL_LANES);
}
/// Weights in the order of use, U[vector][tap][16]; of the gradient, each worker has one of its own.
static int64_t packed_floats(const shallow_plan *plan) {
  return page(squall_vectors(plan->s->output_channels) * plan->taps * SQUALL_LANES);
}
static int64_t worker_floats(const shallow_plan *plan) {
  return band_floats(plan) + tile_floats(plan) + packed_floats(plan);
}

size_t squall_shallow_workspace_bytes(squall_convolution_shape shape, squall_pooling pooling) {
  SQUALL_CHECK_SHAPE(shape);
  SQUALL_CHECK_POOLING(shape, pooling);
  SQUALL_CHECK(pooling.window_width <= COLUMNS);
  const shallow_plan plan = plan_for(&shape, &pooling);
  return (size_t)(packed_floats(&plan) + shape.threads * worker_floats(&plan)) * sizeof(float);
}

/// The rows of the input that the windows of one row see, with zeros where there are none.
static void copy_band(const shallow_plan *plan, const float *sample, int64_t row, float *band) {
  const squall_convolution_shape *s = plan->s;
  const int64_t channels = s->input_channels, first = row * plan->p->window_height - s->padding_top;
  const int64_t before = squall_min64(s->padding_left * channels, plan->band_line);
  const int64_t inside = squall_min64(s->width * channels, plan->band_line - before);
  for (int64_t i = 0; i < plan->band_rows; i++) {
    float *to = band + i * plan->band_line;
    if (first + i < 0 || first + i >= s->height) {
      memset(to, 0, (size_t)plan->band_line * sizeof(float));
      continue;
    }
    memset(to, 0, (size_t)before * sizeof(float));
    memcpy(to + before, sample + (first + i) * s->width * channels, (size_t)inside * sizeof(float));
    memset(to + before + inside, 0, (size_t)(plan->band_line - before - inside) * sizeof(float));
  }
}

// MARK: Forward

/// `columns` pixels of a row and `vectors` of outputs: y[j][v][16] = Σ over taps.
SQUALL_INLINE void multiply_row(
    const shallow_plan *plan, const float *x, const float *u, float *y, const int columns, const int vectors) {
  const int64_t channels = plan->s->input_channels, next_vector = plan->taps * SQUALL_LANES;
  vec sum[COLUMNS][VECTORS];
  for (int j = 0; j < columns; j++) {
    for (int v = 0; v < vectors; v++) sum[j][v] = _mm512_setzero_ps();
  }
  for (int64_t ky = 0; ky < plan->s->kernel_height; ky++) {
    const float *from = x + ky * plan->band_line;
    for (int64_t tap = 0; tap < plan->run; tap++) {
      vec weights[VECTORS];
      for (int v = 0; v < vectors; v++) weights[v] = vec_load(u + v * next_vector);
      u += SQUALL_LANES;
      for (int j = 0; j < columns; j++) {
        const vec value = vec_set(from[j * channels + tap]);
        for (int v = 0; v < vectors; v++) sum[j][v] = _mm512_fmadd_ps(value, weights[v], sum[j][v]);
      }
    }
  }
  for (int j = 0; j < columns; j++) {
    for (int v = 0; v < vectors; v++) vec_store(y + (j * vectors + v) * SQUALL_LANES, sum[j][v]);
  }
}

typedef void (*row_product)(const shallow_plan *plan, const float *x, const float *u, float *y);

#define ROW(columns, vectors)                                                                            \
  static void row_##columns##_##vectors(const shallow_plan *plan, const float *x, const float *u, float *y) { \
    multiply_row(plan, x, u, y, columns, vectors);                                                       \
  }
#define ROWS(columns) ROW(columns, 1) ROW(columns, 2)
ROWS(1) ROWS(2) ROWS(3) ROWS(4) ROWS(5) ROWS(6) ROWS(7) ROWS(8) ROWS(9) ROWS(10) ROWS(11) ROWS(12)

#define PAIR(columns) {row_##columns##_1, row_##columns##_2}
static const row_product row_products[COLUMNS + 1][VECTORS] = {
    {NULL, NULL}, PAIR(1), PAIR(2), PAIR(3), PAIR(4), PAIR(5), PAIR(6),
    PAIR(7), PAIR(8), PAIR(9), PAIR(10), PAIR(11), PAIR(12)};

static void pack(const shallow_plan *plan, const float *weights, float *packed) {
  const int64_t outputs = plan->s->output_channels;
  for (int64_t v = 0; v < squall_vectors(outputs); v++) {
    const __mmask16 mask = vec_mask(outputs - v * SQUALL_LANES);
    for (int64_t tap = 0; tap < plan->taps; tap++) {
      vec_store(
          packed + (v * plan->taps + tap) * SQUALL_LANES,
          _mm512_maskz_loadu_ps(mask, weights + tap * outputs + v * SQUALL_LANES));
    }
  }
}

typedef struct {
  const shallow_plan *plan;
  const float *input;
  /// Of the forward pass.
  pooled_output out;
  /// Of the gradient.
  const float *gradient;
  const uint8_t *winners;
  float *workspace;
} shallow_run;

/// One row of windows.
static void forward_row(const shallow_run *run, int64_t sample, int64_t row, const float *band, float *y) {
  const shallow_plan *plan = run->plan;
  const squall_convolution_shape *s = plan->s;
  const int64_t vectors = squall_vectors(s->output_channels), height = plan->p->window_height;
  const int64_t rows = squall_min64(height, s->output_height - row * height);
  for (int64_t first = 0; first < vectors; first += VECTORS) {
    const int64_t together = squall_min64(VECTORS, vectors - first);
    const float *u = run->workspace + first * plan->taps * SQUALL_LANES;
    for (int64_t column = 0; column < s->output_width; column += plan->columns) {
      const int64_t columns = squall_min64(plan->columns, s->output_width - column);
      const row_product product = row_products[columns][together - 1];
      for (int64_t i = 0; i < rows; i++) {
        product(
            plan, band + i * plan->band_line + column * s->input_channels, u,
            y + i * columns * together * SQUALL_LANES);
      }
      const winograd_tile tile = {sample, row * height, column, rows, columns};
      pool_tile(&run->out, tile, columns, first, together, y);
    }
  }
}

typedef void (*row_function)(const shallow_run *run, int64_t sample, int64_t row, const float *band, float *own);

/// The worker's share of all rows of windows.
SQUALL_INLINE void walk_rows(const shallow_run *run, int64_t worker, row_function function) {
  const shallow_plan *plan = run->plan;
  float *band = run->workspace + packed_floats(plan) + worker * worker_floats(plan);
  const int64_t count = plan->s->batch * plan->p->height, workers = plan->s->threads;
  for (int64_t index = count * worker / workers; index < count * (worker + 1) / workers; index++) {
    const int64_t sample = index / plan->p->height, row = index - sample * plan->p->height;
    copy_band(plan, run->input + sample * plan->s->input_sample_stride, row, band);
    function(run, sample, row, band, band + band_floats(plan));
  }
}

static void forward_workers(void *context, int64_t begin, int64_t end) {
  for (int64_t worker = begin; worker < end; worker++) walk_rows(context, worker, forward_row);
  // Streaming stores.
  _mm_sfence();
}

void squall_shallow_forward_pooled(
    squall_convolution_shape shape, squall_pooling pooling, const float *input, const float *weights,
    const float *bias, float *output, uint8_t *winners, float *workspace) {
  SQUALL_CHECK_AVX512();
  SQUALL_CHECK_SHAPE(shape);
  SQUALL_CHECK_POOLING(shape, pooling);
  SQUALL_CHECK(pooling.window_width <= COLUMNS);
  SQUALL_CHECK(input && weights && output);
  SQUALL_CHECK(squall_on_a_line(workspace));
  const shallow_plan plan = plan_for(&shape, &pooling);
  shallow_run run = {
      .plan = &plan, .input = input, .workspace = workspace,
      .out = pooled_output_to(output, winners, bias, shape.output_channels, pooling)};
  pack(&plan, weights, workspace);
  squall_parallel_for(0, shape.threads, 1, &run, forward_workers);
}

// MARK: Gradient of the weights

/// Adds a row of windows to the gradient of `taps` taps and `vectors` of outputs: sums[v][tap][16].
SQUALL_INLINE void add_row(
    const shallow_plan *plan, const float *band, const int64_t *offsets, const float *gradient,
    const uint8_t *winners, const __mmask16 *mask, float *sums, const int taps, const int vectors) {
  const int64_t channels = plan->s->input_channels, outputs = plan->s->output_channels;
  const int64_t width = plan->p->window_width, height = plan->p->window_height;
  const int64_t next_vector = plan->taps * SQUALL_LANES;
  vec sum[TAPS][VECTORS];
  for (int t = 0; t < taps; t++) {
    for (int v = 0; v < vectors; v++) sum[t][v] = vec_load(sums + v * next_vector + t * SQUALL_LANES);
  }
  for (int64_t column = 0; column < plan->p->width; column++) {
    vec whole[VECTORS];
    __m512i winner[VECTORS];
    for (int v = 0; v < vectors; v++) {
      const int64_t at = column * outputs + v * SQUALL_LANES;
      whole[v] = _mm512_maskz_loadu_ps(mask[v], gradient + at);
      winner[v] = _mm512_cvtepu8_epi32(_mm_maskz_loadu_epi8(mask[v], winners + at));
    }
    const int64_t columns = squall_min64(width, plan->s->output_width - column * width);
    for (int64_t i = 0; i < height; i++) {
      for (int64_t j = 0; j < columns; j++) {
        const float *from = band + i * plan->band_line + (column * width + j) * channels;
        const __m512i pixel = _mm512_set1_epi32((int)(i * width + j));
        vec part[VECTORS];
        for (int v = 0; v < vectors; v++) {
          part[v] = _mm512_maskz_mov_ps(_mm512_cmpeq_epi32_mask(winner[v], pixel), whole[v]);
        }
        for (int t = 0; t < taps; t++) {
          const vec value = vec_set(from[offsets[t]]);
          for (int v = 0; v < vectors; v++) sum[t][v] = _mm512_fmadd_ps(value, part[v], sum[t][v]);
        }
      }
    }
  }
  for (int t = 0; t < taps; t++) {
    for (int v = 0; v < vectors; v++) vec_store(sums + v * next_vector + t * SQUALL_LANES, sum[t][v]);
  }
}

typedef void (*row_sum)(
    const shallow_plan *plan, const float *band, const int64_t *offsets, const float *gradient,
    const uint8_t *winners, const __mmask16 *mask, float *sums);

#define SUM(taps, vectors)                                                                          \
  static void sum_##taps##_##vectors(                                                               \
      const shallow_plan *plan, const float *band, const int64_t *offsets, const float *gradient,   \
      const uint8_t *winners, const __mmask16 *mask, float *sums) {                                 \
    add_row(plan, band, offsets, gradient, winners, mask, sums, taps, vectors);                     \
  }
#define SUMS(taps) SUM(taps, 1) SUM(taps, 2)
SUMS(1) SUMS(2) SUMS(3) SUMS(4) SUMS(5) SUMS(6) SUMS(7) SUMS(8) SUMS(9) SUMS(10) SUMS(11) SUMS(12)

#define SUM_PAIR(taps) {sum_##taps##_1, sum_##taps##_2}
static const row_sum row_sums[TAPS + 1][VECTORS] = {
    {NULL, NULL}, SUM_PAIR(1), SUM_PAIR(2), SUM_PAIR(3), SUM_PAIR(4), SUM_PAIR(5), SUM_PAIR(6),
    SUM_PAIR(7), SUM_PAIR(8), SUM_PAIR(9), SUM_PAIR(10), SUM_PAIR(11), SUM_PAIR(12)};

static void gradient_row(const shallow_run *run, int64_t sample, int64_t row, const float *band, float *own) {
  const shallow_plan *plan = run->plan;
  const int64_t outputs = plan->s->output_channels, vectors = squall_vectors(outputs);
  const int64_t place = (sample * plan->p->height + row) * plan->p->width * outputs;
  const int64_t groups = squall_divide_up(plan->taps, TAPS);
  float *sums = own + tile_floats(plan);
  for (int64_t group = 0; group < groups; group++) {
    const int64_t begin = plan->taps * group / groups, end = plan->taps * (group + 1) / groups;
    int64_t offsets[TAPS];
    for (int64_t tap = begin; tap < end; tap++) {
      offsets[tap - begin] = tap / plan->run * plan->band_line + tap % plan->run;
    }
    for (int64_t first = 0; first < vectors; first += VECTORS) {
      const int64_t together = squall_min64(VECTORS, vectors - first), channel = first * SQUALL_LANES;
      __mmask16 mask[VECTORS] = {vec_mask(outputs - channel)};
      if (together == VECTORS) mask[1] = vec_mask(outputs - channel - SQUALL_LANES);
      row_sums[end - begin][together - 1](
          plan, band, offsets, run->gradient + place + channel, run->winners + place + channel, mask,
          sums + (first * plan->taps + begin) * SQUALL_LANES);
    }
  }
}

static void gradient_workers(void *context, int64_t begin, int64_t end) {
  const shallow_run *run = context;
  const shallow_plan *plan = run->plan;
  for (int64_t worker = begin; worker < end; worker++) {
    float *sums = run->workspace + packed_floats(plan) + worker * worker_floats(plan) + band_floats(plan)
        + tile_floats(plan);
    memset(sums, 0, (size_t)packed_floats(plan) * sizeof(float));
    walk_rows(run, worker, gradient_row);
  }
}

void squall_shallow_backward_weights_pooled(
    squall_convolution_shape shape, squall_pooling pooling, const float *input, const float *pooled_gradient,
    const uint8_t *winners, float *weights_gradient, float *workspace) {
  SQUALL_CHECK_AVX512();
  SQUALL_CHECK_SHAPE(shape);
  SQUALL_CHECK_POOLING(shape, pooling);
  SQUALL_CHECK(pooling.window_width <= COLUMNS);
  SQUALL_CHECK(input && pooled_gradient && winners && weights_gradient);
  SQUALL_CHECK(squall_on_a_line(workspace));
  const shallow_plan plan = plan_for(&shape, &pooling);
  shallow_run run = {
      .plan = &plan, .input = input, .gradient = pooled_gradient, .winners = winners, .workspace = workspace};
  squall_parallel_for(0, shape.threads, 1, &run, gradient_workers);
  const float *sums = workspace + packed_floats(&plan) + band_floats(&plan) + tile_floats(&plan);
  for (int64_t tap = 0; tap < plan.taps; tap++) {
    for (int64_t channel = 0; channel < shape.output_channels; channel += SQUALL_LANES) {
      const float *from = sums + (channel * plan.taps / SQUALL_LANES + tap) * SQUALL_LANES;
      vec sum = _mm512_setzero_ps();
      for (int64_t worker = 0; worker < shape.threads; worker++) {
        sum += vec_load(from + worker * worker_floats(&plan));
      }
      _mm512_mask_storeu_ps(
          weights_gradient + tap * shape.output_channels + channel, vec_mask(shape.output_channels - channel), sum);
    }
  }
}

SQUALL_AVX512_END
#else

size_t squall_shallow_workspace_bytes(squall_convolution_shape shape, squall_pooling pooling) {
  SQUALL_NOT_IN_BUILD();
}
void squall_shallow_forward_pooled(
    squall_convolution_shape shape, squall_pooling pooling, const float *input, const float *weights,
    const float *bias, float *output, uint8_t *winners, float *workspace) { SQUALL_NOT_IN_BUILD(); }
void squall_shallow_backward_weights_pooled(
    squall_convolution_shape shape, squall_pooling pooling, const float *input, const float *pooled_gradient,
    const uint8_t *winners, float *weights_gradient, float *workspace) { SQUALL_NOT_IN_BUILD(); }

#endif
