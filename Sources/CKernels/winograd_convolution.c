#include "squall_winograd_convolution.h"
#include "squall_check_shape.h"
#include "squall_threads.h"
#include "winograd_engine.h"
#include "winograd_gradient.h"
#include "winograd_plan.h"
#include "winograd_weights.h"

bool squall_winograd_pools(squall_convolution_shape shape, squall_pooling pooling) {
  SQUALL_CHECK_WINOGRAD_KERNEL(shape);
  SQUALL_CHECK_POOLING(shape, pooling);
  const int32_t tile_height = squall_winograd_tile_length(shape.output_height, shape.kernel_height);
  const int32_t tile_width = squall_winograd_tile_length(shape.output_width, shape.kernel_width);
  return (tile_height + 1 - shape.kernel_height) % pooling.window_height == 0
      && (tile_width + 1 - shape.kernel_width) % pooling.window_width == 0;
}

#if SQUALL_AVX512
SQUALL_AVX512_BEGIN

#include "pooled_tiles.h"

static winograd_geometry forward_geometry(const squall_convolution_shape *s) {
  return winograd_with_tiles((winograd_geometry){
      .sources = {{NULL, s->input_channels, s->input_sample_stride}}, .batch = s->batch, .height = s->height,
      .width = s->width, .output_height = s->output_height, .output_width = s->output_width,
      .padding_top = s->padding_top, .padding_left = s->padding_left, .kernel_height = s->kernel_height,
      .kernel_width = s->kernel_width, .segment_vectors = {squall_vectors(s->output_channels)},
      .threads = s->threads});
}

/// The forward pass of the flipped kernel, from output gradients to input gradients.
static winograd_geometry backward_geometry(const squall_convolution_shape *s) {
  return winograd_with_tiles((winograd_geometry){
      .sources = {{NULL, s->output_channels, s->output_sample_stride}}, .batch = s->batch,
      .height = s->output_height, .width = s->output_width, .output_height = s->height,
      .output_width = s->width, .padding_top = s->kernel_height - 1 - s->padding_top,
      .padding_left = s->kernel_width - 1 - s->padding_left, .kernel_height = s->kernel_height,
      .kernel_width = s->kernel_width, .segment_vectors = {squall_vectors(s->input_channels)},
      .threads = s->threads});
}

// MARK: Weights

typedef struct {
  const squall_convolution_shape *shape;
  winograd_geometry g;
  const float *weights;
  float *packed;
} pack_work;

static winograd_kernel_layout kernel_layout(const pack_work *w) {
  const squall_convolution_shape *s = w->shape;
  const int64_t plane = s->input_channels * s->output_channels;
  return (winograd_kernel_layout){
      s->kernel_width * plane, plane, s->kernel_height, s->kernel_width, w->g.tile_height, w->g.tile_width};
}

static void pack_channels(void *context, int64_t begin, int64_t end) {
  const pack_work *w = context;
  const int64_t outputs = w->shape->output_channels;
  winograd_packer packer;
  winograd_packer_start(&packer, kernel_layout(w));
  for (int64_t index = 0; index < winograd_blocks(&w->g); index++) {
    const winograd_block block = winograd_block_at(&w->g, index);
    for (int64_t channel = begin; channel < end; channel++) {
      for (int64_t vector = 0; vector < block.vectors; vector++) {
        const int64_t output = (block.first + vector) * SQUALL_LANES;
        const float *from = w->weights + channel * outputs + output;
        winograd_pack_vector(
            &packer, from, from + outputs, (int32_t)squall_min64(SQUALL_LANES, outputs - output),
            w->packed + winograd_weight_offset(&w->g, block)
                + (channel * block.vectors + vector) * SQUALL_LANES,
            winograd_weight_stride(&w->g));
      }
    }
    winograd_packer_flush(&packer);
  }
}

/// Output channels, 16 at a time, are the channels of the flipped kernel.
static void pack_flipped_channels(void *context, int64_t begin, int64_t end) {
  const pack_work *w = context;
  const int64_t inputs = w->shape->input_channels, outputs = w->shape->output_channels;
  winograd_packer packer;
  winograd_packer_start(&packer, kernel_layout(w));
  for (int64_t index = 0; index < winograd_blocks(&w->g); index++) {
    const winograd_block block = winograd_block_at(&w->g, index);
    for (int64_t group = begin; group < end; group++) {
      const int64_t channel = group * SQUALL_LANES;
      for (int64_t vector = 0; vector < block.vectors; vector++) {
        const int64_t input = (block.first + vector) * SQUALL_LANES;
        winograd_pack_flipped(
            &packer, w->weights + input * outputs + channel, outputs,
            (int32_t)squall_min64(SQUALL_LANES, inputs - input),
            (int32_t)squall_min64(SQUALL_LANES, outputs - channel),
            w->packed + winograd_weight_offset(&w->g, block)
                + (channel * block.vectors + vector) * SQUALL_LANES,
            block.vectors * SQUALL_LANES, winograd_weight_stride(&w->g));
      }
    }
  }
}

