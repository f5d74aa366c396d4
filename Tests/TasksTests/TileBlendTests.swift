import Tasks
import TensorCore
import Testing

@Suite struct TileBlendTests {
  /// A forecast that depends on the place alone comes back as it was, wherever tiles overlap.
  @Test(arguments: [(20, 31, 8, 12), (8, 12, 8, 12), (9, 40, 8, 8), (33, 13, 16, 13)])
  func reproducesTheField(_ height: Int, _ width: Int, _ tileHeight: Int, _ tileWidth: Int) throws {
    let blend = TileBlend(height: height, width: width, tileHeight: tileHeight, tileWidth: tileWidth)
    func value(_ frame: Int, _ row: Int, _ column: Int) -> Float {
      Float(frame * 1000 + row * 37 + column * 11 % 17)
    }
    let field = try blend.blended(frames: 3, batchSize: 4) { tiles in
      Tensor(
        tiles.flatMap { tile in
          (0..<3).flatMap { frame in
            (0..<tileHeight).flatMap { row in
              (0..<tileWidth).map { value(frame, tile.row + row, tile.column + $0) }
            }
          }
        }, shape: [tiles.count, 3, tileHeight, tileWidth, 1])
    }
    for frame in 0..<3 {
      for row in 0..<height {
        for column in 0..<width {
          let got = field[(frame * height + row) * width + column]
          let want = value(frame, row, column)
          #expect(abs(got - want) <= 1e-4 * max(1, want))
        }
      }
    }
  }

  /// Tiles that disagree by 1 make no step of 1 anywhere: the field changes as gently as the weights do.
  @Test func hasNoSeams() throws {
    let (height, width, side) = (70, 90, 32)
    let blend = TileBlend(height: height, width: width, tileHeight: side, tileWidth: side)
    var number = 0
    let field = try blend.blended(frames: 1) { tiles in
      var values: [Float] = []
      for _ in tiles {
        values += [Float](repeating: Float(number % 2), count: side * side)
        number += 1
      }
      return Tensor(values, shape: [tiles.count, 1, side, side, 1])
    }
    var largest: Float = 0
    for row in 0..<height {
      for column in 0..<width {
        let here = field[row * width + column]
        if column + 1 < width { largest = max(largest, abs(here - field[row * width + column + 1])) }
        if row + 1 < height { largest = max(largest, abs(here - field[(row + 1) * width + column])) }
      }
    }
    #expect(Set(field).count > 100, "tiles are mixed")
    #expect(largest < 0.25, "a step of \(largest)")
  }
}
