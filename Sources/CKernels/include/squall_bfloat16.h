#pragma once
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// bfloat16: the upper half of a float32, 8 bits of precision over the same range. Rounded to nearest, ties to even;
// NaN stays NaN.

/// Whether the processor (within `squall_limit_instructions`) multiplies bfloat16 and sums in float32.
bool squall_has_bfloat16(void);
/// Whether it does so in tiles (AMX).
bool squall_has_bfloat16_tiles(void);

/// y[j] = x[j] in bfloat16.
void squall_to_bfloat16(const float *_Nonnull x, uint16_t *_Nonnull y, int64_t count);

/// y[j] = x[j], exactly.
void squall_from_bfloat16(const uint16_t *_Nonnull x, float *_Nonnull y, int64_t count);

/// y[j] = x[j] rounded to what bfloat16 holds. `y` may be `x`.
void squall_round_to_bfloat16(const float *_Nonnull x, float *_Nonnull y, int64_t count);

#ifdef __cplusplus
}
#endif
