import Foundation

#if SQUALL_HAS_FFMPEG
  import CFFmpeg
#endif

/// Decodes the first video stream of a file, frame after frame.
///
/// Containers that lead to other files (playlists and the like) are not opened, nor anything on a network.
package final class VideoDecoder {
  /// The size as the file states it.
  package let width: Int
  package let height: Int
  /// Frames a second, where the file says so.
  package let frameRate: Double?
  private let file: String
  private let colour: PictureColour

  #if SQUALL_HAS_FFMPEG
    private var format: UnsafeMutablePointer<AVFormatContext>?
    private var codec: UnsafeMutablePointer<AVCodecContext>?
    private var packet = av_packet_alloc()
    private var frame = av_frame_alloc()
    private let stream: Int32
    private let timeBase: Double
    private let startTime: Int64
    private let converter = FrameConverter()
    private var isDraining = false

    private static let containers =
      "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpeg,mpegts,mpegvideo,m4v,asf,flv,ogg,gif,apng,h264,hevc,"
      + "ivf,nut,dv,mxf,yuv4mpegpipe,rm"
  #endif

  /// Opens a file.
  ///
  /// - Throws: ``VideoError`` if there is none, it holds no video, or FFmpeg is absent.
  package init(_ url: URL, colour: PictureColour = .asStored) throws {
    file = url.path
    self.colour = colour
    #if SQUALL_HAS_FFMPEG
      try FFmpeg.start(for: file)
      guard FileManager.default.isReadableFile(atPath: url.path) else {
        throw VideoError(
          .notFound, file: url.path, expected: "a readable file", received: "nothing that can be read",
          remedy: "Check the path and its permissions.")
      }
      var options: OpaquePointer?
      av_dict_set(&options, "protocol_whitelist", "file", 0)
      av_dict_set(&options, "format_whitelist", Self.containers, 0)
      // With the scheme, so that a colon in a name is a colon.
      let status = avformat_open_input(&format, "file:" + url.path, nil, &options)
      av_dict_free(&options)
      guard status >= 0, let format else {
        throw VideoError(
          .foreignFormat, file: url.path, expected: "a video that FFmpeg opens",
          received: "“\(FFmpeg.message(status))”",
          remedy: "The file is truncated, damaged or no video: play it to see.")
      }
      var decoder: UnsafePointer<AVCodec>?
      let found = avformat_find_stream_info(format, nil)
      stream = found < 0 ? found : av_find_best_stream(format, AVMEDIA_TYPE_VIDEO, -1, -1, &decoder, 0)
      guard stream >= 0, let decoder, let track = format.pointee.streams[Int(stream)],
        let parameters = track.pointee.codecpar
      else {
        avformat_close_input(&self.format)
        throw VideoError(
          .foreignFormat, file: url.path, expected: "a stream of pictures that FFmpeg decodes",
          received: "none", remedy: "The file is damaged, holds sound only, or needs another codec.")
      }
      codec = avcodec_alloc_context3(decoder)
      width = Int(parameters.pointee.width)
      height = Int(parameters.pointee.height)
      let rate = track.pointee.avg_frame_rate
      frameRate = rate.num > 0 && rate.den > 0 ? Double(rate.num) / Double(rate.den) : nil
      timeBase = Double(track.pointee.time_base.num) / Double(max(track.pointee.time_base.den, 1))
      startTime = track.pointee.start_time == squall_av_no_time() ? 0 : track.pointee.start_time
      guard let codec, avcodec_parameters_to_context(codec, parameters) >= 0 else {
        close()
        throw Self.broken(url.path, "parameters that the decoder refuses")
      }
      codec.pointee.thread_count = 1
      codec.pointee.max_pixels = Int64(FFmpeg.maximumPixels)
      codec.pointee.err_recognition = AV_EF_CRCCHECK | AV_EF_BITSTREAM | AV_EF_BUFFER
      guard avcodec_open2(codec, decoder, nil) >= 0 else {
        close()
        throw Self.broken(url.path, "a decoder that does not start")
      }
    #else
      width = 0
      height = 0
      frameRate = nil
      throw VideoError.unavailable(url.path)
    #endif
  }

  #if SQUALL_HAS_FFMPEG
    deinit { close() }

    private func close() {
      av_frame_free(&frame)
      av_packet_free(&packet)
      avcodec_free_context(&codec)
      avformat_close_input(&format)
    }
  #endif

  /// The next frame, or `nil` at the end.
  ///
  /// - Throws: ``VideoError`` of kind `corrupt` for a broken frame (the next call goes on behind it).
  package func next() throws -> DecodedPicture? {
    try decode(converting: true)
  }

  /// Passes a frame without converting it; `false` at the end.
  ///
  /// - Throws: as ``next()``.
  package func skip() throws -> Bool { try decode(converting: false) != nil }

  private func decode(converting: Bool) throws -> DecodedPicture? {
    #if SQUALL_HAS_FFMPEG
      guard let codec, let frame, let packet, let format else { return nil }
      while true {
        let status = avcodec_receive_frame(codec, frame)
        if status >= 0 {
          defer { av_frame_unref(frame) }
          guard squall_av_is_damaged(frame) == 0 else { throw Self.broken(file, "a damaged frame") }
          var picture =
            converting
            ? try converter.convert(frame, colour: colour, file: file)
            : DecodedPicture(width: 0, height: 0, channels: 1, bits: 8, bytes: [])
          let time = frame.pointee.best_effort_timestamp
          if time != squall_av_no_time() { picture.seconds = Double(time - startTime) * timeBase }
          return picture
        }
        if status == squall_av_end_of_file() { return nil }
        guard status == squall_av_try_again() else { throw Self.broken(file, FFmpeg.message(status)) }
        try feed(codec, packet, format)
      }
    #else
      return nil
    #endif
  }

  #if SQUALL_HAS_FFMPEG
    /// Gives the decoder the next packet of the stream, or the end.
    private func feed(
      _ codec: UnsafeMutablePointer<AVCodecContext>, _ packet: UnsafeMutablePointer<AVPacket>,
      _ format: UnsafeMutablePointer<AVFormatContext>
    ) throws {
      while true {
        let status = av_read_frame(format, packet)
        if status == squall_av_end_of_file() {
          avcodec_send_packet(codec, nil)
          return
        }
        guard status >= 0 else {
          avcodec_send_packet(codec, nil)
          throw Self.broken(file, FFmpeg.message(status))
        }
        defer { av_packet_unref(packet) }
        guard packet.pointee.stream_index == stream else { continue }
        let isDamaged = packet.pointee.flags & AV_PKT_FLAG_CORRUPT != 0
        let sent = avcodec_send_packet(codec, packet)
        guard sent >= 0, !isDamaged else {
          throw Self.broken(file, sent < 0 ? FFmpeg.message(sent) : "a packet cut short")
        }
        return
      }
    }
  #endif

  private static func broken(_ file: String, _ received: String) -> VideoError {
    VideoError(
      .corrupt, file: file, expected: "whole frames", received: "“\(received)”",
      remedy: "The video is truncated or damaged: fetch it again, or pass --skip-bad.")
  }
}
