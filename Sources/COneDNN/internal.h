#pragma once
#include "COneDNN.h"

#if defined(SQUALL_HAS_ONEDNN)
#include <oneapi/dnnl/dnnl.h>

// A memory descriptor: a value in oneDNN 2, a handle that must be destroyed in oneDNN 3. LAYOUT gives what the
// functions of either version take.
typedef dnnl_memory_desc_t squall_layout;
#if DNNL_VERSION_MAJOR >= 3
#define LAYOUT(layout) (layout)
#else
#define LAYOUT(layout) (&(layout))
#endif

/// The layouts of an operation's arguments.
typedef struct {
  bool present[squall_onednn_argument_count];
  squall_layout of[squall_onednn_argument_count];
} squall_layouts;

/// Writes the reason and returns it as ours.
squall_onednn_status squall_report(
    squall_onednn_message *message, squall_onednn_status status, const char *doing, const char *answer);

/// The same for an answer of oneDNN; `dnnl_success` becomes `ok`.
squall_onednn_status squall_check(squall_onednn_message *message, dnnl_status_t status, const char *doing);

dnnl_status_t squall_layout_make(
    squall_layout *layout, int rank, const dnnl_dims_t dimensions, dnnl_data_type_t type, dnnl_format_tag_t tag);
void squall_layout_free(squall_layout *layout);
/// A copy of the layout that a created descriptor chose; fails where it has none for `query`.
dnnl_status_t squall_layout_query(
    squall_layout *layout, const_dnnl_primitive_desc_t descriptor, dnnl_query_t query);

/// The descriptor of `kind` (which may differ from the description's own: a backward operation asks first
/// for the forward one as its hint). The two versions of oneDNN differ most here.
dnnl_status_t squall_descriptor_make(
    dnnl_primitive_desc_t *descriptor, squall_onednn_kind kind,
    const squall_onednn_description *description, const squall_layouts *layouts,
    const_dnnl_primitive_desc_t hint, const_dnnl_primitive_attr_t attributes, dnnl_engine_t engine);

dnnl_status_t squall_attributes_make(dnnl_primitive_attr_t *attributes, bool accumulate);
dnnl_status_t squall_reorder_make(
    dnnl_primitive_t *primitive, const squall_layout *from, const squall_layout *to, dnnl_engine_t engine);

dnnl_alg_kind_t squall_algorithm(squall_onednn_algorithm algorithm);
unsigned squall_normalization_flags(const squall_onednn_description *description);

/// The one engine of the process, made at the first call.
dnnl_status_t squall_engine(dnnl_engine_t *engine);

/// OpenMP keeps the size of the team per thread; see CKernels.
void squall_team(int32_t threads);

/// Runs a primitive on the given arrays and waits.
typedef struct {
  int argument;
  const squall_layout *layout;
  void *data;
} squall_binding;

enum { squall_most_bindings = 16 };

dnnl_status_t squall_run(const_dnnl_primitive_t primitive, const squall_binding *bindings, int count);
#endif
