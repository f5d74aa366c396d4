#pragma once
#include <stdint.h>

/// Floating-point operations that one thread does in `rounds` rounds of independent fused multiply-adds in the
/// widest vectors this processor has; `*sink` keeps the compiler from leaving them out.
int64_t bench_multiply_adds(int64_t rounds, float *_Nonnull sink);
