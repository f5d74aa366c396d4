#pragma once
#include "dispatch.h"
#include "squall_threads.h"
#include "squall_winograd.h"

#include <string.h>

// The parts of the Winograd kernels, in the order in which data flows through them:
//
//   weights ── winograd_weights.c ──▶ U[frequency][output block][input channel][output in block]
//   input ──── transform ───────────▶ V[frequency][tile][input channel]       (a block of tiles, one worker)
//   U, V ───── winograd_products.c ─▶ M[frequency][tile][output in block]     (one output block)
//   M ──────── inverse transform ───▶ y[pixel of the tile][output in block] ──▶ an epilogue
//
// A worker keeps its V and M in its second-level cache. Channels are worked on in vectors of 16.

#define SQUALL_LANES 16
/// The longest side of a tile, and the most frequencies.
#define SQUALL_TILE 8
#define SQUALL_FREQUENCIES 64
/// The widest output block, in vectors.
#define SQUALL_BLOCK_VECTORS 4
/// Floats between frequencies beyond what they hold, so that 64 streams do not share cache sets.
#define SQUALL_FREQUENCY_PAD 16

#if SQUALL_X86
#define SQUALL_WINOGRAD 1
#include <immintrin.h>
#define SQUALL_AVX512_BEGIN                 \
  _Pragma("clang attribute push(__attribute__((target(\"avx512f,avx512dq,avx512bw,avx512vl,avx2,fma\"))), apply_to = function)")
#define SQUALL_AVX512_END _Pragma("clang attribute pop")
#else
#define SQUALL_WINOGRAD 0
#endif

SQUALL_INLINE int64_t squall_min64(int64_t a, int64_t b) { return a < b ? a : b; }
SQUALL_INLINE int64_t squall_max64(int64_t a, int64_t b) { return a > b ? a : b; }
SQUALL_INLINE int64_t squall_divide_up(int64_t a, int64_t b) { return (a + b - 1) / b; }
SQUALL_INLINE int64_t squall_round_up(int64_t a, int64_t b) { return squall_divide_up(a, b) * b; }
SQUALL_INLINE int64_t squall_vectors(int64_t channels) { return squall_divide_up(channels, SQUALL_LANES); }

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

/// Takes the finished pixels of one tile and output block: y[(i · tile columns + j) · block vectors + v][16].
typedef void (*winograd_epilogue)(
    const void *context, const winograd_geometry *g, winograd_tile tile, winograd_block block, const float *y);

/// The gradient of the weights, taken along in a backward pass: that pass transforms ∂/∂z, and Σ over pixels of
/// ∂/∂z[p + k − padding] x[p] is the gradient of the flipped kernel, with x in the place of the output's gradient.
typedef struct {
  /// The forward pass' geometry, with the data of its sources.
  const winograd_geometry *weights;
  /// That of `winograd_gradient_begin`.
  float *workspace;
} winograd_companion;

size_t winograd_workspace_floats(const winograd_geometry *g);
/// Whether the blocks of both fit each other.
bool winograd_can_accompany(const winograd_geometry *backward, const winograd_geometry *weights);
/// `prefetch`, where it is not NULL, is called before a tile's inverse transform, with y NULL.
void winograd_run(
    const winograd_geometry *g, const float *weights, float *workspace, winograd_epilogue epilogue,
    winograd_epilogue prefetch, const void *context, const winograd_companion *companion);

/// Transforms the tiles of the companion's sources that a worker begins with.
void winograd_companion_tiles(const winograd_companion *c, int64_t worker, int64_t first, int64_t tiles);
/// Adds the products with V of the vectors `begin..<end` of ∂/∂z; `next_tiles` of the tiles after these are fetched.
void winograd_companion_add(
    const winograd_companion *c, int64_t worker, const winograd_source *gradient, int64_t first, int64_t tiles,
    int64_t next_tiles, const float *v, int64_t v_stride, int64_t v_frequency, int64_t begin, int64_t end);

/// One array of output gradients; the geometry is that of the forward pass.
typedef struct {
  const float *data;
  int64_t channels;
  int64_t sample_stride;
} winograd_gradient;

size_t winograd_gradient_workspace_floats(const winograd_geometry *g);
void winograd_gradient_begin(const winograd_geometry *g, float *workspace);
void winograd_gradient_add(const winograd_geometry *g, winograd_gradient gradient, float *workspace);
/// The gradient of the weights `[ky, kx, channels, outputs]` of the `channels` input channels from `first` on;
/// `flipped` if a companion of the backward pass took it.
void winograd_gradient_end(
    const winograd_geometry *g, const float *workspace, int64_t first, int64_t channels, int64_t outputs,
    bool flipped, float *weights_gradient);
/// The sum of all gradients that were added, for each output: the gradient of a bias.
void winograd_gradient_sum(const winograd_geometry *g, const float *workspace, int64_t outputs, float *sums);

/// Floats between the taps of one kernel in `[ky, kx, input channels, output channels]`.
typedef struct {
  int64_t row_stride, column_stride;
  int32_t kernel_height, kernel_width;
  int32_t tile_height, tile_width;
} winograd_kernel_layout;

/// Collects vectors that are neighbours in U, so that its frequencies, far apart, are written in runs.
#define SQUALL_PACKED_TOGETHER 16
typedef struct {
  winograd_kernel_layout layout;
  float down[SQUALL_TILE][7], across[SQUALL_TILE][7];
  float *to;
  int64_t stride, step;
  int32_t count;
  float buffer[SQUALL_FREQUENCIES][SQUALL_PACKED_TOGETHER][SQUALL_LANES] __attribute__((aligned(64)));
} winograd_packer;

void winograd_packer_start(winograd_packer *packer, winograd_kernel_layout layout);
/// `lanes` output channels of one input channel from `weights` on; frequency f goes to `packed + f stride`.
/// `next` is where the call after this one will read.
void winograd_pack_vector(
    winograd_packer *packer, const float *weights, const float *next, int32_t lanes, float *packed,
    int64_t stride);
/// The flipped kernels of up to 16 input channels, which become lanes, and up to 16 output channels, which
/// become channels, `step` floats apart. `input_stride` is the distance of two input channels in `weights`.
void winograd_pack_flipped(
    winograd_packer *packer, const float *weights, int64_t input_stride, int32_t lanes, int32_t channels,
    float *packed, int64_t step, int64_t stride);
void winograd_packer_flush(winograd_packer *packer);

void winograd_kernel_matrix(int32_t kernel, int32_t tile, float g[SQUALL_TILE][7]);
void winograd_unpack_vector(
    winograd_kernel_layout layout, float (*down)[7], float (*across)[7], const float *partial,
    int64_t partials, int64_t partial_stride, int64_t stride, float *weights, int32_t lanes);

typedef void (*winograd_product)(
    const float *v, int64_t v_stride, const float *u, int64_t channels, float *m, int64_t m_stride,
    bool accumulate, const char *prefetch);
/// Tiles that one product of blocks of `vectors` takes at most, and the product for exactly `tiles`.
int64_t winograd_product_tiles(int64_t vectors);
winograd_product winograd_product_for(int64_t vectors, int64_t tiles);

typedef void (*winograd_gradient_product)(
    const float *v, int64_t v_stride, const float *d, int64_t d_stride, int64_t tiles, float *u,
    int64_t u_stride, const char *prefetch);
int64_t winograd_gradient_product_channels(int64_t vectors);
winograd_gradient_product winograd_gradient_product_for(int64_t vectors, int64_t channels);
