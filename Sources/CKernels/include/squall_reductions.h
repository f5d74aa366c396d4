#pragma once
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Sums are taken in double, block by block, and the blocks are added in order: the result does not depend on
// the number of threads.

/// Σ x
double squall_sum(const float *_Nonnull x, int64_t count);

/// Σ x²
double squall_sum_of_squares(const float *_Nonnull x, int64_t count);

/// Σ (x − y)²
double squall_sum_of_squared_differences(
    const float *_Nonnull x, const float *_Nonnull y, int64_t count);

/// The same sum, and in the same pass gradient[j] = (x[j] − y[j]) factor.
double squall_sum_of_squared_differences_and_gradient(
    const float *_Nonnull x, const float *_Nonnull y, float factor, float *_Nonnull gradient, int64_t count);

/// out[j] = (x[j] − y[j]) factor
void squall_scaled_difference(
    const float *_Nonnull x, const float *_Nonnull y, float factor, float *_Nonnull out, int64_t count);

/// Whether any element is NaN or infinite.
bool squall_any_non_finite(const float *_Nonnull x, int64_t count);

/// sums[column] = Σ over rows of x[row, column]. The gradient of a bias.
void squall_sum_rows(const float *_Nonnull x, float *_Nonnull sums, int64_t rows, int64_t columns);

/// x[row, column] = values[column], or 0 where `values` is NULL.
void squall_fill_rows(
    const float *_Nullable values, float *_Nonnull x, int64_t rows, int64_t columns);

/// x[row, column] += values[column]
void squall_add_to_rows(const float *_Nonnull values, float *_Nonnull x, int64_t rows, int64_t columns);

/// y[j] += x[j]
void squall_accumulate(const float *_Nonnull x, float *_Nonnull y, int64_t count);

#ifdef __cplusplus
}
#endif
