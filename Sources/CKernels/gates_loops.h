// Compiled once for each instruction set (dispatch.h).

#include "function_loops.h"

// A span is up to SQUALL_SPAN elements whose four gates each lie contiguously: within one row where rows are
// long, otherwise gathered from several rows, so that few channels still fill the vectors. Everything a span
// touches stays in the first-level cache between its passes.

static void SQUALL_NAME(forward_span)(
    const gate_work *w, float *i, float *f, float *g, float *o, const float *previous, float *cell,
    float *hidden, int64_t count) {
  SQUALL_NAME(apply_loop)(w->step.recurrent_activation, i, i, 0, count);
  SQUALL_NAME(apply_loop)(w->step.recurrent_activation, f, f, 0, count);
  SQUALL_NAME(apply_loop)(w->step.activation, g, g, 0, count);
  SQUALL_NAME(apply_loop)(w->step.recurrent_activation, o, o, 0, count);
  if (previous) {
    _Pragma("clang loop vectorize(assume_safety)")
    for (int64_t j = 0; j < count; j++) cell[j] = f[j] * previous[j] + i[j] * g[j];
  } else {
    // f * 0 keeps a NaN of the forget gate alive.
    _Pragma("clang loop vectorize(assume_safety)")
    for (int64_t j = 0; j < count; j++) cell[j] = f[j] * 0.0f + i[j] * g[j];
  }
  SQUALL_NAME(apply_loop)(w->step.activation, cell, hidden, 0, count);
  _Pragma("clang loop vectorize(assume_safety)")
  for (int64_t j = 0; j < count; j++) hidden[j] *= o[j];
}

static void SQUALL_NAME(copy_out)(const gate_work *w, int64_t row, int64_t at, const float *h, int64_t count) {
  if (w->hidden) memcpy(w->hidden + row * w->step.units + at, h, (size_t)count * sizeof(float));
  if (w->sequence) memcpy(w->sequence + sequence_offset(w, row) + at, h, (size_t)count * sizeof(float));
}

static void SQUALL_NAME(forward_rows)(const gate_work *w, int64_t begin, int64_t end) {
  const int64_t units = w->step.units;
  float h[SQUALL_SPAN];
  if (units >= SQUALL_LONG_ROW) {
    for (int64_t row = begin; row < end; row++) {
      for (int64_t at = 0; at < units; at += SQUALL_SPAN) {
        const int64_t count = units - at < SQUALL_SPAN ? units - at : SQUALL_SPAN;
        float *z = w->gates + row * 4 * units + at;
        const float *previous = w->previous ? w->previous + row * units + at : NULL;
        SQUALL_NAME(forward_span)(
            w, z, z + units, z + 2 * units, z + 3 * units, previous, w->cell + row * units + at, h, count);
        SQUALL_NAME(copy_out)(w, row, at, h, count);
      }
    }
    return;
  }
  float gathered[4][SQUALL_SPAN];
  const int64_t together = SQUALL_SPAN / units;
  for (int64_t row = begin; row < end; row += together) {
    const int64_t rows = end - row < together ? end - row : together;
    gather_gates(w->gates + row * 4 * units, gathered, rows, units);
    const float *previous = w->previous ? w->previous + row * units : NULL;
    SQUALL_NAME(forward_span)(
        w, gathered[0], gathered[1], gathered[2], gathered[3], previous, w->cell + row * units, h,
        rows * units);
    if (w->keep) scatter_gates(gathered, w->gates + row * 4 * units, rows, units);
    for (int64_t j = 0; j < rows; j++) SQUALL_NAME(copy_out)(w, row + j, 0, h + j * units, units);
  }
}

// One gate's pre-activation gradient: out = derivative(saved) * (a * b).
static void SQUALL_NAME(gate_gradient)(
    squall_function function, const float *saved, const float *a, const float *b, float *out,
    int64_t count) {
  float product[SQUALL_SPAN];
  for (int64_t j = 0; j < count; j++) product[j] = a[j] * b[j];
  SQUALL_NAME(apply_gradient_loop)(function, saved, product, out, 0, count);
}

