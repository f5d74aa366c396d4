#include "squall_instructions.h"
#include "platform.h"

#include <stdatomic.h>

static _Atomic int32_t instruction_limit = squall_instructions_avx512;
static _Atomic int32_t instructions_found = -1;

int32_t squall_instruction_level(void) {
  int32_t found = atomic_load_explicit(&instructions_found, memory_order_relaxed);
  if (found < 0) {
    found = squall_instructions_portable;
#if SQUALL_X86
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) found = squall_instructions_avx2;
    if (found == squall_instructions_avx2 && __builtin_cpu_supports("avx512f")
        && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512vl")) {
      found = squall_instructions_avx512;
    }
#endif
    atomic_store_explicit(&instructions_found, found, memory_order_relaxed);
  }
  const int32_t limit = atomic_load_explicit(&instruction_limit, memory_order_relaxed);
  return found < limit ? found : limit;
}

void squall_limit_instructions(squall_instructions limit) { atomic_store(&instruction_limit, limit); }

const char *squall_instruction_set(void) {
  switch (squall_instruction_level()) {
    case squall_instructions_avx512: return "avx512";
    case squall_instructions_avx2: return "avx2";
    default: return "portable";
  }
}
