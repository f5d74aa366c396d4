// Compiled once for each instruction set (dispatch.h).

#include "function_loops.h"

static void SQUALL_NAME(softmax_loop)(
    const float *x, float *y, int64_t columns, int64_t begin, int64_t end) {
  for (int64_t row = begin; row < end; row++) {
    const float *in = x + row * columns;
    float *out = y + row * columns;
    float largest = in[0];
    // `!(a >= b)` lets NaN win.
    for (int64_t j = 1; j < columns; j++) largest = !(largest >= in[j]) ? in[j] : largest;
    double sum = 0;
    for (int64_t j = 0; j < columns; j++) out[j] = squall_expf(in[j] - largest);
    for (int64_t j = 0; j < columns; j++) sum += out[j];
    const float scale = (float)(1.0 / sum);
    for (int64_t j = 0; j < columns; j++) out[j] *= scale;
  }
}

static void SQUALL_NAME(softmax_gradient_loop)(
    const float *y, const float *dy, float *dx, int64_t columns, int64_t begin, int64_t end) {
  for (int64_t row = begin; row < end; row++) {
    const float *out = y + row * columns, *d = dy + row * columns;
    float *into = dx + row * columns;
    double sum = 0;
    for (int64_t j = 0; j < columns; j++) sum += (double)out[j] * d[j];
    const float mean = (float)sum;
    for (int64_t j = 0; j < columns; j++) into[j] = out[j] * (d[j] - mean);
  }
}
