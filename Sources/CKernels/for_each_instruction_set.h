// Deliberately without an include guard: compiles SQUALL_LOOPS once for each instruction set.

#define SQUALL_SET portable
#include SQUALL_LOOPS
#undef SQUALL_SET

#if SQUALL_X86
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define SQUALL_SET avx2
#include SQUALL_LOOPS
#undef SQUALL_SET
#pragma clang attribute pop

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma"))), apply_to = function)
#define SQUALL_SET avx512
#include SQUALL_LOOPS
#undef SQUALL_SET
#pragma clang attribute pop
#endif

#undef SQUALL_LOOPS
