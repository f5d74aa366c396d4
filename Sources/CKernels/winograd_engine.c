#include "winograd.h"

#if SQUALL_WINOGRAD
SQUALL_AVX512_BEGIN

#include "winograd_transforms.h"

// MARK: Plan

// What a worker keeps at once should stay in a second-level cache of 2 MiB beside the weights that stream by.
#define CACHE_FLOATS (400 * 1024)
#define BLOCKED_CACHE_FLOATS (512 * 1024)
#define PAGE_FLOATS 1024

typedef struct {
  /// Tiles that a worker transforms together.
  int64_t tiles;
  /// Input vectors of 16 whose transforms are held together; with all of them, one M is enough.
  int64_t vectors;
  int64_t v_stride, v_frequency, v_floats;
  /// All output blocks' M where channels come in parts.
  bool parts;
  int64_t m_floats;
} engine_plan;

static int64_t v_floats(int64_t tiles, int64_t v_stride) {
  return squall_round_up(
      SQUALL_FREQUENCIES * (tiles * v_stride + SQUALL_FREQUENCY_PAD), PAGE_FLOATS) + SQUALL_LANES * 8;
}

static int64_t m_frequency(int64_t tiles, int64_t vectors) {
  return tiles * vectors * SQUALL_LANES + SQUALL_FREQUENCY_PAD;
}

static int64_t m_floats(int64_t tiles, int64_t vectors) {
  return squall_round_up(SQUALL_FREQUENCIES * m_frequency(tiles, vectors), PAGE_FLOATS) + SQUALL_LANES * 8;
}

static int64_t all_vectors(const winograd_geometry *g) {
  return squall_vectors(g->sources[0].channels) + squall_vectors(g->sources[1].channels);
}

static engine_plan make_plan(const winograd_geometry *g) {
  const int64_t inputs = all_vectors(g), outputs = winograd_output_vectors(g), part = 4;
  const int64_t whole = SQUALL_FREQUENCIES * SQUALL_LANES * (inputs + SQUALL_BLOCK_VECTORS);
  const int64_t split = SQUALL_FREQUENCIES * SQUALL_LANES * (part + outputs);
  int64_t tiles = 24;
  bool parts = false;
  if (inputs > part && tiles * whole > CACHE_FLOATS) {
    if (tiles * split <= BLOCKED_CACHE_FLOATS) {
      parts = true;
    } else {
      tiles = 12;
      parts = tiles * whole > CACHE_FLOATS && split < whole;
    }
  }
  engine_plan plan = {.tiles = tiles, .parts = parts, .vectors = parts ? part : inputs};
  // A row may overrun by less than a vector where the first source's channels do not fill their last one.
  const bool aligned = g->sources[0].channels % SQUALL_LANES == 0 || g->sources[1].channels == 0;
  plan.v_stride = (plan.vectors + (aligned ? 0 : 1)) * SQUALL_LANES;
  plan.v_frequency = tiles * plan.v_stride + SQUALL_FREQUENCY_PAD;
  plan.v_floats = v_floats(tiles, plan.v_stride);
  plan.m_floats = m_floats(tiles, SQUALL_BLOCK_VECTORS);
  return plan;
}

static size_t worker_floats(const winograd_geometry *g, const engine_plan *plan) {
  return (size_t)(plan->v_floats + (plan->parts ? winograd_blocks(g) : 1) * plan->m_floats);
}

size_t winograd_workspace_floats(const winograd_geometry *g) {
  const engine_plan plan = make_plan(g);
  return (size_t)g->threads * worker_floats(g, &plan);
}

// MARK: Input

typedef struct {
  const winograd_source *source;
  /// The first channel, how many, and where they stand among all channels.
  int64_t channel, lanes, position;
} input_vector;

static input_vector vector_at(const winograd_geometry *g, int64_t index) {
  const int64_t in_first = squall_vectors(g->sources[0].channels);
  const int second = index >= in_first;
  const winograd_source *source = &g->sources[second];
  const int64_t channel = (second ? index - in_first : index) * SQUALL_LANES;
  return (input_vector){
      source, channel, squall_min64(SQUALL_LANES, source->channels - channel),
      channel + (second ? g->sources[0].channels : 0)};
}

