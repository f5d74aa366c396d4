#include "winograd.h"

#if SQUALL_WINOGRAD
SQUALL_AVX512_BEGIN

#include "winograd_transforms.h"
#include "winograd_gates.h"

// MARK: Geometry

static winograd_geometry same_geometry(const squall_winograd_lstm *l) {
  return (winograd_geometry){
      .batch = l->batch, .height = l->height, .width = l->width, .output_height = l->height,
      .output_width = l->width, .padding_top = (l->kernel_height - 1) / 2,
      .padding_left = (l->kernel_width - 1) / 2, .kernel_height = l->kernel_height,
      .kernel_width = l->kernel_width, .threads = l->threads};
}

/// Channels: hidden state, then input. Each output block is the four gates of 16 filters.
static winograd_geometry forward_geometry(const squall_winograd_lstm *l) {
  winograd_geometry g = same_geometry(l);
  g.sources[0].channels = l->filters;
  g.sources[1].channels = l->input_channels;
  g.segment_vectors[0] = 4 * squall_vectors(l->filters);
  return g;
}

/// From ∂/∂z to ∂/∂h₋ and ∂/∂x.
static winograd_geometry backward_geometry(const squall_winograd_lstm *l) {
  winograd_geometry g = same_geometry(l);
  g.padding_top = l->kernel_height - 1 - g.padding_top;
  g.padding_left = l->kernel_width - 1 - g.padding_left;
  g.sources[0].channels = 4 * l->filters;
  g.segment_vectors[0] = squall_vectors(l->filters);
  g.segment_vectors[1] = squall_vectors(l->input_channels);
  return g;
}

/// As the forward pass, but with the gates' channels as they lie in memory.
static winograd_geometry weights_geometry(const squall_winograd_lstm *l) {
  winograd_geometry g = forward_geometry(l);
  g.segment_vectors[0] = squall_vectors(4 * l->filters);
  return g;
}

// MARK: Weights

typedef struct {
  const squall_winograd_lstm *lstm;
  winograd_geometry g;
  const float *recurrent_weights, *weights;
  float *packed;
} pack_work;

static winograd_kernel_layout kernel_layout(const squall_winograd_lstm *l, int64_t channels) {
  const int64_t plane = channels * 4 * l->filters;
  return (winograd_kernel_layout){l->kernel_width * plane, plane, l->kernel_height, l->kernel_width};
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
        winograd_packer_start(&packer, kernel_layout(l, of_input ? l->input_channels : filters));
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
    winograd_packer_start(&packer, kernel_layout(l, inputs));
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
  const winograd_geometry forward = forward_geometry(&lstm), backward = backward_geometry(&lstm);
  const int64_t a = winograd_weight_stride(&forward), b = winograd_weight_stride(&backward);
  return (size_t)(SQUALL_FREQUENCIES * squall_max64(a, b)) * sizeof(float);
}

void squall_winograd_lstm_pack(
    squall_winograd_lstm lstm, const float *recurrent_weights, const float *weights, float *packed) {
  pack_work work = {&lstm, forward_geometry(&lstm), recurrent_weights, weights, packed};
  squall_parallel_for(0, lstm.filters + lstm.input_channels, 1, &work, pack_channels);
}

void squall_winograd_lstm_pack_flipped(
    squall_winograd_lstm lstm, const float *recurrent_weights, const float *weights, float *packed) {
  pack_work work = {&lstm, backward_geometry(&lstm), recurrent_weights, weights, packed};
  squall_parallel_for(0, squall_vectors(4 * lstm.filters), 1, &work, pack_flipped_channels);
}

size_t squall_winograd_lstm_workspace_bytes(squall_winograd_lstm lstm, squall_winograd_pass pass) {
  const winograd_geometry forward = forward_geometry(&lstm), backward = backward_geometry(&lstm);
  const winograd_geometry weights = weights_geometry(&lstm);
  switch (pass) {
    case squall_winograd_forward_pass: return winograd_workspace_floats(&forward) * sizeof(float);
    case squall_winograd_backward_data_pass: return winograd_workspace_floats(&backward) * sizeof(float);
    case squall_winograd_backward_weights_pass:
      return winograd_gradient_workspace_floats(&weights) * sizeof(float);
  }
  return 0;
}

