#include "squall_gates.h"
#include "squall_check.h"
#include "squall_threads.h"
#include "vector_math.h"

#define SQUALL_SPAN 256
// From this many channels on a row is worth working on alone.
#define SQUALL_LONG_ROW 32

typedef struct {
  squall_gate_step step;
  // Forward: pre-activations in, activated gates out. Backward: ∂/∂z out.
  float *gates;
  const float *saved_gates;
  const float *previous;
  // Forward: c out. Backward: ∂/∂c in, ∂/∂c₋ out.
  float *cell;
  const float *saved_cell;
  float *hidden, *sequence;
  const float *hidden_gradient, *sequence_gradient;
  bool keep, zero_cell_gradient;
} gate_work;

SQUALL_INLINE int64_t sequence_offset(const gate_work *w, int64_t row) {
  const int64_t sample = row / w->step.rows_per_sample;
  return sample * w->step.sample_stride + (row - sample * w->step.rows_per_sample) * w->step.units;
}

SQUALL_INLINE void gather_gates(
    const float *gates, float (*gathered)[SQUALL_SPAN], int64_t rows, int64_t units) {
  for (int64_t row = 0; row < rows; row++) {
    for (int gate = 0; gate < 4; gate++) {
      for (int64_t j = 0; j < units; j++) gathered[gate][row * units + j] = *gates++;
    }
  }
}

SQUALL_INLINE void scatter_gates(
    const float (*gathered)[SQUALL_SPAN], float *gates, int64_t rows, int64_t units) {
  for (int64_t row = 0; row < rows; row++) {
    for (int gate = 0; gate < 4; gate++) {
      for (int64_t j = 0; j < units; j++) *gates++ = gathered[gate][row * units + j];
    }
  }
}

#define SQUALL_LOOPS "gates_loops.h"
#include "for_each_instruction_set.h"

static int64_t row_grain(int64_t units) { return units >= 2048 ? 1 : 2048 / units; }

static void forward_range(void *context, int64_t begin, int64_t end) {
  SQUALL_CALL(forward_rows, context, begin, end);
}

void squall_gates_forward(
    squall_gate_step step, float *gates, const float *previous_cell, float *cell, float *hidden,
    float *sequence, bool keep) {
  SQUALL_CHECK(gates && cell);
  SQUALL_CHECK(step.units >= 0 && step.rows >= 0);
  SQUALL_CHECK(!sequence || (step.rows_per_sample > 0 && step.rows % step.rows_per_sample == 0));
  SQUALL_CHECK(!sequence || step.sample_stride >= step.rows_per_sample * step.units);
  if (step.units < 1 || step.rows < 1) return;
  gate_work work = {
      .step = step, .gates = gates, .previous = previous_cell, .cell = cell, .hidden = hidden,
      .sequence = sequence, .keep = keep};
  squall_parallel_for(0, step.rows, row_grain(step.units), &work, forward_range);
}

static void backward_range(void *context, int64_t begin, int64_t end) {
  SQUALL_CALL(backward_rows, context, begin, end);
}

void squall_gates_backward(
    squall_gate_step step, const float *gates, const float *cell, const float *previous_cell,
    const float *hidden_gradient, const float *sequence_gradient, float *cell_gradient,
    bool cell_gradient_is_zero, float *gates_gradient) {
  SQUALL_CHECK(gates && cell && cell_gradient && gates_gradient);
  SQUALL_CHECK(step.units >= 0 && step.rows >= 0);
  SQUALL_CHECK(!sequence_gradient || (step.rows_per_sample > 0 && step.rows % step.rows_per_sample == 0));
  SQUALL_CHECK(!sequence_gradient || step.sample_stride >= step.rows_per_sample * step.units);
  if (step.units < 1 || step.rows < 1) return;
  gate_work work = {
      .step = step, .gates = gates_gradient, .saved_gates = gates, .previous = previous_cell,
      .cell = cell_gradient, .saved_cell = cell, .hidden_gradient = hidden_gradient,
      .sequence_gradient = sequence_gradient, .zero_cell_gradient = cell_gradient_is_zero};
  squall_parallel_for(0, step.rows, row_grain(step.units), &work, backward_range);
}
