import Foundation
import Motion
import Testing

@Suite struct MotionTests {
  /// Blobs at sub-pixel places, moved by (dy, dx) a frame.
  static func frames(
    _ height: Int, _ width: Int, dx: Double, dy: Double, count: Int = 3
  ) throws -> [ImageField] {
    try (0..<count).map { time in
      let values = (0..<height * width).map { pixel -> Float in
        let (y, x) = (Double(pixel / width) - dy * Double(time), Double(pixel % width) - dx * Double(time))
        let wave = sin(x / 5 + 1) * cos(y / 7) + sin((x + 2 * y) / 11) + 0.7 * cos((x - y) / 4.3)
        return Float(max(0, 4 * wave))
      }
      return try ImageField(height: height, width: width, values: values)
    }
  }

  @Test(arguments: [(1.5, -0.75), (-3.25, 2.0), (0, 0)]) func uniformMotion(dx: Double, dy: Double) throws {
    let motion = try OpticalFlow().motion(of: Self.frames(90, 128, dx: dx, dy: dy))
    let centre = 45 * 128 + 64
    #expect(abs(Double(motion.dx[centre]) - dx) < 0.1, "\(motion.dx[centre])")
    #expect(abs(Double(motion.dy[centre]) - dy) < 0.1, "\(motion.dy[centre])")
  }

  @Test func stillWhereNothingIsSeen() throws {
    let dry = try ImageField(height: 20, width: 31, values: [Float](repeating: 0, count: 620))
    let missing = try ImageField(height: 20, width: 31, values: [Float](repeating: .nan, count: 620))
    let still = MotionField.uniform(height: 20, width: 31, dx: 0, dy: 0)
    #expect(try OpticalFlow().motion(of: [dry, dry]) == still)
    #expect(try OpticalFlow().motion(of: [missing, dry, missing]) == still)
    let speck = try ImageField(
      height: 20, width: 31, values: (0..<620).map { $0 == 300 ? 5 : 0 })
    #expect(try OpticalFlow().motion(of: [speck, speck]) == still)
  }

  @Test func wholePixelsMoveExactly() throws {
    let field = try ImageField(
      height: 5, width: 7, values: (0..<35).map(Float.init), isValid: (0..<35).map { $0 != 9 })
    let motion = MotionField.uniform(height: 5, width: 7, dx: 2, dy: -1)
    let moved = try SemiLagrangian().extrapolate(field, along: motion, steps: 2)
    for step in 1...2 {
      for pixel in 0..<35 {
        let (row, column) = (pixel / 7 + step, pixel % 7 - 2 * step)
        let inside = row < 5 && column >= 0 && !(row == 1 && column == 2)
        #expect(moved[step - 1].isValid[pixel] == inside)
        if inside { #expect(moved[step - 1].values[pixel] == Float(row * 7 + column)) }
      }
    }
    let displacement = try SemiLagrangian().displacement(along: motion, steps: 3)
    #expect(displacement.dx.allSatisfy { $0 == -6 } && displacement.dy.allSatisfy { $0 == 3 })
  }

  @Test func refusals() throws {
    let field = try ImageField(height: 4, width: 6, values: [Float](repeating: 1, count: 24))
    let other = try ImageField(height: 6, width: 4, values: [Float](repeating: 1, count: 24))
    #expect(throws: MotionError.self) { try ImageField(height: 4, width: 6, values: [1]) }
    #expect(throws: MotionError.self) { try OpticalFlow().motion(of: [field]) }
    #expect(throws: MotionError.self) { try OpticalFlow().motion(of: [field, other]) }
    let motion = MotionField.uniform(height: 6, width: 4, dx: 0, dy: 0)
    #expect(throws: MotionError.self) {
      try SemiLagrangian().extrapolate(field, along: motion, steps: 1)
    }
    #expect(throws: MotionError.self) {
      try MotionField(height: 1, width: 1, dx: [.nan], dy: [0])
    }
  }
}
