#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The vector instructions in use: "avx512", "avx2" or "portable".
const char *_Nonnull squall_instruction_set(void);

typedef enum : int32_t {
  squall_instructions_portable = 0,
  squall_instructions_avx2 = 1,
  squall_instructions_avx512 = 2,
} squall_instructions;

/// Forbids instructions above `limit` for the whole process. For tests of the slower paths.
void squall_limit_instructions(squall_instructions limit);

/// What the processor has, at most what the tests allow.
int32_t squall_instruction_level(void);

#ifdef __cplusplus
}
#endif
