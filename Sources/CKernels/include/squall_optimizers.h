#pragma once
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Updates in place, in the order of operations of Keras 3. `rate` is the learning rate; `weight_decay` is
// decoupled (AdamW: p −= p · decay · rate before the update), 0 for none; every gradient is first multiplied
// by `gradient_scale` (1, or the factor that clips by norm).

typedef struct {
  float rate;
  float weight_decay;
  float gradient_scale;
} squall_update;

/// m += (g − m)(1 − β₁), v += (g² − v)(1 − β₂), p −= m · rate · √(1 − β₂ᵗ) / (1 − β₁ᵗ) / (√v + ε).
/// Kingma & Ba 2015; `step` is t, from 1.
void squall_update_adam(
    squall_update update, float beta1, float beta2, float epsilon, int64_t step,
    const float *_Nonnull gradient, float *_Nonnull parameter, float *_Nonnull first_moment,
    float *_Nonnull second_moment, int64_t count);

/// Without momentum (`velocity` NULL): p −= rate g. With: m = momentum m − rate g, p += m, or with Nesterov's
/// look-ahead p += momentum m − rate g.
void squall_update_sgd(
    squall_update update, float momentum, bool nesterov, const float *_Nonnull gradient,
    float *_Nonnull parameter, float *_Nullable velocity, int64_t count);

#ifdef __cplusplus
}
#endif
