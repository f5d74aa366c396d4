#include "winograd_companion.h"
#include "winograd_products.h"

#if SQUALL_AVX512
SQUALL_AVX512_BEGIN

#include "winograd_tiles.h"

/// A worker's sums, and behind them the transformed tiles of the sources.
static float *sums_of(const winograd_companion *c, const gradient_plan *plan, int64_t worker) {
  return c->workspace + worker * gradient_worker_floats(plan);
}

/// The sources' vectors that have data.
static int64_t first_vector(const winograd_geometry *g) {
  return g->sources[0].data ? 0 : squall_vectors(g->sources[0].channels);
}
static int64_t last_vector(const winograd_geometry *g) {
  return g->sources[1].channels == 0 || g->sources[1].data ? all_vectors(g)
                                                           : squall_vectors(g->sources[0].channels);
}

void winograd_companion_tiles(const winograd_companion *c, int64_t worker, int64_t first, int64_t tiles) {
  const winograd_geometry *g = c->weights;
  const gradient_plan plan = make_gradient_plan(g);
  float *v = sums_of(c, &plan, worker) + plan.u_floats + plan.sum_floats;
  const int64_t begin = first_vector(g), end = last_vector(g), start = position_of(g, begin);
  const int64_t rows = winograd_tile_rows(g), columns = winograd_tile_columns(g);
  const axis_transform *down = axis_of(g->tile_height, rows), *across = axis_of(g->tile_width, columns);
  float patch[7 * 7 * SQUALL_LANES] __attribute__((aligned(64)));
  float half[SQUALL_FREQUENCIES * SQUALL_LANES] __attribute__((aligned(64)));
  for (int64_t t = 0; t < tiles; t++) {
    const winograd_tile tile = winograd_tile_at(g, first + t);
    for (int64_t index = begin; index < end; index++) {
      const input_vector vector = vector_at(g, index);
      const int64_t channels = vector.source->channels;
      const float *image = vector.source->data + tile.sample * vector.source->sample_stride + vector.channel;
      if (tile.rows == rows && tile.columns == columns && vector.lanes == SQUALL_LANES) {
        down->gradient_rows(
            image + (tile.row * g->width + tile.column) * channels, g->width * channels, channels, columns,
            half);
      } else {
        copy_patch(
            image, g->height, g->width, channels, tile.row, tile.column, rows, columns,
            vec_mask(vector.lanes), patch);
        down->gradient_rows(patch, columns * SQUALL_LANES, SQUALL_LANES, columns, half);
      }
      across->gradient_columns(half, g->tile_height, v + t * plan.v_stride + vector.position - start, plan.v_frequency);
    }
  }
}

/// sums += Σ over the tiles' pixels of ∂/∂z, for the bias.
static void add_pixels(
    const winograd_geometry *g, const winograd_source *gradient, int64_t first, int64_t tiles, int64_t vector,
    float *sums) {
  const int64_t channel = vector * SQUALL_LANES;
  const __mmask16 mask = vec_mask(gradient->channels - channel);
  vec sum = _mm512_setzero_ps();
  for (int64_t t = 0; t < tiles; t++) {
    const winograd_tile tile = winograd_tile_at(g, first + t);
    const float *image = gradient->data + tile.sample * gradient->sample_stride + channel
        + (tile.row * g->output_width + tile.column) * gradient->channels;
    vec of_tile = _mm512_setzero_ps();
    for (int64_t i = 0; i < tile.rows; i++) {
      const float *row = image + i * g->output_width * gradient->channels;
      for (int64_t j = 0; j < tile.columns; j++) {
        of_tile = of_tile + _mm512_maskz_loadu_ps(mask, row + j * gradient->channels);
      }
    }
    sum = sum + of_tile;
  }
  vec_store(sums + channel, vec_load(sums + channel) + sum);
}

static row_fetch fetch_tiles(const winograd_geometry *g, int64_t first, int64_t tiles) {
  row_fetch fetch = fetch_input(g, first, tiles, first_vector(g), last_vector(g));
  fetch.top = fetch.left = 0;
  fetch.rows = winograd_tile_rows(g);
  fetch.columns = winograd_tile_columns(g);
  return fetch;
}

void winograd_companion_add(
    const winograd_companion *c, int64_t worker, const winograd_source *gradient, int64_t first, int64_t tiles,
    int64_t next_tiles, const float *v, int64_t v_stride, int64_t v_frequency, int64_t begin, int64_t end) {
  const winograd_geometry *g = c->weights;
  const gradient_plan plan = make_gradient_plan(g);
  float *u = sums_of(c, &plan, worker);
  const float *x = u + plan.u_floats + plan.sum_floats;
  const int64_t from = position_of(g, first_vector(g)), count = position_of(g, last_vector(g)) - from;
  const int64_t frequencies = winograd_frequencies(g), stride = winograd_weight_stride(g), blocks = winograd_blocks(g);
  for (int64_t vector = begin; vector < end; vector++) {
    add_pixels(g, gradient, first, tiles, vector, u + plan.u_floats);
  }
  if (count == 0) return;
  row_fetch fetch = fetch_tiles(g, first + tiles, next_tiles);
  for (int64_t index = 0; index < blocks; index++) {
    const winograd_block block = winograd_block_at(g, index);
    if (block.first < begin || block.first >= end) continue;
    const int64_t width = block.vectors * SQUALL_LANES;
    const int64_t groups = squall_divide_up(count, winograd_gradient_product_channels(block.vectors));
    const int64_t at_once = squall_divide_up(fetch.tiles * fetch.rows, frequencies * groups);
    const float *d = v + (block.first - begin) * SQUALL_LANES;
    float *sums = u + winograd_weight_offset(g, block) + from * width;
    for (int64_t frequency = 0; frequency < frequencies; frequency++) {
      for (int64_t group = 0; group < groups; group++) {
        const int64_t low = count * group / groups, high = count * (group + 1) / groups;
        float *to = sums + frequency * stride + low * width;
        winograd_gradient_product_for(block.vectors, high - low)(
            x + frequency * plan.v_frequency + low, plan.v_stride, d + frequency * v_frequency, v_stride, tiles,
            to, width, (const char *)(to + (frequency + 1 < frequencies ? stride : 0)));
        fetch_rows(&fetch, at_once);
      }
    }
  }
}

SQUALL_AVX512_END
#endif
