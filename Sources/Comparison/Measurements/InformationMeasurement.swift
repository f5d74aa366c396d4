import Contenders
import Layers
import Reports
import TensorCore

/// What of the last frame can still be read off each contender's representations by a linear probe: where the main
/// object is, and a coarse copy of the frame.
struct InformationMeasurement {
  /// Inputs of the models, `[sample, time, height, width, channels]`, for the parts of the probe.
  struct Samples {
    var training: [[Tensor]]
    var validation: [[Tensor]]
    var test: [[Tensor]]
  }

  let subjects: MeasurementSubjects
  let samples: Samples
  /// In the order of the models.
  let probes: [[LayerProbe]]
  /// A pixel belongs to an object above this, in the units of the input.
  let threshold: Float

  private static let dimension = 64
  private static let coarse = 4

  func measure() throws -> MeasuredAspect {
    let targets = try parts { batch in batch[0] }.map { part in part.map(self.targets(of:)) }
    var rows: [[String]] = []
    var findings: [String] = []
    let raw = try parts { batch in batch[0] }.map { part in
      part.map { LinearProbe.projected(lastFrame($0), to: Self.dimension, seed: 1) }
    }
    rows.append(["Raw last frame", "", ""] + scores(raw, targets).map(text))
    for (index, family) in subjects.models.enumerated() {
      var best: [Double?] = []
      let trained = try features(family.model, probes[index])
      let untrained = try features(family.untrained, probes[index])
      for (place, (learned, initial)) in zip(probes[index], zip(trained, untrained)) {
        best = scores(learned, targets)
        rows.append([family.name, place.text, "trained"] + best.map(text))
        rows.append([family.name, place.text, "untrained"] + scores(initial, targets).map(text))
      }
      guard !probes[index].isEmpty else {
        findings.append("It names no layers to look into.")
        continue
      }
      findings.append(
        "Before the head a linear probe reads the main object's place with R² \(text(best.first ?? nil)), a coarse "
          + "copy of the last frame with \(text(best.last ?? nil)).")
    }
    return MeasuredAspect(
      aspect: .information, findings: findings,
      method:
        "Linear probes (ridge, its strength chosen on validation) on representations that were projected at "
        + "random to \(Self.dimension) numbers each; R² on held-out test samples, at best 1. Controls: the same "
        + "networks untrained, and the raw last frame. The main object is the largest connected area above a "
        + "threshold, its place the centre of that area; the coarse copy has "
        + "\(Self.coarse) × \(Self.coarse) means.",
      figures: [
        .table(
          MeasuredTable(
            title: "What linear probes read off",
            columns: ["Model", "Representation", "Weights", "Place of the main object", "Coarse copy"],
            rows: rows))
      ])
  }

  // MARK: Features and targets

  /// Training, validation and test samples one by one, as made from each batch.
  private func parts(_ values: ([Tensor]) throws -> Tensor) throws -> [[[Float]]] {
    try [samples.training, samples.validation, samples.test].map { part in
      try part.flatMap { batch in rows(try values(batch)) }
    }
  }

  private func rows(_ tensor: Tensor) -> [[Float]] {
    let count = tensor.shape[0]
    let size = tensor.count / max(count, 1)
    let values = tensor.values
    return (0..<count).map { Array(values[$0 * size..<($0 + 1) * size]) }
  }

  /// For each place the projected features of the three parts.
  private func features(_ model: ModelGraph, _ probes: [LayerProbe]) throws -> [[[[Double]]]] {
    let recorder = LayerRecorder()
    var result = probes.map { _ in [[[Double]]]() }
    for part in [samples.training, samples.validation, samples.test] {
      var gathered = probes.map { _ in [[Double]]() }
      for batch in part {
        let events = try recorder.run(model, batch)
        for (index, place) in probes.enumerated() {
          guard let event = events.first(where: { $0.layer == place.layer }),
            place.output < event.outputs.count
          else {
            throw ComparisonError(
              expected: "a layer \(place.layer) in \(model.name)", received: "none",
              remedy: "Report this with the command you used.")
          }
          var output = event.outputs[place.output]
          if place.takesLastFrame {
            output = Movement.slice(output, axis: 1, output.shape[1] - 1..<output.shape[1])
          }
          gathered[index] += rows(output).map { LinearProbe.projected($0, to: Self.dimension, seed: 1) }
        }
      }
      for index in probes.indices { result[index].append(gathered[index]) }
    }
    return result
  }

  private func scores(_ features: [[[Double]]], _ targets: [[[[Double]]]]) -> [Double?] {
    // Samples without an object have no place; they count for the coarse copy alone.
    [0, 1].map { kind in
      func part(_ index: Int) -> (features: [[Double]], targets: [[Double]]) {
        let kept = zip(features[index], targets[index]).filter { !$1[kind].isEmpty }
        return (kept.map(\.0), kept.map { $1[kind] })
      }
      return LinearProbe.score(training: part(0), validation: part(1), test: part(2))
    }
  }

  private var frameShape: (frames: Int, height: Int, width: Int, channels: Int) {
    let shape = subjects.batch.inputs[0].shape
    return (shape[1], shape[2], shape[3], shape[4])
  }

  private func lastFrame(_ sample: [Float]) -> [Float] {
    let shape = frameShape
    let size = shape.height * shape.width * shape.channels
    let frame = sample.suffix(size)
    guard shape.channels > 1 else { return Array(frame) }
    return stride(from: frame.startIndex, to: frame.endIndex, by: shape.channels).map { frame[$0] }
  }

  /// The place of the main object (empty without one) and the coarse copy.
  private func targets(of sample: [Float]) -> [[Double]] {
    let shape = frameShape
    let frame = lastFrame(sample)
    var coarse = [Double](repeating: 0, count: Self.coarse * Self.coarse)
    for row in 0..<shape.height {
      for column in 0..<shape.width {
        let cell = row * Self.coarse / shape.height * Self.coarse + column * Self.coarse / shape.width
        coarse[cell] += Double(frame[row * shape.width + column])
      }
    }
    let place = MainObject.centre(frame, height: shape.height, width: shape.width, above: threshold)
    return [place.map { [$0.row, $0.column] } ?? [], coarse]
  }

  private func text(_ value: Double?) -> String { value.map { MeasuredText.fixed($0, 2) } ?? "undefined" }
}

/// The largest connected area above a threshold.
package enum MainObject {
  /// Its centre in pixels; `nil` if nothing is above the threshold. Pixels are connected by their sides.
  package static func centre(
    _ field: [Float], height: Int, width: Int, above threshold: Float
  ) -> (row: Double, column: Double)? {
    var seen = field.map { $0 <= threshold || !$0.isFinite }
    var best: (size: Int, row: Double, column: Double)?
    for start in field.indices where !seen[start] {
      var (size, rows, columns) = (0, 0, 0)
      var pending = [start]
      seen[start] = true
      while let pixel = pending.popLast() {
        let (row, column) = (pixel / width, pixel % width)
        (size, rows, columns) = (size + 1, rows + row, columns + column)
        for (y, x) in [(row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)]
        where y >= 0 && y < height && x >= 0 && x < width && !seen[y * width + x] {
          seen[y * width + x] = true
          pending.append(y * width + x)
        }
      }
      if size > best?.size ?? 0 {
        best = (size, Double(rows) / Double(size), Double(columns) / Double(size))
      }
    }
    return best.map { ($0.row, $0.column) }
  }
}
