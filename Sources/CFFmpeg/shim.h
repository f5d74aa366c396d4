#pragma once
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>

// Macros of FFmpeg that Swift does not import, and calls that take arrays of planes.

static inline int squall_av_try_again(void) { return AVERROR(EAGAIN); }
static inline int squall_av_end_of_file(void) { return AVERROR_EOF; }
static inline int64_t squall_av_no_time(void) { return AV_NOPTS_VALUE; }

// Whether the decoder itself says that it had to guess.
static inline int squall_av_is_damaged(const AVFrame *frame) {
  return (frame->flags & AV_FRAME_FLAG_CORRUPT) != 0 || frame->decode_error_flags != 0;
}

// A whole picture into one packed plane.
static inline int squall_av_scale(struct SwsContext *scaler, const AVFrame *frame, uint8_t *to, int stride) {
  uint8_t *planes[4] = {to, NULL, NULL, NULL};
  int strides[4] = {stride, 0, 0, 0};
  return sws_scale(
      scaler, (const uint8_t *const *)frame->data, frame->linesize, 0, frame->height, planes, strides);
}

// An encoder's option by name, where it has it.
static inline int squall_av_option(AVCodecContext *codec, const char *name, const char *value) {
  return av_opt_set(codec->priv_data, name, value, 0);
}

// Same numbers on every processor, chroma interpolated, full range.
static inline int squall_av_scaling(void) { return SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_BITEXACT; }
