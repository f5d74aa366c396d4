import Support

/// Why a safetensors file could not be read, used or written: what was expected, what came, what to do.
public typealias SafeTensorsError = StructuredError<SafeTensorsErrorKind>

/// The kinds of ``SafeTensorsError``.
public enum SafeTensorsErrorKind: String, ErrorKind, CaseIterable {
  /// The file is missing, not a regular file, or the system refused to read it.
  case unreadable
  /// The file ends before the bytes that its header promises.
  case truncated
  /// The header's length field does not fit the file or the format's limit.
  case headerLength
  /// The header is not the JSON object that the format prescribes.
  case malformedHeader
  /// Two tensors, or two metadata keys, share a name.
  case duplicateName
  /// A tensor has an element type this reader does not know.
  case unknownElementType
  /// A shape is negative, or the product of its axes does not fit an integer.
  case shape
  /// Tensor data overlaps, leaves a hole, lies outside the file or disagrees with its shape.
  case dataOffsets
  /// No tensor of the requested name is in the file.
  case missingTensor
  /// The tensor's elements are of another type than the requested one.
  case elementType
  /// The file could not be written; what stood under its name before is untouched.
  case unwritable

  public static var usualPlace: String? { "safetensors" }
}

extension SafeTensorsError {
  /// The remedy for whatever only the file's writer can put right.
  static var fetchAgain: String { "Is this a .safetensors file, and complete? Fetch or write it again." }

  static func malformed(_ expected: String, received: String) -> Self {
    Self(.malformedHeader, expected: expected, received: received, remedy: fetchAgain)
  }
}
