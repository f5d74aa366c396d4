#pragma once
#include <hdf5.h>
#include <hdf5_hl.h>

// Macros of libhdf5 that Swift does not import: each expands to a cast or to a global that needs H5open first.

static inline hid_t squall_h5_default(void) { return H5P_DEFAULT; }
static inline hid_t squall_h5_whole(void) { return H5S_ALL; }
static inline unsigned squall_h5_read_only(void) { return H5F_ACC_RDONLY; }
static inline unsigned squall_h5_truncate(void) { return H5F_ACC_TRUNC; }
static inline hid_t squall_h5_error_stack(void) { return H5E_DEFAULT; }
static inline hid_t squall_h5_double(void) { return H5T_NATIVE_DOUBLE; }
static inline hid_t squall_h5_int64(void) { return H5T_NATIVE_INT64; }
static inline hid_t squall_h5_uint16_le(void) { return H5T_STD_U16LE; }
static inline hid_t squall_h5_int32_le(void) { return H5T_STD_I32LE; }
static inline hid_t squall_h5_float_le(void) { return H5T_IEEE_F32LE; }
static inline hid_t squall_h5_string(void) { return H5T_C_S1; }
static inline size_t squall_h5_variable(void) { return H5T_VARIABLE; }
static inline hid_t squall_h5_file_access(void) { return H5P_FILE_ACCESS; }
static inline hid_t squall_h5_dataset_create(void) { return H5P_DATASET_CREATE; }
static inline int squall_h5_deflate(void) { return H5Z_FILTER_DEFLATE; }
static inline int squall_h5_shuffle(void) { return H5Z_FILTER_SHUFFLE; }
static inline int squall_h5_szip(void) { return H5Z_FILTER_SZIP; }
// Whether this libhdf5 was built with the library for a filter.
static inline int squall_h5_has_filter(int filter) { return H5Zfilter_avail(filter) > 0; }

// Whether a type is float or double in either byte order.
static inline int squall_h5_is_ieee(hid_t type) {
  return H5Tequal(type, H5T_IEEE_F32LE) > 0 || H5Tequal(type, H5T_IEEE_F32BE) > 0 ||
         H5Tequal(type, H5T_IEEE_F64LE) > 0 || H5Tequal(type, H5T_IEEE_F64BE) > 0;
}

// Readers take no lock on the file, so that read-only and network folders work.
static inline herr_t squall_h5_without_locks(hid_t access) {
#if H5_VERSION_GE(1, 10, 7)
  return H5Pset_file_locking(access, 0, 1);
#else
  (void)access;
  return 0;
#endif
}

// The stored bytes of one chunk as they are, filters not undone. `size` says how many there are, as
// H5Dget_chunk_storage_size told.
static inline herr_t squall_h5_read_chunk(
    hid_t dataset, const hsize_t *offset, uint32_t *skipped_filters, void *bytes, size_t size) {
#if H5_VERSION_GE(2, 0, 0)
  return H5Dread_chunk2(dataset, H5P_DEFAULT, offset, skipped_filters, bytes, &size);
#else
  (void)size;
  return H5Dread_chunk(dataset, H5P_DEFAULT, offset, skipped_filters, bytes);
#endif
}

// Files in memory, and what a reader of foreign files must know of a link before it follows it.

static inline hid_t squall_h5_float(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t squall_h5_int64_le(void) { return H5T_STD_I64LE; }
static inline hid_t squall_h5_int64_native(void) { return H5T_NATIVE_INT64; }

static inline hid_t squall_h5_group_open(hid_t place, const char *name) {
  return H5Gopen2(place, name, H5P_DEFAULT);
}
static inline hid_t squall_h5_group_create(hid_t place, const char *name) {
  return H5Gcreate2(place, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
}
static inline hid_t squall_h5_dataset_create_plain(hid_t place, const char *name, hid_t type, hid_t space) {
  return H5Dcreate2(place, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
}
static inline hid_t squall_h5_attribute_create(hid_t place, const char *name, hid_t type, hid_t space) {
  return H5Acreate2(place, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
}

// 0 a hard link, 1 any other (soft, external, user-defined), -1 an error.
static inline int squall_h5_link_leads_elsewhere(hid_t place, const char *name) {
  H5L_info_t info;
  if (H5Lget_info(place, name, &info, H5P_DEFAULT) < 0) return -1;
  return info.type == H5L_TYPE_HARD ? 0 : 1;
}
static inline ssize_t squall_h5_link_name(hid_t place, hsize_t index, char *name, size_t size) {
  return H5Lget_name_by_idx(place, ".", H5_INDEX_NAME, H5_ITER_NATIVE, index, name, size, H5P_DEFAULT);
}
static inline long long squall_h5_link_count(hid_t group) {
  H5G_info_t info;
  return H5Gget_info(group, &info) < 0 ? -1 : (long long)info.nlinks;
}

// What a NetCDF-4 file needs: objects in the order of their creation, compressed variables, dimension scales.

static inline hid_t squall_h5_file_create(void) { return H5P_FILE_CREATE; }
static inline unsigned squall_h5_creation_order(void) { return H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED; }
static inline hid_t squall_h5_double_le(void) { return H5T_IEEE_F64LE; }
static inline hid_t squall_h5_int32(void) { return H5T_NATIVE_INT32; }
static inline hid_t squall_h5_dataset_create_with(
    hid_t place, const char *name, hid_t type, hid_t space, hid_t properties) {
  return H5Dcreate2(place, name, type, space, H5P_DEFAULT, properties, H5P_DEFAULT);
}

static inline int squall_h5_checksum(void) { return H5Z_FILTER_FLETCHER32; }

// The path of the data set that describes an axis (HDF5 dimension scales), or 0 characters where there is none. The
// attribute must be one list of references an axis; anything else is not read.
static inline ssize_t squall_h5_axis_name(hid_t dataset, unsigned axis, unsigned rank, char *name, size_t size) {
  if (H5Aexists(dataset, "DIMENSION_LIST") <= 0) return 0;
  hid_t attribute = H5Aopen(dataset, "DIMENSION_LIST", H5P_DEFAULT);
  if (attribute < 0) return 0;
  ssize_t length = 0;
  hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute), inner = -1;
  if (type >= 0 && H5Tget_class(type) == H5T_VLEN) inner = H5Tget_super(type);
  if (inner >= 0 && H5Tequal(inner, H5T_STD_REF_OBJ) > 0 && H5Sget_simple_extent_npoints(space) == rank &&
      axis < rank && rank <= 32) {
    hvl_t lists[32] = {{0, NULL}};
    if (H5Aread(attribute, type, lists) >= 0) {
      if (lists[axis].len >= 1)
        length = H5Rget_name(dataset, H5R_OBJECT, lists[axis].p, name, size);
      H5Dvlen_reclaim(type, space, H5P_DEFAULT, lists);
    }
  }
  if (inner >= 0) H5Tclose(inner);
  if (type >= 0) H5Tclose(type);
  if (space >= 0) H5Sclose(space);
  H5Aclose(attribute);
  return length;
}
