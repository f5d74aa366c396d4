#include "internal.h"

#if defined(SQUALL_HAS_ONEDNN)
#include <stdlib.h>
#include <string.h>

struct squall_onednn_operation {
  int32_t threads;
  dnnl_primitive_t primitive;
  // What oneDNN uses, and the plain layouts of those arguments where it uses another.
  squall_layouts actual, plain;
  bool packed[squall_onednn_argument_count];
  dnnl_primitive_t reorder[squall_onednn_argument_count];
  squall_layout scratchpad;
  size_t scratchpad_bytes;
  char implementation[64];
};

// MARK: Descriptions into oneDNN's terms

dnnl_alg_kind_t squall_algorithm(squall_onednn_algorithm algorithm) {
  switch (algorithm) {
    case squall_onednn_direct: return dnnl_convolution_direct;
    case squall_onednn_winograd: return dnnl_convolution_winograd;
    case squall_onednn_pooling_maximum: return dnnl_pooling_max;
    case squall_onednn_pooling_average_of_input: return dnnl_pooling_avg_exclude_padding;
    case squall_onednn_pooling_average_with_padding: return dnnl_pooling_avg_include_padding;
  }
  return dnnl_convolution_direct;
}

unsigned squall_normalization_flags(const squall_onednn_description *d) {
  unsigned flags = dnnl_normalization_flags_none;
  if (d->options & squall_onednn_with_scale) flags |= dnnl_use_scale;
  if (d->options & squall_onednn_with_bias) flags |= dnnl_use_shift;
  return flags;
}

static const int dnnl_arguments[squall_onednn_argument_count] = {
    [squall_onednn_source] = DNNL_ARG_SRC,
    [squall_onednn_weights] = DNNL_ARG_WEIGHTS,
    [squall_onednn_bias] = DNNL_ARG_BIAS,
    [squall_onednn_destination] = DNNL_ARG_DST,
    [squall_onednn_workspace] = DNNL_ARG_WORKSPACE,
    [squall_onednn_mean] = DNNL_ARG_MEAN,
    [squall_onednn_variance] = DNNL_ARG_VARIANCE,
    [squall_onednn_scale] = DNNL_ARG_SCALE,
    [squall_onednn_shift] = DNNL_ARG_SHIFT,
    [squall_onednn_source_gradient] = DNNL_ARG_DIFF_SRC,
    [squall_onednn_weights_gradient] = DNNL_ARG_DIFF_WEIGHTS,
    [squall_onednn_bias_gradient] = DNNL_ARG_DIFF_BIAS,
    [squall_onednn_destination_gradient] = DNNL_ARG_DIFF_DST,
    [squall_onednn_scale_gradient] = DNNL_ARG_DIFF_SCALE,
    [squall_onednn_shift_gradient] = DNNL_ARG_DIFF_SHIFT,
};

/// The query for arguments whose layout oneDNN may choose.
static bool query_for(squall_onednn_argument argument, dnnl_query_t *query) {
  switch (argument) {
    case squall_onednn_source: *query = dnnl_query_src_md; return true;
    case squall_onednn_weights: *query = dnnl_query_weights_md; return true;
    case squall_onednn_destination: *query = dnnl_query_dst_md; return true;
    case squall_onednn_workspace: *query = dnnl_query_workspace_md; return true;
    case squall_onednn_source_gradient: *query = dnnl_query_diff_src_md; return true;
    case squall_onednn_weights_gradient: *query = dnnl_query_diff_weights_md; return true;
    case squall_onednn_destination_gradient: *query = dnnl_query_diff_dst_md; return true;
    default: return false;
  }
}

static bool is_output(squall_onednn_argument argument) {
  return argument == squall_onednn_destination || argument == squall_onednn_source_gradient
      || argument == squall_onednn_weights_gradient;
}

static bool is_convolution(squall_onednn_kind kind) {
  return kind <= squall_onednn_convolution_backward_weights;
}

static void free_layouts(squall_layouts *layouts) {
  for (int j = 0; j < squall_onednn_argument_count; j++) {
    if (layouts->present[j]) squall_layout_free(&layouts->of[j]);
    layouts->present[j] = false;
  }
}

