#pragma once
#include "platform.h"
#include "squall_instructions.h"
#include <stdint.h>

// A family's loops live in `X_loops.h` and are compiled once for each instruction set by including that file
// from `X.c` under `SQUALL_NAME(name)` = `name_<set>`. No build flag is needed: the target attribute is pushed
// around the include.
//
//   #define SQUALL_LOOPS "X_loops.h"
//   #include "for_each_instruction_set.h"

#define SQUALL_PASTE2(a, b) a##_##b
#define SQUALL_PASTE(a, b) SQUALL_PASTE2(a, b)
#define SQUALL_NAME(name) SQUALL_PASTE(name, SQUALL_SET)

#if SQUALL_X86
#define SQUALL_CALL(name, ...)                                  \
  do {                                                          \
    switch (squall_instruction_level()) {                       \
      case 2: SQUALL_PASTE2(name, avx512)(__VA_ARGS__); break;  \
      case 1: SQUALL_PASTE2(name, avx2)(__VA_ARGS__); break;    \
      default: SQUALL_PASTE2(name, portable)(__VA_ARGS__);      \
    }                                                           \
  } while (0)
#else
#define SQUALL_CALL(name, ...) SQUALL_PASTE2(name, portable)(__VA_ARGS__)
#endif
