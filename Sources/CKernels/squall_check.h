#pragma once
#include "platform.h"
#include "squall_instructions.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What every exported function asks of its caller, checked at its entry in release builds too: once a call, never once
// an element. A broken condition is a mistake of the caller's and ends the process with a line such as
//
//   squall: squall_apply: expected count >= 0

__attribute__((noreturn, cold)) void squall_check_failed(const char *function, const char *condition);
__attribute__((noreturn, cold)) void squall_lacks_avx512(const char *function, bool in_build);

/// Ends the process unless `condition` holds.
#define SQUALL_CHECK(condition)                                                            \
  do {                                                                                     \
    if (__builtin_expect(!(condition), 0)) squall_check_failed(__func__, #condition);      \
  } while (0)

/// The body of a kernel that this build does not have.
#define SQUALL_NOT_IN_BUILD() squall_lacks_avx512(__func__, false)

/// Ends the process where the processor, within `squall_limit_instructions`, cannot run the kernel.
#define SQUALL_CHECK_AVX512()                                                              \
  do {                                                                                     \
    if (__builtin_expect(squall_instruction_level() < squall_instructions_avx512, 0)) {    \
      squall_lacks_avx512(__func__, true);                                                 \
    }                                                                                      \
  } while (0)

/// Packed weights and workspaces begin on a line of the cache.
SQUALL_INLINE bool squall_on_a_line(const void *p) { return p && (uintptr_t)p % 64 == 0; }
