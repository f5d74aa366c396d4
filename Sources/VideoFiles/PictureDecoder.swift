#if SQUALL_HAS_FFMPEG
  import CFFmpeg
#endif

/// A compressed picture format that FFmpeg decodes from its bytes.
package enum PictureCodec: String, Hashable, Sendable, CaseIterable {
  case png
  case jpeg
  case tiff
  case bmp
  case webp
}

/// Decodes single pictures.
package enum PictureDecoder {
  #if SQUALL_HAS_FFMPEG
    package static let isAvailable = true
  #else
    package static let isAvailable = false
  #endif

  /// Decodes a whole file that is in memory. 16 bits a value stay 16; palettes become their colours; opacity is
  /// left out.
  ///
  /// - Throws: ``VideoError`` if the bytes are damaged, cut off or of another format, or FFmpeg is absent.
  package static func decode(
    _ bytes: [UInt8], codec: PictureCodec, colour: PictureColour = .asStored, file: String
  ) throws -> DecodedPicture {
    #if SQUALL_HAS_FFMPEG
      try FFmpeg.start(for: file)
      guard bytes.count < Int(Int32.max) / 2, let decoder = avcodec_find_decoder(codec.identifier),
        let context = avcodec_alloc_context3(decoder)
      else {
        throw VideoError(
          .unsupported, file: file, expected: "an FFmpeg that reads \(codec.rawValue)",
          received: "one without", remedy: "Convert the file.")
      }
      var owned: UnsafeMutablePointer<AVCodecContext>? = context
      var packet = av_packet_alloc()
      var frame = av_frame_alloc()
      defer {
        av_frame_free(&frame)
        av_packet_free(&packet)
        avcodec_free_context(&owned)
      }
      context.pointee.thread_count = 1
      context.pointee.max_pixels = Int64(FFmpeg.maximumPixels)
      context.pointee.err_recognition = AV_EF_CRCCHECK | AV_EF_BITSTREAM | AV_EF_BUFFER | AV_EF_EXPLODE
      guard let packet, let frame, avcodec_open2(context, decoder, nil) >= 0,
        av_new_packet(packet, Int32(bytes.count)) >= 0
      else {
        throw VideoError(
          .unsupported, file: file, expected: "a decoder that starts", received: "none",
          remedy: "Free memory.")
      }
      bytes.withUnsafeBufferPointer { from in
        if let source = from.baseAddress { packet.pointee.data.update(from: source, count: from.count) }
      }
      var status = avcodec_send_packet(context, packet)
      if status >= 0 { status = avcodec_send_packet(context, nil) }
      if status >= 0 { status = avcodec_receive_frame(context, frame) }
      guard status >= 0, squall_av_is_damaged(frame) == 0 else {
        throw VideoError(
          .corrupt, file: file, expected: "a whole \(codec.rawValue) picture",
          received: status < 0 ? "“\(FFmpeg.message(status))”" : "a damaged one",
          remedy: "The file is truncated, damaged or of another format than its name says.")
      }
      return try FrameConverter().convert(frame, colour: colour, file: file)
    #else
      throw VideoError.unavailable(file)
    #endif
  }
}

#if SQUALL_HAS_FFMPEG
  extension PictureCodec {
    var identifier: AVCodecID {
      switch self {
      case .png: AV_CODEC_ID_PNG
      case .jpeg: AV_CODEC_ID_MJPEG
      case .tiff: AV_CODEC_ID_TIFF
      case .bmp: AV_CODEC_ID_BMP
      case .webp: AV_CODEC_ID_WEBP
      }
    }
  }
#endif