static int64_t position_of(const winograd_geometry *g, int64_t index) {
  const int64_t in_first = squall_vectors(g->sources[0].channels);
  if (index < in_first) return index * SQUALL_LANES;
  const int64_t position = g->sources[0].channels + (index - in_first) * SQUALL_LANES;
  return squall_min64(position, winograd_channels(g));
}

// Vectors `begin..<end` of the tiles from `first` on. Vectors are stored in order, so that one whose last lanes
// are empty is completed by its neighbour, and a tile's last one by the next tile's first.
static void transform_tiles(
    const winograd_geometry *g, int64_t first, int64_t tiles, int64_t begin, int64_t end, float *v,
    int64_t v_stride, int64_t v_frequency) {
  float patch[SQUALL_FREQUENCIES * SQUALL_LANES] __attribute__((aligned(64)));
  const int64_t start = position_of(g, begin);
  for (int64_t t = 0; t < tiles; t++) {
    const winograd_tile tile = winograd_tile_at(g, first + t);
    const int64_t row = tile.row - g->padding_top, column = tile.column - g->padding_left;
    const bool inside = row >= 0 && column >= 0 && row + SQUALL_TILE <= g->height
        && column + SQUALL_TILE <= g->width;
    for (int64_t index = begin; index < end; index++) {
      const input_vector vector = vector_at(g, index);
      const int64_t channels = vector.source->channels;
      const float *image = vector.source->data + tile.sample * vector.source->sample_stride + vector.channel;
      float *to = v + t * v_stride + vector.position - start;
      if (inside && vector.lanes == SQUALL_LANES) {
        transform_input(
            image + (row * g->width + column) * channels, g->width * channels, channels, to, v_frequency);
      } else {
        copy_patch(
            image, g->height, g->width, channels, row, column, SQUALL_TILE, SQUALL_TILE,
            vec_mask(vector.lanes), patch);
        transform_input(patch, SQUALL_TILE * SQUALL_LANES, SQUALL_LANES, to, v_frequency);
      }
    }
  }
}

// MARK: Fetching ahead

// Inner products leave the memory idle: beside each of them some rows of the patches that will be transformed
// next are fetched into the second-level cache.
typedef struct {
  const winograd_geometry *g;
  /// One channel range of an image; the patch of a tile starts at its first pixel less `top`, `left`.
  struct {
    const float *data;
    int64_t channels, sample_stride, from, to;
  } images[2];
  int64_t height, width, top, left, rows, columns;
  int64_t first, tiles;
  /// Rows fetched so far, counted over all tiles.
  int64_t done;
} row_fetch;

static row_fetch fetch_input(
    const winograd_geometry *g, int64_t first, int64_t tiles, int64_t begin, int64_t end) {
  row_fetch fetch = {
      .g = g, .height = g->height, .width = g->width, .top = g->padding_top, .left = g->padding_left,
      .rows = SQUALL_TILE, .columns = SQUALL_TILE, .first = first, .tiles = tiles};
  const int64_t in_first = squall_vectors(g->sources[0].channels);
  for (int i = 0; i < 2; i++) {
    const int64_t offset = i ? in_first : 0, vectors = squall_vectors(g->sources[i].channels);
    fetch.images[i].data = g->sources[i].data;
    fetch.images[i].channels = g->sources[i].channels;
    fetch.images[i].sample_stride = g->sources[i].sample_stride;
    fetch.images[i].from = squall_max64(0, begin - offset) * SQUALL_LANES;
    fetch.images[i].to =
        squall_min64(squall_min64(vectors, end - offset) * SQUALL_LANES, g->sources[i].channels);
  }
  return fetch;
}

