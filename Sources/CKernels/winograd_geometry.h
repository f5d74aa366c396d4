#pragma once
#include "lanes.h"
#include "squall_winograd.h"

// The parts of the Winograd kernels, in the order in which data flows through them:
//
//   weights ── winograd_weights.c ──▶ U[frequency][output block][input channel][output in block]
//   input ──── transform ───────────▶ V[frequency][tile][input channel]       (a block of tiles, one worker)
//   U, V ───── winograd_products.c ─▶ M[frequency][tile][output in block]     (one output block)
//   M ──────── inverse transform ───▶ y[pixel of the tile][output in block] ──▶ an epilogue
//
// A worker keeps its V and M in its second-level cache.
//
// Calls go one way, from the right to the left:
//
//   lanes, vectors ◀ geometry ◀ plan, transforms ◀ weights, products, tiles ◀ gradient, companion ◀ engine
//       ◀ convolution, lstm

/// The longest side of a tile, and the most frequencies.
#define SQUALL_TILE 8
#define SQUALL_FREQUENCIES 64
/// Floats between frequencies beyond what they hold, so that 64 streams do not share cache sets.
#define SQUALL_FREQUENCY_PAD 16

/// Up to two arrays whose channels stand side by side. Channels of the second follow those of the first
/// without a gap.
typedef struct {
  /// NULL: zeros, skipped.
  const float *data;
  int64_t channels;
  int64_t sample_stride;
} winograd_source;

typedef struct {
  winograd_source sources[2];
  int64_t batch, height, width;
  int64_t output_height, output_width;
  int64_t padding_top, padding_left;
  int32_t kernel_height, kernel_width;
  /// Sides of the input tiles, 8 or 6 (see `winograd_with_tiles`).
  int32_t tile_height, tile_width;
  /// Vectors of 16 outputs in each of two segments; an output block never holds parts of both.
  int64_t segment_vectors[2];
  /// Segments that are not wanted this time.
  bool skipped[2];
  int32_t threads;
} winograd_geometry;

SQUALL_INLINE int64_t winograd_channels(const winograd_geometry *g) {
  return g->sources[0].channels + g->sources[1].channels;
}
SQUALL_INLINE int64_t winograd_output_vectors(const winograd_geometry *g) {
  return g->segment_vectors[0] + g->segment_vectors[1];
}
SQUALL_INLINE int64_t winograd_segment_blocks(const winograd_geometry *g, int segment) {
  return squall_divide_up(g->segment_vectors[segment], SQUALL_BLOCK_VECTORS);
}
SQUALL_INLINE int64_t winograd_blocks(const winograd_geometry *g) {
  return winograd_segment_blocks(g, 0) + winograd_segment_blocks(g, 1);
}

typedef struct {
  int segment;
  /// The first vector, counted over both segments, and counted within its own.
  int64_t first, first_in_segment;
  int64_t vectors;
} winograd_block;

/// Output blocks are as equal as whole vectors allow: five vectors are 2 and 3.
SQUALL_INLINE winograd_block winograd_block_at(const winograd_geometry *g, int64_t block) {
  const int64_t in_first = winograd_segment_blocks(g, 0);
  const int segment = block < in_first ? 0 : 1;
  const int64_t blocks = segment ? winograd_segment_blocks(g, 1) : in_first;
  const int64_t at = segment ? block - in_first : block, vectors = g->segment_vectors[segment];
  const int64_t begin = vectors * at / blocks, end = vectors * (at + 1) / blocks;
  return (winograd_block){segment, begin + (segment ? g->segment_vectors[0] : 0), begin, end - begin};
}

/// Floats between two frequencies of U, and from its start to an output block.
SQUALL_INLINE int64_t winograd_weight_stride(const winograd_geometry *g) {
  return winograd_channels(g) * winograd_output_vectors(g) * SQUALL_LANES + SQUALL_FREQUENCY_PAD;
}
SQUALL_INLINE int64_t winograd_weight_offset(const winograd_geometry *g, winograd_block block) {
  return winograd_channels(g) * block.first * SQUALL_LANES;
}

/// Where a tile lies in the output, and how much of it.
typedef struct {
  int64_t sample, row, column;
  int64_t rows, columns;
} winograd_tile;

/// The geometry with the tiles that its output and kernel ask for.
SQUALL_INLINE winograd_geometry winograd_with_tiles(winograd_geometry g) {
  g.tile_height = squall_winograd_tile_length(g.output_height, g.kernel_height);
  g.tile_width = squall_winograd_tile_length(g.output_width, g.kernel_width);
  return g;
}
SQUALL_INLINE int64_t winograd_frequencies(const winograd_geometry *g) {
  return (int64_t)g->tile_height * g->tile_width;
}
SQUALL_INLINE int64_t winograd_tile_rows(const winograd_geometry *g) { return g->tile_height + 1 - g->kernel_height; }
SQUALL_INLINE int64_t winograd_tile_columns(const winograd_geometry *g) { return g->tile_width + 1 - g->kernel_width; }
SQUALL_INLINE int64_t winograd_tiles(const winograd_geometry *g) {
  return g->batch * squall_divide_up(g->output_height, winograd_tile_rows(g))
      * squall_divide_up(g->output_width, winograd_tile_columns(g));
}
SQUALL_INLINE winograd_tile winograd_tile_at(const winograd_geometry *g, int64_t index) {
  const int64_t m = winograd_tile_rows(g), l = winograd_tile_columns(g);
  const int64_t down = squall_divide_up(g->output_height, m), across = squall_divide_up(g->output_width, l);
  const int64_t sample = index / (down * across), rest = index - sample * down * across;
  const int64_t row = rest / across * m, column = rest % across * l;
  return (winograd_tile){
      sample, row, column, squall_min64(m, g->output_height - row), squall_min64(l, g->output_width - column)};
}
