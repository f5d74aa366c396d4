#include "winograd_geometry.h"
#include "squall_check.h"
#include "squall_instructions.h"

bool squall_winograd_available(int32_t kernel_height, int32_t kernel_width) {
  return SQUALL_AVX512 && squall_instruction_level() >= squall_instructions_avx512 && kernel_height >= 2
      && kernel_height <= 7 && kernel_width >= 2 && kernel_width <= 7;
}

int32_t squall_winograd_tile_length(int64_t outputs, int32_t kernel) {
  SQUALL_CHECK(outputs > 0);
  SQUALL_CHECK(kernel >= 2 && kernel <= 7);
  if (kernel > 5) return 8;
  const int64_t of_eight = 8 * squall_divide_up(outputs, 9 - kernel);
  const int64_t of_six = 6 * squall_divide_up(outputs, 7 - kernel);
  return of_six <= of_eight ? 6 : 8;
}
