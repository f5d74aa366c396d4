#pragma once
#include "winograd_tiles.h"

// A worker's share of the workspace of a weight gradient. Include between SQUALL_AVX512_BEGIN and SQUALL_AVX512_END.

typedef struct {
  int64_t tiles;
  int64_t v_stride, v_frequency, v_floats;
  int64_t d_floats;
  /// The sums that grow: of weights in the Winograd domain, and of the gradients themselves.
  int64_t u_floats, sum_floats;
} gradient_plan;

static inline gradient_plan make_gradient_plan(const winograd_geometry *g) {
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

static inline int64_t gradient_worker_floats(const gradient_plan *plan) {
  return plan->u_floats + plan->sum_floats + plan->v_floats + plan->d_floats;
}
