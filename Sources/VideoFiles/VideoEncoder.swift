import Foundation

#if SQUALL_HAS_FFMPEG
  import CFFmpeg
#endif

/// Writes pictures as an MP4 file: H.264 where FFmpeg has libx264, MPEG-4 elsewhere.
package enum VideoEncoder {
  /// Writes a video.
  ///
  /// - Parameters:
  ///   - frames: Red, green and blue of each pixel, `[height, width, 3]`, row by row. Odd sizes get one more row or
  ///     column like the last, as the format halves colours.
  ///   - framesPerSecond: How many are shown a second.
  ///   - url: The file; its folder exists.
  /// - Throws: ``VideoError`` if sizes do not agree, FFmpeg is absent or the file cannot be written.
  package static func write(
    _ frames: [[UInt8]], width: Int, height: Int, framesPerSecond: Int, to url: URL
  ) throws {
    guard width > 0, height > 0, width <= 16_384, height <= 16_384, !frames.isEmpty, framesPerSecond > 0,
      frames.allSatisfy({ $0.count == width * height * 3 })
    else {
      throw VideoError(
        .wrongShape, file: url.path, expected: "pictures of \(width) × \(height) in red, green and blue",
        received: "\(Set(frames.map(\.count)).sorted()) bytes", remedy: "Draw all pictures alike.")
    }
    #if SQUALL_HAS_FFMPEG
      try FFmpeg.start(for: url.path)
      let writer = try Writer(width: width, height: height, rate: framesPerSecond, url)
      for (index, frame) in frames.enumerated() { try writer.add(frame, index) }
      try writer.finish()
    #else
      throw VideoError.unavailable(url.path)
    #endif
  }
}