static void fetch_rows(row_fetch *f, int64_t count) {
  const int64_t end = squall_min64(f->done + count, f->tiles * f->rows);
  for (; f->done < end; f->done++) {
    const winograd_tile tile = winograd_tile_at(f->g, f->first + f->done / f->rows);
    const int64_t y = tile.row - f->top + f->done % f->rows, x = tile.column - f->left;
    if (y < 0 || y >= f->height) continue;
    // The neighbour on the left has brought what the patches share.
    const int64_t shared = f->done < f->rows || tile.column == 0 ? 0 : f->columns - winograd_tile_columns(f->g);
    const int64_t left = squall_max64(0, x + shared), right = squall_min64(f->width, x + f->columns);
    for (int i = 0; i < 2; i++) {
      if (!f->images[i].data || f->images[i].from >= f->images[i].to) continue;
      const float *row = f->images[i].data + tile.sample * f->images[i].sample_stride
          + y * f->width * f->images[i].channels;
      for (int64_t j = left; j < right; j++) {
        const float *pixel = row + j * f->images[i].channels;
        for (int64_t c = f->images[i].from; c < f->images[i].to; c += SQUALL_LANES) {
          _mm_prefetch((const char *)(pixel + c), _MM_HINT_T1);
        }
      }
    }
  }
}

// MARK: Forward

typedef struct {
  const winograd_geometry *g;
  engine_plan plan;
  const float *weights;
  float *workspace;
  winograd_epilogue epilogue, prefetch;
  const void *context;
} engine_run;

