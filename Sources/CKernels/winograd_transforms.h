#pragma once
#include "vectors.h"
#include "winograd_geometry.h"

// The transforms of one tile of 16 channels, one axis after the other: V = Bᵀ d B, y = Aᵀ M A, and for weight
// gradients D = A dy Aᵀ. Constants are those of the points 0, 1, −1, 2, −2, ½, −½, ∞, in tiles of 6 without the halves;
// the Swift twin derives them. The side of a tile is known when this is compiled. Include between SQUALL_AVX512_BEGIN and SQUALL_AVX512_END.

/// r = Bᵀ d for a tile of 8.
SQUALL_INLINE void input_axis_8(const vec *d, vec *r) {
  r[0] = _mm512_fmadd_ps(vec_set(5.25f), d[2] - d[4], d[6] - d[0]);
  r[7] = _mm512_fmadd_ps(vec_set(5.25f), d[3] - d[5], d[7] - d[1]);
  vec even = _mm512_fmadd_ps(vec_set(-4.25f), d[4], d[2] + d[6]);
  vec odd = _mm512_fmadd_ps(vec_set(-4.25f), d[3], d[1] + d[5]);
  r[1] = even + odd;
  r[2] = even - odd;
  even = _mm512_fmadd_ps(vec_set(-1.25f), d[4], _mm512_fmadd_ps(vec_set(0.25f), d[2], d[6]));
  odd = _mm512_fmadd_ps(vec_set(-2.5f), d[3], _mm512_fmadd_ps(vec_set(0.5f), d[1], d[5] + d[5]));
  r[3] = even + odd;
  r[4] = even - odd;
  even = _mm512_fmadd_ps(vec_set(-5.0f), d[4], _mm512_fmadd_ps(vec_set(4.0f), d[2], d[6]));
  odd = _mm512_fmadd_ps(vec_set(-5.0f), d[3], _mm512_fmadd_ps(vec_set(4.0f), d[1], d[5]));
  r[5] = _mm512_fmadd_ps(vec_set(0.5f), odd, even);
  r[6] = _mm512_fnmadd_ps(vec_set(0.5f), odd, even);
}

/// r = Bᵀ d for a tile of 6.
SQUALL_INLINE void input_axis_6(const vec *d, vec *r) {
  const vec four = vec_set(4.0f), five = vec_set(5.0f);
  r[0] = _mm512_fmadd_ps(four, d[0], _mm512_fnmadd_ps(five, d[2], d[4]));
  r[5] = _mm512_fmadd_ps(four, d[1], _mm512_fnmadd_ps(five, d[3], d[5]));
  vec even = _mm512_fnmadd_ps(four, d[2], d[4]), odd = _mm512_fnmadd_ps(four, d[1], d[3]);
  r[1] = even + odd;
  r[2] = even - odd;
  even = d[4] - d[2];
  odd = d[3] - d[1];
  odd = odd + odd;
  r[3] = even + odd;
  r[4] = even - odd;
}

SQUALL_INLINE void input_axis(const int tile, const vec *d, vec *r) {
  if (tile == 8) {
    input_axis_8(d, r);
  } else {
    input_axis_6(d, r);
  }
}

/// y = Aᵀ M for `m` outputs: y[k] = Σ over points p^k M, the point ∞ only in the last.
SQUALL_INLINE void output_axis(const int tile, const int m, const vec *f, vec *y) {
  const bool halves = tile == 8;
  const vec zero = _mm512_setzero_ps();
  const vec s0 = f[1] + f[2], s1 = f[3] + f[4], s2 = halves ? f[5] + f[6] : zero;
  const vec d0 = f[1] - f[2], d1 = f[3] - f[4], d2 = halves ? f[5] - f[6] : zero;
  y[0] = halves ? (f[0] + s0) + (s1 + s2) : (f[0] + s0) + s1;
  _Pragma("clang loop unroll(full)")
  for (int k = 1; k < m; k++) {
    const float power = (float)(1 << k);
    const vec ones = k & 1 ? d0 : s0;
    const vec inner = halves ? _mm512_fmadd_ps(vec_set(1.0f / power), k & 1 ? d2 : s2, ones) : ones;
    y[k] = _mm512_fmadd_ps(vec_set(power), k & 1 ? d1 : s1, inner);
  }
  y[m - 1] = y[m - 1] + f[tile - 1];
}

