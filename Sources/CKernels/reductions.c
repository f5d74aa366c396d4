#include "squall_reductions.h"
#include "squall_check.h"
#include "squall_threads.h"
#include "vector_math.h"

#include <stdatomic.h>
#include <stdlib.h>

#define SQUALL_LOOPS "reductions_loops.h"
#include "for_each_instruction_set.h"

enum { block = 65536, grain = 16384 };

typedef enum { plain_sum, square_sum, square_difference_sum, square_difference_gradient } sum_kind;

typedef struct {
  sum_kind kind;
  const float *x, *y;
  double *partial;
  int64_t count;
  float factor;
  float *gradient;
} sum_work;

static double sum_of_block(const sum_work *w, int64_t index) {
  const int64_t begin = index * block;
  const int64_t count = w->count - begin < block ? w->count - begin : block;
  const float *x = w->x + begin;
  double sum = 0;
  switch (w->kind) {
    case plain_sum: SQUALL_CALL(sum_loop, x, count, &sum); break;
    case square_sum: SQUALL_CALL(square_sum_loop, x, count, &sum); break;
    case square_difference_sum: SQUALL_CALL(square_difference_loop, x, w->y + begin, count, &sum); break;
    case square_difference_gradient:
      SQUALL_CALL(
          square_difference_gradient_loop, x, w->y + begin, count, w->factor, w->gradient + begin, &sum);
      // After stores past the cache.
      atomic_thread_fence(memory_order_seq_cst);
      break;
  }
  return sum;
}

static void sum_range(void *context, int64_t begin, int64_t end) {
  const sum_work *w = context;
  for (int64_t index = begin; index < end; index++) w->partial[index] = sum_of_block(w, index);
}

static double sum_of_blocks(sum_work work) {
  const int64_t blocks = (work.count + block - 1) / block;
  double sum = 0;
  work.partial = blocks > 1 ? malloc((size_t)blocks * sizeof(double)) : NULL;
  if (!work.partial) {
    // One block, or no memory for the partial sums: the same additions on one thread.
    for (int64_t index = 0; index < blocks; index++) sum += sum_of_block(&work, index);
    return sum;
  }
  squall_parallel_for(0, blocks, 1, &work, sum_range);
  for (int64_t index = 0; index < blocks; index++) sum += work.partial[index];
  free(work.partial);
  return sum;
}

static double sum_in_blocks(sum_kind kind, const float *x, const float *y, int64_t count) {
  return sum_of_blocks((sum_work){.kind = kind, .x = x, .y = y, .count = count});
}

double squall_sum(const float *x, int64_t count) {
  SQUALL_CHECK(x);
  SQUALL_CHECK(count >= 0);
  return sum_in_blocks(plain_sum, x, NULL, count);
}

double squall_sum_of_squares(const float *x, int64_t count) {
  SQUALL_CHECK(x);
  SQUALL_CHECK(count >= 0);
  return sum_in_blocks(square_sum, x, NULL, count);
}

double squall_sum_of_squared_differences(const float *x, const float *y, int64_t count) {
  SQUALL_CHECK(x && y);
  SQUALL_CHECK(count >= 0);
  return sum_in_blocks(square_difference_sum, x, y, count);
}

double squall_sum_of_squared_differences_and_gradient(
    const float *x, const float *y, float factor, float *gradient, int64_t count) {
  SQUALL_CHECK(x && y && gradient);
  SQUALL_CHECK(count >= 0);
  if ((uintptr_t)gradient % 64 != 0) {
    squall_scaled_difference(x, y, factor, gradient, count);
    return squall_sum_of_squared_differences(x, y, count);
  }
  return sum_of_blocks((sum_work){
      .kind = square_difference_gradient, .x = x, .y = y, .count = count, .factor = factor,
      .gradient = gradient});
}

typedef struct {
  const float *x, *y;
  float factor;
  float *out;
} difference_work;

static void difference_range(void *context, int64_t begin, int64_t end) {
  const difference_work *w = context;
  SQUALL_CALL(scaled_difference_loop, w->x, w->y, w->factor, w->out, begin, end);
}

void squall_scaled_difference(const float *x, const float *y, float factor, float *out, int64_t count) {
  SQUALL_CHECK(x && y && out);
  SQUALL_CHECK(count >= 0);
  difference_work work = {x, y, factor, out};
  squall_parallel_for(0, count, grain, &work, difference_range);
}

