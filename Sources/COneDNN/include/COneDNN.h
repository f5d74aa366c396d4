#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// oneDNN behind a flat interface that is the same for its versions 2 and 3. Without oneDNN (the define
// SQUALL_HAS_ONEDNN) everything is still here and answers "unavailable".
//
// Arrays are plain: activations `[n, space…, c]` and weights `[space…, input channels, output channels]`, with
// one to three space axes, in float32. Where oneDNN prefers a layout of its own for an argument,
// `squall_onednn_packed_bytes` is not zero, and the argument is converted by `pack` before and `unpack` after
// execution; no other code ever looks inside.
//
// Nothing here aborts or prints. What fails returns a status and leaves a sentence in `message`.

#ifdef __cplusplus
extern "C" {
#endif

typedef enum : int32_t {
  squall_onednn_ok = 0,
  squall_onednn_unavailable = 1,
  squall_onednn_unsupported = 2,
  squall_onednn_out_of_memory = 3,
  squall_onednn_failed = 4,
} squall_onednn_status;

/// A status and, where it is not `ok`, what was being done and what oneDNN answered.
typedef struct {
  squall_onednn_status status;
  char text[160];
} squall_onednn_message;

typedef enum : int32_t {
  /// destination = weights * source (+ bias)
  squall_onednn_convolution_forward = 0,
  /// source gradient from destination gradient and weights
  squall_onednn_convolution_backward_data = 1,
  /// weights gradient (and bias gradient) from source and destination gradient
  squall_onednn_convolution_backward_weights = 2,
  squall_onednn_pooling_forward = 3,
  squall_onednn_pooling_backward = 4,
  /// Statistics of the batch are computed and returned in mean and variance.
  squall_onednn_batch_normalization_training = 5,
  /// Mean and variance are given.
  squall_onednn_batch_normalization_inference = 6,
  squall_onednn_batch_normalization_backward = 7,
  /// Statistics of each row are computed and returned in mean and variance.
  squall_onednn_layer_normalization_forward = 8,
  squall_onednn_layer_normalization_backward = 9,
} squall_onednn_kind;

typedef enum : int32_t {
  squall_onednn_direct = 0,
  /// float32 3×3 in oneDNN 2; version 3 answers `unsupported`.
  squall_onednn_winograd = 1,
  squall_onednn_pooling_maximum = 2,
  squall_onednn_pooling_average_of_input = 3,
  squall_onednn_pooling_average_with_padding = 4,
} squall_onednn_algorithm;

typedef enum : uint32_t {
  /// Convolution: there is a bias, or a bias gradient is wanted. Normalisation: there is a shift.
  squall_onednn_with_bias = 1,
  /// Normalisation: there is a scale.
  squall_onednn_with_scale = 2,
  /// Nothing is kept for a backward pass: maximum pooling has no workspace.
  squall_onednn_inference = 4,
  /// Convolution forward adds to what the destination holds.
  squall_onednn_accumulate = 8,
  /// oneDNN may choose the layout of source and destination too.
  squall_onednn_pack_activations = 16,
  /// Convolution: what it reads, but a bias, is bfloat16, to which `squall_onednn_pack` rounds (to nearest, ties to
  /// even); sums and results are float32.
  squall_onednn_bfloat16 = 32,
} squall_onednn_option;

/// Everything that determines an operation. Unused fields are zero; `rank` is the number of space axes.
typedef struct {
  squall_onednn_kind kind;
  squall_onednn_algorithm algorithm;
  uint32_t options;
  int32_t rank;
  /// Normalisation: the number of rows, with `input_channels` columns.
  int64_t batch;
  int64_t input_channels;
  int64_t output_channels;
  int64_t input[3];
  int64_t output[3];
  int64_t kernel[3];
  int64_t strides[3];
  /// 1 is an undilated kernel.
  int64_t dilations[3];
  int64_t padding_before[3];
  int64_t padding_after[3];
  float epsilon;
  /// The size of the thread team that creation and every execution use.
  int32_t threads;
} squall_onednn_description;

typedef enum : int32_t {
  squall_onednn_source = 0,
  squall_onednn_weights,
  squall_onednn_bias,
  squall_onednn_destination,
  squall_onednn_workspace,
  squall_onednn_mean,
  squall_onednn_variance,
  squall_onednn_scale,
  squall_onednn_shift,
  squall_onednn_source_gradient,
  squall_onednn_weights_gradient,
  squall_onednn_bias_gradient,
  squall_onednn_destination_gradient,
  squall_onednn_scale_gradient,
  squall_onednn_shift_gradient,
  squall_onednn_argument_count,
} squall_onednn_argument;

/// One pointer for each argument the operation has; NULL for the others. Inputs are only read.
typedef struct {
  void *_Nullable at[squall_onednn_argument_count];
} squall_onednn_arguments;

/// A created operation. Immutable after creation: any number of threads may use one at once.
typedef struct squall_onednn_operation squall_onednn_operation;

/// NULL, with the reason in `message`, where oneDNN is absent or has no such operation.
squall_onednn_operation *_Nullable squall_onednn_create(
    const squall_onednn_description *_Nonnull description, squall_onednn_message *_Nonnull message);
void squall_onednn_destroy(squall_onednn_operation *_Nullable operation);

/// Bytes of working memory that `execute` needs, 64-byte aligned, its contents of no meaning before or after.
size_t squall_onednn_scratchpad_bytes(const squall_onednn_operation *_Nonnull operation);

/// Bytes of the argument in oneDNN's own layout, 0 where that is the plain one. The workspace of maximum
/// pooling has no plain layout: this is its size.
size_t squall_onednn_packed_bytes(
    const squall_onednn_operation *_Nonnull operation, squall_onednn_argument argument);

/// Plain to oneDNN's layout.
squall_onednn_status squall_onednn_pack(
    const squall_onednn_operation *_Nonnull operation, squall_onednn_argument argument,
    const float *_Nonnull plain, void *_Nonnull packed, squall_onednn_message *_Nonnull message);

/// oneDNN's layout to plain.
squall_onednn_status squall_onednn_unpack(
    const squall_onednn_operation *_Nonnull operation, squall_onednn_argument argument,
    const void *_Nonnull packed, float *_Nonnull plain, squall_onednn_message *_Nonnull message);

/// Arguments with `packed_bytes` are in oneDNN's layout, all others plain.
squall_onednn_status squall_onednn_execute(
    const squall_onednn_operation *_Nonnull operation, const squall_onednn_arguments *_Nonnull arguments,
    void *_Nullable scratchpad, squall_onednn_message *_Nonnull message);

/// The name oneDNN gives its implementation, such as "brgconv:avx512_core".
const char *_Nonnull squall_onednn_implementation(const squall_onednn_operation *_Nonnull operation);

/// c[m, n] = a[m, k] b[k, n] (+ c), row-major; `transpose_a` says that `a` is stored as [k, m], and so on.
squall_onednn_status squall_onednn_matrix_product(
    bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, const float *_Nonnull a,
    const float *_Nonnull b, float *_Nonnull c, bool accumulate, int32_t threads,
    squall_onednn_message *_Nonnull message);

/// Whether oneDNN is part of this build.
bool squall_onednn_is_available(void);

/// Writes "2.6.3" and the like, or "" where unavailable.
void squall_onednn_version(char *_Nonnull text, size_t capacity);

/// The instructions oneDNN uses, such as "AVX-512 core", or "" where unavailable.
const char *_Nonnull squall_onednn_instruction_set(void);

/// How oneDNN runs its threads: "OpenMP", "TBB", "sequential", "thread pool", or "" where unavailable.
const char *_Nonnull squall_onednn_threading(void);

#ifdef __cplusplus
}
#endif
