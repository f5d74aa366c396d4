#include "squall_threads.h"
#include "winograd_gradient.h"
#include "winograd_lstm_geometry.h"
#include "winograd_plan.h"
#include "winograd_weights.h"

#if SQUALL_AVX512
SQUALL_AVX512_BEGIN

// MARK: Packing

typedef struct {
  const squall_winograd_lstm *lstm;
  winograd_geometry g;
  const float *recurrent_weights, *weights;
  float *packed;
} pack_work;

static winograd_kernel_layout kernel_layout(const pack_work *w, int64_t channels) {
  const squall_winograd_lstm *l = w->lstm;
  const int64_t plane = channels * 4 * l->filters;
  return (winograd_kernel_layout){
      l->kernel_width * plane, plane, l->kernel_height, l->kernel_width, w->g.tile_height, w->g.tile_width};
}

static void pack_channels(void *context, int64_t begin, int64_t end) {
  const pack_work *w = context;
  const squall_winograd_lstm *l = w->lstm;
  const int64_t filters = l->filters, stride = winograd_weight_stride(&w->g);
  winograd_packer packer;
  for (int64_t block = 0; block < squall_vectors(filters); block++) {
    for (int64_t channel = begin; channel < end; channel++) {
      const bool of_input = channel >= filters;
      if (channel == begin || channel == filters) {
        if (channel > begin) winograd_packer_flush(&packer);
        winograd_packer_start(&packer, kernel_layout(w, of_input ? l->input_channels : filters));
      }
      const float *row = of_input ? w->weights + (channel - filters) * 4 * filters
                                  : w->recurrent_weights + channel * 4 * filters;
      for (int64_t gate = 0; gate < 4; gate++) {
        const int64_t filter = block * SQUALL_LANES;
        const float *from = row + gate * filters + filter;
        winograd_pack_vector(
            &packer, from, from + 4 * filters, (int32_t)squall_min64(SQUALL_LANES, filters - filter),
            w->packed + winograd_weight_offset(&w->g, winograd_block_at(&w->g, block))
                + (channel * 4 + gate) * SQUALL_LANES,
            stride);
      }
    }
    winograd_packer_flush(&packer);
  }
}

static void pack_flipped_channels(void *context, int64_t begin, int64_t end) {
  const pack_work *w = context;
  const squall_winograd_lstm *l = w->lstm;
  winograd_packer packer;
  for (int64_t index = 0; index < winograd_blocks(&w->g); index++) {
    const winograd_block block = winograd_block_at(&w->g, index);
    const int64_t inputs = block.segment ? l->input_channels : l->filters, outputs = 4 * l->filters;
    const float *weights = block.segment ? w->weights : w->recurrent_weights;
    winograd_packer_start(&packer, kernel_layout(w, inputs));
    for (int64_t group = begin; group < end; group++) {
      const int64_t channel = group * SQUALL_LANES;
      for (int64_t vector = 0; vector < block.vectors; vector++) {
        const int64_t input = (block.first_in_segment + vector) * SQUALL_LANES;
        winograd_pack_flipped(
            &packer, weights + input * outputs + channel, outputs,
            (int32_t)squall_min64(SQUALL_LANES, inputs - input),
            (int32_t)squall_min64(SQUALL_LANES, outputs - channel),
            w->packed + winograd_weight_offset(&w->g, block)
                + (channel * block.vectors + vector) * SQUALL_LANES,
            block.vectors * SQUALL_LANES, winograd_weight_stride(&w->g));
      }
    }
  }
}

size_t squall_winograd_lstm_packed_bytes(squall_winograd_lstm lstm) {
  SQUALL_CHECK_LSTM(lstm);
  const winograd_geometry forward = lstm_forward_geometry(&lstm), backward = lstm_backward_geometry(&lstm);
  const int64_t a = winograd_weight_stride(&forward), b = winograd_weight_stride(&backward);
  return (size_t)(winograd_frequencies(&forward) * squall_max64(a, b)) * sizeof(float);
}

void squall_winograd_lstm_pack(
    squall_winograd_lstm lstm, const float *recurrent_weights, const float *weights, float *packed) {
  SQUALL_CHECK_AVX512();
  SQUALL_CHECK_LSTM(lstm);
  SQUALL_CHECK(recurrent_weights && (weights || lstm.input_channels == 0));
  SQUALL_CHECK(squall_on_a_line(packed));
  pack_work work = {&lstm, lstm_forward_geometry(&lstm), recurrent_weights, weights, packed};
  squall_parallel_for(0, lstm.filters + lstm.input_channels, 1, &work, pack_channels);
}

