#pragma once
#include "winograd_geometry.h"

/// One array of output gradients; the geometry is that of the forward pass.
typedef struct {
  const float *data;
  int64_t channels;
  int64_t sample_stride;
} winograd_gradient;

void winograd_gradient_begin(const winograd_geometry *g, float *workspace);
void winograd_gradient_add(const winograd_geometry *g, winograd_gradient gradient, float *workspace);
/// The gradient of the weights `[ky, kx, channels, outputs]` of the `channels` input channels from `first` on;
/// `flipped` if a companion of the backward pass took it.
void winograd_gradient_end(
    const winograd_geometry *g, const float *workspace, int64_t first, int64_t channels, int64_t outputs,
    bool flipped, float *weights_gradient);
/// The sum of all gradients that were added, for each output: the gradient of a bias.
void winograd_gradient_sum(const winograd_geometry *g, const float *workspace, int64_t outputs, float *sums);
