#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Sets the size of the one thread team, 1 or more. Takes effect for every later call from any thread.
void squall_set_threads(int32_t count);

/// The size of the team: what `squall_set_threads` said, otherwise the number of processors this process may
/// use.
int32_t squall_threads(void);

/// Makes the calling thread's next parallel region use `count` threads. OpenMP keeps this number per thread,
/// so whoever hands work to a library on the same team calls this first, on the same thread.
void squall_use_threads(int32_t count);

/// What carries the team: "libgomp" where oneDNN's own team is joined, "none" where everything runs serially.
const char *_Nonnull squall_team_name(void);

/// Work on the half-open range `begin..<end`.
typedef void (*squall_range_function)(void *_Nullable context, int64_t begin, int64_t end);

/// Cuts `begin..<end` into one contiguous piece per thread, none smaller than `grain`, and calls `function`
/// once for each piece. Returns when all are done. The pieces must be independent of one another.
void squall_parallel_for(
    int64_t begin, int64_t end, int64_t grain, void *_Nullable context,
    squall_range_function _Nonnull function);

#ifdef __cplusplus
}
#endif
