/// Why a video or a picture could not be read or written: which file, what was expected, what came, what to do.
public struct VideoError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kinds of failure, for code that decides by them.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
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

  public let kind: Kind
  public let file: String
  public let expected: String
  public let received: String
  public let remedy: String

  public init(_ kind: Kind, file: String, expected: String, received: String, remedy: String) {
    self.kind = kind
    self.file = file
    self.expected = expected
    self.received = received
    self.remedy = remedy
  }

  public var description: String { "\(file): expected \(expected), received \(received). \(remedy)" }

  static func unavailable(_ file: String) -> VideoError {
    VideoError(
      .unavailable, file: file, expected: "FFmpeg for videos and compressed pictures",
      received: "a build without it",
      remedy: "Install libavformat-dev, libavcodec-dev, libavutil-dev and libswscale-dev (script/bootstrap "
        + "does), remove .build and build again.")
  }
}
