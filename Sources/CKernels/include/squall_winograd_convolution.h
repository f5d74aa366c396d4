#pragma once
#include "squall_pooled.h"
#include "squall_winograd.h"

#ifdef __cplusplus
extern "C" {
#endif

// Convolutions in the Winograd domain; see `squall_winograd.h`.

/// Bytes of transformed weights, the same number for both directions.
size_t squall_winograd_packed_bytes(squall_convolution_shape shape);
/// Weights for `forward`, and, flipped and transposed, for `backward_data`.
void squall_winograd_pack(squall_convolution_shape shape, const float *_Nonnull weights, float *_Nonnull packed);
void squall_winograd_pack_flipped(
    squall_convolution_shape shape, const float *_Nonnull weights, float *_Nonnull packed);

size_t squall_winograd_workspace_bytes(squall_convolution_shape shape, squall_winograd_pass pass);

/// output = weights * input + bias, and with `relu` the larger of that and 0 (NaN stays NaN).
void squall_winograd_forward(
    squall_convolution_shape shape, const float *_Nonnull input, const float *_Nonnull packed,
    const float *_Nullable bias, bool relu, float *_Nonnull output, float *_Nonnull workspace);

/// The gradient of the input, from that of the output.
void squall_winograd_backward_data(
    squall_convolution_shape shape, const float *_Nonnull output_gradient, const float *_Nonnull packed_flipped,
    float *_Nonnull input_gradient, float *_Nonnull workspace);

/// The gradient of the weights: `begin`, then `add` for every array of a sequence, then `end`, all with one
/// workspace, which holds the sum in between.
void squall_winograd_backward_weights_begin(squall_convolution_shape shape, float *_Nonnull workspace);
void squall_winograd_backward_weights_add(
    squall_convolution_shape shape, const float *_Nonnull input, const float *_Nonnull output_gradient,
    float *_Nonnull workspace);
void squall_winograd_backward_weights_end(
    squall_convolution_shape shape, float *_Nonnull workspace, float *_Nonnull weights_gradient);

// MARK: Pooled

/// Whether the tiles of the Winograd domain consist of whole windows.
bool squall_winograd_pools(squall_convolution_shape shape, squall_pooling pooling);

/// As `squall_winograd_forward`, then pooled. `winners` is as large as `output`, in bytes; NULL where no gradient is
/// to follow.
void squall_winograd_forward_pooled(
    squall_convolution_shape shape, squall_pooling pooling, const float *_Nonnull input, const float *_Nonnull packed,
    const float *_Nullable bias, float *_Nonnull output, uint8_t *_Nullable winners, float *_Nonnull workspace);

#ifdef __cplusplus
}
#endif
