import Foundation
import Synchronization

/// An array that is read block by block: a block is what lies behind fixed indices of the first axes.
protocol ArrayBlocks: Sendable {
  /// The lengths of the axes, slowest first.
  var shape: [Int] { get }
  /// The largest number that the type of the elements can hold, for bytes and 16-bit pictures.
  var whiteLevel: Float? { get }
  /// The file, for errors.
  var file: String { get }
  /// The elements behind the given indices, row-major; missing ones are NaN.
  func block(_ leading: [Int]) throws -> [Float]
}

/// Keeps the blocks that were read last.
final class BlockCache: Sendable {
  private let blocks: any ArrayBlocks
  private let held = Mutex<[(leading: [Int], values: [Float])]>([])
  private let capacity: Int

  init(_ blocks: any ArrayBlocks, capacity: Int = 4) {
    self.blocks = blocks
    self.capacity = capacity
  }

  func block(_ leading: [Int]) throws -> [Float] {
    if let values = held.withLock({ $0.first { $0.leading == leading }?.values }) { return values }
    let values = try blocks.block(leading)
    held.withLock {
      if $0.count >= capacity { $0.removeFirst() }
      $0.append((leading, values))
    }
    return values
  }
}

/// One sample of an array as a sequence: its frames are gathered from wherever the order of axes puts them.
struct ArraySource: FrameSource {
  let array: LabeledArray
  let sample: Int

  var count: Int { array.frames }
  var shape: FrameShape { array.frameShape }
  var unit: PhysicalUnit { array.unit.frameUnit }
  var nominalStep: Double? { array.interval }
  var grid: GridMetadata? { array.grid }

  var timestamps: [Date]? {
    if let times = array.times { return times }
    guard let start = array.start, let interval = array.interval else { return nil }
    return (0..<count).map { start.addingTimeInterval(Double($0) * interval * 60) }
  }

  func frame(at index: Int) throws -> Frame {
    try check(index: index)
    return try array.frame(sample: sample, time: index, date: timestamps?[index])
  }
}

/// An array whose axes and numbers have a meaning.
struct LabeledArray: Sendable {
  let axes: ArrayAxes
  let samples: Int
  let frames: Int
  let frameShape: FrameShape
  let unit: StoredUnit
  let interval: Double?
  var start: Date?
  var times: [Date]?
  var grid: GridMetadata?
  /// Rows run northwards in the file and are turned round.
  var isUpsideDown = false
  private let white: Float
  private let gain: Float
  private let offset: Float
  private let missing: Float?
  private let file: String
  private let cache: BlockCache
  /// How many of the axes lie outside a block.
  private let leading: Int
  private let strides: [ArrayAxes.Axis: Int]

  /// - Throws: ``DataError`` if the axes do not fit the array.
  init(_ blocks: any ArrayBlocks, options: DataOptions, unit known: StoredUnit? = nil) throws {
    let axes = try options.axes ?? ArrayAxes.suggested(for: blocks.shape, file: blocks.file)
    let shape = blocks.shape
    guard axes.order.count == shape.count, shape.allSatisfy({ $0 > 0 }) else {
      throw DataError(
        .wrongShape, file: blocks.file, expected: "\(axes.order.count) axes that are not empty (\(axes))",
        received: shape.isEmpty ? "a single number" : shape.map(String.init).joined(separator: "×"),
        remedy: "Pass --axes with one letter for each axis: N samples, T time, H rows, W columns, C channels."
      )
    }
    self.axes = axes
    file = blocks.file
    samples = axes.length(.sample, in: shape)
    frames = axes.length(.time, in: shape)
    frameShape = FrameShape(
      height: axes.length(.height, in: shape), width: axes.length(.width, in: shape),
      channels: axes.length(.channel, in: shape))
    // A damaged file may claim anything; sequences and frames must be countable all the same.
    guard samples <= 1 << 24, frameShape.height <= 1 << 20, frameShape.width <= 1 << 20,
      frameShape.channels <= 1 << 16, frameShape.pixels <= 1 << 27, frameShape.count <= 1 << 28
    else {
      throw DataError(
        .wrongShape, file: blocks.file, expected: "at most \(1 << 24) samples of \(1 << 28) values a frame",
        received: "\(samples) samples of \(frameShape)", remedy: "Declare the order of the axes by --axes.")
    }
    unit = options.unit ?? known ?? (blocks.whiteLevel == nil ? .dimensionless : .brightness)
    interval = options.interval
    start = options.start
    white = unit == .brightness && options.gain == nil ? blocks.whiteLevel ?? 1 : 1
    gain = Float(options.gain ?? 1)
    offset = Float(options.offset ?? 0)
    missing = options.missing.map { Float($0) }
    cache = BlockCache(blocks)
    leading = axes.order.firstIndex { [.height, .width, .channel].contains($0) } ?? 0
    var strides: [ArrayAxes.Axis: Int] = [:]
    var stride = 1
    for (axis, length) in zip(axes.order, shape).reversed() {
      strides[axis] = stride
      stride *= length
    }
    self.strides = strides
  }

  func frame(sample: Int, time: Int, date: Date?) throws -> Frame {
    let place: [ArrayAxes.Axis: Int] = [.sample: sample, .time: time]
    let outside = axes.order.prefix(leading)
    let block = try cache.block(outside.map { place[$0] ?? 0 })
    var start = 0
    for axis in axes.order.dropFirst(leading) { start += (place[axis] ?? 0) * (strides[axis] ?? 0) }
    let (down, right, deep) = (strides[.height] ?? 0, strides[.width] ?? 0, strides[.channel] ?? 0)
    let size = frameShape
    var values = [Float](repeating: 0, count: size.count)
    block.withUnsafeBufferPointer { block in
      values.withUnsafeMutableBufferPointer { values in
        var to = 0
        for row in 0..<size.height {
          let line = start + (isUpsideDown ? size.height - 1 - row : row) * down
          for column in 0..<size.width {
            for channel in 0..<size.channels {
              values[to] = block[line + column * right + channel * deep]
              to += 1
            }
          }
        }
      }
    }
    if let missing { for index in values.indices where values[index] == missing { values[index] = .nan } }
    if white != 1 { for index in values.indices { values[index] /= white } }
    if gain != 1 || offset != 0 {
      for index in values.indices { values[index] = values[index] * gain + offset }
    }
    try unit.convert(&values, interval: interval, file: file)
    return try Frame(shape: size, values: values, time: date)
  }

  /// The samples as sequences.
  var sources: [any FrameSource] { (0..<samples).map { ArraySource(array: self, sample: $0) } }
}