#if SQUALL_HAS_FFMPEG
  /// One file while it is written.
  private final class Writer {
    private let url: URL
    private let width: Int
    private let height: Int
    private var format: UnsafeMutablePointer<AVFormatContext>?
    private var codec: UnsafeMutablePointer<AVCodecContext>?
    private var stream: UnsafeMutablePointer<AVStream>?
    private var frame = av_frame_alloc()
    private var packet = av_packet_alloc()

    init(width: Int, height: Int, rate: Int, _ url: URL) throws {
      self.url = url
      (self.width, self.height) = (width, height)
      try check(avformat_alloc_output_context2(&format, nil, "mp4", url.path), "an MP4 file")
      let encoder = avcodec_find_encoder_by_name("libx264") ?? avcodec_find_encoder(AV_CODEC_ID_MPEG4)
      guard let encoder, let format, let stream = avformat_new_stream(format, nil),
        let codec = avcodec_alloc_context3(encoder)
      else { throw failed("an encoder for H.264 or MPEG-4", "none in this FFmpeg") }
      (self.stream, self.codec) = (stream, codec)
      codec.pointee.width = Int32((width + 1) / 2 * 2)
      codec.pointee.height = Int32((height + 1) / 2 * 2)
      codec.pointee.pix_fmt = AV_PIX_FMT_YUV420P
      codec.pointee.time_base = AVRational(num: 1, den: Int32(rate))
      codec.pointee.framerate = AVRational(num: Int32(rate), den: 1)
      codec.pointee.gop_size = Int32(rate * 4)
      codec.pointee.color_range = AVCOL_RANGE_MPEG
      codec.pointee.colorspace = AVCOL_SPC_SMPTE170M
      codec.pointee.color_primaries = AVCOL_PRI_SMPTE170M
      codec.pointee.color_trc = AVCOL_TRC_SMPTE170M
      // One thread: the same bytes on every machine.
      codec.pointee.thread_count = 1
      codec.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_BITEXACT
      // Sharp edges of classes need more than the usual quality; encoders without these options go by bit rate.
      codec.pointee.bit_rate = Int64(width * height * rate)
      _ = squall_av_option(codec, "crf", "16")
      _ = squall_av_option(codec, "preset", "medium")
      try check(avcodec_open2(codec, encoder, nil), "to start the encoder")
      try check(avcodec_parameters_from_context(stream.pointee.codecpar, codec), "to describe the video")
      stream.pointee.time_base = codec.pointee.time_base
      frame?.pointee.format = AV_PIX_FMT_YUV420P.rawValue
      frame?.pointee.width = codec.pointee.width
      frame?.pointee.height = codec.pointee.height
      try check(av_frame_get_buffer(frame, 0), "memory for a picture")
      try check(avio_open(&format.pointee.pb, url.path, AVIO_FLAG_WRITE), "to open the file")
      try check(avformat_write_header(format, nil), "to write the file's header")
    }

    deinit {
      if let pb = format?.pointee.pb { avio_close(pb) }
      av_frame_free(&frame)
      av_packet_free(&packet)
      avcodec_free_context(&codec)
      avformat_free_context(format)
    }

    func add(_ bytes: [UInt8], _ index: Int) throws {
      guard let frame else { throw failed("memory for a picture", "none") }
      try check(av_frame_make_writable(frame), "memory for a picture")
      fill(frame, bytes)
      frame.pointee.pts = Int64(index)
      try check(avcodec_send_frame(codec, frame), "to encode picture \(index)")
      try drain()
    }

    func finish() throws {
      try check(avcodec_send_frame(codec, nil), "to finish encoding")
      try drain()
      try check(av_write_trailer(format), "to finish the file")
      guard let pb = format?.pointee.pb else { return }
      format?.pointee.pb = nil
      try check(avio_close(pb), "to close the file")
    }

    private func drain() throws {
      while true {
        let status = avcodec_receive_packet(codec, packet)
        if status == squall_av_try_again() || status == squall_av_end_of_file() { return }
        try check(status, "an encoded picture")
        guard let packet, let codec, let stream else { return }
        packet.pointee.duration = 1
        av_packet_rescale_ts(packet, codec.pointee.time_base, stream.pointee.time_base)
        packet.pointee.stream_index = stream.pointee.index
        try check(av_interleaved_write_frame(format, packet), "to write the file")
      }
    }

    /// Luma of every pixel and the mean colour of every four, by ITU-R BT.601, limited range, as the stream says.
    private func fill(_ frame: UnsafeMutablePointer<AVFrame>, _ bytes: [UInt8]) {
      guard let luma = frame.pointee.data.0, let blue = frame.pointee.data.1, let red = frame.pointee.data.2
      else { return }
      let lines = frame.pointee.linesize
      let (tall, wide) = (Int(frame.pointee.height), Int(frame.pointee.width))
      func pixel(_ row: Int, _ column: Int) -> (Float, Float, Float) {
        let at = (min(row, height - 1) * width + min(column, width - 1)) * 3
        return (Float(bytes[at]), Float(bytes[at + 1]), Float(bytes[at + 2]))
      }
      func byte(_ value: Float) -> UInt8 { UInt8(min(max(value.rounded(), 0), 255)) }
      for row in stride(from: 0, to: tall, by: 2) {
        for column in stride(from: 0, to: wide, by: 2) {
          var (r, g, b): (Float, Float, Float) = (0, 0, 0)
          for (down, across) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            let (pr, pg, pb) = pixel(row + down, column + across)
            let y = 0.299 * pr + 0.587 * pg + 0.114 * pb
            luma[(row + down) * Int(lines.0) + column + across] = byte(16 + y * 219 / 255)
            (r, g, b) = (r + pr / 4, g + pg / 4, b + pb / 4)
          }
          let y = 0.299 * r + 0.587 * g + 0.114 * b
          blue[row / 2 * Int(lines.1) + column / 2] = byte(128 + (b - y) / 1.772 * 224 / 255)
          red[row / 2 * Int(lines.2) + column / 2] = byte(128 + (r - y) / 1.402 * 224 / 255)
        }
      }
    }

    private func check(_ status: Int32, _ expected: String) throws {
      guard status >= 0 else { throw failed(expected, "“\(FFmpeg.message(status))”") }
    }

    private func failed(_ expected: String, _ received: String) -> VideoError {
      VideoError(
        .unwritable, file: url.path, expected: expected, received: received,
        remedy: "Check that the folder is writable and has room, or write a .gif.")
    }
  }
#endif
