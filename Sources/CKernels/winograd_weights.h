#pragma once
#include "winograd_geometry.h"

// Weights on their way into the Winograd domain, and the sums of their gradients on the way out.

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
