#include "winograd_gradient.h"
#include "squall_threads.h"
#include "winograd_products.h"
#include "winograd_weights.h"

#include <string.h>

#if SQUALL_AVX512
SQUALL_AVX512_BEGIN

#include "winograd_tiles.h"

typedef struct {
  const winograd_geometry *g;
  gradient_plan plan;
  winograd_gradient gradient;
  float *workspace;
} gradient_run;

static void clear_workers(void *context, int64_t begin, int64_t end) {
  const gradient_run *run = context;
  for (int64_t worker = begin; worker < end; worker++) {
    memset(
        run->workspace + worker * gradient_worker_floats(&run->plan), 0,
        (size_t)(run->plan.u_floats + run->plan.sum_floats) * sizeof(float));
  }
}

void winograd_gradient_begin(const winograd_geometry *g, float *workspace) {
  gradient_run run = {.g = g, .plan = make_gradient_plan(g), .workspace = workspace};
  squall_parallel_for(0, g->threads, 1, &run, clear_workers);
}

static void transform_gradients(
    const gradient_run *run, winograd_block block, int64_t first, int64_t tiles, float *d) {
  const winograd_geometry *g = run->g;
  const int64_t rows = winograd_tile_rows(g), columns = winograd_tile_columns(g);
  const int64_t width = block.vectors * SQUALL_LANES, d_step = m_frequency(tiles, block.vectors);
  const int64_t channels = run->gradient.channels;
  const axis_transform *down = axis_of(g->tile_height, rows), *across = axis_of(g->tile_width, columns);
  float patch[7 * 7 * SQUALL_LANES] __attribute__((aligned(64)));
  float half[SQUALL_FREQUENCIES * SQUALL_LANES] __attribute__((aligned(64)));
  for (int64_t t = 0; t < tiles; t++) {
    const winograd_tile tile = winograd_tile_at(g, first + t);
    const float *image = run->gradient.data + tile.sample * run->gradient.sample_stride;
    for (int64_t vector = 0; vector < block.vectors; vector++) {
      const int64_t channel = (block.first + vector) * SQUALL_LANES;
      const int64_t lanes = squall_min64(SQUALL_LANES, channels - channel);
      if (tile.rows == rows && tile.columns == columns && lanes == SQUALL_LANES) {
        down->gradient_rows(
            image + (tile.row * g->output_width + tile.column) * channels + channel,
            g->output_width * channels, channels, columns, half);
      } else {
        copy_patch(
            image + channel, g->output_height, g->output_width, channels, tile.row, tile.column, rows,
            columns, vec_mask(lanes), patch);
        down->gradient_rows(patch, columns * SQUALL_LANES, SQUALL_LANES, columns, half);
      }
      across->gradient_columns(half, g->tile_height, d + t * width + vector * SQUALL_LANES, d_step);
    }
  }
}

// At the points (1, 1) the transform of a gradient is the sum of its pixels.
static void add_sums(
    const winograd_geometry *g, winograd_block block, int64_t tiles, const float *d, float *sums) {
  const int64_t width = block.vectors * SQUALL_LANES;
  const float *at_one = d + (g->tile_width + 1) * m_frequency(tiles, block.vectors);
  for (int64_t vector = 0; vector < block.vectors; vector++) {
    vec sum = _mm512_setzero_ps();
    for (int64_t t = 0; t < tiles; t++) sum = sum + vec_load(at_one + t * width + vector * SQUALL_LANES);
    vec_store(sums + vector * SQUALL_LANES, vec_load(sums + vector * SQUALL_LANES) + sum);
  }
}

static row_fetch fetch_gradients(
    const gradient_run *run, winograd_block block, int64_t first, int64_t tiles) {
  const winograd_geometry *g = run->g;
  row_fetch fetch = {
      .g = g, .height = g->output_height, .width = g->output_width, .rows = winograd_tile_rows(g),
      .columns = winograd_tile_columns(g), .first = first, .tiles = tiles};
  fetch.images[0].data = run->gradient.data;
  fetch.images[0].channels = run->gradient.channels;
  fetch.images[0].sample_stride = run->gradient.sample_stride;
  fetch.images[0].from = block.first * SQUALL_LANES;
  fetch.images[0].to = squall_min64((block.first + block.vectors) * SQUALL_LANES, run->gradient.channels);
  return fetch;
}