/// M = V U for one output block and the channels `from..<to`.
static void multiply(
    const engine_run *run, winograd_block block, int64_t tiles, int64_t from, int64_t to, const float *v,
    float *m, bool accumulate, const float *next_weights, row_fetch *fetch) {
  const winograd_geometry *g = run->g;
  const int64_t most = winograd_product_tiles(block.vectors), groups = squall_divide_up(tiles, most);
  const int64_t stride = winograd_weight_stride(g), width = block.vectors * SQUALL_LANES;
  const int64_t m_step = m_frequency(tiles, block.vectors), channels = to - from;
  const float *u = run->weights + winograd_weight_offset(g, block) + from * width;
  const int64_t rows_at_once =
      fetch ? squall_divide_up(fetch->tiles * fetch->rows, SQUALL_FREQUENCIES * groups) : 0;
  for (int64_t frequency = 0; frequency < SQUALL_FREQUENCIES; frequency++) {
    const float *next = frequency + 1 < SQUALL_FREQUENCIES ? u + stride : next_weights;
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
  float half[7 * 8 * SQUALL_LANES] __attribute__((aligned(64)));
  float y[7 * 7 * SQUALL_BLOCK_VECTORS * SQUALL_LANES] __attribute__((aligned(64)));
  for (int64_t t = 0; t < tiles; t++) {
    if (run->prefetch) run->prefetch(run->context, g, winograd_tile_at(g, first + t), block, NULL);
    for (int64_t vector = 0; vector < block.vectors; vector++) {
      output_rows[rows](m + t * width + vector * SQUALL_LANES, m_step, half);
      output_columns[columns](half, rows, y + vector * SQUALL_LANES, width);
    }
    run->epilogue(run->context, g, winograd_tile_at(g, first + t), block, y);
  }
}

/// Tiles `first..<first + tiles`; those to come start there and are `next_tiles`.
static void run_block(
    const engine_run *run, int64_t first, int64_t tiles, int64_t next_tiles, float *v, float *m) {
  const winograd_geometry *g = run->g;
  const int64_t in_first = squall_vectors(g->sources[0].channels);
  const int64_t start = g->sources[0].data ? 0 : in_first;
  const int64_t stop = g->sources[1].channels == 0 || g->sources[1].data ? all_vectors(g) : in_first;
  const int64_t blocks = winograd_blocks(g);
  int64_t last_block = blocks - 1;
  while (g->skipped[winograd_block_at(g, last_block).segment]) last_block--;
  for (int64_t begin = start; begin < stop; begin += run->plan.vectors) {
    const int64_t end = squall_min64(begin + run->plan.vectors, stop);
    const int64_t from = position_of(g, begin), to = position_of(g, end);
    transform_tiles(g, first, tiles, begin, end, v, run->plan.v_stride, run->plan.v_frequency);
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
  const size_t floats = worker_floats(run->g, &run->plan);
  for (int64_t worker = begin; worker < end; worker++) {
    const int64_t from = tiles * worker / workers, to = tiles * (worker + 1) / workers;
    const int64_t pieces = squall_divide_up(to - from, run->plan.tiles);
    float *v = run->workspace + (size_t)worker * floats;
    for (int64_t piece = 0; piece < pieces; piece++) {
      const int64_t first = from + (to - from) * piece / pieces;
      const int64_t last = from + (to - from) * (piece + 1) / pieces;
      const int64_t after = piece + 1 < pieces ? from + (to - from) * (piece + 2) / pieces : last;
      run_block(run, first, last - first, after - last, v, v + run->plan.v_floats);
    }
    // Epilogues may have used streaming stores.
    _mm_sfence();
  }
}

void winograd_run(
    const winograd_geometry *g, const float *weights, float *workspace, winograd_epilogue epilogue,
    winograd_epilogue prefetch, const void *context) {
  engine_run run = {
      .g = g, .plan = make_plan(g), .weights = weights, .workspace = workspace, .epilogue = epilogue,
      .prefetch = prefetch, .context = context};
  squall_parallel_for(0, g->threads, 1, &run, run_workers);
}

// MARK: Weight gradient

typedef struct {
  int64_t tiles;
  int64_t v_stride, v_frequency, v_floats;
  int64_t d_floats;
  /// The sums that grow: of weights in the Winograd domain, and of the gradients themselves.
  int64_t u_floats, sum_floats;
} gradient_plan;

static gradient_plan make_gradient_plan(const winograd_geometry *g) {
  const int64_t inputs = all_vectors(g);
  const bool aligned = g->sources[0].channels % SQUALL_LANES == 0 || g->sources[1].channels == 0;
  gradient_plan plan = {.tiles = inputs <= 8 ? 32 : inputs <= 16 ? 24 : 16};
  plan.v_stride = (inputs + (aligned ? 0 : 1)) * SQUALL_LANES;
  plan.v_frequency = plan.tiles * plan.v_stride + SQUALL_FREQUENCY_PAD;
  plan.v_floats = v_floats(plan.tiles, plan.v_stride);
  plan.d_floats = m_floats(plan.tiles, SQUALL_BLOCK_VECTORS);
  plan.u_floats = squall_round_up(SQUALL_FREQUENCIES * winograd_weight_stride(g), PAGE_FLOATS);
  plan.sum_floats = squall_round_up(winograd_output_vectors(g) * SQUALL_LANES, PAGE_FLOATS);
  return plan;
}

static int64_t gradient_worker_floats(const gradient_plan *plan) {
  return plan->u_floats + plan->sum_floats + plan->v_floats + plan->d_floats;
}

size_t winograd_gradient_workspace_floats(const winograd_geometry *g) {
  const gradient_plan plan = make_gradient_plan(g);
  return (size_t)(g->threads * gradient_worker_floats(&plan));
}

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
  float patch[7 * 7 * SQUALL_LANES] __attribute__((aligned(64)));
  float half[SQUALL_FREQUENCIES * SQUALL_LANES] __attribute__((aligned(64)));
  for (int64_t t = 0; t < tiles; t++) {
    const winograd_tile tile = winograd_tile_at(g, first + t);
    const float *image = run->gradient.data + tile.sample * run->gradient.sample_stride;
    for (int64_t vector = 0; vector < block.vectors; vector++) {
      const int64_t channel = (block.first + vector) * SQUALL_LANES;
      const int64_t lanes = squall_min64(SQUALL_LANES, channels - channel);
      if (tile.rows == rows && tile.columns == columns && lanes == SQUALL_LANES) {
        gradient_rows[rows](
            image + (tile.row * g->output_width + tile.column) * channels + channel,
            g->output_width * channels, channels, columns, half);
      } else {
        copy_patch(
            image + channel, g->output_height, g->output_width, channels, tile.row, tile.column, rows,
            columns, vec_mask(lanes), patch);
        gradient_rows[rows](patch, columns * SQUALL_LANES, SQUALL_LANES, columns, half);
      }
      gradient_columns[columns](half, d + t * width + vector * SQUALL_LANES, d_step);
    }
  }
}

// At the points (1, 1) the transform of a gradient is the sum of its pixels.
static void add_sums(winograd_block block, int64_t tiles, const float *d, float *sums) {
  const int64_t width = block.vectors * SQUALL_LANES;
  const float *at_one = d + (SQUALL_TILE + 1) * m_frequency(tiles, block.vectors);
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
  float *sums_of_gradients = u + run->plan.u_floats, *v = sums_of_gradients + run->plan.sum_floats, *d = v + run->plan.v_floats;
  const int64_t in_first = squall_vectors(g->sources[0].channels);
  const int64_t start = g->sources[0].data ? 0 : in_first;
  const int64_t stop = g->sources[1].channels == 0 || g->sources[1].data ? all_vectors(g) : in_first;
  const int64_t from = position_of(g, start), count = position_of(g, stop) - from;
  transform_tiles(g, first, tiles, start, stop, v, run->plan.v_stride, run->plan.v_frequency);
  for (int64_t index = 0; index < blocks; index++) {
    const winograd_block block = winograd_block_at(g, index);
    const int64_t width = block.vectors * SQUALL_LANES, d_step = m_frequency(tiles, block.vectors);
    transform_gradients(run, block, first, tiles, d);
    add_sums(block, tiles, d, sums_of_gradients + block.first * SQUALL_LANES);
    const int64_t groups = squall_divide_up(count, winograd_gradient_product_channels(block.vectors));
    float *sums = u + winograd_weight_offset(g, block) + from * width;
    const bool is_last = index + 1 == blocks;
    row_fetch fetch = is_last ? fetch_gradients(run, winograd_block_at(g, 0), first + tiles, next_tiles)
                              : fetch_gradients(run, winograd_block_at(g, index + 1), first, tiles);
    row_fetch fetch_patches = fetch_input(g, first + tiles, is_last ? next_tiles : 0, start, stop);
    const int64_t calls = SQUALL_FREQUENCIES * squall_max64(groups, 1);
    const int64_t rows_at_once = squall_divide_up(fetch.tiles * fetch.rows, calls);
    const int64_t patch_rows_at_once = squall_divide_up(fetch_patches.tiles * SQUALL_TILE, calls);
    for (int64_t frequency = 0; frequency < SQUALL_FREQUENCIES; frequency++) {
      for (int64_t group = 0; group < groups; group++) {
        const int64_t begin = count * group / groups, end = count * (group + 1) / groups;
        float *to = sums + frequency * stride + begin * width;
        winograd_gradient_product_for(block.vectors, end - begin)(
            v + frequency * run->plan.v_frequency + begin, run->plan.v_stride, d + frequency * d_step, width,
            tiles, to, width, (const char *)(to + (frequency + 1 < SQUALL_FREQUENCIES ? stride : 0)));
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
  float *weights;
} gradient_end_work;

static void end_channels(void *context, int64_t begin, int64_t end) {
  const gradient_end_work *w = context;
  const winograd_geometry *g = w->g;
  const winograd_kernel_layout layout = {
      g->kernel_width * w->channels * w->outputs, w->channels * w->outputs, g->kernel_height,
      g->kernel_width};
  float down[SQUALL_TILE][7], across[SQUALL_TILE][7];
  winograd_kernel_matrix(g->kernel_height, down);
  winograd_kernel_matrix(g->kernel_width, across);
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
            w->weights + channel * w->outputs + output,
            (int32_t)squall_min64(SQUALL_LANES, w->outputs - output));
      }
    }
  }
}

void winograd_gradient_end(
    const winograd_geometry *g, const float *workspace, int64_t first, int64_t channels, int64_t outputs,
    float *weights_gradient) {
  const gradient_plan plan = make_gradient_plan(g);
  gradient_end_work work = {
      g, workspace, gradient_worker_floats(&plan), first, channels, outputs, weights_gradient};
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
