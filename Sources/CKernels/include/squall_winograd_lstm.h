#pragma once
#include "squall_activations.h"
#include "squall_winograd.h"

#ifdef __cplusplus
extern "C" {
#endif

// A step of a ConvLSTM whose recurrent convolution, and with `input_channels` that of the input too, runs in the
// Winograd domain: both are one convolution of the channels side by side, the inverse transform hands its tile to
// the gates, and pre-activations never reach memory. Gates in the order i, f, c, o; weights are
// `[ky, kx, filters, 4 filters]` and `[ky, kx, input channels, 4 filters]`, both convolutions `same`, stride 1.
// States, gates and their gradients are dense `[n, y, x, …]` unless a sample stride (in floats) is beside them.

typedef struct {
  int64_t batch, height, width;
  /// 0 where the input's convolution is computed elsewhere.
  int64_t input_channels;
  int64_t filters;
  int32_t kernel_height, kernel_width;
  squall_function activation, recurrent_activation;
  int32_t threads;
} squall_winograd_lstm;

size_t squall_winograd_lstm_packed_bytes(squall_winograd_lstm lstm);
void squall_winograd_lstm_pack(
    squall_winograd_lstm lstm, const float *_Nonnull recurrent_weights, const float *_Nullable weights,
    float *_Nonnull packed);
void squall_winograd_lstm_pack_flipped(
    squall_winograd_lstm lstm, const float *_Nonnull recurrent_weights, const float *_Nullable weights,
    float *_Nonnull packed);

/// Weight gradients have a workspace of their own, because they add up over the steps.
size_t squall_winograd_lstm_workspace_bytes(squall_winograd_lstm lstm, squall_winograd_pass pass);

typedef struct {
  const float *_Nullable input;
  int64_t input_sample_stride;
  /// h₋; NULL for zeros, whose convolution is left out.
  const float *_Nullable hidden;
  int64_t hidden_sample_stride;
  /// W ∗ x + b from elsewhere, added. May be `gates`.
  const float *_Nullable preactivations;
  const float *_Nullable bias;
  /// c₋; NULL for zeros. May be `cell`.
  const float *_Nullable previous_cell;
  float *_Nonnull cell;
  /// Receives the activated gates where a gradient is to follow.
  float *_Nullable gates;
  /// In place of `gates`: receive activated gates and c in bfloat16.
  uint16_t *_Nullable narrow_gates;
  uint16_t *_Nullable narrow_cell;
  /// Whether h becomes a bfloat16 number.
  bool rounds;
  /// Receives h. Must not be `hidden`.
  float *_Nonnull output;
  int64_t output_sample_stride;
} squall_winograd_lstm_forward_step;

/// One step. There must be an input or a hidden state.
void squall_winograd_lstm_forward(
    squall_winograd_lstm lstm, squall_winograd_lstm_forward_step step, const float *_Nonnull packed,
    float *_Nonnull workspace);

typedef struct {
  /// ∂/∂z of this step.
  const float *_Nonnull gates_gradient;
  /// As in the forward pass: the step's input, and h₋ (NULL for zeros).
  const float *_Nullable input;
  int64_t input_sample_stride;
  const float *_Nullable hidden;
  int64_t hidden_sample_stride;
  /// The workspace of `weights_begin`, to which the step's share of the weight gradients is added.
  float *_Nonnull sums;
  /// Receives ∂/∂x; NULL where it is not wanted.
  float *_Nullable input_gradient;
  int64_t input_gradient_sample_stride;
  /// Receives ∂/∂h₋; NULL where it is not wanted by itself.
  float *_Nullable hidden_gradient;

  /// The step before, whose gates are walked through at once; NULL where there is none.
  const void *_Nullable gates;
  /// Of that step: c, c₋ (NULL for zeros) and the sequence's gradient (NULL for zeros).
  const void *_Nullable cell;
  const void *_Nullable previous_cell;
  /// Whether gates and c are bfloat16, and ∂/∂z is to be rounded to it; whether c₋ is.
  bool narrow, narrow_previous;
  const float *_Nullable sequence_gradient;
  int64_t sequence_gradient_sample_stride;
  /// ∂/∂c of that step from this one; receives ∂/∂c₋.
  float *_Nullable cell_gradient;
  /// Receives ∂/∂z of that step. May be `gates`; must not be `gates_gradient`.
  float *_Nullable previous_gates_gradient;
} squall_winograd_lstm_backward_step;

void squall_winograd_lstm_backward(
    squall_winograd_lstm lstm, squall_winograd_lstm_backward_step step, const float *_Nonnull packed_flipped,
    float *_Nonnull workspace);

/// The weight gradients of a sequence: `begin`, then the backward step of every step, then `end`.
void squall_winograd_lstm_weights_begin(squall_winograd_lstm lstm, float *_Nonnull workspace);
void squall_winograd_lstm_weights_end(
    squall_winograd_lstm lstm, float *_Nonnull workspace, float *_Nonnull recurrent_gradient,
    float *_Nullable weights_gradient, float *_Nullable bias_gradient);

#ifdef __cplusplus
}
#endif
