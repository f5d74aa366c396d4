import Autodiff
import Foundation
import Layers
import Reports
import TensorCore

/// Where in space and time the output looks: the mean absolute gradient of one output with respect to every input
/// pixel.
struct ReceptiveFieldMeasurement {
  let subjects: MeasurementSubjects
  /// The output whose gradient is taken: a scalar.
  let output: (Tensor) -> Tensor
  /// What it is, in words.
  let outputName: String
  let samples: Int
  /// Minutes between frames; 1 where lead times count frames.
  let step: Double

  /// A panel with one row a model and one column an input frame, and a sentence for each model.
  ///
  /// - Throws: What the models throw.
  func measure() throws -> (panel: PicturePanel, findings: [String]) {
    var rows: [PictureRow] = []
    var findings: [String] = []
    var frames = 0
    for family in subjects.models {
      let (field, shape) = try gradient(family.model)
      frames = shape[0]
      let strongest = field.max() ?? 0
      let size = shape[1] * shape[2]
      let pictures = try (0..<frames).map { frame -> Picture? in
        let values = field[frame * size..<(frame + 1) * size].map { strongest > 0 ? $0 / strongest : 0 }
        // A square root lets weak gradients be seen.
        return try Picture(
          field: values.map { $0.squareRoot() }, height: shape[1], width: shape[2], scale: .sequential(0...1))
      }
      rows.append(PictureRow(label: family.name, scale: .sequential(0...1), pictures: pictures))
      findings.append(finding(field, frames: frames, height: shape[1], width: shape[2]))
    }
    return (
      PicturePanel(
        title: "Receptive field in space and time",
        caption:
          "Square root of the mean absolute gradient of \(outputName) with respect to every input pixel, "
          + "relative to each model's strongest one, over \(samples) samples.",
        leadTimes: (0..<frames).map { Double($0 - frames + 1) * step }, rows: rows), findings
    )
  }

  private func gradient(_ model: ModelGraph) throws -> (field: [Float], shape: [Int]) {
    let count = min(samples, subjects.batch.count)
    let inputs = subjects.batch.inputs.map { Movement.slice($0, axis: 0, 0..<count) }
    let (_, gradients) = try valueAndGradient(at: inputs) { inputs in
      output(try model.output(inputs))
    }
    let shape = inputs[0].shape
    let (frames, height, width, channels) = (shape[1], shape[2], shape[3], shape[4])
    var field = [Float](repeating: 0, count: frames * height * width)
    guard let values = gradients[0]?.values else { return (field, [frames, height, width]) }
    for sample in 0..<count {
      for pixel in field.indices {
        for channel in 0..<channels {
          field[pixel] += abs(values[(sample * field.count + pixel) * channels + channel])
        }
      }
    }
    return (field, [frames, height, width])
  }

  private func finding(_ field: [Float], frames: Int, height: Int, width: Int) -> String {
    let total = field.reduce(0.0) { $0 + Double($1) }
    guard total > 0 else { return "The output depends on no input." }
    let size = height * width
    let last = field.suffix(size).reduce(0.0) { $0 + Double($1) } / total
    // The smallest square around the strongest place that holds nine tenths of the gradient.
    var plane = [Double](repeating: 0, count: size)
    for (index, value) in field.enumerated() { plane[index % size] += Double(value) }
    let (row, column) = (height / 2, width / 2)
    var radius = 0
    while radius < max(height, width) {
      var held = 0.0
      for y in max(0, row - radius)...min(height - 1, row + radius) {
        for x in max(0, column - radius)...min(width - 1, column + radius) { held += plane[y * width + x] }
      }
      if held >= 0.9 * total { break }
      radius += 1
    }
    return "The last frame holds \(MeasuredText.percent(last)) of the gradient; nine tenths lie within "
      + "\(radius) pixels of the middle."
  }
}
