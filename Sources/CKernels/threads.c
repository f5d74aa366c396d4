// For sched_getaffinity.
#define _GNU_SOURCE
#include "squall_threads.h"
#include "squall_check.h"

#include <stdatomic.h>
#include <unistd.h>
#if defined(__linux__)
#include <sched.h>
#endif

// oneDNN's builds for Linux run on libgomp. Declaring the entry point that a compiler emits for
// `#pragma omp parallel` joins the same team; `-fopenmp` would be an unsafe flag that no dependent package
// could build with, and a second team would fight the first for the cores.
#if defined(SQUALL_HAS_GOMP)
extern void GOMP_parallel(void (*function)(void *), void *data, unsigned threads, unsigned flags);
extern void omp_set_num_threads(int count);
extern int omp_get_thread_num(void);
extern int omp_get_num_threads(void);
extern int omp_in_parallel(void);
#endif

static _Atomic int32_t chosen_threads = 0;

static int32_t available_processors(void) {
#if defined(__linux__)
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) {
    int count = CPU_COUNT(&set);
    if (count > 0) return count;
  }
#endif
  long count = sysconf(_SC_NPROCESSORS_ONLN);
  return count > 0 ? (int32_t)count : 1;
}

void squall_set_threads(int32_t count) { atomic_store(&chosen_threads, count < 1 ? 1 : count); }

int32_t squall_threads(void) {
  int32_t count = atomic_load(&chosen_threads);
  if (count > 0) return count;
  // Affinity is read once, so that the number cannot change between creating a primitive and running it.
  int32_t expected = 0, found = available_processors();
  return atomic_compare_exchange_strong(&chosen_threads, &expected, found) ? found : expected;
}

void squall_use_threads(int32_t count) {
#if defined(SQUALL_HAS_GOMP)
  omp_set_num_threads(count < 1 ? 1 : count);
#else
  (void)count;
#endif
}

const char *squall_team_name(void) {
#if defined(SQUALL_HAS_GOMP)
  return "libgomp";
#else
  return "none";
#endif
}

#if defined(SQUALL_HAS_GOMP)
typedef struct {
  int64_t begin, end;
  void *context;
  squall_range_function function;
} parallel_range;

static void run_own_piece(void *data) {
  const parallel_range *range = data;
  const int64_t team = omp_get_num_threads(), rank = omp_get_thread_num();
  const int64_t count = range->end - range->begin, share = count / team, extra = count % team;
  const int64_t begin = range->begin + rank * share + (rank < extra ? rank : extra);
  const int64_t end = begin + share + (rank < extra ? 1 : 0);
  if (begin < end) range->function(range->context, begin, end);
}
#endif

void squall_parallel_for(
    int64_t begin, int64_t end, int64_t grain, void *context, squall_range_function function) {
  SQUALL_CHECK(function);
  if (begin >= end) return;
#if defined(SQUALL_HAS_GOMP)
  const int64_t count = end - begin, pieces = count / (grain < 1 ? 1 : grain);
  const int64_t team = squall_threads();
  const int64_t threads = pieces < team ? pieces : team;
  if (threads > 1 && !omp_in_parallel()) {
    parallel_range range = {begin, end, context, function};
    GOMP_parallel(run_own_piece, &range, (unsigned)threads, 0);
    return;
  }
#else
  (void)grain;
#endif
  function(context, begin, end);
}