/// r = A y, the transpose of `output_axis`.
SQUALL_INLINE void gradient_axis(const int tile, const int m, const vec *y, vec *r) {
  vec even0 = y[0], even1 = y[0], even2 = y[0];
  vec odd0 = y[1], odd1 = vec_set(2.0f) * y[1], odd2 = vec_set(0.5f) * y[1];
  _Pragma("clang loop unroll(full)")
  for (int k = 2; k < m; k++) {
    const float power = (float)(1 << k);
    if (k & 1) {
      odd0 = odd0 + y[k];
      odd1 = _mm512_fmadd_ps(vec_set(power), y[k], odd1);
      odd2 = _mm512_fmadd_ps(vec_set(1.0f / power), y[k], odd2);
    } else {
      even0 = even0 + y[k];
      even1 = _mm512_fmadd_ps(vec_set(power), y[k], even1);
      even2 = _mm512_fmadd_ps(vec_set(1.0f / power), y[k], even2);
    }
  }
  r[0] = y[0];
  r[1] = even0 + odd0;
  r[2] = even0 - odd0;
  r[3] = even1 + odd1;
  r[4] = even1 - odd1;
  if (tile == 8) {
    r[5] = even2 + odd2;
    r[6] = even2 - odd2;
  }
  r[tile - 1] = y[m - 1];
}

/// Copies the part of a patch that lies in the image; the rest is zero. `patch` is [rows][columns][16].
SQUALL_INLINE void copy_patch(
    const float *image, int64_t height, int64_t width, int64_t channels, int64_t row, int64_t column,
    int64_t rows, int64_t columns, __mmask16 mask, float *patch) {
  const int64_t left = squall_min64(columns, squall_max64(0, -column));
  const int64_t right = squall_max64(left, squall_min64(columns, width - column));
  for (int64_t i = 0; i < rows; i++) {
    float *to = patch + i * columns * SQUALL_LANES;
    const int64_t y = row + i;
    const bool inside = y >= 0 && y < height;
    const int64_t begin = inside ? left : columns, end = inside ? right : columns;
    for (int64_t j = 0; j < begin; j++) vec_store(to + j * SQUALL_LANES, _mm512_setzero_ps());
    const float *from = image + (y * width + column + begin) * channels;
    for (int64_t j = begin; j < end; j++, from += channels) {
      vec_store(to + j * SQUALL_LANES, _mm512_maskz_loadu_ps(mask, from));
    }
    for (int64_t j = end; j < columns; j++) vec_store(to + j * SQUALL_LANES, _mm512_setzero_ps());
  }
}

// An image of one channel has its pixels side by side: they are the lanes, so that one vector holds a row of a
// patch. The operations are those of any other channel.

/// `rows` × `columns` pixels; the part outside of the image is zero.
SQUALL_INLINE void load_plane(
    const int rows, const int columns, const float *image, int64_t height, int64_t width, int64_t row,
    int64_t column, vec *d) {
  const int64_t left = squall_min64(columns, squall_max64(0, -column));
  const int64_t right = squall_max64(left, squall_min64(columns, width - column));
  const __mmask16 mask = (__mmask16)(((1u << right) - 1u) & ~((1u << left) - 1u));
  for (int64_t i = 0; i < rows; i++) {
    const int64_t y = row + i;
    d[i] = y >= 0 && y < height ? _mm512_maskz_loadu_ps(mask, image + y * width + column)
                                : _mm512_setzero_ps();
  }
}

/// Lanes 0 to 7 of eight vectors become vectors.
SQUALL_INLINE void transpose_plane(const vec *from, vec *to) {
  __m256 a[8], b[8];
  _Pragma("clang loop unroll(full)")
  for (int i = 0; i < 4; i++) {
    const __m256 x = _mm512_castps512_ps256(from[2 * i]), y = _mm512_castps512_ps256(from[2 * i + 1]);
    a[2 * i] = _mm256_unpacklo_ps(x, y);
    a[2 * i + 1] = _mm256_unpackhi_ps(x, y);
  }
  _Pragma("clang loop unroll(full)")
  for (int i = 0; i < 8; i += 4) {
    b[i] = _mm256_shuffle_ps(a[i], a[i + 2], 0x44);
    b[i + 1] = _mm256_shuffle_ps(a[i], a[i + 2], 0xEE);
    b[i + 2] = _mm256_shuffle_ps(a[i + 1], a[i + 3], 0x44);
    b[i + 3] = _mm256_shuffle_ps(a[i + 1], a[i + 3], 0xEE);
  }
  _Pragma("clang loop unroll(full)")
  for (int i = 0; i < 4; i++) {
    to[i] = _mm512_zextps256_ps512(_mm256_permute2f128_ps(b[i], b[i + 4], 0x20));
    to[i + 4] = _mm512_zextps256_ps512(_mm256_permute2f128_ps(b[i], b[i + 4], 0x31));
  }
}

