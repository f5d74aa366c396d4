/// Why a safetensors file could not be read, used or written: what was expected, what came, what to do.
public struct SafeTensorsError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kinds of failure, for code that decides by them.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
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
  }

  public let kind: Kind
  public let expected: String
  public let received: String
  public let remedy: String

  public init(_ kind: Kind, expected: String, received: String, remedy: String) {
    self.kind = kind
    self.expected = expected
    self.received = received
    self.remedy = remedy
  }

  public var description: String {
    "safetensors: expected \(expected), received \(received). \(remedy)"
  }
}

extension SafeTensorsError {
  /// The remedy for whatever only the file's writer can put right.
  static let fetchAgain = "Is this a .safetensors file, and complete? Fetch or write it again."

  static func malformed(_ expected: String, received: String) -> Self {
    Self(.malformedHeader, expected: expected, received: received, remedy: fetchAgain)
  }
}
