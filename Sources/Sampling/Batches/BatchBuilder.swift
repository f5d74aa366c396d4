import Readers
import TensorCore

/// Makes batches out of samples: reads their frames, cuts out the tiles, normalises.
public struct BatchBuilder: Sendable {
  public let source: any FrameSource
  public let normalizer: any Normalizer
  /// Whether the input gets one more channel that tells valid pixels (1) from missing ones (0).
  public let addsMaskChannel: Bool
  /// What the input holds beside the field itself.
  public let auxiliary: [AuxiliaryChannels]

  /// - Parameters:
  ///   - source: Put a `CachedSource` in front of files: neighbouring windows share their frames.
  ///   - normalizer: Fitted on the training part.
  ///   - addsMaskChannel: Whether the input gets one more channel that tells valid pixels from missing ones.
  public init(source: any FrameSource, normalizer: any Normalizer, addsMaskChannel: Bool = false) {
    self.source = source
    self.normalizer = normalizer
    self.addsMaskChannel = addsMaskChannel
    auxiliary = []
  }

  /// A builder whose batches hold more than the field itself.
  ///
  /// - Throws: `DataError` if channels have another size, number of frames or times than the source.
  public init(
    source: any FrameSource, normalizer: any Normalizer, addsMaskChannel: Bool = false,
    auxiliary: [AuxiliaryChannels]
  ) throws {
    for channels in auxiliary { try channels.check(with: source) }
    self.init(
      source: source, normalizer: normalizer, addsMaskChannel: addsMaskChannel, unchecked: auxiliary)
  }

  /// For a source of the same frames as one that was checked.
  init(
    source: any FrameSource, normalizer: any Normalizer, addsMaskChannel: Bool,
    unchecked auxiliary: [AuxiliaryChannels]
  ) {
    self.source = source
    self.normalizer = normalizer
    self.addsMaskChannel = addsMaskChannel
    self.auxiliary = auxiliary
  }

  /// How many channels the input of a batch has.
  public var inputChannels: Int {
    source.shape.channels + auxiliary.reduce(0) { $0 + $1.source.shape.channels } + (addsMaskChannel ? 1 : 0)
  }

  /// A batch in normalised units.
  ///
  /// - Throws: `DataError` if samples differ in size or reach beyond the source; whatever reading throws.
  public func batch(_ samples: [Sample]) throws -> SequenceBatch {
    let input = try cut(samples, \.input)
    let target = try cut(samples, \.target)
    return SequenceBatch(
      input: try withAuxiliary(input, samples), target: normalized(target, withMask: false),
      targetMask: target.maskTensor, samples: samples)
  }

  /// The input with the auxiliary channels.
  private func withAuxiliary(_ input: Cut, _ samples: [Sample]) throws -> Tensor {
    let own = normalized(input, withMask: addsMaskChannel)
    guard !auxiliary.isEmpty else { return own }
    let channels = input.shape[-1]
    var parts = [addsMaskChannel ? Movement.slice(own, axis: 4, 0..<channels) : own]
    for channels in auxiliary {
      parts.append(
        normalized(try cut(samples, \.input, from: channels.source), withMask: false, by: channels.normalizer)
      )
    }
    if addsMaskChannel { parts.append(Movement.slice(own, axis: 4, channels..<channels + 1)) }
    return Movement.concatenated(parts, axis: 4)
  }

  /// The same samples in physical units.
  ///
  /// - Throws: as ``batch(_:)``.
  public func physicalBatch(_ samples: [Sample]) throws -> PhysicalBatch {
    let input = try cut(samples, \.input)
    let target = try cut(samples, \.target)
    return PhysicalBatch(
      input: Tensor(input.values, shape: input.shape), inputMask: input.maskTensor,
      target: Tensor(target.values, shape: target.shape), targetMask: target.maskTensor, samples: samples)
  }

  /// A forecast in normalised units, back in physical ones; same shape.
  public func denormalized(_ forecast: Tensor) -> Tensor { forecast.mapValues(normalizer.denormalize) }

  // MARK: Cutting

  private struct Cut {
    var shape: Shape
    var values: [Float]
    var isValid: [Bool]

    var maskTensor: Tensor {
      Tensor(shape: shape) { buffer in
        for (index, valid) in isValid.enumerated() { buffer.initializeElement(at: index, to: valid ? 1 : 0) }
      }
    }
  }

  private func cut(
    _ samples: [Sample], _ frames: KeyPath<Window, Range<Int>>, from other: (any FrameSource)? = nil
  ) throws -> Cut {
    let source = other ?? self.source
    guard let first = samples.first else {
      throw DataError(
        .invalidOption, expected: "at least one sample", received: "none", remedy: "Pass the samples.")
    }
    let times = first.window[keyPath: frames].count
    let tile = first.tile
    let shape: Shape = [samples.count, times, tile.height, tile.width, source.shape.channels]
    var cut = Cut(shape: shape, values: [], isValid: [])
    cut.values.reserveCapacity(shape.count)
    cut.isValid.reserveCapacity(shape.count)
    for sample in samples {
      guard sample.tile.height == tile.height, sample.tile.width == tile.width,
        sample.window[keyPath: frames].count == times
      else {
        throw DataError(
          .wrongShape, expected: "samples of \(times) frames of \(tile.height)×\(tile.width) like the first",
          received: "\(sample.window[keyPath: frames].count) of \(sample.tile.height)×\(sample.tile.width)",
          remedy: "Put samples of one size into a batch.")
      }
      for index in sample.window[keyPath: frames] {
        // One frame alone is the same at all times.
        let index = source.count == 1 ? 0 : index
        try source.append(sample.tile, ofFrame: index, to: &cut.values, &cut.isValid)
      }
    }
    return cut
  }

  private func normalized(_ cut: Cut, withMask: Bool, by other: (any Normalizer)? = nil) -> Tensor {
    func fill(_ normalizer: some Normalizer) -> Tensor {
      let channels = cut.shape[-1]
      var shape = cut.shape
      if withMask { shape[-1] += 1 }
      return Tensor(shape: shape) { buffer in
        var position = 0
        for pixel in stride(from: 0, to: cut.values.count, by: channels) {
          for index in pixel..<pixel + channels {
            let value = cut.isValid[index] ? normalizer.normalize(cut.values[index]) : normalizer.fillValue
            buffer.initializeElement(at: position, to: value)
            position += 1
          }
          guard withMask else { continue }
          let isValid = cut.isValid[pixel..<pixel + channels].allSatisfy { $0 }
          buffer.initializeElement(at: position, to: isValid ? 1 : 0)
          position += 1
        }
      }
    }
    let chosen: any Normalizer = other ?? normalizer
    return fill(chosen)
  }
}

extension Tensor {
  /// Every value put through a function.
  fileprivate func mapValues(_ body: (Float) -> Float) -> Tensor {
    withUnsafeValues { source in
      Tensor(shape: shape) { buffer in
        for index in source.indices { buffer.initializeElement(at: index, to: body(source[index])) }
      }
    }
  }
}
