#include "pointwise.h"
#include "squall_threads.h"

#include <string.h>

#if SQUALL_AVX512
SQUALL_AVX512_BEGIN

#include "bfloat16_vectors.h"
#include "gate_vectors.h"

// The transposed weights in output blocks of up to four vectors, [block][gate][filter, padded][output in block]:
// first those of the hidden state, then those of the input.
static int64_t gate_floats(const squall_pointwise_lstm *l) { return 4 * pointwise_padded(l->filters); }

static int64_t packed_floats(const squall_pointwise_lstm *l) {
  return pointwise_page(
      gate_floats(l) * (pointwise_padded(l->filters) + pointwise_padded(l->input_channels)));
}

/// Vectors `first..<first + count` of `vectors` are output block `block`; as equal as whole vectors allow.
typedef struct {
  int64_t first, count;
} output_block;

static int64_t output_blocks(int64_t vectors) { return squall_divide_up(vectors, SQUALL_BLOCK_VECTORS); }

static output_block output_block_at(int64_t vectors, int64_t block) {
  const int64_t blocks = output_blocks(vectors), first = vectors * block / blocks;
  return (output_block){first, vectors * (block + 1) / blocks - first};
}

/// Of weights `[outputs, 4 filters]`.
static void pack_transposed(
    const squall_pointwise_lstm *l, const float *weights, int64_t outputs, float *packed) {
  const int64_t filters = l->filters, padded = pointwise_padded(filters), vectors = squall_vectors(outputs);
  memset(packed, 0, (size_t)(gate_floats(l) * vectors * SQUALL_LANES) * sizeof(float));
  for (int64_t index = 0; index < output_blocks(vectors); index++) {
    const output_block block = output_block_at(vectors, index);
    const int64_t first = block.first * SQUALL_LANES, width = block.count * SQUALL_LANES;
    float *to = packed + gate_floats(l) * first;
    for (int64_t output = first; output < squall_min64(first + width, outputs); output++) {
      for (int64_t gate = 0; gate < 4; gate++) {
        for (int64_t filter = 0; filter < filters; filter++) {
          to[(gate * padded + filter) * width + output - first] =
              weights[(output * 4 + gate) * filters + filter];
        }
      }
    }
  }
}

// What a worker has: the sums of the weights' gradient [hidden, then input channel][gate][filter, padded] and of
// the bias', and of one block of pixels the bias' sum of one step, ∂/∂z, ∂/∂h, ∂/∂c and ∂/∂x.
typedef struct {
  int64_t sums, bias, of_step, dz, dh, dc, dx, all;
} worker_places;

static worker_places places(const squall_pointwise_lstm *l) {
  const int64_t rows = SQUALL_POINTWISE_ROWS, padded = pointwise_padded(l->filters);
  worker_places p = {.sums = 0};
  p.bias = p.sums + pointwise_page((l->filters + l->input_channels) * gate_floats(l));
  p.of_step = p.bias + pointwise_page(gate_floats(l));
  p.dz = p.of_step + pointwise_page(gate_floats(l));
  p.dh = p.dz + rows * gate_floats(l);
  p.dc = p.dh + rows * padded;
  p.dx = p.dc + rows * padded;
  // Rows of ∂/∂z end up at different cache sets than the sums.
  p.all = pointwise_page(p.dx + rows * pointwise_padded(l->input_channels)) + 4 * SQUALL_LANES;
  return p;
}

size_t squall_pointwise_backward_bytes(squall_pointwise_lstm lstm) {
  SQUALL_CHECK_POINTWISE(lstm);
  return (size_t)(packed_floats(&lstm) + lstm.threads * places(&lstm).all) * sizeof(float);
}

typedef struct {
  const squall_pointwise_lstm *lstm;
  const squall_pointwise_backward_pass *pass;
  const float *packed;
  float *workers;
} backward_run;

typedef struct {
  // Of the pixels at hand, and whether the former two are bfloat16 and the latter is.
  const void *gates, *cell, *previous;
  bool narrow, narrow_previous;
  const float *sequence_gradient;
  float *dz, *dh, *dc, *bias;
} backward_step;

