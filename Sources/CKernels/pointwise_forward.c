#include "pointwise.h"
#include "squall_instructions.h"
#include "squall_threads.h"

#include <string.h>

bool squall_pointwise_available(void) {
  return SQUALL_AVX512 && squall_instruction_level() >= squall_instructions_avx512;
}

#if SQUALL_AVX512
SQUALL_AVX512_BEGIN

#include "bfloat16_vectors.h"
#include "gate_vectors.h"

// U[block of 16 filters][hidden, then input channel][gate][16]
static int64_t packed_floats(const squall_pointwise_lstm *l) {
  return pointwise_page(4 * pointwise_padded(l->filters) * (l->filters + l->input_channels));
}

static void pack(const squall_pointwise_lstm *l, const float *recurrent, const float *weights, float *packed) {
  const int64_t filters = l->filters, channels = filters + l->input_channels;
  for (int64_t block = 0; block < squall_vectors(filters); block++) {
    const __mmask16 mask = vec_mask(filters - block * SQUALL_LANES);
    for (int64_t channel = 0; channel < channels; channel++) {
      const float *row = channel < filters ? recurrent + channel * 4 * filters
                                           : weights + (channel - filters) * 4 * filters;
      for (int64_t gate = 0; gate < 4; gate++) {
        vec_store(
            packed + ((block * channels + channel) * 4 + gate) * SQUALL_LANES,
            _mm512_maskz_loadu_ps(mask, row + gate * filters + block * SQUALL_LANES));
      }
    }
  }
}

// A worker's rows [hidden, input] before and after a step, cells, and the pre-activations of one block.
static int64_t row_floats(const squall_pointwise_lstm *l) { return l->filters + l->input_channels; }

static int64_t worker_floats(const squall_pointwise_lstm *l) {
  return pointwise_page(
      SQUALL_POINTWISE_ROWS * (2 * row_floats(l) + pointwise_padded(l->filters) + 4 * SQUALL_LANES)
      + 4 * SQUALL_LANES);
}

size_t squall_pointwise_forward_bytes(squall_pointwise_lstm lstm) {
  SQUALL_CHECK_POINTWISE(lstm);
  return (size_t)(packed_floats(&lstm) + lstm.threads * worker_floats(&lstm)) * sizeof(float);
}

typedef struct {
  const squall_pointwise_lstm *lstm;
  const squall_pointwise_forward_pass *pass;
  float *workspace;
} forward_run;

/// One step's places in the arrays of the caller, and in the workspace.
typedef struct {
  const float *bias;
  float *cell, *output, *next;
  // Gates and cells of the pixels at hand begin at these places of the arrays.
  const squall_pointwise_forward_pass *pass;
  int64_t gates, cells;
  int64_t next_stride;
} forward_step;

/// The gates of `rows` pixels and 16 filters from their pre-activations z[row][gate][16].
SQUALL_INLINE void forward_gates(
    const forward_step *s, int64_t rows, int64_t filters, int64_t filter, const float *z,
    const squall_function activation, const squall_function recurrent, const bool whole) {
  const __mmask16 mask = whole ? (__mmask16)0xFFFF : vec_mask(filters - filter);
  const int64_t padded = pointwise_padded(filters);
  vec bias[4];
  for (int k = 0; k < 4; k++) {
    bias[k] = s->bias ? _mm512_maskz_loadu_ps(mask, s->bias + k * filters + filter) : _mm512_setzero_ps();
  }
  for (int64_t row = 0; row < rows; row++) {
    vec x[4];
    for (int k = 0; k < 4; k++) x[k] = vec_load(z + (row * 4 + k) * SQUALL_LANES) + bias[k];
    const vec in = vec_activate(recurrent, x[0]), forget = vec_activate(recurrent, x[1]);
    const vec candidate = vec_activate(activation, x[2]), output = vec_activate(recurrent, x[3]);
    float *cell = s->cell + row * padded + filter;
    const vec c = _mm512_fmadd_ps(forget, vec_load(cell), in * candidate);
    const vec exact = output * vec_activate(activation, c);
    const vec h = s->pass->narrow ? vec_rounded(exact) : exact;
    vec_store(cell, c);
    _mm512_mask_storeu_ps(s->next + row * s->next_stride + filter, mask, h);
    if (s->output) vec_store_channels(s->output + row * filters + filter, whole, mask, h);
    if (!s->pass->gates) continue;
    const int64_t gate = s->gates + row * 4 * filters + filter, state = s->cells + row * filters + filter;
    if (s->pass->narrow) {
      uint16_t *to = (uint16_t *)s->pass->gates + gate;
      vec_store_halves(to, mask, in);
      vec_store_halves(to + filters, mask, forget);
      vec_store_halves(to + 2 * filters, mask, candidate);
      vec_store_halves(to + 3 * filters, mask, output);
      vec_store_halves((uint16_t *)s->pass->cells + state, mask, c);
    } else {
      float *to = (float *)s->pass->gates + gate;
      vec_store_channels(to, whole, mask, in);
      vec_store_channels(to + filters, whole, mask, forget);
      vec_store_channels(to + 2 * filters, whole, mask, candidate);
      vec_store_channels(to + 3 * filters, whole, mask, output);
      vec_store_channels((float *)s->pass->cells + state, whole, mask, c);
    }
  }
}

