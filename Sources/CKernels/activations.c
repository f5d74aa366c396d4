#include "squall_activations.h"
#include "squall_threads.h"
#include "vector_math.h"

#define SQUALL_LOOPS "activations_loops.h"
#include "for_each_instruction_set.h"

enum { grain = 16384 };

typedef struct {
  squall_function function;
  const float *a, *b;
  float *out;
  int64_t columns;
} activation_work;

static void apply_range(void *context, int64_t begin, int64_t end) {
  const activation_work *w = context;
  SQUALL_CALL(apply_loop, w->function, w->a, w->out, begin, end);
}

void squall_apply(squall_function function, const float *x, float *y, int64_t count) {
  activation_work work = {function, x, NULL, y, 0};
  squall_parallel_for(0, count, grain, &work, apply_range);
}

static void apply_gradient_range(void *context, int64_t begin, int64_t end) {
  const activation_work *w = context;
  SQUALL_CALL(apply_gradient_loop, w->function, w->a, w->b, w->out, begin, end);
}

void squall_apply_gradient(
    squall_function function, const float *saved, const float *dy, float *dx, int64_t count) {
  activation_work work = {function, saved, dy, dx, 0};
  squall_parallel_for(0, count, grain, &work, apply_gradient_range);
}

static int64_t row_grain(int64_t columns) { return columns >= grain ? 1 : grain / columns; }

static void softmax_range(void *context, int64_t begin, int64_t end) {
  const activation_work *w = context;
  SQUALL_CALL(softmax_loop, w->a, w->out, w->columns, begin, end);
}

void squall_softmax(const float *x, float *y, int64_t rows, int64_t columns) {
  if (columns < 1) return;
  activation_work work = {squall_function_linear, x, NULL, y, columns};
  squall_parallel_for(0, rows, row_grain(columns), &work, softmax_range);
}

static void softmax_gradient_range(void *context, int64_t begin, int64_t end) {
  const activation_work *w = context;
  SQUALL_CALL(softmax_gradient_loop, w->a, w->b, w->out, w->columns, begin, end);
}

void squall_softmax_gradient(
    const float *y, const float *dy, float *dx, int64_t rows, int64_t columns) {
  if (columns < 1) return;
  activation_work work = {squall_function_linear, y, dy, dx, columns};
  squall_parallel_for(0, rows, row_grain(columns), &work, softmax_gradient_range);
}
