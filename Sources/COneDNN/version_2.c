#include "internal.h"

// What oneDNN 2 says differently from 3: descriptors are made in two steps, memory descriptors are values.

#if defined(SQUALL_HAS_ONEDNN) && DNNL_VERSION_MAJOR < 3
#include <string.h>

dnnl_status_t squall_layout_make(
    squall_layout *layout, int rank, const dnnl_dims_t dimensions, dnnl_data_type_t type, dnnl_format_tag_t tag) {
  return dnnl_memory_desc_init_by_tag(layout, rank, dimensions, type, tag);
}

void squall_layout_free(squall_layout *layout) { (void)layout; }

dnnl_status_t squall_layout_query(
    squall_layout *layout, const_dnnl_primitive_desc_t descriptor, dnnl_query_t query) {
  const dnnl_memory_desc_t *found = dnnl_primitive_desc_query_md(descriptor, query, 0);
  if (!found) return dnnl_invalid_arguments;
  *layout = *found;
  return dnnl_success;
}

dnnl_status_t squall_attributes_make(dnnl_primitive_attr_t *attributes, bool accumulate) {
  dnnl_status_t status = dnnl_primitive_attr_create(attributes);
  if (status != dnnl_success) return status;
  status = dnnl_primitive_attr_set_scratchpad_mode(*attributes, dnnl_scratchpad_mode_user);
  if (status == dnnl_success && accumulate) {
    dnnl_post_ops_t after = NULL;
    status = dnnl_post_ops_create(&after);
    if (status == dnnl_success) status = dnnl_post_ops_append_sum(after, 1.0f);
    if (status == dnnl_success) status = dnnl_primitive_attr_set_post_ops(*attributes, after);
    if (after) dnnl_post_ops_destroy(after);
  }
  if (status != dnnl_success) dnnl_primitive_attr_destroy(*attributes);
  return status;
}

dnnl_status_t squall_reorder_make(
    dnnl_primitive_t *primitive, const squall_layout *from, const squall_layout *to, dnnl_engine_t engine) {
  dnnl_primitive_desc_t descriptor = NULL;
  dnnl_status_t status = dnnl_reorder_primitive_desc_create(&descriptor, from, engine, to, engine, NULL);
  if (status != dnnl_success) return status;
  status = dnnl_primitive_create(primitive, descriptor);
  dnnl_primitive_desc_destroy(descriptor);
  return status;
}

// oneDNN 2 counts the zeros put between the kernel's elements.
static void zeros_between(const squall_onednn_description *d, dnnl_dims_t zeros) {
  for (int axis = 0; axis < d->rank; axis++) zeros[axis] = d->dilations[axis] - 1;
}

static dnnl_status_t convolution_make(
    dnnl_convolution_desc_t *operation, squall_onednn_kind kind, const squall_onednn_description *d,
    const squall_layouts *layouts) {
  const dnnl_memory_desc_t *of = layouts->of;
  const dnnl_alg_kind_t algorithm = squall_algorithm(d->algorithm);
  dnnl_dims_t zeros;
  zeros_between(d, zeros);
  // The forward hint of a backward operation is asked for with the gradients' layouts.
  const bool forward = d->kind == squall_onednn_convolution_forward;
  const bool weights = d->kind == squall_onednn_convolution_backward_weights;
  const bool data = d->kind == squall_onednn_convolution_backward_data;
  const dnnl_memory_desc_t *source = &of[data ? squall_onednn_source_gradient : squall_onednn_source];
  const dnnl_memory_desc_t *kernel = &of[weights ? squall_onednn_weights_gradient : squall_onednn_weights];
  const dnnl_memory_desc_t *destination =
      &of[forward ? squall_onednn_destination : squall_onednn_destination_gradient];
  const int bias_argument = forward ? squall_onednn_bias : squall_onednn_bias_gradient;
  const dnnl_memory_desc_t *bias = layouts->present[bias_argument] ? &of[bias_argument] : NULL;
  switch (kind) {
    case squall_onednn_convolution_backward_data:
      return dnnl_dilated_convolution_backward_data_desc_init(
          operation, algorithm, source, kernel, destination, d->strides, zeros, d->padding_before,
          d->padding_after);
    case squall_onednn_convolution_backward_weights:
      return dnnl_dilated_convolution_backward_weights_desc_init(
          operation, algorithm, source, kernel, bias, destination, d->strides, zeros, d->padding_before,
          d->padding_after);
    default:
      return dnnl_dilated_convolution_forward_desc_init(
          operation, d->options & squall_onednn_inference ? dnnl_forward_inference : dnnl_forward_training,
          algorithm, source, kernel, bias, destination, d->strides, zeros, d->padding_before,
          d->padding_after);
  }
}