/// r[j], lane i, is frequency (i, j).
SQUALL_INLINE void scatter_plane(const int rows, const int columns, const vec *r, float *v, int64_t stride) {
  float lanes[8][8] __attribute__((aligned(64)));
  _Pragma("clang loop unroll(full)")
  for (int j = 0; j < columns; j++) _mm256_store_ps(lanes[j], _mm512_castps512_ps256(r[j]));
  for (int i = 0; i < rows; i++) {
    _Pragma("clang loop unroll(full)")
    for (int j = 0; j < columns; j++) v[(i * columns + j) * stride] = lanes[j][i];
  }
}

/// V of a patch of an image of one channel.
SQUALL_INLINE void transform_plane(
    const int rows, const int columns, const float *image, int64_t height, int64_t width, int64_t row,
    int64_t column, float *v, int64_t stride) {
  vec d[8], r[8];
  for (int i = rows; i < 8; i++) r[i] = _mm512_setzero_ps();
  load_plane(rows, columns, image, height, width, row, column, d);
  input_axis(rows, d, r);
  transpose_plane(r, d);
  input_axis(columns, d, r);
  scatter_plane(rows, columns, r, v, stride);
}

/// V = Bᵀ d B of a patch of `rows` × `columns` pixels; frequency (i, j) goes to `v + (i columns + j) stride`.
SQUALL_INLINE void transform_patch(
    const int rows, const int columns, const float *patch, int64_t row_stride, int64_t column_stride, float *v,
    int64_t stride) {
  float half[SQUALL_FREQUENCIES * SQUALL_LANES] __attribute__((aligned(64)));
  vec d[8], r[8];
  for (int i = 0; i < rows * columns; i++) __builtin_prefetch(v + i * stride, 1, 3);
  for (int x = 0; x < columns; x++) {
    _Pragma("clang loop unroll(full)")
    for (int y = 0; y < rows; y++) d[y] = vec_load(patch + y * row_stride + x * column_stride);
    input_axis(rows, d, r);
    _Pragma("clang loop unroll(full)")
    for (int i = 0; i < rows; i++) vec_store(half + (i * 8 + x) * SQUALL_LANES, r[i]);
  }
  for (int i = 0; i < rows; i++) {
    _Pragma("clang loop unroll(full)")
    for (int j = 0; j < columns; j++) d[j] = vec_load(half + (i * 8 + j) * SQUALL_LANES);
    input_axis(columns, d, r);
    _Pragma("clang loop unroll(full)")
    for (int j = 0; j < columns; j++) vec_store(v + (i * columns + j) * stride, r[j]);
  }
}

#define INPUT_INSTANCES(rows, columns)                                                                       \
  static __attribute__((noinline)) void patch_##rows##_##columns(                                            \
      const float *patch, int64_t row_stride, int64_t column_stride, float *v, int64_t stride) {             \
    transform_patch(rows, columns, patch, row_stride, column_stride, v, stride);                             \
  }                                                                                                          \
  static void plane_##rows##_##columns(                                                                      \
      const float *image, int64_t height, int64_t width, int64_t row, int64_t column, float *v,              \
      int64_t stride) {                                                                                      \
    transform_plane(rows, columns, image, height, width, row, column, v, stride);                            \
  }
INPUT_INSTANCES(6, 6)
INPUT_INSTANCES(6, 8)
INPUT_INSTANCES(8, 6)
INPUT_INSTANCES(8, 8)

typedef struct {
  void (*patch)(const float *patch, int64_t row_stride, int64_t column_stride, float *v, int64_t stride);
  /// Of an image of one channel.
  void (*plane)(
      const float *image, int64_t height, int64_t width, int64_t row, int64_t column, float *v, int64_t stride);
} input_transform;

/// By whether a tile has 8 rows, and 8 columns.
static const input_transform input_transforms[2][2] = {
    {{patch_6_6, plane_6_6}, {patch_6_8, plane_6_8}}, {{patch_8_6, plane_8_6}, {patch_8_8, plane_8_8}}};

