#include "winograd_engine.h"
#include "winograd_gradient.h"
#include "winograd_lstm_geometry.h"
#include "winograd_plan.h"

#if SQUALL_AVX512
SQUALL_AVX512_BEGIN

#include "bfloat16_vectors.h"
#include "gate_vectors.h"

#define SMALL_STATE (512 * 1024)

// MARK: Forward

SQUALL_INLINE bool lines(const void *p, int64_t channels, int64_t sample_stride) {
  return vec_whole_lines(p, channels) && sample_stride % SQUALL_LANES == 0;
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
    uint16_t *narrow = s->narrow_gates ? s->narrow_gates + place * 4 * filters + filter : NULL;
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
        vec_store_channels(to, whole, mask, in);
        vec_store_channels(to + filters, whole, mask, forget);
        vec_store_channels(to + 2 * filters, whole, mask, candidate);
        vec_store_channels(to + 3 * filters, whole, mask, output);
      }
      if (narrow) {
        uint16_t *to = narrow + j * 4 * filters;
        vec_store_halves(to, mask, in);
        vec_store_halves(to + filters, mask, forget);
        vec_store_halves(to + 2 * filters, mask, candidate);
        vec_store_halves(to + 3 * filters, mask, output);
        vec_store_halves(s->narrow_cell + (place + j) * filters + filter, mask, c);
      }
      vec_store_channels(cell + j * filters, whole, mask, c);
      const vec h = output * vec_activate(activation, c);
      vec_store_channels(out + j * filters, whole, mask, s->rounds ? vec_rounded(h) : h);
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
  // A state of a few megabytes will still be in a cache when the next step wants it.
  const int64_t state = c->lstm->batch * c->lstm->height * c->lstm->width * filters;
  const bool whole = (s->gates || s->narrow_gates || state > SMALL_STATE) && lines(s->cell, filters, 0)
      && lines(s->gates, filters, 0) && lines(s->output, filters, s->output_sample_stride);
  const bool usual = activation == squall_function_tanh && recurrent == squall_function_sigmoid;
  if (whole && usual) {
    forward_tile(c, g, tile, filter, y, squall_function_tanh, squall_function_sigmoid, true);
  } else if (usual) {
    forward_tile(c, g, tile, filter, y, squall_function_tanh, squall_function_sigmoid, false);
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
  SQUALL_CHECK_AVX512();
  SQUALL_CHECK_LSTM(lstm);
  SQUALL_CHECK(squall_on_a_line(packed) && squall_on_a_line(workspace));
  SQUALL_CHECK(step.input || step.hidden);
  SQUALL_CHECK(!step.input || lstm.input_channels > 0);
  SQUALL_CHECK(!step.input || step.input_sample_stride >= lstm.height * lstm.width * lstm.input_channels);
  SQUALL_CHECK(!step.hidden || step.hidden_sample_stride >= lstm.height * lstm.width * lstm.filters);
  SQUALL_CHECK(step.cell && step.output && step.output != step.hidden);
  SQUALL_CHECK(step.output_sample_stride >= lstm.height * lstm.width * lstm.filters);
  SQUALL_CHECK(!(step.gates && step.narrow_gates));
  SQUALL_CHECK(!step.narrow_gates == !step.narrow_cell);
  winograd_geometry g = lstm_forward_geometry(&lstm);
  g.sources[0].data = step.hidden;
  g.sources[0].sample_stride = step.hidden_sample_stride;
  g.sources[1].data = step.input;
  g.sources[1].sample_stride = step.input_sample_stride;
  const forward_context context = {&lstm, &step};
  winograd_run(&g, packed, workspace, forward_epilogue, forward_prefetch, &context, NULL);
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
        const vec in = vec_load_kept(s->gates, s->narrow, gate, mask);
        const vec forget = vec_load_kept(s->gates, s->narrow, gate + filters, mask);
        const vec candidate = vec_load_kept(s->gates, s->narrow, gate + 2 * filters, mask);
        const vec output = vec_load_kept(s->gates, s->narrow, gate + 3 * filters, mask);
        const vec activated = vec_activate(activation, vec_load_kept(s->cell, s->narrow, at, mask));
        const vec old = s->previous_cell ? vec_load_kept(s->previous_cell, s->narrow_previous, at, mask)
                                         : _mm512_setzero_ps();
        const vec dc = vec_activation_gradient(activation, activated, dh * output)
            + _mm512_maskz_loadu_ps(mask, s->cell_gradient + at);
        _mm512_mask_storeu_ps(s->cell_gradient + at, mask, dc * forget);
        float *to = s->previous_gates_gradient + gate;
        const vec dz[4] = {
            vec_activation_gradient(recurrent, in, dc * candidate),
            vec_activation_gradient(recurrent, forget, dc * old),
            vec_activation_gradient(activation, candidate, dc * in),
            vec_activation_gradient(recurrent, output, dh * activated)};
        for (int k = 0; k < 4; k++) {
          vec_store_channels(to + k * filters, whole, mask, s->narrow ? vec_rounded(dz[k]) : dz[k]);
        }
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
        const int64_t each = s->narrow ? sizeof(uint16_t) : sizeof(float);
        const int64_t each_previous = s->narrow_previous ? sizeof(uint16_t) : sizeof(float);
        const char *gate = (const char *)s->gates + ((row + j) * 4 * filters + filter) * each;
        for (int k = 0; k < 4; k++) _mm_prefetch(gate + k * filters * each, _MM_HINT_T1);
        const int64_t at = (row + j) * filters + filter;
        _mm_prefetch((const char *)s->cell + at * each, _MM_HINT_T1);
        _mm_prefetch((const char *)(s->cell_gradient + at), _MM_HINT_T1);
        if (s->previous_cell) _mm_prefetch((const char *)s->previous_cell + at * each_previous, _MM_HINT_T1);
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
  SQUALL_CHECK_AVX512();
  SQUALL_CHECK_LSTM(lstm);
  SQUALL_CHECK(squall_on_a_line(packed_flipped) && squall_on_a_line(workspace) && squall_on_a_line(step.sums));
  SQUALL_CHECK(step.gates_gradient);
  SQUALL_CHECK(!step.input || lstm.input_channels > 0);
  SQUALL_CHECK(!step.input || step.input_sample_stride >= lstm.height * lstm.width * lstm.input_channels);
  SQUALL_CHECK(!step.hidden || step.hidden_sample_stride >= lstm.height * lstm.width * lstm.filters);
  SQUALL_CHECK(!step.input_gradient || lstm.input_channels > 0);
  SQUALL_CHECK(!step.input_gradient
        || step.input_gradient_sample_stride >= lstm.height * lstm.width * lstm.input_channels);
  SQUALL_CHECK(!step.gates || (step.cell && step.cell_gradient && step.previous_gates_gradient));
  SQUALL_CHECK(!step.gates || step.previous_gates_gradient != step.gates_gradient);
  winograd_geometry g = lstm_backward_geometry(&lstm);
  g.sources[0].data = step.gates_gradient;
  g.sources[0].sample_stride = lstm.height * lstm.width * 4 * lstm.filters;
  g.skipped[0] = !step.gates && !step.hidden_gradient;
  g.skipped[1] = !step.input_gradient;
  const backward_context context = {&lstm, &step};
  winograd_geometry weights = lstm_weights_geometry(&lstm);
  weights.sources[0].data = step.hidden;
  weights.sources[0].sample_stride = step.hidden_sample_stride;
  weights.sources[1].data = step.input;
  weights.sources[1].sample_stride = step.input_sample_stride;
  const winograd_companion companion = {&weights, step.sums};
  const bool together = winograd_can_accompany(&g, &weights);
  if (!together) {
    const winograd_source dz = g.sources[0];
    winograd_gradient_add(&weights, (winograd_gradient){dz.data, dz.channels, dz.sample_stride}, step.sums);
    if (g.skipped[0] && g.skipped[1]) return;
  }
  winograd_run(
      &g, packed_flipped, workspace, backward_epilogue, backward_prefetch, &context,
      together ? &companion : NULL);
}

SQUALL_AVX512_END
#else

void squall_winograd_lstm_forward(
    squall_winograd_lstm lstm, squall_winograd_lstm_forward_step step, const float *packed,
    float *workspace) { SQUALL_NOT_IN_BUILD(); }
void squall_winograd_lstm_backward(
    squall_winograd_lstm lstm, squall_winograd_lstm_backward_step step, const float *packed_flipped,
    float *workspace) { SQUALL_NOT_IN_BUILD(); }

#endif
