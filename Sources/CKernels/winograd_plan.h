#pragma once
#include "winograd_geometry.h"

// How the work is cut: tiles that a worker transforms together, what it holds of them, and the workspace that follows.

// MARK: Sizes

#define PAGE_FLOATS 1024

SQUALL_INLINE int64_t v_floats(const winograd_geometry *g, int64_t tiles, int64_t v_stride) {
  return squall_round_up(
      winograd_frequencies(g) * (tiles * v_stride + SQUALL_FREQUENCY_PAD), PAGE_FLOATS) + SQUALL_LANES * 8;
}

SQUALL_INLINE int64_t m_frequency(int64_t tiles, int64_t vectors) {
  return tiles * vectors * SQUALL_LANES + SQUALL_FREQUENCY_PAD;
}

SQUALL_INLINE int64_t m_floats(const winograd_geometry *g, int64_t tiles, int64_t vectors) {
  return squall_round_up(winograd_frequencies(g) * m_frequency(tiles, vectors), PAGE_FLOATS) + SQUALL_LANES * 8;
}

SQUALL_INLINE int64_t all_vectors(const winograd_geometry *g) {
  return squall_vectors(g->sources[0].channels) + squall_vectors(g->sources[1].channels);
}

// Weights of many megabytes pass by for every block of tiles: then blocks are longer, up to where the tiles' own
// transforms no longer fit into the cache.
SQUALL_INLINE bool has_heavy_weights(const winograd_geometry *g) {
  const int64_t inputs = all_vectors(g), outputs = winograd_output_vectors(g);
  return inputs * outputs >= 256 && squall_min64(inputs, outputs) <= 12;
}

// MARK: The weight gradient

/// A worker's share of the workspace.
typedef struct {
  int64_t tiles;
  int64_t v_stride, v_frequency, v_floats;
  int64_t d_floats;
  /// The sums that grow: of weights in the Winograd domain, and of the gradients themselves.
  int64_t u_floats, sum_floats;
} gradient_plan;

SQUALL_INLINE gradient_plan make_gradient_plan(const winograd_geometry *g) {
  const int64_t inputs = all_vectors(g);
  const bool aligned = g->sources[0].channels % SQUALL_LANES == 0 || g->sources[1].channels == 0;
  gradient_plan plan = {.tiles = inputs <= 8 || (inputs <= 12 && has_heavy_weights(g)) ? 32 : inputs <= 16 ? 24 : 16};
  plan.v_stride = (inputs + (aligned ? 0 : 1)) * SQUALL_LANES;
  plan.v_frequency = plan.tiles * plan.v_stride + SQUALL_FREQUENCY_PAD;
  plan.v_floats = v_floats(g, plan.tiles, plan.v_stride);
  plan.d_floats = m_floats(g, plan.tiles, SQUALL_BLOCK_VECTORS);
  plan.u_floats = squall_round_up(winograd_frequencies(g) * winograd_weight_stride(g), PAGE_FLOATS);
  plan.sum_floats = squall_round_up(winograd_output_vectors(g) * SQUALL_LANES, PAGE_FLOATS);
  return plan;
}

SQUALL_INLINE int64_t gradient_worker_floats(const gradient_plan *plan) {
  return plan->u_floats + plan->sum_floats + plan->v_floats + plan->d_floats;
}

SQUALL_INLINE size_t winograd_gradient_workspace_floats(const winograd_geometry *g) {
  const gradient_plan plan = make_gradient_plan(g);
  return (size_t)(g->threads * gradient_worker_floats(&plan));
}

// MARK: The engine

/// Tiles that a worker transforms together, and where the weights are heavy; half as many where they do not fit.
#define SQUALL_TILES_TOGETHER 24
#define SQUALL_TILES_TOGETHER_HEAVY 32

// What a worker keeps at once should stay in a second-level cache of 2 MiB beside the weights that stream by.
#define CACHE_FLOATS (400 * 1024)
#define BLOCKED_CACHE_FLOATS (512 * 1024)

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

SQUALL_INLINE engine_plan make_plan(const winograd_geometry *g) {
  const int64_t inputs = all_vectors(g), outputs = winograd_output_vectors(g), part = 4;
  const int64_t whole = winograd_frequencies(g) * SQUALL_LANES * (inputs + SQUALL_BLOCK_VECTORS);
  const int64_t split = winograd_frequencies(g) * SQUALL_LANES * (part + outputs);
  const int64_t most = has_heavy_weights(g) ? SQUALL_TILES_TOGETHER_HEAVY : SQUALL_TILES_TOGETHER;
  const int64_t cache = CACHE_FLOATS * most / SQUALL_TILES_TOGETHER;
  const int64_t blocked_cache = BLOCKED_CACHE_FLOATS * most / SQUALL_TILES_TOGETHER;
  int64_t tiles = most;
  bool parts = false;
  // Even where everything fits, whole parts leave more room for the weights if few outputs follow from many inputs.
  const bool narrows = inputs % part == 0 && 10 * split < 7 * whole;
  if (inputs > part && (tiles * whole > cache || narrows)) {
    if (tiles * split <= blocked_cache) {
      parts = true;
    } else {
      tiles = most / 2;
      parts = tiles * whole > cache && split < whole;
    }
  }
  engine_plan plan = {.tiles = tiles, .parts = parts, .vectors = parts ? part : inputs};
  // A row may overrun by less than a vector where the first source's channels do not fill their last one.
  const bool aligned = g->sources[0].channels % SQUALL_LANES == 0 || g->sources[1].channels == 0;
  plan.v_stride = (plan.vectors + (aligned ? 0 : 1)) * SQUALL_LANES;
  plan.v_frequency = tiles * plan.v_stride + SQUALL_FREQUENCY_PAD;
  plan.v_floats = v_floats(g, tiles, plan.v_stride);
  plan.m_floats = m_floats(g, tiles, SQUALL_BLOCK_VECTORS);
  return plan;
}

SQUALL_INLINE size_t engine_worker_floats(const winograd_geometry *g, const engine_plan *plan) {
  return (size_t)(plan->v_floats + (plan->parts ? winograd_blocks(g) : 1) * plan->m_floats);
}

SQUALL_INLINE size_t winograd_workspace_floats(const winograd_geometry *g) {
  const engine_plan plan = make_plan(g);
  return (size_t)g->threads * engine_worker_floats(g, &plan);
}

/// Whether the blocks of both fit each other.
SQUALL_INLINE bool winograd_can_accompany(const winograd_geometry *backward, const winograd_geometry *weights) {
  const engine_plan plan = make_plan(backward);
  // Where channels come in parts, each has to be a whole output block of the weights.
  return plan.tiles <= make_gradient_plan(weights).tiles
      && (!plan.parts || weights->segment_vectors[0] % plan.vectors == 0);
}
