import Foundation
import Squall

/// What is computed, as `spec.json` in the workload's folder says.
struct Workload: Codable {
  enum Kind: String, Codable {
    /// One `ConvLSTM2D(return_sequences=True)`, `same` padding.
    case convLSTM = "convlstm"
    /// Three convolutions with pooling a frame, flatten, LSTM, dense.
    case classifier
    /// Encoder–forecaster of two and two ConvLSTM2D layers.
    case forecaster
    /// One frame at a time through a ConvLSTM2D that keeps its state: `t` frames for a check, one for a time.
    case step
  }

  var kind: Kind
  /// Samples, frames, height, width, channels.
  var n, t, h, w, c: Int
  /// Filters and kernel size of the ConvLSTM layers.
  var f = 64
  var k = 3
  /// Filters of the classifier's convolutions, units of its LSTM, and classes.
  var conv = [32, 64, 128]
  var units = 256
  var classes = 10

  enum CodingKeys: String, CodingKey { case kind, n, t, h, w, c, f, k, conv, units, classes }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    kind = try values.decode(Kind.self, forKey: .kind)
    func number(_ key: CodingKeys, _ standard: Int) throws -> Int {
      try values.decodeIfPresent(Int.self, forKey: key) ?? standard
    }
    n = try number(.n, 8)
    t = try number(.t, 10)
    h = try number(.h, 64)
    w = try number(.w, 64)
    c = try number(.c, 1)
    f = try number(.f, 64)
    k = try number(.k, 3)
    units = try number(.units, 256)
    classes = try number(.classes, 10)
    conv = try values.decodeIfPresent([Int].self, forKey: .conv) ?? [32, 64, 128]
  }

  init(contentsOf folder: URL) throws {
    self = try JSONDecoder().decode(
      Self.self, from: Data(contentsOf: folder.appending(path: "spec.json")))
  }

  var inputShape: Shape { [n, t, h, w, c] }

  var targetShape: Shape {
    switch kind {
    case .convLSTM, .step: [n, t, h, w, f]
    case .classifier: [n]
    case .forecaster: [n, t, h, w, c]
    }
  }

  var loss: Loss { kind == .classifier ? .sparseCategoricalCrossentropy() : .meanSquaredError }

  /// The model; layers stand in the order in which the peers take up their weights.
  func model() throws -> ModelGraph {
    let builder = GraphBuilder(seed: 1)
    let input = try builder.input([nil, t, h, w, c])
    func convLSTM(_ returnState: Bool) -> ConvLSTM2D {
      ConvLSTM2D(
        filters: f, kernelSize: Extent([k, k]), padding: .same, returnSequences: true,
        returnState: returnState)
    }
    switch kind {
    case .convLSTM, .step:
      return try builder.model(outputs: [convLSTM(false)(input)])
    case .classifier:
      var maps = input
      for filters in conv {
        let layer = Conv2D(filters: filters, kernelSize: 3, padding: .same, activation: .relu)
        maps = try TimeDistributed(layer)(maps)
        maps = try TimeDistributed(MaxPooling2D())(maps)
      }
      let state = try LSTM(units: units)(TimeDistributed(Flatten())(maps))
      return try builder.model(outputs: [Dense(units: classes, activation: .softmax)(state)])
    case .forecaster:
      let lower = try convLSTM(true)([input])
      let upper = try convLSTM(true)([lower[0]])
      let last = try RepeatLast(t)(input)
      let first = try convLSTM(false)([last, lower[1], lower[2]])[0]
      let second = try convLSTM(false)([first, upper[1], upper[2]])[0]
      return try builder.model(outputs: [TimeDistributed(Conv2D(filters: c, kernelSize: 1))(second)])
    }
  }
}