static dnnl_status_t add_layout(
    squall_layouts *layouts, squall_onednn_argument argument, int rank, const dnnl_dims_t dimensions,
    dnnl_data_type_t type, dnnl_format_tag_t tag) {
  const dnnl_status_t status = squall_layout_make(&layouts->of[argument], rank, dimensions, type, tag);
  layouts->present[argument] = status == dnnl_success;
  return status;
}

/// With `any`, which asks for what oneDNN works on, a bfloat16 operation reads bfloat16 and writes float32.
static dnnl_data_type_t type_of(squall_onednn_argument argument, const squall_onednn_description *d, bool any) {
  return any && (d->options & squall_onednn_bfloat16) && !is_output(argument) ? dnnl_bf16 : dnnl_f32;
}

static dnnl_status_t add_activation(
    squall_layouts *layouts, squall_onednn_argument argument, const squall_onednn_description *d,
    int64_t channels, const int64_t *space, dnnl_data_type_t type, bool any) {
  static const dnnl_format_tag_t channels_last[] = {dnnl_nc, dnnl_nwc, dnnl_nhwc, dnnl_ndhwc};
  dnnl_dims_t dimensions = {d->batch, channels};
  for (int axis = 0; axis < d->rank; axis++) dimensions[2 + axis] = space[axis];
  return add_layout(
      layouts, argument, 2 + d->rank, dimensions, type, any ? dnnl_format_tag_any : channels_last[d->rank]);
}

static dnnl_status_t add_weights(
    squall_layouts *layouts, squall_onednn_argument argument, const squall_onednn_description *d, bool any) {
  static const dnnl_format_tag_t space_first[] = {dnnl_format_tag_undef, dnnl_wio, dnnl_hwio, dnnl_dhwio};
  dnnl_dims_t dimensions = {d->output_channels, d->input_channels};
  for (int axis = 0; axis < d->rank; axis++) dimensions[2 + axis] = d->kernel[axis];
  return add_layout(
      layouts, argument, 2 + d->rank, dimensions, type_of(argument, d, any),
      any ? dnnl_format_tag_any : space_first[d->rank]);
}

static dnnl_status_t add_vector(squall_layouts *layouts, squall_onednn_argument argument, int64_t length) {
  const dnnl_dims_t dimensions = {length};
  return add_layout(layouts, argument, 1, dimensions, dnnl_f32, dnnl_x);
}

/// The layouts of all arguments: plain ones, or with `any` those that oneDNN is asked to choose.
static dnnl_status_t make_layouts(squall_layouts *layouts, const squall_onednn_description *d, bool any) {
  const bool forward = d->kind == squall_onednn_convolution_forward
      || d->kind == squall_onednn_pooling_forward || d->kind == squall_onednn_batch_normalization_training
      || d->kind == squall_onednn_batch_normalization_inference
      || d->kind == squall_onednn_layer_normalization_forward;
  const bool any_activation = any && (d->options & squall_onednn_pack_activations);
  const bool bias = d->options & squall_onednn_with_bias, scale = d->options & squall_onednn_with_scale;
  const int64_t channels = d->input_channels;
  dnnl_status_t status = dnnl_success;
#define ADD(call) \
  if (status == dnnl_success) status = (call)
  if (is_convolution(d->kind) || d->kind == squall_onednn_pooling_forward
      || d->kind == squall_onednn_pooling_backward) {
    const bool convolution = is_convolution(d->kind);
    const bool reads_source = forward || d->kind == squall_onednn_convolution_backward_weights;
    const bool weights_gradient = d->kind == squall_onednn_convolution_backward_weights;
    const squall_onednn_argument source = reads_source ? squall_onednn_source : squall_onednn_source_gradient;
    const squall_onednn_argument destination =
        forward ? squall_onednn_destination : squall_onednn_destination_gradient;
    ADD(add_activation(layouts, source, d, channels, d->input, type_of(source, d, any), any_activation));
    ADD(add_activation(
        layouts, destination, d, convolution ? d->output_channels : channels, d->output,
        type_of(destination, d, any), any_activation));
    if (convolution) {
      ADD(add_weights(
          layouts, weights_gradient ? squall_onednn_weights_gradient : squall_onednn_weights, d, any));
      if (bias && forward) ADD(add_vector(layouts, squall_onednn_bias, d->output_channels));
      if (bias && weights_gradient) ADD(add_vector(layouts, squall_onednn_bias_gradient, d->output_channels));
    }
    return status;
  }
  const bool layer = d->kind == squall_onednn_layer_normalization_forward
      || d->kind == squall_onednn_layer_normalization_backward;
  const int64_t statistics = layer ? d->batch : channels;
  // Batch normalisation sees the rows as one image of that height, which its fast implementations expect.
  const dnnl_dims_t image = {1, channels, d->batch, 1}, matrix = {d->batch, channels};
  const int rank = layer ? 2 : 4;
  const int64_t *dimensions = layer ? matrix : image;
  const dnnl_format_tag_t tag = layer ? dnnl_nc : dnnl_nhwc;
  ADD(add_layout(layouts, squall_onednn_source, rank, dimensions, dnnl_f32, tag));
  ADD(add_vector(layouts, squall_onednn_mean, statistics));
  ADD(add_vector(layouts, squall_onednn_variance, statistics));
  if (scale) ADD(add_vector(layouts, squall_onednn_scale, channels));
  // No gradient depends on the shift, but some versions insist on it (see drop_unused_shift).
  if (bias) ADD(add_vector(layouts, squall_onednn_shift, channels));
  if (forward) {
    ADD(add_layout(layouts, squall_onednn_destination, rank, dimensions, dnnl_f32, tag));
  } else {
    ADD(add_layout(layouts, squall_onednn_source_gradient, rank, dimensions, dnnl_f32, tag));
    ADD(add_layout(layouts, squall_onednn_destination_gradient, rank, dimensions, dnnl_f32, tag));
    if (scale) ADD(add_vector(layouts, squall_onednn_scale_gradient, channels));
    if (bias) ADD(add_vector(layouts, squall_onednn_shift_gradient, channels));
  }
#undef ADD
  return status;
}

