/// A displacement at a place, in pixels and pixels a frame: x counts columns, y rows downwards.
public struct MotionVector: Equatable, Codable, Sendable {
  public var x: Float
  public var y: Float
  /// Columns a frame, positive to the right.
  public var dx: Float
  /// Rows a frame, positive downwards.
  public var dy: Float

  public init(x: Float, y: Float, dx: Float, dy: Float) {
    self.x = x
    self.y = y
    self.dx = dx
    self.dy = dy
  }
}

/// A displacement for every pixel, `[height, width]` row by row.
public struct MotionField: Equatable, Sendable {
  public let height: Int
  public let width: Int
  /// Columns a frame, positive to the right.
  public let dx: [Float]
  /// Rows a frame, positive downwards.
  public let dy: [Float]

  /// - Throws: ``MotionError`` when the counts are not height × width or a displacement is not finite.
  public init(height: Int, width: Int, dx: [Float], dy: [Float]) throws(MotionError) {
    guard height > 0, width > 0, dx.count == height * width, dy.count == dx.count,
      dx.allSatisfy(\.isFinite), dy.allSatisfy(\.isFinite)
    else {
      throw MotionError(
        expected: "\(height) × \(width) finite displacements along either axis",
        received: "\(dx.count) and \(dy.count)", remedy: "Pass displacements row by row, none missing.")
    }
    self.height = height
    self.width = width
    self.dx = dx
    self.dy = dy
  }

  init(height: Int, width: Int, checked dx: [Float], _ dy: [Float]) {
    self.height = height
    self.width = width
    self.dx = dx
    self.dy = dy
  }

  /// The same displacement everywhere.
  public static func uniform(height: Int, width: Int, dx: Float, dy: Float) -> MotionField {
    let count = height * width
    return MotionField(
      height: height, width: width, checked: [Float](repeating: dx, count: count),
      [Float](repeating: dy, count: count))
  }
}
