#include "internal.h"

// What oneDNN 3 says differently from 2: descriptors are made in one step, memory descriptors are handles.

#if defined(SQUALL_HAS_ONEDNN) && DNNL_VERSION_MAJOR >= 3

dnnl_status_t squall_layout_make(
    squall_layout *layout, int rank, const dnnl_dims_t dimensions, dnnl_data_type_t type, dnnl_format_tag_t tag) {
  return dnnl_memory_desc_create_with_tag(layout, rank, dimensions, type, tag);
}

void squall_layout_free(squall_layout *layout) {
  if (*layout) dnnl_memory_desc_destroy(*layout);
  *layout = NULL;
}

dnnl_status_t squall_layout_query(
    squall_layout *layout, const_dnnl_primitive_desc_t descriptor, dnnl_query_t query) {
  const_dnnl_memory_desc_t found = dnnl_primitive_desc_query_md(descriptor, query, 0);
  if (!found) return dnnl_invalid_arguments;
  return dnnl_memory_desc_clone(layout, found);
}

dnnl_status_t squall_attributes_make(dnnl_primitive_attr_t *attributes, bool accumulate) {
  dnnl_status_t status = dnnl_primitive_attr_create(attributes);
  if (status != dnnl_success) return status;
  status = dnnl_primitive_attr_set_scratchpad_mode(*attributes, dnnl_scratchpad_mode_user);
  if (status == dnnl_success && accumulate) {
    dnnl_post_ops_t after = NULL;
    status = dnnl_post_ops_create(&after);
    if (status == dnnl_success) status = dnnl_post_ops_append_sum(after, 1.0f, 0, dnnl_data_type_undef);
    if (status == dnnl_success) status = dnnl_primitive_attr_set_post_ops(*attributes, after);
    if (after) dnnl_post_ops_destroy(after);
  }
  if (status != dnnl_success) dnnl_primitive_attr_destroy(*attributes);
  return status;
}

dnnl_status_t squall_reorder_make(
    dnnl_primitive_t *primitive, const squall_layout *from, const squall_layout *to, dnnl_engine_t engine) {
  dnnl_primitive_desc_t descriptor = NULL;
  dnnl_status_t status = dnnl_reorder_primitive_desc_create(&descriptor, *from, engine, *to, engine, NULL);
  if (status != dnnl_success) return status;
  status = dnnl_primitive_create(primitive, descriptor);
  dnnl_primitive_desc_destroy(descriptor);
  return status;
}

static dnnl_status_t convolution_make(
    dnnl_primitive_desc_t *descriptor, squall_onednn_kind kind, const squall_onednn_description *d,
    const squall_layouts *layouts, const_dnnl_primitive_desc_t hint, const_dnnl_primitive_attr_t attributes,
    dnnl_engine_t engine, const dnnl_dims_t zeros) {
  const squall_layout *of = layouts->of;
  const dnnl_alg_kind_t algorithm = squall_algorithm(d->algorithm);
  // The forward hint of a backward operation is asked for with the gradients' layouts.
  const bool forward = d->kind == squall_onednn_convolution_forward;
  const bool weights = d->kind == squall_onednn_convolution_backward_weights;
  const bool data = d->kind == squall_onednn_convolution_backward_data;
  const squall_layout source = of[data ? squall_onednn_source_gradient : squall_onednn_source];
  const squall_layout kernel = of[weights ? squall_onednn_weights_gradient : squall_onednn_weights];
  const squall_layout destination =
      of[forward ? squall_onednn_destination : squall_onednn_destination_gradient];
  const int bias_argument = forward ? squall_onednn_bias : squall_onednn_bias_gradient;
  const squall_layout bias = layouts->present[bias_argument] ? of[bias_argument] : NULL;
  switch (kind) {
    case squall_onednn_convolution_backward_data:
      return dnnl_convolution_backward_data_primitive_desc_create(
          descriptor, engine, algorithm, source, kernel, destination, d->strides, zeros,
          d->padding_before, d->padding_after, hint, attributes);
    case squall_onednn_convolution_backward_weights:
      return dnnl_convolution_backward_weights_primitive_desc_create(
          descriptor, engine, algorithm, source, kernel, bias, destination, d->strides, zeros,
          d->padding_before, d->padding_after, hint, attributes);
    default:
      return dnnl_convolution_forward_primitive_desc_create(
          descriptor, engine,
          d->options & squall_onednn_inference ? dnnl_forward_inference : dnnl_forward_training, algorithm,
          source, kernel, bias, destination, d->strides, zeros, d->padding_before, d->padding_after,
          attributes);
  }
}

