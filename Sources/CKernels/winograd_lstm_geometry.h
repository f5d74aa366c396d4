#pragma once
#include "squall_check.h"
#include "squall_winograd_lstm.h"
#include "winograd_geometry.h"

// The convolutions of one step of a ConvLSTM.

#define SQUALL_CHECK_LSTM(l)                                             \
  do {                                                                   \
    SQUALL_CHECK((l).batch > 0 && (l).height > 0 && (l).width > 0);      \
    SQUALL_CHECK((l).filters > 0 && (l).input_channels >= 0);            \
    SQUALL_CHECK((l).kernel_height >= 2 && (l).kernel_height <= 7);      \
    SQUALL_CHECK((l).kernel_width >= 2 && (l).kernel_width <= 7);        \
    SQUALL_CHECK((l).threads > 0);                                       \
  } while (0)

SQUALL_INLINE winograd_geometry lstm_same_geometry(const squall_winograd_lstm *l) {
  return winograd_with_tiles((winograd_geometry){
      .batch = l->batch, .height = l->height, .width = l->width, .output_height = l->height,
      .output_width = l->width, .padding_top = (l->kernel_height - 1) / 2,
      .padding_left = (l->kernel_width - 1) / 2, .kernel_height = l->kernel_height,
      .kernel_width = l->kernel_width, .threads = l->threads});
}

/// Channels: hidden state, then input. Each output block is the four gates of 16 filters.
SQUALL_INLINE winograd_geometry lstm_forward_geometry(const squall_winograd_lstm *l) {
  winograd_geometry g = lstm_same_geometry(l);
  g.sources[0].channels = l->filters;
  g.sources[1].channels = l->input_channels;
  g.segment_vectors[0] = 4 * squall_vectors(l->filters);
  return g;
}

/// From ∂/∂z to ∂/∂h₋ and ∂/∂x.
SQUALL_INLINE winograd_geometry lstm_backward_geometry(const squall_winograd_lstm *l) {
  winograd_geometry g = lstm_same_geometry(l);
  g.padding_top = l->kernel_height - 1 - g.padding_top;
  g.padding_left = l->kernel_width - 1 - g.padding_left;
  g.sources[0].channels = 4 * l->filters;
  g.segment_vectors[0] = squall_vectors(l->filters);
  g.segment_vectors[1] = squall_vectors(l->input_channels);
  return g;
}

/// As the forward pass, but with the gates' channels as they lie in memory.
SQUALL_INLINE winograd_geometry lstm_weights_geometry(const squall_winograd_lstm *l) {
  winograd_geometry g = lstm_forward_geometry(l);
  g.segment_vectors[0] = squall_vectors(4 * l->filters);
  return g;
}
