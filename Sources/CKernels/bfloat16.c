#include "squall_bfloat16.h"
#include "squall_check.h"
#include "dispatch.h"
#include "squall_threads.h"

#include <string.h>

// Whole numbers only, so that every processor rounds alike and a compiler can take as many at once as it likes.

static inline uint32_t rounded(uint32_t bits) {
  const uint32_t even = bits + 0x7fffu + ((bits >> 16) & 1u);
  // A NaN must not be carried into infinity: its highest bit of precision is set instead.
  return (bits & 0x7fffffffu) > 0x7f800000u ? (bits | 0x00400000u) : even;
}

static inline uint32_t bits_of(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

static inline float value_of(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static const int64_t grain = 1 << 15;

typedef struct {
  const void *from;
  void *to;
} conversion;

static void narrow(void *context, int64_t begin, int64_t end) {
  const conversion *c = context;
  const float *x = c->from;
  uint16_t *y = c->to;
  for (int64_t j = begin; j < end; j++) y[j] = (uint16_t)(rounded(bits_of(x[j])) >> 16);
}

static void widen(void *context, int64_t begin, int64_t end) {
  const conversion *c = context;
  const uint16_t *x = c->from;
  float *y = c->to;
  for (int64_t j = begin; j < end; j++) y[j] = value_of((uint32_t)x[j] << 16);
}

static void round_values(void *context, int64_t begin, int64_t end) {
  const conversion *c = context;
  const float *x = c->from;
  float *y = c->to;
  for (int64_t j = begin; j < end; j++) y[j] = value_of(rounded(bits_of(x[j])) & 0xffff0000u);
}

void squall_to_bfloat16(const float *x, uint16_t *y, int64_t count) {
  SQUALL_CHECK(x && y);
  SQUALL_CHECK(count >= 0);
  conversion c = {x, y};
  squall_parallel_for(0, count, grain, &c, narrow);
}

void squall_from_bfloat16(const uint16_t *x, float *y, int64_t count) {
  SQUALL_CHECK(x && y);
  SQUALL_CHECK(count >= 0);
  conversion c = {x, y};
  squall_parallel_for(0, count, grain, &c, widen);
}

void squall_round_to_bfloat16(const float *x, float *y, int64_t count) {
  SQUALL_CHECK(x && y);
  SQUALL_CHECK(count >= 0);
  conversion c = {x, y};
  squall_parallel_for(0, count, grain, &c, round_values);
}

#if SQUALL_X86
#include <cpuid.h>

/// Whether the system saves tiles when it changes threads: bits 17 and 18 of XCR0. To be asked where AVX-512 is.
static bool system_saves_tiles(void) {
  unsigned low = 0, high = 0;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (low >> 17 & 3) == 3;
}
#endif

bool squall_has_bfloat16_tiles(void) {
#if SQUALL_X86
  // AMX-BF16 and AMX-TILE: leaf 7, EDX bits 22 and 24.
  unsigned a = 0, b = 0, c = 0, d = 0;
  return squall_has_bfloat16() && system_saves_tiles() && __get_cpuid_count(7, 0, &a, &b, &c, &d) && (d >> 22 & 1)
      && (d >> 24 & 1);
#else
  return false;
#endif
}

bool squall_has_bfloat16(void) {
#if SQUALL_X86
  __builtin_cpu_init();
  return squall_instruction_level() >= squall_instructions_avx512 && __builtin_cpu_supports("avx512bf16");
#else
  return false;
#endif
}