// MARK: Forward

// Whole lines of 16 channels that start on a line may bypass the cache: gates and cells are read again only
// after everything else has been written.
SQUALL_INLINE bool lines(const void *p, int64_t channels, int64_t sample_stride) {
  return channels % SQUALL_LANES == 0 && sample_stride % SQUALL_LANES == 0 && (uintptr_t)p % 64 == 0;
}

SQUALL_INLINE void store_channels(float *p, const bool whole, __mmask16 mask, vec x) {
  if (whole) {
    _mm512_stream_ps(p, x);
  } else {
    _mm512_mask_storeu_ps(p, mask, x);
  }
}

typedef struct {
  const squall_winograd_lstm *lstm;
  const squall_winograd_lstm_forward_step *step;
} forward_context;

SQUALL_INLINE void forward_tile(
    const forward_context *context, const winograd_geometry *g, winograd_tile tile, int64_t filter,
    const float *y, const squall_function activation, const squall_function recurrent, const bool whole) {
  const squall_winograd_lstm_forward_step *s = context->step;
  const int64_t filters = context->lstm->filters, columns = winograd_tile_columns(g);
  const __mmask16 mask = whole ? (__mmask16)0xFFFF : vec_mask(filters - filter);
  vec bias[4];
  for (int k = 0; k < 4; k++) {
    bias[k] = s->bias ? _mm512_maskz_loadu_ps(mask, s->bias + k * filters + filter) : _mm512_setzero_ps();
  }
  for (int64_t i = 0; i < tile.rows; i++) {
    const int64_t in_sample = (tile.row + i) * g->width + tile.column;
    const int64_t place = tile.sample * g->height * g->width + in_sample;
    const float *before = s->preactivations ? s->preactivations + place * 4 * filters + filter : NULL;
    const float *previous = s->previous_cell ? s->previous_cell + place * filters + filter : NULL;
    float *cell = s->cell + place * filters + filter;
    float *gates = s->gates ? s->gates + place * 4 * filters + filter : NULL;
    float *out = s->output + tile.sample * s->output_sample_stride + in_sample * filters + filter;
    const float *z = y + i * columns * 4 * SQUALL_LANES;
    for (int64_t j = 0; j < tile.columns; j++, z += 4 * SQUALL_LANES) {
      vec x[4];
      for (int k = 0; k < 4; k++) {
        x[k] = vec_load(z + k * SQUALL_LANES) + bias[k];
        if (before) x[k] = x[k] + _mm512_maskz_loadu_ps(mask, before + j * 4 * filters + k * filters);
      }
      const vec in = vec_activate(recurrent, x[0]), forget = vec_activate(recurrent, x[1]);
      const vec candidate = vec_activate(activation, x[2]), output = vec_activate(recurrent, x[3]);
      const vec old = previous ? _mm512_maskz_loadu_ps(mask, previous + j * filters) : _mm512_setzero_ps();
      const vec c = _mm512_fmadd_ps(forget, old, in * candidate);
      if (gates) {
        float *to = gates + j * 4 * filters;
        store_channels(to, whole, mask, in);
        store_channels(to + filters, whole, mask, forget);
        store_channels(to + 2 * filters, whole, mask, candidate);
        store_channels(to + 3 * filters, whole, mask, output);
      }
      store_channels(cell + j * filters, whole, mask, c);
      store_channels(out + j * filters, whole, mask, output * vec_activate(activation, c));
    }
  }
}

