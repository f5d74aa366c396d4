#include "winograd_engine.h"
#include "squall_threads.h"
#include "winograd_products.h"

#if SQUALL_AVX512
SQUALL_AVX512_BEGIN

#include "winograd_tiles.h"

typedef struct {
  const winograd_geometry *g;
  engine_plan plan;
  const float *weights;
  float *workspace;
  winograd_epilogue epilogue, prefetch;
  const void *context;
  const winograd_companion *companion;
} engine_run;

/// M = V U for one output block and the channels `from..<to`.
static void multiply(
    const engine_run *run, winograd_block block, int64_t tiles, int64_t from, int64_t to, const float *v,
    float *m, bool accumulate, const float *next_weights, row_fetch *fetch) {
  const winograd_geometry *g = run->g;
  const int64_t most = winograd_product_tiles(block.vectors), groups = squall_divide_up(tiles, most);
  const int64_t stride = winograd_weight_stride(g), width = block.vectors * SQUALL_LANES;
  const int64_t m_step = m_frequency(tiles, block.vectors), channels = to - from;
  const int64_t frequencies = winograd_frequencies(g);
  const float *u = run->weights + winograd_weight_offset(g, block) + from * width;
  const int64_t rows_at_once =
      fetch ? squall_divide_up(fetch->tiles * fetch->rows, frequencies * groups) : 0;
  for (int64_t frequency = 0; frequency < frequencies; frequency++) {
    const float *next = frequency + 1 < frequencies ? u + stride : next_weights;
    for (int64_t group = 0; group < groups; group++) {
      const int64_t begin = tiles * group / groups, end = tiles * (group + 1) / groups;
      // The groups together fetch the next frequency's weights, each the same number of lines.
      const int64_t part = squall_min64(group, block.vectors - 1);
      const char *prefetch = (const char *)(next + part * channels * SQUALL_LANES);
      winograd_product_for(block.vectors, end - begin)(
          v + frequency * run->plan.v_frequency + begin * run->plan.v_stride, run->plan.v_stride, u, channels,
          m + frequency * m_step + begin * width, width, accumulate, prefetch);
      if (fetch) fetch_rows(fetch, rows_at_once);
    }
    u += stride;
  }
}

static void finish(
    const engine_run *run, winograd_block block, int64_t first, int64_t tiles, const float *m) {
  const winograd_geometry *g = run->g;
  const int64_t rows = winograd_tile_rows(g), columns = winograd_tile_columns(g);
  const int64_t width = block.vectors * SQUALL_LANES, m_step = m_frequency(tiles, block.vectors);
  const axis_transform *down = axis_of(g->tile_height, rows), *across = axis_of(g->tile_width, columns);
  float half[7 * 8 * SQUALL_LANES] __attribute__((aligned(64)));
  float y[7 * 7 * SQUALL_BLOCK_VECTORS * SQUALL_LANES] __attribute__((aligned(64)));
  for (int64_t t = 0; t < tiles; t++) {
    if (run->prefetch) run->prefetch(run->context, g, winograd_tile_at(g, first + t), block, NULL);
    for (int64_t vector = 0; vector < block.vectors; vector++) {
      down->output_rows(m + t * width + vector * SQUALL_LANES, m_step, g->tile_width, half);
      across->output_columns(half, rows, y + vector * SQUALL_LANES, width);
    }
    run->epilogue(run->context, g, winograd_tile_at(g, first + t), block, y);
  }
}

/// Tiles `first..<first + tiles`; those to come start there and are `next_tiles`.
static void run_block(
    const engine_run *run, int64_t worker, int64_t first, int64_t tiles, int64_t next_tiles, float *v,
    float *m) {
  const winograd_geometry *g = run->g;
  const int64_t in_first = squall_vectors(g->sources[0].channels);
  const int64_t start = g->sources[0].data ? 0 : in_first;
  const int64_t stop = g->sources[1].channels == 0 || g->sources[1].data ? all_vectors(g) : in_first;
  const int64_t blocks = winograd_blocks(g);
  int64_t last_block = blocks - 1;
  while (last_block >= 0 && g->skipped[winograd_block_at(g, last_block).segment]) last_block--;
  if (run->companion) winograd_companion_tiles(run->companion, worker, first, tiles);
  for (int64_t begin = start; begin < stop; begin += run->plan.vectors) {
    const int64_t end = squall_min64(begin + run->plan.vectors, stop);
    const int64_t from = position_of(g, begin), to = position_of(g, end);
    transform_tiles(g, first, tiles, begin, end, v, run->plan.v_stride, run->plan.v_frequency);
    if (run->companion) {
      winograd_companion_add(
          run->companion, worker, &g->sources[0], first, tiles, end == stop ? next_tiles : 0, v,
          run->plan.v_stride, run->plan.v_frequency, begin, end);
    }
    const int64_t after = squall_min64(end + run->plan.vectors, stop);
    row_fetch fetch = end < stop
        ? fetch_input(g, first, tiles, end, after)
        : fetch_input(g, first + tiles, next_tiles, start, squall_min64(start + run->plan.vectors, stop));
    for (int64_t index = 0; index < blocks; index++) {
      const winograd_block block = winograd_block_at(g, index);
      if (g->skipped[block.segment]) continue;
      const winograd_block next = winograd_block_at(g, (index + 1) % blocks);
      float *sums = run->plan.parts ? m + index * run->plan.m_floats : m;
      multiply(
          run, block, tiles, from, to, v, sums, begin > start,
          run->weights + winograd_weight_offset(g, next) + from * next.vectors * SQUALL_LANES,
          index == last_block ? &fetch : NULL);
      if (end == stop) finish(run, block, first, tiles, sums);
    }
  }
}

static void run_workers(void *context, int64_t begin, int64_t end) {
  const engine_run *run = context;
  const int64_t tiles = winograd_tiles(run->g), workers = run->g->threads;
  const size_t floats = engine_worker_floats(run->g, &run->plan);
  for (int64_t worker = begin; worker < end; worker++) {
    const int64_t from = tiles * worker / workers, to = tiles * (worker + 1) / workers;
    const int64_t pieces = squall_divide_up(to - from, run->plan.tiles);
    float *v = run->workspace + (size_t)worker * floats;
    for (int64_t piece = 0; piece < pieces; piece++) {
      const int64_t first = from + (to - from) * piece / pieces;
      const int64_t last = from + (to - from) * (piece + 1) / pieces;
      const int64_t after = piece + 1 < pieces ? from + (to - from) * (piece + 2) / pieces : last;
      run_block(run, worker, first, last - first, after - last, v, v + run->plan.v_floats);
    }
    // Epilogues may have used streaming stores.
    _mm_sfence();
  }
}

void winograd_run(
    const winograd_geometry *g, const float *weights, float *workspace, winograd_epilogue epilogue,
    winograd_epilogue prefetch, const void *context, const winograd_companion *companion) {
  engine_run run = {
      .g = g, .plan = make_plan(g), .weights = weights, .workspace = workspace, .epilogue = epilogue,
      .prefetch = prefetch, .context = context, .companion = companion};
  squall_parallel_for(0, g->threads, 1, &run, run_workers);
}

SQUALL_AVX512_END
#endif