static void gradient_block(
    const gradient_run *run, int64_t first, int64_t tiles, int64_t next_tiles, float *u) {
  const winograd_geometry *g = run->g;
  const int64_t blocks = winograd_blocks(g);
  const int64_t stride = winograd_weight_stride(g);
  float *sums_of_gradients = u + run->plan.u_floats;
  float *v = sums_of_gradients + run->plan.sum_floats, *d = v + run->plan.v_floats;
  const int64_t in_first = squall_vectors(g->sources[0].channels);
  const int64_t start = g->sources[0].data ? 0 : in_first;
  const int64_t stop = g->sources[1].channels == 0 || g->sources[1].data ? all_vectors(g) : in_first;
  const int64_t from = position_of(g, start), count = position_of(g, stop) - from;
  transform_tiles(g, first, tiles, start, stop, v, run->plan.v_stride, run->plan.v_frequency);
  for (int64_t index = 0; index < blocks; index++) {
    const winograd_block block = winograd_block_at(g, index);
    const int64_t width = block.vectors * SQUALL_LANES, d_step = m_frequency(tiles, block.vectors);
    transform_gradients(run, block, first, tiles, d);
    add_sums(g, block, tiles, d, sums_of_gradients + block.first * SQUALL_LANES);
    const int64_t groups = squall_divide_up(count, winograd_gradient_product_channels(block.vectors));
    float *sums = u + winograd_weight_offset(g, block) + from * width;
    const bool is_last = index + 1 == blocks;
    row_fetch fetch = is_last ? fetch_gradients(run, winograd_block_at(g, 0), first + tiles, next_tiles)
                              : fetch_gradients(run, winograd_block_at(g, index + 1), first, tiles);
    row_fetch fetch_patches = fetch_input(g, first + tiles, is_last ? next_tiles : 0, start, stop);
    const int64_t frequencies = winograd_frequencies(g), calls = frequencies * squall_max64(groups, 1);
    const int64_t rows_at_once = squall_divide_up(fetch.tiles * fetch.rows, calls);
    const int64_t patch_rows_at_once = squall_divide_up(fetch_patches.tiles * fetch_patches.rows, calls);
    for (int64_t frequency = 0; frequency < frequencies; frequency++) {
      for (int64_t group = 0; group < groups; group++) {
        const int64_t begin = count * group / groups, end = count * (group + 1) / groups;
        float *to = sums + frequency * stride + begin * width;
        winograd_gradient_product_for(block.vectors, end - begin)(
            v + frequency * run->plan.v_frequency + begin, run->plan.v_stride, d + frequency * d_step, width,
            tiles, to, width, (const char *)(to + (frequency + 1 < frequencies ? stride : 0)));
        fetch_rows(&fetch, rows_at_once);
        fetch_rows(&fetch_patches, patch_rows_at_once);
      }
    }
  }
}

static void gradient_workers(void *context, int64_t begin, int64_t end) {
  const gradient_run *run = context;
  const int64_t tiles = winograd_tiles(run->g), workers = run->g->threads;
  for (int64_t worker = begin; worker < end; worker++) {
    const int64_t from = tiles * worker / workers, to = tiles * (worker + 1) / workers;
    const int64_t pieces = squall_divide_up(to - from, run->plan.tiles);
    float *u = run->workspace + worker * gradient_worker_floats(&run->plan);
    for (int64_t piece = 0; piece < pieces; piece++) {
      const int64_t first = from + (to - from) * piece / pieces;
      const int64_t last = from + (to - from) * (piece + 1) / pieces;
      const int64_t after = piece + 1 < pieces ? from + (to - from) * (piece + 2) / pieces : last;
      gradient_block(run, first, last - first, after - last, u);
    }
  }
}

void winograd_gradient_add(const winograd_geometry *g, winograd_gradient gradient, float *workspace) {
  gradient_run run = {
      .g = g, .plan = make_gradient_plan(g), .gradient = gradient, .workspace = workspace};
  squall_parallel_for(0, g->threads, 1, &run, gradient_workers);
}

typedef struct {
  const winograd_geometry *g;
  const float *workspace;
  int64_t worker_floats;
  int64_t first, channels, outputs;
  bool flipped;
  float *weights;
} gradient_end_work;

static void end_channels(void *context, int64_t begin, int64_t end) {
  const gradient_end_work *w = context;
  const winograd_geometry *g = w->g;
  winograd_kernel_layout layout = {
      g->kernel_width * w->channels * w->outputs, w->channels * w->outputs, g->kernel_height,
      g->kernel_width, g->tile_height, g->tile_width};
  float *weights = w->weights;
  if (w->flipped) {
    weights += (g->kernel_height - 1) * layout.row_stride + (g->kernel_width - 1) * layout.column_stride;
    layout.row_stride = -layout.row_stride;
    layout.column_stride = -layout.column_stride;
  }
  float down[SQUALL_TILE][7], across[SQUALL_TILE][7];
  winograd_kernel_matrix(g->kernel_height, g->tile_height, down);
  winograd_kernel_matrix(g->kernel_width, g->tile_width, across);
  for (int64_t channel = begin; channel < end; channel++) {
    for (int64_t index = 0; index < winograd_blocks(g); index++) {
      const winograd_block block = winograd_block_at(g, index);
      for (int64_t vector = 0; vector < block.vectors; vector++) {
        const int64_t output = (block.first + vector) * SQUALL_LANES;
        winograd_unpack_vector(
            layout, down, across,
            w->workspace + winograd_weight_offset(g, block)
                + ((w->first + channel) * block.vectors + vector) * SQUALL_LANES,
            g->threads, w->worker_floats, winograd_weight_stride(g),
            weights + channel * w->outputs + output,
            (int32_t)squall_min64(SQUALL_LANES, w->outputs - output));
      }
    }
  }
}

void winograd_gradient_end(
    const winograd_geometry *g, const float *workspace, int64_t first, int64_t channels, int64_t outputs,
    bool flipped, float *weights_gradient) {
  const gradient_plan plan = make_gradient_plan(g);
  gradient_end_work work = {
      g, workspace, gradient_worker_floats(&plan), first, channels, outputs, flipped, weights_gradient};
  squall_parallel_for(0, channels, 1, &work, end_channels);
}

void winograd_gradient_sum(const winograd_geometry *g, const float *workspace, int64_t outputs, float *sums) {
  const gradient_plan plan = make_gradient_plan(g);
  for (int64_t output = 0; output < outputs; output++) {
    float sum = 0;
    for (int64_t worker = 0; worker < g->threads; worker++) {
      sum += workspace[worker * gradient_worker_floats(&plan) + plan.u_floats + output];
    }
    sums[output] = sum;
  }
}

SQUALL_AVX512_END
#endif