/// From ∂/∂h and ∂/∂c to ∂/∂z and ∂/∂c₋, for `rows` pixels.
SQUALL_INLINE void backward_gates(
    const backward_step *s, int64_t rows, int64_t filters, const squall_function activation,
    const squall_function recurrent) {
  const int64_t padded = pointwise_padded(filters);
  for (int64_t row = 0; row < rows; row++) {
    for (int64_t filter = 0; filter < filters; filter += SQUALL_LANES) {
      const __mmask16 mask = vec_mask(filters - filter);
      const int64_t gate = row * 4 * filters + filter;
      const int64_t state = row * filters + filter, at = row * padded + filter;
      vec dh = vec_load(s->dh + at);
      if (s->sequence_gradient) dh = dh + _mm512_maskz_loadu_ps(mask, s->sequence_gradient + state);
      const vec in = vec_load_kept(s->gates, s->narrow, gate, mask);
      const vec forget = vec_load_kept(s->gates, s->narrow, gate + filters, mask);
      const vec candidate = vec_load_kept(s->gates, s->narrow, gate + 2 * filters, mask);
      const vec output = vec_load_kept(s->gates, s->narrow, gate + 3 * filters, mask);
      const vec activated = vec_activate(activation, vec_load_kept(s->cell, s->narrow, state, mask));
      const vec old = s->previous ? vec_load_kept(s->previous, s->narrow_previous, state, mask)
                                  : _mm512_setzero_ps();
      const vec dc = vec_activation_gradient(activation, activated, dh * output) + vec_load(s->dc + at);
      vec_store(s->dc + at, dc * forget);
      const vec dz[4] = {
          vec_activation_gradient(recurrent, in, dc * candidate),
          vec_activation_gradient(recurrent, forget, dc * old),
          vec_activation_gradient(activation, candidate, dc * in),
          vec_activation_gradient(recurrent, output, dh * activated)};
      float *to = s->dz + row * 4 * padded + filter, *sum = s->bias + filter;
      for (int k = 0; k < 4; k++) {
        // Lanes beyond the last filter are zero.
        const vec kept = _mm512_maskz_mov_ps(mask, s->narrow ? vec_rounded(dz[k]) : dz[k]);
        vec_store(to + k * padded, kept);
        vec_store(sum + k * padded, vec_load(sum + k * padded) + kept);
      }
    }
  }
}

/// sums[channel][4 padded] += Σ over rows v[row][channel] dz[row][4 padded]
static void add_products(
    const float *v, int64_t v_stride, int64_t channels, const float *dz, int64_t rows, int64_t gates,
    float *sums) {
  const int64_t groups =
      squall_divide_up(channels, winograd_gradient_product_channels(SQUALL_BLOCK_VECTORS));
  for (int64_t column = 0; column < gates; column += SQUALL_BLOCK_VECTORS * SQUALL_LANES) {
    for (int64_t group = 0; group < groups; group++) {
      const int64_t begin = channels * group / groups, end = channels * (group + 1) / groups;
      float *to = sums + begin * gates + column;
      winograd_gradient_product_for(SQUALL_BLOCK_VECTORS, end - begin)(
          v + begin, v_stride, dz + column, gates, rows, to, gates, (const char *)to);
    }
  }
}

/// to[row][outputs, padded] = dz[row] weightsᵀ
static void transposed_products(
    const squall_pointwise_lstm *l, const float *dz, int64_t rows, const float *packed, int64_t outputs,
    float *to, const float *prefetch) {
  const int64_t vectors = squall_vectors(outputs), gates = gate_floats(l);
  for (int64_t index = 0; index < output_blocks(vectors); index++) {
    const output_block block = output_block_at(vectors, index);
    pointwise_multiply(
        dz, gates, rows, packed + gates * block.first * SQUALL_LANES, gates,
        to + block.first * SQUALL_LANES, vectors * SQUALL_LANES, block.count, index ? NULL : prefetch);
  }
}

/// Where value `at` of kept gates or cells lies.
static const void *kept_at(const squall_pointwise_backward_pass *p, const void *array, int64_t at) {
  return (const char *)array + at * (int64_t)(p->narrow ? sizeof(uint16_t) : sizeof(float));
}

