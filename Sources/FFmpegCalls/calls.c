#include "FFmpegCalls.h"

#include <dlfcn.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
#include <pthread.h>
#include <stddef.h>

// FFmpeg brings a hundred libraries along, codecs and picture formats, which the system's loader takes longer to put
// in place than a small model takes for its forecast. Every function that we call is defined here under its own name:
// its first call loads the library. The names stay inside the program, so that FFmpeg itself never meets them.

enum { in_util, in_codec, in_format, in_scale, library_count };

#define TEXT(x) #x
#define NAME(library, version) "lib" library ".so." TEXT(version)

static void *libraries[library_count];
static pthread_once_t loaded = PTHREAD_ONCE_INIT;

static void load(void) {
  static const char *const names[library_count] = {
      [in_util] = NAME("avutil", LIBAVUTIL_VERSION_MAJOR),
      [in_codec] = NAME("avcodec", LIBAVCODEC_VERSION_MAJOR),
      [in_format] = NAME("avformat", LIBAVFORMAT_VERSION_MAJOR),
      [in_scale] = NAME("swscale", LIBSWSCALE_VERSION_MAJOR),
  };
  for (int j = 0; j < library_count; j++) libraries[j] = dlopen(names[j], RTLD_NOW | RTLD_LOCAL);
}

bool squall_ffmpeg_is_present(void) {
  pthread_once(&loaded, load);
  for (int j = 0; j < library_count; j++) {
    if (!libraries[j]) return false;
  }
  return true;
}

static void *find(int library, const char *name) {
  pthread_once(&loaded, load);
  return libraries[library] ? dlsym(libraries[library], name) : NULL;
}

#define HIDDEN __attribute__((visibility("hidden")))

