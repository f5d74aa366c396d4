#pragma once
#include "squall_convolution_shape.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Winograd convolution with tiles of 8: F(9 − k, k) along each axis for k = 2…7, with the points 0, ±1, ±2, ±½ and ∞,
// so that one input transform serves every kernel size, and with tiles of 6, F(7 − k, k) without the halves, along an
// axis whose size asks for it (A. Lavin and S. Gray 2016, "Fast algorithms for convolutional neural networks"; the
// construction is A. Toom's and S. Cook's). For AVX-512 only: ask `squall_winograd_available` first.
//
// Arrays are plain: activations `[n, y, x, c]`, weights `[ky, kx, input channels, output channels]`, stride 1,
// no dilation. Packed weights and workspaces are the caller's, 64-byte aligned (2 MiB-aligned huge pages help);
// a workspace has no meaning before or after. Every result except the weight gradient is the same for any
// number of threads; that one is the same for the same `threads`. NaN and infinity reach at least the pixels
// that they reach in direct convolution.

/// Whether this processor (within `squall_limit_instructions`) and this kernel size are served.
bool squall_winograd_available(int32_t kernel_height, int32_t kernel_width);

/// The side of the tiles along an axis of `outputs` pixels: 8, or 6 where the image ends so early in a tile that short
/// ones need no more products. Of equally many those of 6 are faster, because their weights are half as large.
int32_t squall_winograd_tile_length(int64_t outputs, int32_t kernel);

typedef enum : int32_t {
  squall_winograd_forward_pass = 0,
  squall_winograd_backward_data_pass = 1,
  squall_winograd_backward_weights_pass = 2,
} squall_winograd_pass;

/// Whether a convolution is faster in the Winograd domain than directly, by more than the coarser rounding is worth.
/// The one cost model: it looks at the shape and `threads` alone, so the verdict is the same on every processor and
/// from run to run. Whether the kernels exist is another question, that of `squall_winograd_available`.
///
/// - `steps` is how many convolutions share one transform of the weights.
bool squall_winograd_wins(squall_convolution_shape shape, squall_winograd_pass pass, int64_t steps);

#ifdef __cplusplus
}
#endif
