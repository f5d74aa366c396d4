#pragma once
#include "squall_convolution_shape.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// A convolution, a rectifier and the largest value of each window in one pass: the convolution's output never
// reaches memory as a whole, only a quarter of it does with windows of 2 × 2. For a gradient it leaves one byte a
// window: which of its pixels was the largest. For AVX-512 only: ask `squall_pooled_available` first.
//
// Windows lie side by side without overlap from the first pixel on. Pooled arrays are dense
// `[batch, height, width, channels]`, with `height` and `width` the number of windows; sizes of the convolution are
// those of `squall_convolution_shape`, its padding zeros. Of equal values the first wins; NaN wins against every number.

bool squall_pooled_available(void);

/// The winner of a window whose largest value the rectifier does not let through.
#define SQUALL_NO_WINNER 255

typedef struct {
  /// Windows along each axis.
  int64_t height, width;
  /// Pixels of a window, fewer than `SQUALL_NO_WINNER` of them; 1 × 1 pools nothing.
  int32_t window_height, window_width;
  /// Whether max(0, x) is taken (NaN stays NaN).
  bool rectified;
} squall_pooling;

// MARK: The backward pass

/// The gradient of the convolution's output `[batch, output height, output width, output channels]`: each window's at
/// its winner, zero elsewhere.
void squall_unpool(
    squall_convolution_shape shape, squall_pooling pooling, const float *_Nonnull pooled_gradient,
    const uint8_t *_Nonnull winners, float *_Nonnull output_gradient);

/// The gradient with zeros where the rectifier let nothing through; summed over pixels it is that of the bias.
void squall_pooled_rectified_gradient(
    const float *_Nonnull pooled_gradient, const uint8_t *_Nonnull winners, float *_Nonnull gradient,
    int64_t count);

#ifdef __cplusplus
}
#endif
