import Readers

/// Channels that a model sees beside the field it forecasts: a second variable, or the elevation of the ground. They
/// are part of the input only, behind the field's own channels and before a mask channel.
public struct AuxiliaryChannels: Sendable {
  /// As many frames as the field has, at the same times, or a single one that never changes.
  public let source: any FrameSource
  /// Fitted on the training part of the source; what is missing has its fill value.
  public let normalizer: any Normalizer

  public init(_ source: any FrameSource, normalizer: any Normalizer) {
    self.source = source
    self.normalizer = normalizer
  }

  /// Refuses channels that do not lie on the frames of a field.
  func check(with field: any FrameSource) throws { try Self.check(source, with: field) }

  static func check(_ source: any FrameSource, with field: any FrameSource) throws {
    let (own, other) = (source.shape, field.shape)
    guard own.height == other.height, own.width == other.width,
      source.count == 1 || source.count == field.count
    else {
      throw DataError(
        .wrongShape,
        expected: "channels of \(other.height)×\(other.width) pixels, one frame or \(field.count) of them",
        received: "\(source.count) frames of \(own)", remedy: "Resize them, and take the same frames.")
    }
    guard source.count > 1, let times = source.timestamps, let fieldTimes = field.timestamps else { return }
    if let (a, b) = zip(times, fieldTimes).first(where: { $0 != $1 }) {
      throw DataError(
        .badValue, expected: "channels at the times of the field, \(b)", received: "\(a)",
        remedy: "Take the same frames of both.")
    }
  }
}
