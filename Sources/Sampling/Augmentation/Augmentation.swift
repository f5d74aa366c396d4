import Readers
import TensorCore

/// Changes that leave the answer right and make more samples out of few. All frames of a sample, input, target and
/// mask, change alike.
public struct Augmentation: Equatable, Codable, Sendable {
  /// The symmetries that are drawn from, evenly; the identity is always one of them.
  public var symmetries: [GridSymmetry] = []
  /// Whether half of the samples run backwards. Not for forecasts: rain grows and decays in one direction, and
  /// the target would become the input.
  public var reversesTime = false
  /// Values are multiplied by a factor drawn from here and kept within 0 … 1; for pictures.
  public var brightness: ClosedRange<Float>?
  /// Frames are cut to this height and width at a random place.
  public var crop: Crop?
  /// For classes that a symmetry turns into another (left becomes right): the new class of each, by symmetry. A
  /// symmetry that is not named keeps the classes.
  public var relabelling: [GridSymmetry: [Int]] = [:]
  /// The new class of each when time is reversed, if that changes it.
  public var reversedLabels: [Int]?

  public struct Crop: Equatable, Codable, Sendable {
    public var height: Int
    public var width: Int

    public init(height: Int, width: Int) {
      self.height = height
      self.width = width
    }
  }

  public init() {}

  /// Both flips and all turns.
  public static var allSymmetries: Augmentation {
    var augmentation = Augmentation()
    augmentation.symmetries = GridSymmetry.allCases
    return augmentation
  }

  /// What happens to one sample.
  package struct Draw: Sendable {
    var symmetry: GridSymmetry
    var isReversed: Bool
    var factor: Float
    var row: Int
    var column: Int
  }

  /// What happens to each sample of a batch of forecasts: a function of seed, epoch and index.
  ///
  /// - Throws: ``DataError`` if the augmentation does not fit samples of this size.
  package func draws(
    _ count: Int, height: Int, width: Int, seed: UInt64, epoch: Int, index: Int
  ) throws -> [Draw] {
    try check(height: height, width: width, classes: nil)
    var stream = RandomStream(seed: seed).substream("augmentation").substream(epoch).substream(index)
    return (0..<count).map { _ in draw(height: height, width: width, &stream) }
  }

  func draw(height: Int, width: Int, _ random: inout RandomStream) -> Draw {
    let choices = [.identity] + symmetries.filter { $0 != .identity }
    let symmetry = choices[random.integer(below: choices.count)]
    let isReversed = reversesTime && random.uniform() < 0.5
    let factor = brightness.map { random.uniform($0.lowerBound, $0.upperBound) } ?? 1
    let row = crop.map { random.integer(below: height - $0.height + 1) } ?? 0
    let column = crop.map { random.integer(below: width - $0.width + 1) } ?? 0
    return Draw(symmetry: symmetry, isReversed: isReversed, factor: factor, row: row, column: column)
  }

  /// Refuses what does not fit samples of a size.
  func check(height: Int, width: Int, classes: Int?) throws {
    func refuse(_ expected: String, _ received: String, _ remedy: String) -> DataError {
      DataError(.invalidOption, expected: expected, received: received, remedy: remedy)
    }
    if let crop {
      guard crop.height >= 1, crop.width >= 1, crop.height <= height, crop.width <= width else {
        throw refuse(
          "a crop within \(height)×\(width)", "\(crop.height)×\(crop.width)", "Choose a smaller crop.")
      }
    }
    let (h, w) = (crop?.height ?? height, crop?.width ?? width)
    if h != w, let turn = symmetries.first(where: \.exchangesAxes) {
      throw refuse(
        "square samples for \(turn.rawValue)", "\(h)×\(w)", "Crop squares, or use flips and the half turn.")
    }
    if let brightness, !(brightness.lowerBound > 0 && brightness.upperBound.isFinite) {
      throw refuse("positive factors of brightness", "\(brightness)", "Choose for example 0.8 to 1.2.")
    }
    for table in Array(relabelling.values) + [reversedLabels].compactMap({ $0 }) {
      guard let classes, table.count == classes, Set(table) == Set(0..<classes) else {
        throw refuse(
          "each class once in a relabelling" + (classes.map { " of \($0)" } ?? ", and classes"), "\(table)",
          "Give the new class of every class.")
      }
    }
  }

  /// One tensor `[batch, time, height, width, channels]` changed by what was drawn for each sample.
  package func apply(_ draws: [Draw], to tensor: Tensor, changesBrightness: Bool) -> Tensor {
    let (times, height, width, channels) = (
      tensor.shape[1], tensor.shape[2], tensor.shape[3], tensor.shape[4]
    )
    let (h, w) = (crop?.height ?? height, crop?.width ?? width)
    return tensor.withUnsafeValues { source in
      Tensor(shape: [draws.count, times, h, w, channels]) { result in
        var place = 0
        for (sample, draw) in draws.enumerated() {
          for time in 0..<times {
            let frame = (sample * times + (draw.isReversed ? times - 1 - time : time)) * height
            for row in 0..<h {
              for column in 0..<w {
                let from = draw.symmetry.source(row: row, column: column, height: h, width: w)
                let pixel = ((frame + draw.row + from.row) * width + draw.column + from.column) * channels
                for channel in 0..<channels {
                  var value = source[pixel + channel]
                  if changesBrightness, brightness != nil { value = min(1, max(0, value * draw.factor)) }
                  result.initializeElement(at: place, to: value)
                  place += 1
                }
              }
            }
          }
        }
      }
    }
  }

  /// The class of a sample after what was drawn.
  func label(_ label: Int, after draw: Draw) -> Int {
    let turned = relabelling[draw.symmetry]?[label] ?? label
    return draw.isReversed ? reversedLabels?[turned] ?? turned : turned
  }
}
