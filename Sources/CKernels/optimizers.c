#include "squall_optimizers.h"
#include "squall_threads.h"
#include "vector_math.h"

typedef struct {
  squall_update update;
  const float *gradient;
  float *parameter, *first, *second;
  float one_minus_beta1, one_minus_beta2, epsilon, step_size, momentum;
  bool nesterov;
} update_work;

// `sqrtf` would keep errno alive and with it the loop scalar.
SQUALL_INLINE float squall_square_root(float x) { return __builtin_elementwise_sqrt(x); }

#define SQUALL_LOOPS "optimizers_loops.h"
#include "for_each_instruction_set.h"

enum { grain = 16384 };

static void adam_range(void *context, int64_t begin, int64_t end) {
  SQUALL_CALL(adam_loop, context, begin, end);
}

void squall_update_adam(
    squall_update update, float beta1, float beta2, float epsilon, int64_t step, const float *gradient,
    float *parameter, float *first_moment, float *second_moment, int64_t count) {
  // The powers in double: in float 1 - β₂ᵗ has lost half its digits at the first steps.
  const double power1 = pow(beta1, (double)step), power2 = pow(beta2, (double)step);
  update_work work = {
      .update = update, .gradient = gradient, .parameter = parameter, .first = first_moment,
      .second = second_moment, .one_minus_beta1 = 1.0f - beta1, .one_minus_beta2 = 1.0f - beta2,
      .epsilon = epsilon,
      .step_size = (float)((double)update.rate * sqrt(1.0 - power2) / (1.0 - power1))};
  squall_parallel_for(0, count, grain, &work, adam_range);
}

static void sgd_range(void *context, int64_t begin, int64_t end) {
  SQUALL_CALL(sgd_loop, context, begin, end);
}

void squall_update_sgd(
    squall_update update, float momentum, bool nesterov, const float *gradient, float *parameter,
    float *velocity, int64_t count) {
  update_work work = {
      .update = update, .gradient = gradient, .parameter = parameter, .first = velocity,
      .momentum = momentum, .nesterov = nesterov};
  squall_parallel_for(0, count, grain, &work, sgd_range);
}