dnnl_status_t squall_descriptor_make(
    dnnl_primitive_desc_t *descriptor, squall_onednn_kind kind, const squall_onednn_description *d,
    const squall_layouts *layouts, const_dnnl_primitive_desc_t hint, const_dnnl_primitive_attr_t attributes,
    dnnl_engine_t engine) {
  const squall_layout *of = layouts->of;
  const unsigned flags = squall_normalization_flags(d);
  const dnnl_prop_kind_t forward =
      d->options & squall_onednn_inference ? dnnl_forward_inference : dnnl_forward_training;
  const dnnl_prop_kind_t backward = flags ? dnnl_backward : dnnl_backward_data;
  // oneDNN counts the zeros put between the kernel's elements.
  dnnl_dims_t zeros;
  for (int axis = 0; axis < d->rank; axis++) zeros[axis] = d->dilations[axis] - 1;
  const bool gradient = d->kind == squall_onednn_pooling_backward
      || d->kind == squall_onednn_batch_normalization_backward
      || d->kind == squall_onednn_layer_normalization_backward;
  switch (kind) {
    case squall_onednn_convolution_forward:
    case squall_onednn_convolution_backward_data:
    case squall_onednn_convolution_backward_weights:
      return convolution_make(descriptor, kind, d, layouts, hint, attributes, engine, zeros);
    case squall_onednn_pooling_forward:
      return dnnl_pooling_forward_primitive_desc_create(
          descriptor, engine, forward, squall_algorithm(d->algorithm),
          of[gradient ? squall_onednn_source_gradient : squall_onednn_source],
          of[gradient ? squall_onednn_destination_gradient : squall_onednn_destination], d->strides,
          d->kernel, zeros, d->padding_before, d->padding_after, attributes);
    case squall_onednn_pooling_backward:
      return dnnl_pooling_backward_primitive_desc_create(
          descriptor, engine, squall_algorithm(d->algorithm), of[squall_onednn_source_gradient],
          of[squall_onednn_destination_gradient], d->strides, d->kernel, zeros, d->padding_before,
          d->padding_after, hint, attributes);
    case squall_onednn_batch_normalization_training:
      return dnnl_batch_normalization_forward_primitive_desc_create(
          descriptor, engine, dnnl_forward_training, of[squall_onednn_source], of[squall_onednn_source],
          d->epsilon, flags, attributes);
    case squall_onednn_batch_normalization_inference:
      return dnnl_batch_normalization_forward_primitive_desc_create(
          descriptor, engine, dnnl_forward_inference, of[squall_onednn_source], of[squall_onednn_source],
          d->epsilon, flags | dnnl_use_global_stats, attributes);
    case squall_onednn_batch_normalization_backward:
      return dnnl_batch_normalization_backward_primitive_desc_create(
          descriptor, engine, backward, of[squall_onednn_source_gradient],
          of[squall_onednn_destination_gradient], of[squall_onednn_source], d->epsilon, flags, hint,
          attributes);
    case squall_onednn_layer_normalization_forward:
      return dnnl_layer_normalization_forward_primitive_desc_create(
          descriptor, engine, dnnl_forward_training, of[squall_onednn_source], of[squall_onednn_source],
          of[squall_onednn_mean], d->epsilon, flags, attributes);
    case squall_onednn_layer_normalization_backward:
      return dnnl_layer_normalization_backward_primitive_desc_create(
          descriptor, engine, backward, of[squall_onednn_source_gradient],
          of[squall_onednn_destination_gradient], of[squall_onednn_source], of[squall_onednn_mean],
          d->epsilon, flags, hint, attributes);
  }
  return dnnl_unimplemented;
}

#else
// An empty file is no C.
typedef int squall_version_3_is_not_used;
#endif
