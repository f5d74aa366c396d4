#pragma once
#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Whether FFmpeg's libraries, of the version whose headers this was built with, are on this machine. Loads them.
bool squall_ffmpeg_is_present(void);

#ifdef __cplusplus
}
#endif
