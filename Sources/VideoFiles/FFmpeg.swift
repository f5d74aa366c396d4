#if SQUALL_HAS_FFMPEG
  import CFFmpeg
  #if SQUALL_LOADS_FFMPEG
    import FFmpegCalls
  #endif

  /// FFmpeg as a whole: silent, and its messages for our errors.
  enum FFmpeg {
    private static let silence: Void = { av_log_set_level(AV_LOG_QUIET) }()

    #if SQUALL_LOADS_FFMPEG
      private static let isPresent = squall_ffmpeg_is_present()
    #else
      private static let isPresent = true
    #endif

    /// - Throws: ``VideoError`` of kind `unavailable` where the libraries that the build found are gone.
    static func start(for file: String) throws {
      guard isPresent else {
        throw VideoError(
          .unavailable, file: file,
          expected: "FFmpeg \(LIBAVFORMAT_VERSION_MAJOR) (libavformat) as when this was built",
          received: "none",
          remedy: "Install libavformat, libavcodec, libavutil and libswscale of that version.")
      }
      _ = silence
    }

    static func message(_ status: Int32) -> String {
      var text = [CChar](repeating: 0, count: 128)
      av_strerror(status, &text, text.count)
      return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The most pixels of a picture: beyond any camera or grid.
    static let maximumPixels = 1 << 27
  }

  /// Turns decoded frames of any pixel format into packed grey or colour.
  final class FrameConverter {
    private var scaler: OpaquePointer?
    private var key: [Int32] = []

    deinit { sws_freeContext(scaler) }

    /// - Throws: ``VideoError`` where FFmpeg cannot convert.
    func convert(
      _ frame: UnsafeMutablePointer<AVFrame>, colour: PictureColour, file: String
    ) throws -> DecodedPicture {
      let (width, height) = (Int(frame.pointee.width), Int(frame.pointee.height))
      guard width > 0, height > 0, width <= FFmpeg.maximumPixels / height else {
        throw VideoError(
          .corrupt, file: file, expected: "a picture of at most \(FFmpeg.maximumPixels) pixels",
          received: "\(width)×\(height)", remedy: "The file is damaged.")
      }
      let format = AVPixelFormat(frame.pointee.format)
      guard let description = av_pix_fmt_desc_get(format) else {
        throw VideoError(
          .unsupported, file: file, expected: "a pixel format that FFmpeg knows", received: "none",
          remedy: "Convert the file.")
      }
      let isPaletted = description.pointee.flags & UInt64(AV_PIX_FMT_FLAG_PAL) != 0
      let isGrey =
        colour == .grey
        || (isPaletted ? paletteIsGrey(frame) : description.pointee.nb_components <= 2)
      let isDeep = !isPaletted && description.pointee.comp.0.depth > 8
      let target: AVPixelFormat =
        switch (isGrey, isDeep) {
        case (true, false): AV_PIX_FMT_GRAY8
        case (true, true): AV_PIX_FMT_GRAY16LE
        case (false, false): AV_PIX_FMT_RGB24
        case (false, true): AV_PIX_FMT_RGB48LE
        }
      let channels = isGrey ? 1 : 3
      let stride = width * channels * (isDeep ? 2 : 1)
      var result = DecodedPicture(
        width: width, height: height, channels: channels, bits: isDeep ? 16 : 8,
        bytes: [UInt8](repeating: 0, count: stride * height))
      if format == target, let data = frame.pointee.data.0 {
        let line = Int(frame.pointee.linesize.0)
        result.bytes.withUnsafeMutableBytes { to in
          guard let base = to.baseAddress else { return }
          for row in 0..<height {
            (base + row * stride).copyMemory(from: data + row * line, byteCount: stride)
          }
        }
        return result
      }
      try prepare(frame, format, target, file)
      // The scaler may write whole vectors at the end of a row: rows of its own, with room to spare.
      let padded = (stride + 63) / 64 * 64
      var buffer = [UInt8](repeating: 0, count: padded * height + 64)
      let rows = buffer.withUnsafeMutableBufferPointer {
        squall_av_scale(scaler, frame, $0.baseAddress, Int32(padded))
      }
      guard rows == Int32(height) else {
        throw VideoError(
          .unsupported, file: file, expected: "a picture that FFmpeg converts", received: "a failure",
          remedy: "Convert the file.")
      }
      buffer.withUnsafeBytes { from in
        result.bytes.withUnsafeMutableBytes { to in
          guard let source = from.baseAddress, let target = to.baseAddress else { return }
          for row in 0..<height {
            (target + row * stride).copyMemory(from: source + row * padded, byteCount: stride)
          }
        }
      }
      return result
    }

    private func prepare(
      _ frame: UnsafeMutablePointer<AVFrame>, _ format: AVPixelFormat, _ target: AVPixelFormat, _ file: String
    ) throws {
      let (width, height) = (frame.pointee.width, frame.pointee.height)
      let isFull = frame.pointee.color_range == AVCOL_RANGE_JPEG
      let new = [width, height, format.rawValue, target.rawValue, isFull ? 1 : 0]
      guard new != key || scaler == nil else { return }
      sws_freeContext(scaler)
      scaler = sws_getContext(
        width, height, format, width, height, target, squall_av_scaling(), nil, nil, nil)
      guard scaler != nil else {
        throw VideoError(
          .unsupported, file: file, expected: "a pixel format that FFmpeg converts",
          received: av_get_pix_fmt_name(format).map { String(cString: $0) } ?? "an unknown one",
          remedy: "Convert the file.")
      }
      // Full range out, whatever range came in: 0 is black, the largest number white.
      let table = sws_getCoefficients(SWS_CS_DEFAULT)
      sws_setColorspaceDetails(scaler, table, isFull ? 1 : 0, table, 1, 0, 1 << 16, 1 << 16)
      key = new
    }

    /// The palette is BGRA in native order; unused entries are black or white, thus grey.
    private func paletteIsGrey(_ frame: UnsafeMutablePointer<AVFrame>) -> Bool {
      guard let palette = frame.pointee.data.1 else { return false }
      return (0..<256).allSatisfy {
        palette[4 * $0] == palette[4 * $0 + 1] && palette[4 * $0] == palette[4 * $0 + 2]
      }
    }
  }
#endif