// MARK: Creation

/// The forward operation that a backward one must name as its hint.
static bool hint_of(squall_onednn_kind kind, squall_onednn_kind *hint) {
  switch (kind) {
    case squall_onednn_convolution_backward_data:
    case squall_onednn_convolution_backward_weights: *hint = squall_onednn_convolution_forward; return true;
    case squall_onednn_pooling_backward: *hint = squall_onednn_pooling_forward; return true;
    case squall_onednn_batch_normalization_backward:
      *hint = squall_onednn_batch_normalization_training;
      return true;
    case squall_onednn_layer_normalization_backward:
      *hint = squall_onednn_layer_normalization_forward;
      return true;
    default: return false;
  }
}

/// Replaces the asked-for layouts by the chosen ones, and makes the conversions where these are not plain.
static dnnl_status_t settle_layouts(
    squall_onednn_operation *operation, const_dnnl_primitive_desc_t descriptor,
    const squall_onednn_description *d, dnnl_engine_t engine) {
  squall_layouts *actual = &operation->actual, *plain = &operation->plain;
  const bool pools_maximum = d->algorithm == squall_onednn_pooling_maximum;
  if (pools_maximum && !(d->options & squall_onednn_inference)) {
    const dnnl_status_t status =
        squall_layout_query(&actual->of[squall_onednn_workspace], descriptor, dnnl_query_workspace_md);
    if (status != dnnl_success) return status;
    actual->present[squall_onednn_workspace] = true;
    operation->packed[squall_onednn_workspace] = true;
  }
  for (int j = 0; j < squall_onednn_argument_count; j++) {
    dnnl_query_t query;
    if (!plain->present[j] || !query_for(j, &query)) continue;
    squall_layout_free(&actual->of[j]);
    actual->present[j] = false;
    dnnl_status_t status = squall_layout_query(&actual->of[j], descriptor, query);
    if (status != dnnl_success) return status;
    actual->present[j] = true;
    if (dnnl_memory_desc_equal(LAYOUT(actual->of[j]), LAYOUT(plain->of[j]))) continue;
    operation->packed[j] = true;
    status = is_output(j)
        ? squall_reorder_make(&operation->reorder[j], &actual->of[j], &plain->of[j], engine)
        : squall_reorder_make(&operation->reorder[j], &plain->of[j], &actual->of[j], engine);
    if (status != dnnl_success) return status;
  }
  const dnnl_status_t status =
      squall_layout_query(&operation->scratchpad, descriptor, dnnl_query_scratchpad_md);
  if (status != dnnl_success) return status;
  operation->scratchpad_bytes = dnnl_memory_desc_get_size(LAYOUT(operation->scratchpad));
  return dnnl_success;
}