size_t squall_winograd_packed_bytes(squall_convolution_shape shape) {
  SQUALL_CHECK_WINOGRAD(shape);
  const winograd_geometry forward = forward_geometry(&shape), backward = backward_geometry(&shape);
  const int64_t a = winograd_frequencies(&forward) * winograd_weight_stride(&forward);
  const int64_t b = winograd_frequencies(&backward) * winograd_weight_stride(&backward);
  // The last frequency's neighbour is prefetched but never read.
  return (size_t)squall_max64(a, b) * sizeof(float);
}

void squall_winograd_pack(squall_convolution_shape shape, const float *weights, float *packed) {
  SQUALL_CHECK_AVX512();
  SQUALL_CHECK_WINOGRAD(shape);
  SQUALL_CHECK(weights);
  SQUALL_CHECK(squall_on_a_line(packed));
  pack_work work = {&shape, forward_geometry(&shape), weights, packed};
  squall_parallel_for(0, shape.input_channels, 1, &work, pack_channels);
}

void squall_winograd_pack_flipped(squall_convolution_shape shape, const float *weights, float *packed) {
  SQUALL_CHECK_AVX512();
  SQUALL_CHECK_WINOGRAD(shape);
  SQUALL_CHECK(weights);
  SQUALL_CHECK(squall_on_a_line(packed));
  pack_work work = {&shape, backward_geometry(&shape), weights, packed};
  squall_parallel_for(0, squall_vectors(shape.output_channels), 1, &work, pack_flipped_channels);
}

size_t squall_winograd_workspace_bytes(squall_convolution_shape shape, squall_winograd_pass pass) {
  SQUALL_CHECK_WINOGRAD(shape);
  const winograd_geometry forward = forward_geometry(&shape), backward = backward_geometry(&shape);
  switch (pass) {
    case squall_winograd_forward_pass: return winograd_workspace_floats(&forward) * sizeof(float);
    case squall_winograd_backward_data_pass: return winograd_workspace_floats(&backward) * sizeof(float);
    case squall_winograd_backward_weights_pass:
      return winograd_gradient_workspace_floats(&forward) * sizeof(float);
  }
  return 0;
}

// MARK: Forward and backward-data

typedef struct {
  float *data;
  const float *bias;
  int64_t channels, sample_stride;
  bool relu;
  /// Every line of 16 channels is a whole cache line and may bypass the cache.
  bool streams;
} plain_output;

static void write_plain(
    const void *context, const winograd_geometry *g, winograd_tile tile, winograd_block block,
    const float *y) {
  const plain_output *out = context;
  const int64_t columns = winograd_tile_columns(g), first = block.first * SQUALL_LANES;
  const int64_t last = first + (block.vectors - 1) * SQUALL_LANES;
  const __mmask16 tail = vec_mask(out->channels - last);
  vec bias[SQUALL_BLOCK_VECTORS];
  for (int64_t v = 0; v < block.vectors; v++) {
    const __mmask16 mask = v + 1 < block.vectors ? (__mmask16)0xFFFF : tail;
    bias[v] = out->bias ? _mm512_maskz_loadu_ps(mask, out->bias + first + v * SQUALL_LANES)
                        : _mm512_setzero_ps();
  }
  for (int64_t i = 0; i < tile.rows; i++) {
    for (int64_t j = 0; j < tile.columns; j++) {
      const float *from = y + (i * columns + j) * block.vectors * SQUALL_LANES;
      float *to = out->data + tile.sample * out->sample_stride
          + ((tile.row + i) * g->output_width + tile.column + j) * out->channels + first;
      for (int64_t v = 0; v < block.vectors; v++) {
        vec value = vec_load(from + v * SQUALL_LANES) + bias[v];
        // Of two numbers that do not compare, the second is taken: NaN passes.
        if (out->relu) value = _mm512_max_ps(_mm512_setzero_ps(), value);
        if (out->streams) {
          _mm512_stream_ps(to + v * SQUALL_LANES, value);
        } else {
          _mm512_mask_storeu_ps(
              to + v * SQUALL_LANES, v + 1 < block.vectors ? (__mmask16)0xFFFF : tail, value);
        }
      }
    }
  }
}

static void run_plain(
    winograd_geometry *g, const float *source, const float *packed, const float *bias, bool relu, float *output,
    int64_t channels, int64_t sample_stride, float *workspace) {
  g->sources[0].data = source;
  const plain_output out = {
      output, bias, channels, sample_stride, relu,
      channels % SQUALL_LANES == 0 && sample_stride % SQUALL_LANES == 0 && (uintptr_t)output % 64 == 0};
  winograd_run(g, packed, workspace, write_plain, NULL, &out, NULL);
}

void squall_winograd_forward(
    squall_convolution_shape shape, const float *input, const float *packed, const float *bias, bool relu,
    float *output, float *workspace) {
  SQUALL_CHECK_AVX512();
  SQUALL_CHECK_WINOGRAD(shape);
  SQUALL_CHECK(input && output);
  SQUALL_CHECK(squall_on_a_line(packed) && squall_on_a_line(workspace));
  winograd_geometry g = forward_geometry(&shape);
  run_plain(
      &g, input, packed, bias, relu, output, shape.output_channels, shape.output_sample_stride, workspace);
}

