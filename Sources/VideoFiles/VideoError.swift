import Support

/// Why a video or a picture could not be read or written: which file, what was expected, what came, what to do.
package typealias VideoError = StructuredError<VideoErrorKind>

/// The kinds of ``VideoError``.
package enum VideoErrorKind: String, ErrorKind, CaseIterable {
  /// There is no such file, or it may not be read.
  case notFound
  /// No video or picture that FFmpeg knows.
  case foreignFormat
  /// The file is truncated or damaged.
  case corrupt
  /// Something that this reader would read wrongly, so it does not.
  case unsupported
  /// Frames differ in size.
  case wrongShape
  /// A file could not be written.
  case unwritable
  /// Built without FFmpeg.
  case unavailable
}

extension VideoError {
  static func unavailable(_ file: String) -> VideoError {
    VideoError(
      .unavailable, file: file, expected: "FFmpeg for videos and compressed pictures",
      received: "a build without it",
      remedy: "Install libavformat-dev, libavcodec-dev, libavutil-dev and libswscale-dev (script/bootstrap "
        + "does), remove .build and build again.")
  }
}
