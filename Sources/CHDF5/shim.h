#pragma once
#include <hdf5.h>

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