/// Whether a backward normalisation takes the shift differs between versions of oneDNN, and one that does not is
/// not to be given it. The number of inputs tells.
static void drop_unused_shift(
    squall_layouts *actual, const_dnnl_primitive_desc_t descriptor, const squall_onednn_description *d) {
  const bool backward = d->kind == squall_onednn_batch_normalization_backward
      || d->kind == squall_onednn_layer_normalization_backward;
  if (!backward || !actual->present[squall_onednn_shift]) return;
  int inputs = 0;
  dnnl_primitive_desc_query(descriptor, dnnl_query_num_of_inputs_s32, 0, &inputs);
  // Source, mean, variance, destination gradient, and the scale if there is one.
  const int without_shift = 4 + actual->present[squall_onednn_scale];
  if (inputs > without_shift) return;
  squall_layout_free(&actual->of[squall_onednn_shift]);
  actual->present[squall_onednn_shift] = false;
}

static dnnl_status_t build(squall_onednn_operation *operation, const squall_onednn_description *d) {
  dnnl_engine_t engine;
  dnnl_primitive_attr_t attributes = NULL;
  dnnl_primitive_desc_t hint = NULL, descriptor = NULL;
  squall_onednn_kind hint_kind;
  dnnl_status_t status = squall_engine(&engine);
  if (status == dnnl_success) status = make_layouts(&operation->plain, d, false);
  if (status == dnnl_success) status = make_layouts(&operation->actual, d, true);
  if (status == dnnl_success) {
    status = squall_attributes_make(&attributes, d->options & squall_onednn_accumulate);
  }
  // A forward operation that reads and writes like this backward one does not exist in bfloat16, nor is it needed.
  const bool hinted = !(d->options & squall_onednn_bfloat16) && hint_of(d->kind, &hint_kind);
  if (status == dnnl_success && hinted) {
    status = squall_descriptor_make(&hint, hint_kind, d, &operation->actual, NULL, NULL, engine);
  }
  if (status == dnnl_success) {
    status = squall_descriptor_make(&descriptor, d->kind, d, &operation->actual, hint, attributes, engine);
  }
  if (status == dnnl_success) status = settle_layouts(operation, descriptor, d, engine);
  if (status == dnnl_success) drop_unused_shift(&operation->actual, descriptor, d);
  if (status == dnnl_success) {
    const char *name = NULL;
    if (dnnl_primitive_desc_query(descriptor, dnnl_query_impl_info_str, 0, &name) == dnnl_success && name) {
      strncpy(operation->implementation, name, sizeof operation->implementation - 1);
    }
    status = dnnl_primitive_create(&operation->primitive, descriptor);
  }
  if (descriptor) dnnl_primitive_desc_destroy(descriptor);
  if (hint) dnnl_primitive_desc_destroy(hint);
  if (attributes) dnnl_primitive_attr_destroy(attributes);
  return status;
}

static const char *name_of(squall_onednn_kind kind) {
  switch (kind) {
    case squall_onednn_convolution_forward: return "convolution";
    case squall_onednn_convolution_backward_data: return "input gradient of a convolution";
    case squall_onednn_convolution_backward_weights: return "kernel gradient of a convolution";
    case squall_onednn_pooling_forward: return "pooling";
    case squall_onednn_pooling_backward: return "gradient of pooling";
    case squall_onednn_batch_normalization_training:
    case squall_onednn_batch_normalization_inference: return "batch normalisation";
    case squall_onednn_batch_normalization_backward: return "gradient of batch normalisation";
    case squall_onednn_layer_normalization_forward: return "layer normalisation";
    case squall_onednn_layer_normalization_backward: return "gradient of layer normalisation";
  }
  return "unknown operation";
}