static void forward_epilogue(
    const void *context, const winograd_geometry *g, winograd_tile tile, winograd_block block,
    const float *y) {
  const forward_context *c = context;
  const squall_winograd_lstm_forward_step *s = c->step;
  const int64_t filters = c->lstm->filters, filter = block.first / 4 * SQUALL_LANES;
  const squall_function activation = c->lstm->activation, recurrent = c->lstm->recurrent_activation;
  const bool whole = lines(s->cell, filters, 0) && lines(s->gates, filters, 0)
      && lines(s->output, filters, s->output_sample_stride);
  if (whole && activation == squall_function_tanh && recurrent == squall_function_sigmoid) {
    forward_tile(c, g, tile, filter, y, squall_function_tanh, squall_function_sigmoid, true);
  } else {
    forward_tile(c, g, tile, filter, y, activation, recurrent, false);
  }
}

static void forward_prefetch(
    const void *context, const winograd_geometry *g, winograd_tile tile, winograd_block block,
    const float *y) {
  (void)y;
  const forward_context *c = context;
  const float *previous = c->step->previous_cell;
  if (!previous) return;
  const int64_t filters = c->lstm->filters, filter = block.first / 4 * SQUALL_LANES;
  for (int64_t i = 0; i < tile.rows; i++) {
    const float *row = previous
        + ((tile.sample * g->height + tile.row + i) * g->width + tile.column) * filters + filter;
    for (int64_t j = 0; j < tile.columns; j++) _mm_prefetch((const char *)(row + j * filters), _MM_HINT_T0);
  }
}

void squall_winograd_lstm_forward(
    squall_winograd_lstm lstm, squall_winograd_lstm_forward_step step, const float *packed,
    float *workspace) {
  winograd_geometry g = forward_geometry(&lstm);
  g.sources[0].data = step.hidden;
  g.sources[0].sample_stride = step.hidden_sample_stride;
  g.sources[1].data = step.input;
  g.sources[1].sample_stride = step.input_sample_stride;
  const forward_context context = {&lstm, &step};
  winograd_run(&g, packed, workspace, forward_epilogue, forward_prefetch, &context);
}

// MARK: Backward

typedef struct {
  const squall_winograd_lstm *lstm;
  const squall_winograd_lstm_backward_step *step;
} backward_context;

/// The step before: from ∂/∂h to ∂/∂z, for the `block.vectors` vectors of a tile.
SQUALL_INLINE void backward_tile(
    const backward_context *context, const winograd_geometry *g, winograd_tile tile, winograd_block block,
    const float *y, const squall_function activation, const squall_function recurrent, const bool whole) {
  const squall_winograd_lstm_backward_step *s = context->step;
  const int64_t filters = context->lstm->filters, columns = winograd_tile_columns(g);
  const int64_t width = block.vectors * SQUALL_LANES;
  for (int64_t i = 0; i < tile.rows; i++) {
    const int64_t in_sample = (tile.row + i) * g->output_width + tile.column;
    const int64_t place = tile.sample * g->output_height * g->output_width + in_sample;
    for (int64_t j = 0; j < tile.columns; j++) {
      for (int64_t v = 0; v < block.vectors; v++) {
        const int64_t filter = (block.first_in_segment + v) * SQUALL_LANES;
        const __mmask16 mask = whole ? (__mmask16)0xFFFF : vec_mask(filters - filter);
        const int64_t at = (place + j) * filters + filter, gate = (place + j) * 4 * filters + filter;
        vec dh = vec_load(y + (i * columns + j) * width + v * SQUALL_LANES);
        if (s->sequence_gradient) {
          dh = dh + _mm512_maskz_loadu_ps(
              mask, s->sequence_gradient + tile.sample * s->sequence_gradient_sample_stride
                        + (in_sample + j) * filters + filter);
        }
        const vec in = _mm512_maskz_loadu_ps(mask, s->gates + gate);
        const vec forget = _mm512_maskz_loadu_ps(mask, s->gates + gate + filters);
        const vec candidate = _mm512_maskz_loadu_ps(mask, s->gates + gate + 2 * filters);
        const vec output = _mm512_maskz_loadu_ps(mask, s->gates + gate + 3 * filters);
        const vec activated = vec_activate(activation, _mm512_maskz_loadu_ps(mask, s->cell + at));
        const vec old = s->previous_cell ? _mm512_maskz_loadu_ps(mask, s->previous_cell + at)
                                         : _mm512_setzero_ps();
        const vec dc = vec_activation_gradient(activation, activated, dh * output)
            + _mm512_maskz_loadu_ps(mask, s->cell_gradient + at);
        _mm512_mask_storeu_ps(s->cell_gradient + at, mask, dc * forget);
        float *to = s->previous_gates_gradient + gate;
        store_channels(to, whole, mask, vec_activation_gradient(recurrent, in, dc * candidate));
        store_channels(to + filters, whole, mask, vec_activation_gradient(recurrent, forget, dc * old));
        store_channels(to + 2 * filters, whole, mask, vec_activation_gradient(activation, candidate, dc * in));
        store_channels(
            to + 3 * filters, whole, mask, vec_activation_gradient(recurrent, output, dh * activated));
      }
    }
  }
}

