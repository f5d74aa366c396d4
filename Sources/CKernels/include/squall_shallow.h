#pragma once
#include "squall_pooled.h"

#ifdef __cplusplus
extern "C" {
#endif

// Direct convolution, stride 1, for so few input channels that transforms would cost more than they save. Kernels
// are as they are: `[ky, kx, input channels, output channels]`.

size_t squall_shallow_workspace_bytes(squall_convolution_shape shape, squall_pooling pooling);

void squall_shallow_forward_pooled(
    squall_convolution_shape shape, squall_pooling pooling, const float *_Nonnull input,
    const float *_Nonnull weights, const float *_Nullable bias, float *_Nonnull output,
    uint8_t *_Nullable winners, float *_Nonnull workspace);

/// The gradient of the weights from that of the pooled output: the full-sized gradient is never made. The same bits
/// for the same `threads`.
void squall_shallow_backward_weights_pooled(
    squall_convolution_shape shape, squall_pooling pooling, const float *_Nonnull input,
    const float *_Nonnull pooled_gradient, const uint8_t *_Nonnull winners, float *_Nonnull weights_gradient,
    float *_Nonnull workspace);

#ifdef __cplusplus
}
#endif
