#include "peak.h"

enum { chains = 12 };

typedef float v16 __attribute__((vector_size(64)));
typedef float v8 __attribute__((vector_size(32)));

// Independent chains, enough to hide the latency of a fused multiply-add on both ports.
#define RUN(V, lanes)                                                    \
  V a[chains];                                                           \
  for (int i = 0; i < chains; i++)                                       \
    for (int j = 0; j < lanes; j++) a[i][j] = 0.001f * (float)(i + j);   \
  V m, s;                                                                \
  for (int j = 0; j < lanes; j++) { m[j] = 0.999999f; s[j] = 1e-6f; }    \
  for (int64_t r = 0; r < rounds; r++)                                   \
    for (int i = 0; i < chains; i++) a[i] = a[i] * m + s;                \
  float sum = 0;                                                         \
  for (int i = 0; i < chains; i++)                                       \
    for (int j = 0; j < lanes; j++) sum += a[i][j];                      \
  *sink += sum;                                                          \
  return rounds * chains * lanes * 2;

#if defined(__x86_64__)
__attribute__((target("avx512f,fma"))) static int64_t widest(int64_t rounds, float *sink) { RUN(v16, 16) }
__attribute__((target("avx2,fma"))) static int64_t wide(int64_t rounds, float *sink) { RUN(v8, 8) }

int64_t bench_multiply_adds(int64_t rounds, float *sink) {
  if (__builtin_cpu_supports("avx512f")) return widest(rounds, sink);
  return wide(rounds, sink);
}
#else
int64_t bench_multiply_adds(int64_t rounds, float *sink) { RUN(v8, 8) }
#endif
