import Support

/// Why a model cannot be run over data as asked: what was expected, what came, and what to do.
public typealias ForecastingError = StructuredError<ForecastingErrorKind>

/// The kinds of ``ForecastingError``.
public enum ForecastingErrorKind: String, ErrorKind {
  /// The model file says too little about its data, or something that cannot be read.
  case unusableModel
  /// The data are of another kind than those that the model was trained on.
  case otherData
  /// A frame that the model needs is not there, and the policy allows no replacement.
  case missingFrame
  /// A time, place or file name that makes no sense here.
  case invalidOption
  /// A file could not be written.
  case unwritable
  /// The run would not fit into memory.
  case tooLarge
}
