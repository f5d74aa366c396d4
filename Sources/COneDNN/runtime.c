// For RTLD_DEFAULT.
#define _GNU_SOURCE
#include "internal.h"

#if defined(SQUALL_HAS_ONEDNN)
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

squall_onednn_status squall_report(
    squall_onednn_message *message, squall_onednn_status status, const char *doing, const char *answer) {
  message->status = status;
  snprintf(message->text, sizeof message->text, "oneDNN, %s: %s", doing, answer);
  return status;
}

squall_onednn_status squall_check(squall_onednn_message *message, dnnl_status_t status, const char *doing) {
  switch (status) {
    case dnnl_success: return squall_onednn_ok;
    case dnnl_unimplemented: return squall_report(message, squall_onednn_unsupported, doing, "unimplemented");
    case dnnl_out_of_memory:
      return squall_report(message, squall_onednn_out_of_memory, doing, "out of memory");
    case dnnl_invalid_arguments:
      return squall_report(message, squall_onednn_failed, doing, "invalid arguments");
    default: return squall_report(message, squall_onednn_failed, doing, "runtime error");
  }
}

static dnnl_engine_t the_engine = NULL;
static dnnl_status_t engine_status = dnnl_success;
static pthread_once_t engine_once = PTHREAD_ONCE_INIT;

static void make_engine(void) {
  // float32 means float32, whatever the environment asks for.
  dnnl_set_default_fpmath_mode(dnnl_fpmath_mode_strict);
  engine_status = dnnl_engine_create(&the_engine, dnnl_cpu, 0);
}

dnnl_status_t squall_engine(dnnl_engine_t *engine) {
  pthread_once(&engine_once, make_engine);
  *engine = the_engine;
  return engine_status;
}

#if DNNL_CPU_THREADING_RUNTIME == DNNL_RUNTIME_OMP
// oneDNN brings its OpenMP library along, and it is looked up in the running process: which library it is
// differs between systems, and so does where a linker would find it.
static void (*set_team)(int) = NULL;
static pthread_once_t team_once = PTHREAD_ONCE_INIT;

static void find_team(void) { *(void **)&set_team = dlsym(RTLD_DEFAULT, "omp_set_num_threads"); }

void squall_team(int32_t threads) {
  pthread_once(&team_once, find_team);
  if (threads > 0 && set_team) set_team(threads);
}
#else
void squall_team(int32_t threads) { (void)threads; }
#endif

dnnl_status_t squall_run(const_dnnl_primitive_t primitive, const squall_binding *bindings, int count) {
  dnnl_engine_t engine;
  dnnl_status_t status = squall_engine(&engine);
  if (status != dnnl_success) return status;
  // Streams and memory objects live for one execution: they are cheap, and sharing none of them is what makes
  // an operation usable from several threads at once.
  dnnl_stream_t stream = NULL;
  status = dnnl_stream_create(&stream, engine, dnnl_stream_default_flags);
  dnnl_exec_arg_t arguments[squall_most_bindings];
  int made = 0;
  for (int j = 0; j < count && status == dnnl_success; j++) {
    status = dnnl_memory_create(
        &arguments[made].memory, LAYOUT(*bindings[j].layout), engine, bindings[j].data);
    if (status == dnnl_success) arguments[made++].arg = bindings[j].argument;
  }
  if (status == dnnl_success) status = dnnl_primitive_execute(primitive, stream, made, arguments);
  if (status == dnnl_success) status = dnnl_stream_wait(stream);
  for (int j = 0; j < made; j++) dnnl_memory_destroy(arguments[j].memory);
  if (stream) dnnl_stream_destroy(stream);
  return status;
}

squall_onednn_status squall_onednn_matrix_product(
    bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, const float *a, const float *b,
    float *c, bool accumulate, int32_t threads, squall_onednn_message *message) {
  dnnl_engine_t engine;
  squall_onednn_status status = squall_check(message, squall_engine(&engine), "starting");
  if (status != squall_onednn_ok) return status;
  squall_team(threads);
  const dnnl_status_t answer = dnnl_sgemm(
      transpose_a ? 'T' : 'N', transpose_b ? 'T' : 'N', m, n, k, 1.0f, a, transpose_a ? m : k, b,
      transpose_b ? k : n, accumulate ? 1.0f : 0.0f, c, n);
  return squall_check(message, answer, "matrix product");
}

bool squall_onednn_is_available(void) { return true; }

void squall_onednn_version(char *text, size_t capacity) {
  const dnnl_version_t *version = dnnl_version();
  snprintf(text, capacity, "%d.%d.%d", version->major, version->minor, version->patch);
}

const char *squall_onednn_instruction_set(void) {
  // Bits, so that names newer than the header still read as the best known below them.
  const unsigned isa = (unsigned)dnnl_get_effective_cpu_isa();
  const unsigned avx512 = dnnl_cpu_isa_avx512_core, avx2 = dnnl_cpu_isa_avx2, avx = dnnl_cpu_isa_avx;
  if ((isa & avx512) == avx512) return "AVX-512";
  if ((isa & avx2) == avx2) return "AVX2";
  if ((isa & avx) == avx) return "AVX";
  return isa ? "SSE4.1" : "the processor's own";
}

const char *squall_onednn_threading(void) {
#if DNNL_CPU_THREADING_RUNTIME == DNNL_RUNTIME_OMP
  return "OpenMP";
#elif DNNL_CPU_THREADING_RUNTIME == DNNL_RUNTIME_TBB
  return "TBB";
#elif DNNL_CPU_THREADING_RUNTIME == DNNL_RUNTIME_SEQ
  return "sequential";
#else
  return "thread pool";
#endif
}
#else
// An empty file is no C.
typedef int squall_runtime_is_not_used;
#endif
