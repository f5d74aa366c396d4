import Support

/// Shapes or options that do not fit together: what was expected, what came, and what to do.
public typealias ShapeError = StructuredError<ShapeErrorKind>

/// The kinds of ``ShapeError``.
public enum ShapeErrorKind: String, ErrorKind {
  case wrongRank, wrongChannels, emptyDimension, wrongLength, wrongElementCount
  case kernelLargerThanInput, strideWithDilation, invalidOption, notBuilt, wrongInputCount
}
