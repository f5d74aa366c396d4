#include "squall_activations.h"
#include "squall_check.h"
#include "squall_threads.h"
#include "vector_math.h"

#define SQUALL_LOOPS "function_loops.h"
#include "for_each_instruction_set.h"

enum { grain = 16384 };

typedef struct {
  squall_function function;
  const float *a, *b;
  float *out;
} activation_work;

static void apply_range(void *context, int64_t begin, int64_t end) {
  const activation_work *w = context;
  SQUALL_CALL(apply_loop, w->function, w->a, w->out, begin, end);
}

void squall_apply(squall_function function, const float *x, float *y, int64_t count) {
  SQUALL_CHECK(x && y);
  SQUALL_CHECK(count >= 0);
  SQUALL_CHECK(function >= squall_function_exp && function <= squall_function_linear);
  activation_work work = {function, x, NULL, y};
  squall_parallel_for(0, count, grain, &work, apply_range);
}

static void apply_gradient_range(void *context, int64_t begin, int64_t end) {
  const activation_work *w = context;
  SQUALL_CALL(apply_gradient_loop, w->function, w->a, w->b, w->out, begin, end);
}

void squall_apply_gradient(
    squall_function function, const float *saved, const float *dy, float *dx, int64_t count) {
  SQUALL_CHECK(saved && dy && dx);
  SQUALL_CHECK(count >= 0);
  SQUALL_CHECK(function >= squall_function_exp && function <= squall_function_linear);
  activation_work work = {function, saved, dy, dx};
  squall_parallel_for(0, count, grain, &work, apply_gradient_range);
}
