import Support

/// Data that cannot be used as asked: which file, what was expected, what came, and what to do.
public typealias DataError = StructuredError<DataErrorKind>

/// The kinds of ``DataError``.
public enum DataErrorKind: String, ErrorKind, CaseIterable {
  /// There is no such file or folder, or it may not be read.
  case notFound
  /// The folder holds no file that the reader takes.
  case noFrames
  /// The file is of another format altogether.
  case foreignFormat
  /// Something that would be read wrongly with the libraries at hand, so it is not read.
  case unsupported
  /// The file is of the right format but truncated or damaged.
  case corrupt
  /// A group, data set or attribute that the format prescribes is absent.
  case missingObject
  /// Something is there but of another type than the format prescribes.
  case wrongType
  /// A value that the format allows but that makes no sense here.
  case badValue
  /// Sizes differ from the rest of the sequence, or are beyond any reason.
  case wrongShape
  /// Two frames claim one time.
  case duplicateTime
  /// The sequence is too short for what was asked.
  case tooFewFrames
  /// The parts of a split overlap, or stand too close to each other.
  case leakage
  /// No tile of the stated size fits, or none holds enough valid pixels.
  case noTile
  /// An option out of its range.
  case invalidOption
}