static void copy_rows(
    const float *from, int64_t from_stride, float *to, int64_t to_stride, int64_t rows, int64_t count) {
  for (int64_t row = 0; row < rows; row++) {
    memcpy(to + row * to_stride, from + row * from_stride, (size_t)count * sizeof(float));
  }
}

static void forward_block(const forward_run *run, pointwise_block b, float *space) {
  const squall_pointwise_lstm *l = run->lstm;
  const squall_pointwise_forward_pass *p = run->pass;
  const int64_t filters = l->filters, inputs = l->input_channels, channels = row_floats(l);
  const int64_t padded = pointwise_padded(filters), place = b.sample * l->positions + b.first;
  float *rows = space, *next = rows + SQUALL_POINTWISE_ROWS * channels;
  float *cell = next + SQUALL_POINTWISE_ROWS * channels;
  float *z = (float *)(((uintptr_t)(cell + SQUALL_POINTWISE_ROWS * padded) + 63) & ~(uintptr_t)63);
  memset(cell, 0, (size_t)(b.rows * padded) * sizeof(float));
  if (p->initial_cell) copy_rows(p->initial_cell + place * filters, filters, cell, padded, b.rows, filters);
  if (p->initial_hidden) {
    copy_rows(p->initial_hidden + place * filters, filters, rows, channels, b.rows, filters);
  }
  const bool usual =
      l->activation == squall_function_tanh && l->recurrent_activation == squall_function_sigmoid;
  const bool whole = usual && vec_whole_lines(p->sequence, filters) && vec_whole_lines(p->gates, filters)
      && vec_whole_lines(p->cells, filters);
  for (int64_t step = 0; step < l->time; step++) {
    const int64_t at = (b.sample * l->time + pointwise_time(l, step)) * l->positions + b.first;
    copy_rows(p->input + at * inputs, inputs, rows + filters, channels, b.rows, inputs);
    const int64_t kept = step * l->batch * l->positions + place;
    const forward_step s = {
        .bias = p->bias, .cell = cell, .pass = p, .gates = kept * 4 * filters, .cells = kept * filters,
        .output = p->sequence
            ? p->sequence + ((b.sample * l->time + step) * l->positions + b.first) * filters : NULL,
        .next = next, .next_stride = channels};
    // A zero state adds nothing.
    const int64_t from = step == 0 && !p->initial_hidden ? filters : 0;
    for (int64_t filter = 0; filter < filters; filter += SQUALL_LANES) {
      const float *u = run->workspace + (filter * channels + from * SQUALL_LANES) * 4;
      pointwise_multiply(
          rows + from, channels, b.rows, u, channels - from, z, 4 * SQUALL_LANES, 4, NULL);
      if (whole) {
        forward_gates(&s, b.rows, filters, filter, z, squall_function_tanh, squall_function_sigmoid, true);
      } else if (usual) {
        forward_gates(&s, b.rows, filters, filter, z, squall_function_tanh, squall_function_sigmoid, false);
      } else {
        forward_gates(&s, b.rows, filters, filter, z, l->activation, l->recurrent_activation, false);
      }
    }
    float *swapped = rows;
    rows = next;
    next = swapped;
  }
  copy_rows(rows, channels, p->last_hidden + place * filters, filters, b.rows, filters);
  copy_rows(cell, padded, p->last_cell + place * filters, filters, b.rows, filters);
}

static void forward_workers(void *context, int64_t begin, int64_t end) {
  const forward_run *run = context;
  const int64_t blocks = pointwise_blocks(run->lstm), workers = run->lstm->threads;
  for (int64_t worker = begin; worker < end; worker++) {
    float *space = run->workspace + packed_floats(run->lstm) + worker * worker_floats(run->lstm);
    for (int64_t b = blocks * worker / workers; b < blocks * (worker + 1) / workers; b++) {
      forward_block(run, pointwise_block_at(run->lstm, b), space);
    }
    // Streaming stores.
    _mm_sfence();
  }
}

void squall_pointwise_forward(
    squall_pointwise_lstm lstm, squall_pointwise_forward_pass pass, float *workspace) {
  SQUALL_CHECK_AVX512();
  SQUALL_CHECK_POINTWISE(lstm);
  SQUALL_CHECK(pass.input && pass.weights && pass.recurrent_weights);
  SQUALL_CHECK(pass.last_hidden && pass.last_cell);
  SQUALL_CHECK(!pass.gates == !pass.cells);
  SQUALL_CHECK(squall_on_a_line(workspace));
  forward_run run = {&lstm, &pass, workspace};
  pack(&lstm, pass.recurrent_weights, pass.weights, workspace);
  squall_parallel_for(0, lstm.threads, 1, &run, forward_workers);
}

SQUALL_AVX512_END
#else

size_t squall_pointwise_forward_bytes(squall_pointwise_lstm lstm) { SQUALL_NOT_IN_BUILD(); }
void squall_pointwise_forward(
    squall_pointwise_lstm lstm, squall_pointwise_forward_pass pass, float *workspace) { SQUALL_NOT_IN_BUILD(); }

#endif
