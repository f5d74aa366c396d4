#pragma once

#if defined(__x86_64__) && defined(__clang__)
#define SQUALL_X86 1
#else
#define SQUALL_X86 0
#endif

#define SQUALL_INLINE static inline __attribute__((always_inline))
