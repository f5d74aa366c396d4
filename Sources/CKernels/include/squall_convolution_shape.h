#pragma once
#include <stdint.h>

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
} squall_convolution_shape;
