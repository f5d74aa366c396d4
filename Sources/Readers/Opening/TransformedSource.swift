import Foundation

/// Another source with every nth frame, a part of each frame, grey, or of another size.
struct TransformedSource: FrameSource {
  let base: any FrameSource
  let stride: Int
  let shape: FrameShape
  let timestamps: [Date]?
  let nominalStep: Double?
  let grid: GridMetadata?
  private let transform: FrameTransform

  var unit: PhysicalUnit { base.unit }
  var count: Int { (base.count + stride - 1) / stride }

  /// The source itself if nothing is to be changed.
  ///
  /// - Throws: ``DataError`` if the crop reaches beyond the frame.
  static func applying(_ options: DataOptions, to base: any FrameSource) throws -> any FrameSource {
    let transform = try FrameTransform(options, shape: base.shape)
    let stride = options.stride ?? 1
    guard stride > 1 || transform.shape != base.shape || options.crop != nil else { return base }
    return TransformedSource(base, transform, stride)
  }

  private init(_ base: any FrameSource, _ transform: FrameTransform, _ stride: Int) {
    self.base = base
    self.transform = transform
    self.stride = stride
    shape = transform.shape
    timestamps = base.timestamps.map { times in
      Swift.stride(from: 0, to: times.count, by: stride).map { times[$0] }
    }
    nominalStep = base.nominalStep.map { $0 * Double(stride) }
    grid = base.grid.map { transform.grid($0, of: base.shape) }
  }

  func frame(at index: Int) throws -> Frame {
    try check(index: index)
    return try transform.apply(to: base.frame(at: index * stride))
  }
}

/// Crop, grey, resize, in this order.
struct FrameTransform: Sendable {
  let shape: FrameShape
  private let crop: Tile?
  private let isGrey: Bool
  private let cropped: FrameShape

  init(_ options: DataOptions, shape: FrameShape) throws {
    var size = shape
    crop = options.crop.map { Tile(row: $0.row, column: $0.column, height: $0.height, width: $0.width) }
    if let crop {
      try crop.check(fits: shape)
      (size.height, size.width) = (crop.height, crop.width)
    }
    isGrey = options.grey && shape.channels == 3
    if isGrey { size.channels = 1 }
    cropped = size
    if let wanted = options.size { (size.height, size.width) = (wanted.height, wanted.width) }
    self.shape = size
  }

  func apply(to frame: Frame) throws -> Frame {
    var frame = try crop.map { try frame.cropped(to: $0) } ?? frame
    if isGrey { frame = try frame.greyed() }
    return frame.shape == shape ? frame : try frame.resized(height: shape.height, width: shape.width)
  }

  /// Pixels grow as the size shrinks; corners only hold for whole frames.
  func grid(_ grid: GridMetadata, of whole: FrameShape) -> GridMetadata {
    var grid = grid
    if crop != nil {
      grid.corners = []
      (grid.spannedRows, grid.spannedColumns) = (nil, nil)
    }
    return grid.scaled(
      rows: Double(cropped.height) / Double(shape.height),
      columns: Double(cropped.width) / Double(shape.width),
      from: cropped, to: shape)
  }
}

extension Frame {
  /// Brightness by 0.299 R + 0.587 G + 0.114 B; missing where a colour is.
  func greyed() throws -> Frame {
    let pixels = 0..<shape.pixels
    return try Frame(
      shape: FrameShape(height: shape.height, width: shape.width),
      values: pixels.map { 0.299 * values[3 * $0] + 0.587 * values[3 * $0 + 1] + 0.114 * values[3 * $0 + 2] },
      isValid: pixels.map { isValid[3 * $0] && isValid[3 * $0 + 1] && isValid[3 * $0 + 2] }, time: time)
  }

  /// The frame at another size: along each axis a mean over the covered pixels where it shrinks, linear
  /// interpolation between the centres of pixels where it grows. A value is missing where more than half of what
  /// it is made of is.
  public func resized(height: Int, width: Int) throws -> Frame {
    try resized(
      height: height, width: width, rowScale: Double(shape.height) / Double(height),
      columnScale: Double(shape.width) / Double(width))
  }

  /// The frame on pixels that are larger by the stated scales, from the same first pixel on.
  package func resized(height: Int, width: Int, rowScale: Double, columnScale: Double) throws -> Frame {
    let rows = ResizeWeights(from: shape.height, to: height, scale: rowScale)
    let columns = ResizeWeights(from: shape.width, to: width, scale: columnScale)
    let channels = shape.channels
    let size = FrameShape(height: height, width: width, channels: channels)
    // Along rows first: weighted sums and the weight of what is valid.
    var sums = [Float](repeating: 0, count: shape.height * width * channels)
    var weights = sums
    for row in 0..<shape.height {
      for column in 0..<width {
        for (place, weight) in columns.parts[column] {
          for channel in 0..<channels {
            let from = (row * shape.width + place) * channels + channel
            guard isValid[from] else { continue }
            let to = (row * width + column) * channels + channel
            sums[to] += weight * values[from]
            weights[to] += weight
          }
        }
      }
    }
    var result = [Float](repeating: 0, count: size.count)
    var total = result
    let line = width * channels
    for row in 0..<height {
      for (place, weight) in rows.parts[row] {
        for index in 0..<line {
          result[row * line + index] += weight * sums[place * line + index]
          total[row * line + index] += weight * weights[place * line + index]
        }
      }
    }
    var mask = [Bool](repeating: false, count: size.count)
    for index in result.indices where total[index] >= 0.4999 {
      result[index] /= total[index]
      mask[index] = true
    }
    return try Frame(shape: size, values: result, isValid: mask, time: time)
  }
}

/// Which pixels make one pixel of another size, and how much each.
private struct ResizeWeights {
  let parts: [[(Int, Float)]]

  init(from old: Int, to new: Int, scale: Double) {
    parts = (0..<new).map { scale > 1 ? Self.area($0, scale, old) : Self.linear($0, scale, old) }
  }

  private static func area(_ index: Int, _ scale: Double, _ old: Int) -> [(Int, Float)] {
    let low = Double(index) * scale
    let high = low + scale
    var parts: [(Int, Float)] = []
    for place in Int(low)..<min(old, Int(high.rounded(.up))) {
      let covered = min(high, Double(place + 1)) - max(low, Double(place))
      if covered > 1e-6 * scale { parts.append((place, Float(covered / scale))) }
    }
    return parts
  }

  private static func linear(_ index: Int, _ scale: Double, _ old: Int) -> [(Int, Float)] {
    let centre = min(max((Double(index) + 0.5) * scale - 0.5, 0), Double(old - 1))
    let low = min(Int(centre), old - 1)
    let part = Float(centre - Double(low))
    let parts: [(Int, Float)] = [(low, 1 - part), (low + 1, part)]
    return part == 0 ? [(low, Float(1))] : parts
  }
}
