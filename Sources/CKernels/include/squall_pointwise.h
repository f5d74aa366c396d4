#pragma once
#include "squall_activations.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// A ConvLSTM with kernels of one pixel over a whole sequence. No pixel sees another, so a block of pixels goes
// through all steps while its state stays in the second-level cache: pre-activations go straight from the inner
// products to the gates, and in the backward pass ∂/∂z feeds the three products that need it before it leaves the
// cache. Sums over channels are direct, as exact as those of direct convolution. For AVX-512 only: ask
// `squall_pointwise_available` first.
//
// Gates in the order i, f, c, o; weights `[filters, 4 filters]` and `[input channels, 4 filters]`. Input and
// sequence are `[batch, time, positions, channels]`, states `[batch, positions, filters]`, kept gates and cells
// time-major. Results are the same for any number of threads, weight gradients for the same `threads`.

bool squall_pointwise_available(void);

typedef struct {
  int64_t batch, time, positions, input_channels, filters;
  squall_function activation, recurrent_activation;
  /// Whether step t sees the input at time − 1 − t.
  bool goes_backwards;
  int32_t threads;
} squall_pointwise_lstm;

typedef struct {
  const float *_Nonnull input;
  const float *_Nonnull weights;
  const float *_Nonnull recurrent_weights;
  const float *_Nullable bias;
  /// NULL for zeros.
  const float *_Nullable initial_hidden;
  const float *_Nullable initial_cell;
  /// Receive the activated gates and the cells of all steps where a gradient is to follow.
  void *_Nullable gates;
  void *_Nullable cells;
  /// Whether they are bfloat16, and h becomes such numbers.
  bool narrow;
  /// Receive h of all steps, where it is wanted, and the last state.
  float *_Nullable sequence;
  float *_Nonnull last_hidden;
  float *_Nonnull last_cell;
} squall_pointwise_forward_pass;

/// `workspace` has no meaning before or after and is 64-byte aligned.
size_t squall_pointwise_forward_bytes(squall_pointwise_lstm lstm);
void squall_pointwise_forward(
    squall_pointwise_lstm lstm, squall_pointwise_forward_pass pass, float *_Nonnull workspace);

typedef struct {
  /// As the forward pass had and left them.
  const float *_Nonnull input;
  const float *_Nonnull weights;
  const float *_Nonnull recurrent_weights;
  const float *_Nullable initial_hidden;
  const float *_Nullable initial_cell;
  const void *_Nonnull gates;
  const void *_Nonnull cells;
  /// As in the forward pass; ∂/∂z is then rounded to bfloat16.
  bool narrow;
  const float *_Nonnull sequence;
  /// NULL for zeros.
  const float *_Nullable sequence_gradient;
  const float *_Nullable last_hidden_gradient;
  const float *_Nullable last_cell_gradient;
  /// Receive the gradients; NULL where one is not wanted.
  float *_Nullable input_gradient;
  float *_Nonnull weights_gradient;
  float *_Nonnull recurrent_gradient;
  float *_Nullable bias_gradient;
  float *_Nullable hidden_gradient;
  float *_Nullable cell_gradient;
} squall_pointwise_backward_pass;

size_t squall_pointwise_backward_bytes(squall_pointwise_lstm lstm);
void squall_pointwise_backward(
    squall_pointwise_lstm lstm, squall_pointwise_backward_pass pass, float *_Nonnull workspace);

#ifdef __cplusplus
}
#endif