static void SQUALL_NAME(backward_span)(
    const gate_work *w, const float *i, const float *f, const float *g, const float *o, const float *cell,
    const float *previous, const float *dh, float *dcell, float *di, float *df, float *dg, float *dout,
    int64_t count) {
  const squall_function activation = w->step.activation, recurrent = w->step.recurrent_activation;
  float activated[SQUALL_SPAN], dc[SQUALL_SPAN], next[SQUALL_SPAN];
  static const float zeros[SQUALL_SPAN] = {0};
  SQUALL_NAME(apply_loop)(activation, cell, activated, 0, count);
  SQUALL_NAME(gate_gradient)(activation, activated, dh, o, dc, count);
  if (!w->zero_cell_gradient) {
    for (int64_t j = 0; j < count; j++) dc[j] += dcell[j];
  }
  for (int64_t j = 0; j < count; j++) next[j] = dc[j] * f[j];
  // The gradients may overwrite the gates: each gate is read for the last time before its own is written, and
  // i and g, which need one another, go through a copy.
  SQUALL_NAME(gate_gradient)(recurrent, o, dh, activated, dout, count);
  SQUALL_NAME(gate_gradient)(recurrent, f, dc, previous ? previous : zeros, df, count);
  float for_input[SQUALL_SPAN];
  SQUALL_NAME(gate_gradient)(recurrent, i, dc, g, for_input, count);
  SQUALL_NAME(gate_gradient)(activation, g, dc, i, dg, count);
  memcpy(di, for_input, (size_t)count * sizeof(float));
  memcpy(dcell, next, (size_t)count * sizeof(float));
}

static void SQUALL_NAME(add_incoming)(
    const gate_work *w, int64_t row, int64_t at, float *dh, int64_t count) {
  const float *later = w->hidden_gradient ? w->hidden_gradient + row * w->step.units + at : NULL;
  const float *now = w->sequence_gradient ? w->sequence_gradient + sequence_offset(w, row) + at : NULL;
  if (later && now) {
    for (int64_t j = 0; j < count; j++) dh[j] = later[j] + now[j];
  } else if (later || now) {
    memcpy(dh, later ? later : now, (size_t)count * sizeof(float));
  } else {
    memset(dh, 0, (size_t)count * sizeof(float));
  }
}

static void SQUALL_NAME(backward_rows)(const gate_work *w, int64_t begin, int64_t end) {
  const int64_t units = w->step.units;
  float dh[SQUALL_SPAN];
  if (units >= SQUALL_LONG_ROW) {
    for (int64_t row = begin; row < end; row++) {
      for (int64_t at = 0; at < units; at += SQUALL_SPAN) {
        const int64_t count = units - at < SQUALL_SPAN ? units - at : SQUALL_SPAN;
        SQUALL_NAME(add_incoming)(w, row, at, dh, count);
        const float *z = w->saved_gates + row * 4 * units + at;
        float *dz = w->gates + row * 4 * units + at;
        const int64_t state = row * units + at;
        SQUALL_NAME(backward_span)(
            w, z, z + units, z + 2 * units, z + 3 * units, w->saved_cell + state,
            w->previous ? w->previous + state : NULL, dh, w->cell + state, dz, dz + units,
            dz + 2 * units, dz + 3 * units, count);
      }
    }
    return;
  }
  float gathered[4][SQUALL_SPAN];
  const int64_t together = SQUALL_SPAN / units;
  for (int64_t row = begin; row < end; row += together) {
    const int64_t rows = end - row < together ? end - row : together;
    for (int64_t j = 0; j < rows; j++) SQUALL_NAME(add_incoming)(w, row + j, 0, dh + j * units, units);
    gather_gates(w->saved_gates + row * 4 * units, gathered, rows, units);
    SQUALL_NAME(backward_span)(
        w, gathered[0], gathered[1], gathered[2], gathered[3], w->saved_cell + row * units,
        w->previous ? w->previous + row * units : NULL, dh, w->cell + row * units, gathered[0],
        gathered[1], gathered[2], gathered[3], rows * units);
    scatter_gates(gathered, w->gates + row * 4 * units, rows, units);
  }
}