/// Writes a tile of ∂/∂x or ∂/∂h₋.
static void store_tile(
    const winograd_geometry *g, winograd_tile tile, winograd_block block, const float *y, float *data,
    int64_t channels, int64_t sample_stride) {
  const int64_t columns = winograd_tile_columns(g), width = block.vectors * SQUALL_LANES;
  for (int64_t i = 0; i < tile.rows; i++) {
    for (int64_t j = 0; j < tile.columns; j++) {
      float *to = data + tile.sample * sample_stride
          + ((tile.row + i) * g->output_width + tile.column + j) * channels;
      for (int64_t v = 0; v < block.vectors; v++) {
        const int64_t channel = (block.first_in_segment + v) * SQUALL_LANES;
        _mm512_mask_storeu_ps(
            to + channel, vec_mask(channels - channel),
            vec_load(y + (i * columns + j) * width + v * SQUALL_LANES));
      }
    }
  }
}

static void backward_epilogue(
    const void *context, const winograd_geometry *g, winograd_tile tile, winograd_block block,
    const float *y) {
  const backward_context *c = context;
  const squall_winograd_lstm *l = c->lstm;
  const squall_winograd_lstm_backward_step *s = c->step;
  if (block.segment == 1) {
    store_tile(g, tile, block, y, s->input_gradient, l->input_channels, s->input_gradient_sample_stride);
    return;
  }
  if (s->hidden_gradient) {
    store_tile(
        g, tile, block, y, s->hidden_gradient, l->filters, g->output_height * g->output_width * l->filters);
  }
  if (!s->gates) return;
  const bool whole = lines(s->previous_gates_gradient, l->filters, 0);
  if (whole && l->activation == squall_function_tanh && l->recurrent_activation == squall_function_sigmoid) {
    backward_tile(c, g, tile, block, y, squall_function_tanh, squall_function_sigmoid, true);
  } else {
    backward_tile(c, g, tile, block, y, l->activation, l->recurrent_activation, false);
  }
}

static void backward_prefetch(
    const void *context, const winograd_geometry *g, winograd_tile tile, winograd_block block,
    const float *y) {
  (void)y;
  const backward_context *c = context;
  const squall_winograd_lstm_backward_step *s = c->step;
  if (block.segment == 1 || !s->gates) return;
  const int64_t filters = c->lstm->filters;
  for (int64_t i = 0; i < tile.rows; i++) {
    const int64_t row = (tile.sample * g->output_height + tile.row + i) * g->output_width + tile.column;
    for (int64_t j = 0; j < tile.columns; j++) {
      for (int64_t v = 0; v < block.vectors; v++) {
        const int64_t filter = (block.first_in_segment + v) * SQUALL_LANES;
        const float *gate = s->gates + (row + j) * 4 * filters + filter;
        for (int k = 0; k < 4; k++) _mm_prefetch((const char *)(gate + k * filters), _MM_HINT_T1);
        const int64_t at = (row + j) * filters + filter;
        _mm_prefetch((const char *)(s->cell + at), _MM_HINT_T1);
        _mm_prefetch((const char *)(s->cell_gradient + at), _MM_HINT_T1);
        if (s->previous_cell) _mm_prefetch((const char *)(s->previous_cell + at), _MM_HINT_T1);
        if (s->sequence_gradient) {
          const float *sequence = s->sequence_gradient + tile.sample * s->sequence_gradient_sample_stride
              + ((tile.row + i) * g->output_width + tile.column + j) * filters + filter;
          _mm_prefetch((const char *)sequence, _MM_HINT_T1);
        }
      }
    }
  }
}