/// `name` as FFmpeg's header declares it; 0 or NULL where there is no FFmpeg, which callers find out first.
#define CALL(library, type, name, parameters, arguments) \
  HIDDEN type name parameters { \
    static _Atomic(void *) known; \
    void *found = known; \
    if (!found) known = found = find(library, #name); \
    if (!found) return (type)0; \
    return ((__typeof__(&name))found)arguments; \
  }

/// The same for a function without a result.
#define DO(library, name, parameters, arguments) \
  HIDDEN void name parameters { \
    static _Atomic(void *) known; \
    void *found = known; \
    if (!found) known = found = find(library, #name); \
    if (found) ((__typeof__(&name))found)arguments; \
  }

// MARK: libavutil

DO(in_util, av_dict_free, (AVDictionary **m), (m))
CALL(
    in_util, int, av_dict_set, (AVDictionary **m, const char *key, const char *value, int flags),
    (m, key, value, flags))
CALL(in_util, AVFrame *, av_frame_alloc, (void), ())
DO(in_util, av_frame_free, (AVFrame **frame), (frame))
CALL(in_util, int, av_frame_get_buffer, (AVFrame *frame, int align), (frame, align))
CALL(in_util, int, av_frame_make_writable, (AVFrame *frame), (frame))
DO(in_util, av_frame_unref, (AVFrame *frame), (frame))
CALL(in_util, const char *, av_get_pix_fmt_name, (enum AVPixelFormat pixels), (pixels))
DO(in_util, av_log_set_level, (int level), (level))
CALL(in_util, int, av_opt_set, (void *o, const char *name, const char *value, int flags), (o, name, value, flags))
CALL(in_util, const AVPixFmtDescriptor *, av_pix_fmt_desc_get, (enum AVPixelFormat pixels), (pixels))
CALL(in_util, int, av_strerror, (int status, char *text, size_t size), (status, text, size))

// MARK: libavcodec

CALL(in_codec, int, av_new_packet, (AVPacket *packet, int size), (packet, size))
CALL(in_codec, AVPacket *, av_packet_alloc, (void), ())
DO(in_codec, av_packet_free, (AVPacket **packet), (packet))
DO(in_codec, av_packet_rescale_ts, (AVPacket *packet, AVRational from, AVRational to), (packet, from, to))
DO(in_codec, av_packet_unref, (AVPacket *packet), (packet))
CALL(in_codec, AVCodecContext *, avcodec_alloc_context3, (const AVCodec *codec), (codec))
CALL(in_codec, const AVCodec *, avcodec_find_decoder, (enum AVCodecID id), (id))
CALL(in_codec, const AVCodec *, avcodec_find_encoder, (enum AVCodecID id), (id))
CALL(in_codec, const AVCodec *, avcodec_find_encoder_by_name, (const char *name), (name))
DO(in_codec, avcodec_free_context, (AVCodecContext **context), (context))
CALL(
    in_codec, int, avcodec_open2, (AVCodecContext *c, const AVCodec *codec, AVDictionary **options),
    (c, codec, options))
CALL(in_codec, int, avcodec_parameters_from_context, (AVCodecParameters *p, const AVCodecContext *c), (p, c))
CALL(in_codec, int, avcodec_parameters_to_context, (AVCodecContext *c, const AVCodecParameters *p), (c, p))
CALL(in_codec, int, avcodec_receive_frame, (AVCodecContext *c, AVFrame *frame), (c, frame))
CALL(in_codec, int, avcodec_receive_packet, (AVCodecContext *c, AVPacket *packet), (c, packet))
CALL(in_codec, int, avcodec_send_frame, (AVCodecContext *c, const AVFrame *frame), (c, frame))
CALL(in_codec, int, avcodec_send_packet, (AVCodecContext *c, const AVPacket *packet), (c, packet))

// MARK: libavformat

CALL(
    in_format, int, av_find_best_stream,
    (AVFormatContext *c, enum AVMediaType type, int wanted, int related, const AVCodec **decoder, int flags),
    (c, type, wanted, related, decoder, flags))
CALL(in_format, int, av_interleaved_write_frame, (AVFormatContext *c, AVPacket *packet), (c, packet))
CALL(in_format, int, av_read_frame, (AVFormatContext *c, AVPacket *packet), (c, packet))
CALL(in_format, int, av_write_trailer, (AVFormatContext *c), (c))
CALL(
    in_format, int, avformat_alloc_output_context2,
    (AVFormatContext **c, const AVOutputFormat *kind, const char *name, const char *file), (c, kind, name, file))
DO(in_format, avformat_close_input, (AVFormatContext **c), (c))
CALL(in_format, int, avformat_find_stream_info, (AVFormatContext *c, AVDictionary **options), (c, options))
DO(in_format, avformat_free_context, (AVFormatContext *c), (c))
CALL(in_format, AVStream *, avformat_new_stream, (AVFormatContext *c, const AVCodec *codec), (c, codec))
CALL(
    in_format, int, avformat_open_input,
    (AVFormatContext **c, const char *url, const AVInputFormat *kind, AVDictionary **options),
    (c, url, kind, options))
CALL(in_format, int, avformat_write_header, (AVFormatContext *c, AVDictionary **options), (c, options))
CALL(in_format, int, avio_close, (AVIOContext *file), (file))
CALL(in_format, int, avio_open, (AVIOContext **file, const char *url, int flags), (file, url, flags))

// MARK: libswscale

DO(in_scale, sws_freeContext, (struct SwsContext *scaler), (scaler))
CALL(
    in_scale, struct SwsContext *, sws_getContext,
    (int width, int height, enum AVPixelFormat from, int new_width, int new_height, enum AVPixelFormat to, int flags,
     SwsFilter *before, SwsFilter *after, const double *parameters),
    (width, height, from, new_width, new_height, to, flags, before, after, parameters))
CALL(
    in_scale, int, sws_scale,
    (struct SwsContext *scaler, const uint8_t *const from[], const int strides[], int first, int rows,
     uint8_t *const to[], const int new_strides[]),
    (scaler, from, strides, first, rows, to, new_strides))
CALL(in_scale, const int *, sws_getCoefficients, (int space), (space))
CALL(
    in_scale, int, sws_setColorspaceDetails,
    (struct SwsContext *scaler, const int inverse[4], int full, const int table[4], int new_full, int brightness,
     int contrast, int saturation),
    (scaler, inverse, full, table, new_full, brightness, contrast, saturation))
