/// The size of one frame: `[height, width, channels]`.
public struct FrameShape: Hashable, Codable, Sendable {
  public var height: Int
  public var width: Int
  public var channels: Int

  public init(height: Int, width: Int, channels: Int = 1) {
    self.height = height
    self.width = width
    self.channels = channels
  }

  /// The number of pixels, channels not counted.
  public var pixels: Int { height * width }

  /// The number of values.
  public var count: Int { height * width * channels }
}

extension FrameShape: CustomStringConvertible {
  public var description: String { "\(height)×\(width)×\(channels)" }
}