squall_onednn_operation *squall_onednn_create(
    const squall_onednn_description *description, squall_onednn_message *message) {
  const squall_onednn_kind kind = description->kind;
  const bool spatial = kind <= squall_onednn_pooling_backward;
  if (kind < 0 || kind > squall_onednn_layer_normalization_backward
      || (spatial && (description->rank < 1 || description->rank > 3))) {
    squall_report(message, squall_onednn_unsupported, name_of(kind), "one to three space axes are known");
    return NULL;
  }
  squall_onednn_operation *operation = calloc(1, sizeof *operation);
  if (!operation) {
    squall_report(message, squall_onednn_out_of_memory, name_of(kind), "out of memory");
    return NULL;
  }
  operation->threads = description->threads;
  squall_team(description->threads);
  if (squall_check(message, build(operation, description), name_of(kind)) != squall_onednn_ok) {
    squall_onednn_destroy(operation);
    return NULL;
  }
  message->status = squall_onednn_ok;
  message->text[0] = 0;
  return operation;
}

void squall_onednn_destroy(squall_onednn_operation *operation) {
  if (!operation) return;
  if (operation->primitive) dnnl_primitive_destroy(operation->primitive);
  for (int j = 0; j < squall_onednn_argument_count; j++) {
    if (operation->reorder[j]) dnnl_primitive_destroy(operation->reorder[j]);
  }
  free_layouts(&operation->actual);
  free_layouts(&operation->plain);
  squall_layout_free(&operation->scratchpad);
  free(operation);
}

// MARK: Use

size_t squall_onednn_scratchpad_bytes(const squall_onednn_operation *operation) {
  return operation->scratchpad_bytes;
}

size_t squall_onednn_packed_bytes(
    const squall_onednn_operation *operation, squall_onednn_argument argument) {
  return operation->packed[argument] ? dnnl_memory_desc_get_size(LAYOUT(operation->actual.of[argument])) : 0;
}

const char *squall_onednn_implementation(const squall_onednn_operation *operation) {
  return operation->implementation;
}

static squall_onednn_status reorder(
    const squall_onednn_operation *operation, squall_onednn_argument argument, const void *from,
    const squall_layout *from_layout, void *to, const squall_layout *to_layout,
    squall_onednn_message *message) {
  if (!operation->reorder[argument]) {
    return squall_report(message, squall_onednn_failed, "converting a layout", "the layout is plain");
  }
  squall_team(operation->threads);
  const squall_binding bindings[] = {
      {DNNL_ARG_FROM, from_layout, (void *)from}, {DNNL_ARG_TO, to_layout, to}};
  return squall_check(message, squall_run(operation->reorder[argument], bindings, 2), "converting a layout");
}

squall_onednn_status squall_onednn_pack(
    const squall_onednn_operation *operation, squall_onednn_argument argument, const float *plain,
    void *packed, squall_onednn_message *message) {
  return reorder(
      operation, argument, plain, &operation->plain.of[argument], packed, &operation->actual.of[argument],
      message);
}

squall_onednn_status squall_onednn_unpack(
    const squall_onednn_operation *operation, squall_onednn_argument argument, const void *packed,
    float *plain, squall_onednn_message *message) {
  return reorder(
      operation, argument, packed, &operation->actual.of[argument], plain, &operation->plain.of[argument],
      message);
}

squall_onednn_status squall_onednn_execute(
    const squall_onednn_operation *operation, const squall_onednn_arguments *arguments, void *scratchpad,
    squall_onednn_message *message) {
  squall_binding bindings[squall_most_bindings];
  int count = 0;
  for (int j = 0; j < squall_onednn_argument_count; j++) {
    if (!operation->actual.present[j]) continue;
    if (!arguments->at[j]) {
      return squall_report(message, squall_onednn_failed, operation->implementation, "an argument is missing");
    }
    bindings[count++] =
        (squall_binding){dnnl_arguments[j], &operation->actual.of[j], arguments->at[j]};
  }
  if (operation->scratchpad_bytes > 0) {
    if (!scratchpad) {
      return squall_report(message, squall_onednn_failed, operation->implementation, "no working memory");
    }
    bindings[count++] = (squall_binding){DNNL_ARG_SCRATCHPAD, &operation->scratchpad, scratchpad};
  }
  squall_team(operation->threads);
  return squall_check(
      message, squall_run(operation->primitive, bindings, count), operation->implementation);
}
#else
// An empty file is no C.
typedef int squall_operation_is_not_used;
#endif