bool squall_any_non_finite(const float *x, int64_t count) {
  SQUALL_CHECK(x);
  SQUALL_CHECK(count >= 0);
  // In pieces, so that bad values end the search early; one thread reads at the speed of memory.
  for (int64_t begin = 0; begin < count; begin += block) {
    uint32_t found = 0;
    const int64_t length = count - begin < block ? count - begin : block;
    SQUALL_CALL(non_finite_loop, x + begin, length, &found);
    if (found) return true;
  }
  return false;
}

// MARK: Rows

typedef struct {
  const float *in;
  float *out;
  double *partial;
  int64_t rows, columns, rows_per_block;
} row_work;

static int64_t row_grain(int64_t columns) { return columns >= grain ? 1 : grain / columns; }

static void sum_rows_of_block(const row_work *w, int64_t index, double *sums) {
  const int64_t begin = index * w->rows_per_block;
  const int64_t end = begin + w->rows_per_block < w->rows ? begin + w->rows_per_block : w->rows;
  SQUALL_CALL(sum_rows_loop, w->in, sums, w->columns, begin, end);
}

static void sum_rows_range(void *context, int64_t begin, int64_t end) {
  const row_work *w = context;
  for (int64_t index = begin; index < end; index++) {
    sum_rows_of_block(w, index, w->partial + index * w->columns);
  }
}

void squall_sum_rows(const float *x, float *sums, int64_t rows, int64_t columns) {
  SQUALL_CHECK(x && sums);
  SQUALL_CHECK(rows >= 0 && columns >= 0);
  if (columns < 1) return;
  // At most 64 blocks: their sums stay small beside the array itself.
  row_work work = {.in = x, .rows = rows, .columns = columns};
  work.rows_per_block = row_grain(columns);
  if ((rows + work.rows_per_block - 1) / work.rows_per_block > 64) work.rows_per_block = (rows + 63) / 64;
  const int64_t blocks = rows < 1 ? 0 : (rows + work.rows_per_block - 1) / work.rows_per_block;
  work.partial = malloc((size_t)(blocks > 0 ? blocks : 1) * (size_t)columns * sizeof(double));
  if (!work.partial) {
    // Without memory for partial sums: column by column, the same order of additions.
    for (int64_t j = 0; j < columns; j++) {
      double total = 0;
      for (int64_t index = 0; index < blocks; index++) {
        const int64_t begin = index * work.rows_per_block;
        const int64_t end = begin + work.rows_per_block < rows ? begin + work.rows_per_block : rows;
        double sum = 0;
        for (int64_t row = begin; row < end; row++) sum += x[row * columns + j];
        total += sum;
      }
      sums[j] = (float)total;
    }
    return;
  }
  squall_parallel_for(0, blocks, 1, &work, sum_rows_range);
  for (int64_t j = 0; j < columns; j++) {
    double total = 0;
    for (int64_t index = 0; index < blocks; index++) total += work.partial[index * columns + j];
    sums[j] = (float)total;
  }
  free(work.partial);
}

static void fill_rows_range(void *context, int64_t begin, int64_t end) {
  const row_work *w = context;
  const size_t bytes = (size_t)w->columns * sizeof(float);
  if (!w->in) {
    memset(w->out + begin * w->columns, 0, (size_t)(end - begin) * bytes);
    return;
  }
  for (int64_t row = begin; row < end; row++) memcpy(w->out + row * w->columns, w->in, bytes);
}

void squall_fill_rows(const float *values, float *x, int64_t rows, int64_t columns) {
  SQUALL_CHECK(x);
  SQUALL_CHECK(rows >= 0 && columns >= 0);
  if (columns < 1) return;
  row_work work = {.in = values, .out = x, .columns = columns};
  squall_parallel_for(0, rows, row_grain(columns), &work, fill_rows_range);
}

static void add_to_rows_range(void *context, int64_t begin, int64_t end) {
  const row_work *w = context;
  SQUALL_CALL(add_to_rows_loop, w->in, w->out, w->columns, begin, end);
}

void squall_add_to_rows(const float *values, float *x, int64_t rows, int64_t columns) {
  SQUALL_CHECK(values && x);
  SQUALL_CHECK(rows >= 0 && columns >= 0);
  if (columns < 1) return;
  row_work work = {.in = values, .out = x, .columns = columns};
  squall_parallel_for(0, rows, row_grain(columns), &work, add_to_rows_range);
}

static void accumulate_range(void *context, int64_t begin, int64_t end) {
  const row_work *w = context;
  SQUALL_CALL(accumulate_loop, w->in, w->out, begin, end);
}

void squall_accumulate(const float *x, float *y, int64_t count) {
  SQUALL_CHECK(x && y);
  SQUALL_CHECK(count >= 0);
  row_work work = {.in = x, .out = y};
  squall_parallel_for(0, count, grain, &work, accumulate_range);
}