void squall_winograd_lstm_backward(
    squall_winograd_lstm lstm, squall_winograd_lstm_backward_step step, const float *packed_flipped,
    float *workspace) {
  winograd_geometry g = backward_geometry(&lstm);
  g.sources[0].data = step.gates_gradient;
  g.sources[0].sample_stride = lstm.height * lstm.width * 4 * lstm.filters;
  g.skipped[0] = !step.gates && !step.hidden_gradient;
  g.skipped[1] = !step.input_gradient;
  if (g.skipped[0] && g.skipped[1]) return;
  const backward_context context = {&lstm, &step};
  winograd_run(&g, packed_flipped, workspace, backward_epilogue, backward_prefetch, &context);
}

// MARK: Weight gradients

void squall_winograd_lstm_weights_begin(squall_winograd_lstm lstm, float *workspace) {
  const winograd_geometry g = weights_geometry(&lstm);
  winograd_gradient_begin(&g, workspace);
}

void squall_winograd_lstm_weights_add(
    squall_winograd_lstm lstm, const float *input, int64_t input_sample_stride, const float *hidden,
    int64_t hidden_sample_stride, const float *gates_gradient, float *workspace) {
  winograd_geometry g = weights_geometry(&lstm);
  g.sources[0].data = hidden;
  g.sources[0].sample_stride = hidden_sample_stride;
  g.sources[1].data = input;
  g.sources[1].sample_stride = input_sample_stride;
  const int64_t gates = 4 * lstm.filters;
  winograd_gradient_add(
      &g, (winograd_gradient){gates_gradient, gates, lstm.height * lstm.width * gates}, workspace);
}

void squall_winograd_lstm_weights_end(
    squall_winograd_lstm lstm, float *workspace, float *recurrent_gradient, float *weights_gradient,
    float *bias_gradient) {
  const winograd_geometry g = weights_geometry(&lstm);
  const int64_t gates = 4 * lstm.filters;
  winograd_gradient_end(&g, workspace, 0, lstm.filters, gates, recurrent_gradient);
  if (weights_gradient && lstm.input_channels > 0) {
    winograd_gradient_end(&g, workspace, lstm.filters, lstm.input_channels, gates, weights_gradient);
  }
  if (bias_gradient) winograd_gradient_sum(&g, workspace, gates, bias_gradient);
}

SQUALL_AVX512_END
#else

size_t squall_winograd_lstm_packed_bytes(squall_winograd_lstm lstm) { return 0; }
void squall_winograd_lstm_pack(
    squall_winograd_lstm lstm, const float *recurrent_weights, const float *weights, float *packed) {}
void squall_winograd_lstm_pack_flipped(
    squall_winograd_lstm lstm, const float *recurrent_weights, const float *weights, float *packed) {}
size_t squall_winograd_lstm_workspace_bytes(squall_winograd_lstm lstm, squall_winograd_pass pass) { return 0; }
void squall_winograd_lstm_forward(
    squall_winograd_lstm lstm, squall_winograd_lstm_forward_step step, const float *packed,
    float *workspace) {}
void squall_winograd_lstm_backward(
    squall_winograd_lstm lstm, squall_winograd_lstm_backward_step step, const float *packed_flipped,
    float *workspace) {}
void squall_winograd_lstm_weights_begin(squall_winograd_lstm lstm, float *workspace) {}
void squall_winograd_lstm_weights_add(
    squall_winograd_lstm lstm, const float *input, int64_t input_sample_stride, const float *hidden,
    int64_t hidden_sample_stride, const float *gates_gradient, float *workspace) {}
void squall_winograd_lstm_weights_end(
    squall_winograd_lstm lstm, float *workspace, float *recurrent_gradient, float *weights_gradient,
    float *bias_gradient) {}

#endif