static void write_pooled(
    const void *context, const winograd_geometry *g, winograd_tile tile, winograd_block block,
    const float *y) {
  pool_tile(context, tile, winograd_tile_columns(g), block.first, block.vectors, y);
}

void squall_winograd_forward_pooled(
    squall_convolution_shape shape, squall_pooling pooling, const float *input, const float *packed,
    const float *bias, float *output, uint8_t *winners, float *workspace) {
  SQUALL_CHECK_AVX512();
  SQUALL_CHECK_WINOGRAD(shape);
  SQUALL_CHECK_POOLING(shape, pooling);
  SQUALL_CHECK(input && output);
  SQUALL_CHECK(squall_on_a_line(packed) && squall_on_a_line(workspace));
  SQUALL_CHECK(squall_winograd_pools(shape, pooling));
  winograd_geometry g = forward_geometry(&shape);
  g.sources[0].data = input;
  const pooled_output out = pooled_output_to(output, winners, bias, shape.output_channels, pooling);
  winograd_run(&g, packed, workspace, write_pooled, NULL, &out, NULL);
}

void squall_winograd_backward_data(
    squall_convolution_shape shape, const float *output_gradient, const float *packed_flipped,
    float *input_gradient, float *workspace) {
  SQUALL_CHECK_AVX512();
  SQUALL_CHECK_WINOGRAD(shape);
  SQUALL_CHECK(output_gradient && input_gradient);
  SQUALL_CHECK(squall_on_a_line(packed_flipped) && squall_on_a_line(workspace));
  winograd_geometry g = backward_geometry(&shape);
  run_plain(
      &g, output_gradient, packed_flipped, NULL, false, input_gradient, shape.input_channels,
      shape.input_sample_stride, workspace);
}

// MARK: Backward-weights

void squall_winograd_backward_weights_begin(squall_convolution_shape shape, float *workspace) {
  SQUALL_CHECK_AVX512();
  SQUALL_CHECK_WINOGRAD(shape);
  SQUALL_CHECK(squall_on_a_line(workspace));
  const winograd_geometry g = forward_geometry(&shape);
  winograd_gradient_begin(&g, workspace);
}

void squall_winograd_backward_weights_add(
    squall_convolution_shape shape, const float *input, const float *output_gradient, float *workspace) {
  SQUALL_CHECK_AVX512();
  SQUALL_CHECK_WINOGRAD(shape);
  SQUALL_CHECK(input && output_gradient);
  SQUALL_CHECK(squall_on_a_line(workspace));
  winograd_geometry g = forward_geometry(&shape);
  g.sources[0].data = input;
  winograd_gradient_add(
      &g, (winograd_gradient){output_gradient, shape.output_channels, shape.output_sample_stride}, workspace);
}

void squall_winograd_backward_weights_end(
    squall_convolution_shape shape, float *workspace, float *weights_gradient) {
  SQUALL_CHECK_AVX512();
  SQUALL_CHECK_WINOGRAD(shape);
  SQUALL_CHECK(weights_gradient);
  SQUALL_CHECK(squall_on_a_line(workspace));
  const winograd_geometry g = forward_geometry(&shape);
  winograd_gradient_end(
      &g, workspace, 0, shape.input_channels, shape.output_channels, false, weights_gradient);
}

SQUALL_AVX512_END
#else

size_t squall_winograd_packed_bytes(squall_convolution_shape shape) { SQUALL_NOT_IN_BUILD(); }
void squall_winograd_pack(squall_convolution_shape shape, const float *weights, float *packed) {
  SQUALL_NOT_IN_BUILD();
}
void squall_winograd_pack_flipped(squall_convolution_shape shape, const float *weights, float *packed) {
  SQUALL_NOT_IN_BUILD();
}
size_t squall_winograd_workspace_bytes(squall_convolution_shape shape, squall_winograd_pass pass) {
  SQUALL_NOT_IN_BUILD();
}
void squall_winograd_forward(
    squall_convolution_shape shape, const float *input, const float *packed, const float *bias, bool relu,
    float *output, float *workspace) { SQUALL_NOT_IN_BUILD(); }
void squall_winograd_forward_pooled(
    squall_convolution_shape shape, squall_pooling pooling, const float *input, const float *packed,
    const float *bias, float *output, uint8_t *winners, float *workspace) { SQUALL_NOT_IN_BUILD(); }
void squall_winograd_backward_data(
    squall_convolution_shape shape, const float *output_gradient, const float *packed_flipped,
    float *input_gradient, float *workspace) { SQUALL_NOT_IN_BUILD(); }
void squall_winograd_backward_weights_begin(squall_convolution_shape shape, float *workspace) {
  SQUALL_NOT_IN_BUILD();
}
void squall_winograd_backward_weights_add(
    squall_convolution_shape shape, const float *input, const float *output_gradient, float *workspace) {
  SQUALL_NOT_IN_BUILD();
}
void squall_winograd_backward_weights_end(
    squall_convolution_shape shape, float *workspace, float *weights_gradient) { SQUALL_NOT_IN_BUILD(); }

#endif