static void backward_block(const backward_run *run, pointwise_block b, float *space) {
  const squall_pointwise_lstm *l = run->lstm;
  const squall_pointwise_backward_pass *p = run->pass;
  const worker_places at = places(l);
  const int64_t filters = l->filters, inputs = l->input_channels, padded = pointwise_padded(filters);
  const int64_t gates = gate_floats(l), place = b.sample * l->positions + b.first;
  const int64_t step_rows = l->batch * l->positions;
  float *dz = space + at.dz, *dh = space + at.dh, *dc = space + at.dc, *dx = space + at.dx;
  memset(dh, 0, (size_t)(b.rows * padded) * sizeof(float));
  memset(dc, 0, (size_t)(b.rows * padded) * sizeof(float));
  for (int64_t row = 0; row < b.rows; row++) {
    const int64_t from = (place + row) * filters;
    const size_t bytes = (size_t)filters * sizeof(float);
    if (p->last_hidden_gradient) memcpy(dh + row * padded, p->last_hidden_gradient + from, bytes);
    if (p->last_cell_gradient) memcpy(dc + row * padded, p->last_cell_gradient + from, bytes);
  }
  for (int64_t step = l->time - 1; step >= 0; step--) {
    const int64_t kept = step * step_rows + place;
    const int64_t in_sequence = (b.sample * l->time + step) * l->positions + b.first;
    const int64_t in_input = (b.sample * l->time + pointwise_time(l, step)) * l->positions + b.first;
    const backward_step s = {
        .gates = kept_at(p, p->gates, kept * 4 * filters), .cell = kept_at(p, p->cells, kept * filters),
        .previous = step ? kept_at(p, p->cells, (kept - step_rows) * filters)
            : p->initial_cell ? p->initial_cell + place * filters : NULL,
        .narrow = p->narrow, .narrow_previous = p->narrow && step > 0,
        .sequence_gradient = p->sequence_gradient ? p->sequence_gradient + in_sequence * filters : NULL,
        .dz = dz, .dh = dh, .dc = dc, .bias = space + at.of_step};
    memset(s.bias, 0, (size_t)gates * sizeof(float));
    if (l->activation == squall_function_tanh && l->recurrent_activation == squall_function_sigmoid) {
      backward_gates(&s, b.rows, filters, squall_function_tanh, squall_function_sigmoid);
    } else {
      backward_gates(&s, b.rows, filters, l->activation, l->recurrent_activation);
    }
    // A block's rows are summed by themselves, which rounds less.
    for (int64_t j = 0; j < gates; j++) space[at.bias + j] += s.bias[j];
    // h₋; without one there is nothing to add.
    const float *hidden = step ? p->sequence + (in_sequence - l->positions) * filters
        : p->initial_hidden ? p->initial_hidden + place * filters : NULL;
    float *sums = space + at.sums;
    if (hidden) add_products(hidden, filters, filters, dz, b.rows, gates, sums);
    add_products(p->input + in_input * inputs, inputs, inputs, dz, b.rows, gates, sums + filters * gates);
    if (step || p->hidden_gradient) {
      const float *next =
          step && !p->narrow ? kept_at(p, p->gates, (kept - step_rows) * 4 * filters) : NULL;
      transposed_products(l, dz, b.rows, run->packed, filters, dh, next);
    }
    if (p->input_gradient) {
      transposed_products(l, dz, b.rows, run->packed + gates * padded, inputs, dx, NULL);
      for (int64_t row = 0; row < b.rows; row++) {
        memcpy(
            p->input_gradient + (in_input + row) * inputs, dx + row * pointwise_padded(inputs),
            (size_t)inputs * sizeof(float));
      }
    }
  }
  for (int64_t row = 0; row < b.rows; row++) {
    const int64_t to = (place + row) * filters;
    const size_t bytes = (size_t)filters * sizeof(float);
    if (p->hidden_gradient) memcpy(p->hidden_gradient + to, dh + row * padded, bytes);
    if (p->cell_gradient) memcpy(p->cell_gradient + to, dc + row * padded, bytes);
  }
}

static void backward_workers(void *context, int64_t begin, int64_t end) {
  const backward_run *run = context;
  const worker_places at = places(run->lstm);
  const int64_t blocks = pointwise_blocks(run->lstm), workers = run->lstm->threads;
  for (int64_t worker = begin; worker < end; worker++) {
    float *space = run->workers + worker * at.all;
    memset(space, 0, (size_t)at.dz * sizeof(float));
    for (int64_t b = blocks * worker / workers; b < blocks * (worker + 1) / workers; b++) {
      backward_block(run, pointwise_block_at(run->lstm, b), space);
    }
  }
}

/// to[row][4 filters] = Σ over workers of their sums[row][4 padded]
static void finish(const backward_run *run, int64_t place, int64_t rows, float *to) {
  const squall_pointwise_lstm *l = run->lstm;
  const int64_t padded = pointwise_padded(l->filters), all = places(l).all;
  for (int64_t row = 0; row < rows * 4; row++) {
    for (int64_t filter = 0; filter < l->filters; filter++) {
      float sum = 0;
      for (int64_t worker = 0; worker < l->threads; worker++) {
        sum += run->workers[worker * all + place + row * padded + filter];
      }
      to[row * l->filters + filter] = sum;
    }
  }
}

void squall_pointwise_backward(
    squall_pointwise_lstm lstm, squall_pointwise_backward_pass pass, float *workspace) {
  SQUALL_CHECK_AVX512();
  SQUALL_CHECK_POINTWISE(lstm);
  SQUALL_CHECK(pass.input && pass.weights && pass.recurrent_weights);
  SQUALL_CHECK(pass.gates && pass.cells && pass.sequence);
  SQUALL_CHECK(pass.weights_gradient && pass.recurrent_gradient);
  SQUALL_CHECK(squall_on_a_line(workspace));
  const worker_places at = places(&lstm);
  pack_transposed(&lstm, pass.recurrent_weights, lstm.filters, workspace);
  pack_transposed(
      &lstm, pass.weights, lstm.input_channels, workspace + gate_floats(&lstm) * pointwise_padded(lstm.filters));
  backward_run run = {&lstm, &pass, workspace, workspace + packed_floats(&lstm)};
  squall_parallel_for(0, lstm.threads, 1, &run, backward_workers);
  finish(&run, at.sums, lstm.filters, pass.recurrent_gradient);
  finish(&run, at.sums + lstm.filters * gate_floats(&lstm), lstm.input_channels, pass.weights_gradient);
  if (pass.bias_gradient) finish(&run, at.bias, 1, pass.bias_gradient);
}

SQUALL_AVX512_END
#else

size_t squall_pointwise_backward_bytes(squall_pointwise_lstm lstm) { SQUALL_NOT_IN_BUILD(); }
void squall_pointwise_backward(
    squall_pointwise_lstm lstm, squall_pointwise_backward_pass pass, float *workspace) { SQUALL_NOT_IN_BUILD(); }

#endif
