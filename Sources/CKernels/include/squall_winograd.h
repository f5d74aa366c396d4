#pragma once
#include "squall_activations.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Winograd convolution with tiles of 8 × 8: F(9 − k, k) along each axis for k = 2…7, with the points 0, ±1,
// ±2, ±½ and ∞, so that one input transform serves every kernel size (A. Lavin and S. Gray 2016, "Fast
// algorithms for convolutional neural networks"; the construction is A. Toom's and S. Cook's). For AVX-512
// only: ask `squall_winograd_available` first.
//
// Arrays are plain: activations `[n, y, x, c]`, weights `[ky, kx, input channels, output channels]`, stride 1,
// no dilation. Packed weights and workspaces are the caller's, 64-byte aligned (2 MiB-aligned huge pages help);
// a workspace has no meaning before or after. Every result except the weight gradient is the same for any
// number of threads; that one is the same for the same `threads`. NaN and infinity reach at least the pixels
// that they reach in direct convolution.

/// Whether this processor (within `squall_limit_instructions`) and this kernel size are served.
bool squall_winograd_available(int32_t kernel_height, int32_t kernel_width);

/// A convolution. Sample strides are in floats, so that one time step of `[n, t, y, x, c]` needs no copy.
typedef struct {
  int64_t batch;
  int64_t height, width, input_channels;
  int64_t output_height, output_width, output_channels;
  /// Zeros before the first row and column; those after follow from the sizes.
  int64_t padding_top, padding_left;
  int32_t kernel_height, kernel_width;
  int32_t threads;
  int64_t input_sample_stride, output_sample_stride;
} squall_winograd_shape;

/// Bytes of transformed weights, the same number for both directions.
size_t squall_winograd_packed_bytes(squall_winograd_shape shape);
/// Weights for `forward`, and, flipped and transposed, for `backward_data`.
void squall_winograd_pack(squall_winograd_shape shape, const float *_Nonnull weights, float *_Nonnull packed);
void squall_winograd_pack_flipped(
    squall_winograd_shape shape, const float *_Nonnull weights, float *_Nonnull packed);

typedef enum : int32_t {
  squall_winograd_forward_pass = 0,
  squall_winograd_backward_data_pass = 1,
  squall_winograd_backward_weights_pass = 2,
} squall_winograd_pass;

size_t squall_winograd_workspace_bytes(squall_winograd_shape shape, squall_winograd_pass pass);

/// output = weights * input + bias
void squall_winograd_forward(
    squall_winograd_shape shape, const float *_Nonnull input, const float *_Nonnull packed,
    const float *_Nullable bias, float *_Nonnull output, float *_Nonnull workspace);

/// The gradient of the input, from that of the output.
void squall_winograd_backward_data(
    squall_winograd_shape shape, const float *_Nonnull output_gradient, const float *_Nonnull packed_flipped,
    float *_Nonnull input_gradient, float *_Nonnull workspace);

/// The gradient of the weights: `begin`, then `add` for every array of a sequence, then `end`, all with one
/// workspace, which holds the sum in between.
void squall_winograd_backward_weights_begin(squall_winograd_shape shape, float *_Nonnull workspace);
void squall_winograd_backward_weights_add(
    squall_winograd_shape shape, const float *_Nonnull input, const float *_Nonnull output_gradient,
    float *_Nonnull workspace);
void squall_winograd_backward_weights_end(
    squall_winograd_shape shape, float *_Nonnull workspace, float *_Nonnull weights_gradient);

#ifdef __cplusplus
}
#endif