// The axes differ in length, so each has its own instances: ten of each instead of a hundred pairs. What is halfway
// done lies in rows of 8, and `others` is the tile's side along the other axis.
#define AXIS_INSTANCES(tile, m)                                                                              \
  /* half[i][j] = Σ Aᵀ M over rows */                                                                        \
  static void output_rows_##tile##_##m(const float *f, int64_t stride, int64_t others, float *half) {        \
    vec d[tile], r[m];                                                                                       \
    for (int64_t j = 0; j < others; j++) {                                                                   \
      _Pragma("clang loop unroll(full)")                                                                     \
      for (int i = 0; i < tile; i++) d[i] = vec_load(f + (i * others + j) * stride);                         \
      output_axis(tile, m, d, r);                                                                            \
      _Pragma("clang loop unroll(full)")                                                                     \
      for (int i = 0; i < m; i++) vec_store(half + (i * 8 + j) * SQUALL_LANES, r[i]);                        \
    }                                                                                                        \
  }                                                                                                          \
  static void output_columns_##tile##_##m(const float *half, int64_t rows, float *y, int64_t stride) {       \
    vec d[tile], r[m];                                                                                       \
    for (int64_t i = 0; i < rows; i++) {                                                                     \
      _Pragma("clang loop unroll(full)")                                                                     \
      for (int j = 0; j < tile; j++) d[j] = vec_load(half + (i * 8 + j) * SQUALL_LANES);                     \
      output_axis(tile, m, d, r);                                                                            \
      _Pragma("clang loop unroll(full)")                                                                     \
      for (int j = 0; j < m; j++) vec_store(y + (i * m + j) * stride, r[j]);                                 \
    }                                                                                                        \
  }                                                                                                          \
  static void gradient_rows_##tile##_##m(                                                                    \
      const float *y, int64_t row_stride, int64_t column_stride, int64_t columns, float *half) {             \
    vec d[m], r[tile];                                                                                       \
    for (int64_t j = 0; j < columns; j++) {                                                                  \
      _Pragma("clang loop unroll(full)")                                                                     \
      for (int i = 0; i < m; i++) d[i] = vec_load(y + i * row_stride + j * column_stride);                   \
      gradient_axis(tile, m, d, r);                                                                          \
      _Pragma("clang loop unroll(full)")                                                                     \
      for (int i = 0; i < tile; i++) vec_store(half + (i * 8 + j) * SQUALL_LANES, r[i]);                     \
    }                                                                                                        \
  }                                                                                                          \
  static void gradient_columns_##tile##_##m(const float *half, int64_t others, float *f, int64_t stride) {   \
    vec d[m], r[tile];                                                                                       \
    for (int64_t i = 0; i < others; i++) {                                                                   \
      _Pragma("clang loop unroll(full)")                                                                     \
      for (int j = 0; j < m; j++) d[j] = vec_load(half + (i * 8 + j) * SQUALL_LANES);                        \
      gradient_axis(tile, m, d, r);                                                                          \
      _Pragma("clang loop unroll(full)")                                                                     \
      for (int j = 0; j < tile; j++) vec_store(f + (i * tile + j) * stride, r[j]);                           \
    }                                                                                                        \
  }

AXIS_INSTANCES(8, 2)
AXIS_INSTANCES(8, 3)
AXIS_INSTANCES(8, 4)
AXIS_INSTANCES(8, 5)
AXIS_INSTANCES(8, 6)
AXIS_INSTANCES(8, 7)
AXIS_INSTANCES(6, 2)
AXIS_INSTANCES(6, 3)
AXIS_INSTANCES(6, 4)
AXIS_INSTANCES(6, 5)

typedef struct {
  void (*output_rows)(const float *f, int64_t stride, int64_t others, float *half);
  void (*output_columns)(const float *half, int64_t rows, float *y, int64_t stride);
  void (*gradient_rows)(
      const float *y, int64_t row_stride, int64_t column_stride, int64_t columns, float *half);
  void (*gradient_columns)(const float *half, int64_t others, float *f, int64_t stride);
} axis_transform;

#define AXIS(tile, m)                                                                                      \
  {output_rows_##tile##_##m, output_columns_##tile##_##m, gradient_rows_##tile##_##m, gradient_columns_##tile##_##m}

/// The transforms of an axis along which a tile of side `tile` has `m` outputs.
static inline const axis_transform *axis_of(int64_t tile, int64_t m) {
  static const axis_transform of_eight[] = {AXIS(8, 2), AXIS(8, 3), AXIS(8, 4), AXIS(8, 5), AXIS(8, 6), AXIS(8, 7)};
  static const axis_transform of_six[] = {AXIS(6, 2), AXIS(6, 3), AXIS(6, 4), AXIS(6, 5)};
  return tile == 8 ? &of_eight[m - 2] : &of_six[m - 2];
}