static dnnl_status_t pooling_make(
    dnnl_pooling_v2_desc_t *operation, squall_onednn_kind kind, const squall_onednn_description *d,
    const squall_layouts *layouts) {
  const bool forward = d->kind == squall_onednn_pooling_forward;
  const dnnl_memory_desc_t *source =
      &layouts->of[forward ? squall_onednn_source : squall_onednn_source_gradient];
  const dnnl_memory_desc_t *destination =
      &layouts->of[forward ? squall_onednn_destination : squall_onednn_destination_gradient];
  dnnl_dims_t zeros;
  zeros_between(d, zeros);
  if (kind == squall_onednn_pooling_backward) {
    return dnnl_pooling_v2_backward_desc_init(
        operation, squall_algorithm(d->algorithm), source, destination, d->strides, d->kernel, zeros,
        d->padding_before, d->padding_after);
  }
  return dnnl_pooling_v2_forward_desc_init(
      operation, d->options & squall_onednn_inference ? dnnl_forward_inference : dnnl_forward_training,
      squall_algorithm(d->algorithm), source, destination, d->strides, d->kernel, zeros, d->padding_before,
      d->padding_after);
}

dnnl_status_t squall_descriptor_make(
    dnnl_primitive_desc_t *descriptor, squall_onednn_kind kind, const squall_onednn_description *d,
    const squall_layouts *layouts, const_dnnl_primitive_desc_t hint, const_dnnl_primitive_attr_t attributes,
    dnnl_engine_t engine) {
  union {
    dnnl_convolution_desc_t convolution;
    dnnl_pooling_v2_desc_t pooling;
    dnnl_batch_normalization_desc_t batch;
    dnnl_layer_normalization_desc_t layer;
  } operation;
  memset(&operation, 0, sizeof operation);
  const unsigned flags = squall_normalization_flags(d);
  const dnnl_memory_desc_t *of = layouts->of;
  dnnl_status_t status = dnnl_unimplemented;
  switch (kind) {
    case squall_onednn_convolution_forward:
    case squall_onednn_convolution_backward_data:
    case squall_onednn_convolution_backward_weights:
      status = convolution_make(&operation.convolution, kind, d, layouts);
      break;
    case squall_onednn_pooling_forward:
    case squall_onednn_pooling_backward:
      status = pooling_make(&operation.pooling, kind, d, layouts);
      break;
    case squall_onednn_batch_normalization_training:
      status = dnnl_batch_normalization_forward_desc_init(
          &operation.batch, dnnl_forward_training, &of[squall_onednn_source], d->epsilon, flags);
      break;
    case squall_onednn_batch_normalization_inference:
      status = dnnl_batch_normalization_forward_desc_init(
          &operation.batch, dnnl_forward_inference, &of[squall_onednn_source], d->epsilon,
          flags | dnnl_use_global_stats);
      break;
    case squall_onednn_batch_normalization_backward:
      status = dnnl_batch_normalization_backward_desc_init(
          &operation.batch, flags ? dnnl_backward : dnnl_backward_data,
          &of[squall_onednn_source_gradient], &of[squall_onednn_source], d->epsilon, flags);
      break;
    case squall_onednn_layer_normalization_forward:
      status = dnnl_layer_normalization_forward_desc_init(
          &operation.layer, dnnl_forward_training, &of[squall_onednn_source], &of[squall_onednn_mean],
          d->epsilon, flags);
      break;
    case squall_onednn_layer_normalization_backward:
      status = dnnl_layer_normalization_backward_desc_init(
          &operation.layer, flags ? dnnl_backward : dnnl_backward_data,
          &of[squall_onednn_source_gradient], &of[squall_onednn_source], &of[squall_onednn_mean],
          d->epsilon, flags);
      break;
  }
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(descriptor, &operation, attributes, engine, hint);
}

#else
// An empty file is no C.
typedef int squall_version_2_is_not_used;
#endif
