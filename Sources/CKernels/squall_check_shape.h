#pragma once
#include "squall_check.h"
#include "squall_convolution_shape.h"
#include "squall_pooled.h"

// Checks that kernels over the same shapes share. `SQUALL_CHECK` names the function that it stands in, so these are
// macros.

/// Sizes that are positive and samples that do not overlap.
#define SQUALL_CHECK_SHAPE(s)                                                              \
  do {                                                                                     \
    SQUALL_CHECK((s).batch > 0 && (s).threads > 0);                                        \
    SQUALL_CHECK((s).height > 0 && (s).width > 0 && (s).input_channels > 0);               \
    SQUALL_CHECK((s).output_height > 0 && (s).output_width > 0 && (s).output_channels > 0); \
    SQUALL_CHECK((s).kernel_height > 0 && (s).kernel_width > 0);                           \
    SQUALL_CHECK((s).padding_top >= 0 && (s).padding_left >= 0);                           \
    SQUALL_CHECK((s).input_sample_stride >= (s).height * (s).width * (s).input_channels);  \
    SQUALL_CHECK(                                                                          \
        (s).output_sample_stride >= (s).output_height * (s).output_width * (s).output_channels); \
  } while (0)

/// Kernels of 2…7 along each axis.
#define SQUALL_CHECK_WINOGRAD_KERNEL(s)                                                    \
  do {                                                                                     \
    SQUALL_CHECK((s).kernel_height >= 2 && (s).kernel_height <= 7);                        \
    SQUALL_CHECK((s).kernel_width >= 2 && (s).kernel_width <= 7);                          \
  } while (0)

/// What every convolution in the Winograd domain asks.
#define SQUALL_CHECK_WINOGRAD(s)                                                           \
  do {                                                                                     \
    SQUALL_CHECK_SHAPE(s);                                                                 \
    SQUALL_CHECK_WINOGRAD_KERNEL(s);                                                       \
  } while (0)

/// Windows that each begin within the convolution's output, and whose pixels a byte can number.
#define SQUALL_CHECK_POOLING(s, p)                                                         \
  do {                                                                                     \
    SQUALL_CHECK((p).height > 0 && (p).width > 0);                                         \
    SQUALL_CHECK((p).window_height > 0 && (p).window_width > 0);                           \
    SQUALL_CHECK((int64_t)(p).window_height * (p).window_width < SQUALL_NO_WINNER);        \
    SQUALL_CHECK(((p).height - 1) * (p).window_height < (s).output_height);                \
    SQUALL_CHECK(((p).width - 1) * (p).window_width < (s).output_width);                   \
  } while (0)