void squall_winograd_lstm_pack_flipped(
    squall_winograd_lstm lstm, const float *recurrent_weights, const float *weights, float *packed) {
  SQUALL_CHECK_AVX512();
  SQUALL_CHECK_LSTM(lstm);
  SQUALL_CHECK(recurrent_weights && (weights || lstm.input_channels == 0));
  SQUALL_CHECK(squall_on_a_line(packed));
  pack_work work = {&lstm, lstm_backward_geometry(&lstm), recurrent_weights, weights, packed};
  squall_parallel_for(0, squall_vectors(4 * lstm.filters), 1, &work, pack_flipped_channels);
}

size_t squall_winograd_lstm_workspace_bytes(squall_winograd_lstm lstm, squall_winograd_pass pass) {
  SQUALL_CHECK_LSTM(lstm);
  const winograd_geometry forward = lstm_forward_geometry(&lstm), backward = lstm_backward_geometry(&lstm);
  const winograd_geometry weights = lstm_weights_geometry(&lstm);
  switch (pass) {
    case squall_winograd_forward_pass: return winograd_workspace_floats(&forward) * sizeof(float);
    case squall_winograd_backward_data_pass: return winograd_workspace_floats(&backward) * sizeof(float);
    case squall_winograd_backward_weights_pass:
      return winograd_gradient_workspace_floats(&weights) * sizeof(float);
  }
  return 0;
}

// MARK: Weight gradients

void squall_winograd_lstm_weights_begin(squall_winograd_lstm lstm, float *workspace) {
  SQUALL_CHECK_AVX512();
  SQUALL_CHECK_LSTM(lstm);
  SQUALL_CHECK(squall_on_a_line(workspace));
  const winograd_geometry g = lstm_weights_geometry(&lstm);
  winograd_gradient_begin(&g, workspace);
}

void squall_winograd_lstm_weights_end(
    squall_winograd_lstm lstm, float *workspace, float *recurrent_gradient, float *weights_gradient,
    float *bias_gradient) {
  SQUALL_CHECK_AVX512();
  SQUALL_CHECK_LSTM(lstm);
  SQUALL_CHECK(squall_on_a_line(workspace));
  SQUALL_CHECK(recurrent_gradient);
  const winograd_geometry g = lstm_weights_geometry(&lstm);
  const winograd_geometry backward = lstm_backward_geometry(&lstm);
  const bool flipped = winograd_can_accompany(&backward, &g);
  const int64_t gates = 4 * lstm.filters;
  winograd_gradient_end(&g, workspace, 0, lstm.filters, gates, flipped, recurrent_gradient);
  if (weights_gradient && lstm.input_channels > 0) {
    winograd_gradient_end(
        &g, workspace, lstm.filters, lstm.input_channels, gates, flipped, weights_gradient);
  }
  if (bias_gradient) winograd_gradient_sum(&g, workspace, gates, bias_gradient);
}

SQUALL_AVX512_END
#else

size_t squall_winograd_lstm_packed_bytes(squall_winograd_lstm lstm) { SQUALL_NOT_IN_BUILD(); }
void squall_winograd_lstm_pack(
    squall_winograd_lstm lstm, const float *recurrent_weights, const float *weights, float *packed) {
  SQUALL_NOT_IN_BUILD();
}
void squall_winograd_lstm_pack_flipped(
    squall_winograd_lstm lstm, const float *recurrent_weights, const float *weights, float *packed) {
  SQUALL_NOT_IN_BUILD();
}
size_t squall_winograd_lstm_workspace_bytes(squall_winograd_lstm lstm, squall_winograd_pass pass) {
  SQUALL_NOT_IN_BUILD();
}
void squall_winograd_lstm_weights_begin(squall_winograd_lstm lstm, float *workspace) { SQUALL_NOT_IN_BUILD(); }
void squall_winograd_lstm_weights_end(
    squall_winograd_lstm lstm, float *workspace, float *recurrent_gradient, float *weights_gradient,
    float *bias_gradient) { SQUALL_NOT_IN_BUILD(); }

#endif
