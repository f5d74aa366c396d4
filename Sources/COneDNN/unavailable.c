#include "internal.h"

// The whole interface where oneDNN is not part of the build.

#if !defined(SQUALL_HAS_ONEDNN)
#include <string.h>

static squall_onednn_status unavailable(squall_onednn_message *message) {
  message->status = squall_onednn_unavailable;
  strcpy(message->text, "oneDNN is not part of this build");
  return squall_onednn_unavailable;
}

squall_onednn_operation *squall_onednn_create(
    const squall_onednn_description *description, squall_onednn_message *message) {
  (void)description;
  unavailable(message);
  return NULL;
}

void squall_onednn_destroy(squall_onednn_operation *operation) { (void)operation; }

size_t squall_onednn_scratchpad_bytes(const squall_onednn_operation *operation) {
  (void)operation;
  return 0;
}

size_t squall_onednn_packed_bytes(
    const squall_onednn_operation *operation, squall_onednn_argument argument) {
  (void)operation;
  (void)argument;
  return 0;
}

squall_onednn_status squall_onednn_pack(
    const squall_onednn_operation *operation, squall_onednn_argument argument, const float *plain,
    void *packed, squall_onednn_message *message) {
  (void)operation;
  (void)argument;
  (void)plain;
  (void)packed;
  return unavailable(message);
}

squall_onednn_status squall_onednn_unpack(
    const squall_onednn_operation *operation, squall_onednn_argument argument, const void *packed,
    float *plain, squall_onednn_message *message) {
  (void)operation;
  (void)argument;
  (void)packed;
  (void)plain;
  return unavailable(message);
}

squall_onednn_status squall_onednn_execute(
    const squall_onednn_operation *operation, const squall_onednn_arguments *arguments, void *scratchpad,
    squall_onednn_message *message) {
  (void)operation;
  (void)arguments;
  (void)scratchpad;
  return unavailable(message);
}

const char *squall_onednn_implementation(const squall_onednn_operation *operation) {
  (void)operation;
  return "";
}

squall_onednn_status squall_onednn_matrix_product(
    bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, const float *a, const float *b,
    float *c, bool accumulate, int32_t threads, squall_onednn_message *message) {
  (void)transpose_a, (void)transpose_b, (void)m, (void)n, (void)k, (void)a, (void)b, (void)c;
  (void)accumulate, (void)threads;
  return unavailable(message);
}

bool squall_onednn_is_available(void) { return false; }

void squall_onednn_version(char *text, size_t capacity) {
  if (capacity > 0) text[0] = 0;
}

const char *squall_onednn_instruction_set(void) { return ""; }

const char *squall_onednn_threading(void) { return ""; }
#endif
