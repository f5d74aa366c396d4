#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum : int32_t {
  squall_function_exp = 0,
  squall_function_log = 1,
  squall_function_log1p = 2,
  squall_function_tanh = 3,
  squall_function_sigmoid = 4,
  squall_function_hard_sigmoid = 5,
  squall_function_relu = 6,
  squall_function_linear = 7,
} squall_function;

/// y[j] = f(x[j]). `y` may be `x`.
void squall_apply(squall_function function, const float *_Nonnull x, float *_Nonnull y, int64_t count);

/// dx[j] = f'(…) dy[j]. `saved` is the input x for log and log1p and the output y for all others (unused for
/// linear). `dx` may be `dy`.
void squall_apply_gradient(
    squall_function function, const float *_Nonnull saved, const float *_Nonnull dy, float *_Nonnull dx,
    int64_t count);

#ifdef __cplusplus
}
#endif
