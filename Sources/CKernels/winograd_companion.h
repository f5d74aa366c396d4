#pragma once
#include "winograd_geometry.h"

/// The gradient of the weights, taken along in a backward pass: that pass transforms ∂/∂z, and Σ over pixels of
/// ∂/∂z[p + k − padding] x[p] is the gradient of the flipped kernel, with x in the place of the output's gradient.
typedef struct {
  /// The forward pass' geometry, with the data of its sources.
  const winograd_geometry *weights;
  /// That of `winograd_gradient_begin`.
  float *workspace;
} winograd_companion;

/// Transforms the tiles of the companion's sources that a worker begins with.
void winograd_companion_tiles(const winograd_companion *c, int64_t worker, int64_t first, int64_t tiles);
/// Adds the products with V of the vectors `begin..<end` of ∂/∂z; `next_tiles` of the tiles after these are fetched.
void winograd_companion_add(
    const winograd_companion *c, int64_t worker, const winograd_source *gradient, int64_t first, int64_t tiles,
    int64_t next_tiles, const float *v, int64_t v_stride, int64_t v_frequency, int64_t begin, int64_t end);
