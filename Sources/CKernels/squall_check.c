#include "squall_check.h"

#include <stdio.h>
#include <stdlib.h>

void squall_check_failed(const char *function, const char *condition) {
  fprintf(stderr, "squall: %s: expected %s\n", function, condition);
  abort();
}

void squall_lacks_avx512(const char *function, bool in_build) {
  fprintf(
      stderr, "squall: %s needs AVX-512, which this %s does not have\n", function,
      in_build ? "processor (or its limit)" : "build");
  abort();
}
