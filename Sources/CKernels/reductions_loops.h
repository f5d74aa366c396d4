// Compiled once for each instruction set (dispatch.h).

// Sixteen running sums in double, whatever the vector length, so that the order of addition is the same for
// every instruction set.
#define SQUALL_SUM(name, expression)                                                      \
  static void SQUALL_NAME(name)(const float *x, int64_t count, double *sum) {             \
    double lanes[16] = {0};                                                               \
    int64_t j = 0;                                                                        \
    for (; j + 16 <= count; j += 16) {                                                    \
      for (int lane = 0; lane < 16; lane++) {                                             \
        const int64_t k = j + lane;                                                       \
        lanes[lane] += (expression);                                                      \
      }                                                                                   \
    }                                                                                     \
    for (int64_t k = j; k < count; k++) lanes[k - j] += (expression);                     \
    double total = 0;                                                                     \
    for (int lane = 0; lane < 16; lane++) total += lanes[lane];                           \
    *sum = total;                                                                         \
  }

SQUALL_SUM(sum_loop, x[k])
// The product of two floats is exact in double, so a fused multiply-add changes nothing.
SQUALL_SUM(square_sum_loop, (double)x[k] * x[k])
#undef SQUALL_SUM

static void SQUALL_NAME(square_difference_loop)(
    const float *x, const float *y, int64_t count, double *sum) {
  double lanes[16] = {0};
  int64_t j = 0;
  for (; j + 16 <= count; j += 16) {
    for (int lane = 0; lane < 16; lane++) {
      const double difference = (double)(x[j + lane] - y[j + lane]);
      lanes[lane] += difference * difference;
    }
  }
  for (int64_t k = j; k < count; k++) {
    const double difference = (double)(x[k] - y[k]);
    lanes[k - j] += difference * difference;
  }
  double total = 0;
  for (int lane = 0; lane < 16; lane++) total += lanes[lane];
  *sum = total;
}

// The same sum, and (x − y) factor on the way. `out` begins on a line; lines bypass the cache.
static void SQUALL_NAME(square_difference_gradient_loop)(
    const float *x, const float *y, int64_t count, float factor, float *out, double *sum) {
  typedef float line __attribute__((vector_size(64)));
  double lanes[16] = {0};
  int64_t j = 0;
  for (; j + 16 <= count; j += 16) {
    line a, b;
    memcpy(&a, x + j, sizeof a);
    memcpy(&b, y + j, sizeof b);
    const line differences = a - b;
    __builtin_nontemporal_store(differences * factor, (line *)(out + j));
    for (int lane = 0; lane < 16; lane++) {
      const double difference = (double)differences[lane];
      lanes[lane] += difference * difference;
    }
  }
  for (int64_t k = j; k < count; k++) {
    const float step = x[k] - y[k];
    const double difference = (double)step;
    lanes[k - j] += difference * difference;
    out[k] = step * factor;
  }
  double total = 0;
  for (int lane = 0; lane < 16; lane++) total += lanes[lane];
  *sum = total;
}

static void SQUALL_NAME(scaled_difference_loop)(
    const float *x, const float *y, float factor, float *out, int64_t begin, int64_t end) {
  for (int64_t j = begin; j < end; j++) out[j] = (x[j] - y[j]) * factor;
}

static void SQUALL_NAME(non_finite_loop)(const float *x, int64_t count, uint32_t *found) {
  uint32_t any = 0;
  for (int64_t j = 0; j < count; j++) {
    any |= (uint32_t)((squall_to_bits(x[j]) & 0x7F800000u) == 0x7F800000u);
  }
  *found = any;
}

static void SQUALL_NAME(sum_rows_loop)(
    const float *x, double *sums, int64_t columns, int64_t begin, int64_t end) {
  for (int64_t j = 0; j < columns; j++) sums[j] = 0;
  for (int64_t row = begin; row < end; row++) {
    const float *in = x + row * columns;
    for (int64_t j = 0; j < columns; j++) sums[j] += in[j];
  }
}

static void SQUALL_NAME(accumulate_loop)(const float *x, float *y, int64_t begin, int64_t end) {
  for (int64_t j = begin; j < end; j++) y[j] += x[j];
}

static void SQUALL_NAME(add_to_rows_loop)(
    const float *values, float *x, int64_t columns, int64_t begin, int64_t end) {
  for (int64_t row = begin; row < end; row++) {
    float *out = x + row * columns;
    for (int64_t j = 0; j < columns; j++) out[j] += values[j];
  }
}
