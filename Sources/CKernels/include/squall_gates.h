#pragma once
#include "squall_activations.h"
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// One time step of an LSTM or ConvLSTM: `rows` = batch × space positions of `units` channels, gates in Keras'
/// order i, f, c, o along the last axis.
typedef struct {
  int64_t rows;
  int64_t units;
  squall_function activation;
  squall_function recurrent_activation;
  /// Rows of one sample (its space positions), and the distance in floats between the same time step of two
  /// samples in the array `[batch, time, space…, units]` that `sequence` points into.
  int64_t rows_per_sample;
  int64_t sample_stride;
} squall_gate_step;

/// i, f, o = recurrent_activation(z), g = activation(z), c = f c₋ + i g, h = o activation(c).
///
/// - `gates` `[rows, 4 units]` holds the pre-activations z. With `keep` it then holds the activated gates, as
///   the backward pass needs them; without it its contents are undefined.
/// - `previous_cell` is c₋ `[rows, units]`, NULL for zeros. `cell` may be the same array.
/// - `hidden` and `sequence` (strided, see above) each receive h where they are not NULL.
void squall_gates_forward(
    squall_gate_step step, float *_Nonnull gates, const float *_Nullable previous_cell,
    float *_Nonnull cell, float *_Nullable hidden, float *_Nullable sequence, bool keep);

/// The gradient of the step.
///
/// - `gates`, `cell`, `previous_cell`: as the forward pass left them.
/// - `hidden_gradient` `[rows, units]` and `sequence_gradient` (strided) are added up; NULL counts as zero.
/// - `cell_gradient` `[rows, units]` holds ∂/∂c from later steps (or, with `cell_gradient_is_zero`, anything)
///   and receives ∂/∂c₋.
/// - `gates_gradient` `[rows, 4 units]` receives ∂/∂z. It may be `gates`.
void squall_gates_backward(
    squall_gate_step step, const float *_Nonnull gates, const float *_Nonnull cell,
    const float *_Nullable previous_cell, const float *_Nullable hidden_gradient,
    const float *_Nullable sequence_gradient, float *_Nonnull cell_gradient, bool cell_gradient_is_zero,
    float *_Nonnull gates_gradient);

#ifdef __cplusplus
}
#endif
