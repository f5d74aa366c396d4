import Squall

/// Teaches a small ConvLSTM2D to tell clips of a dot moving right from clips of a dot moving left. No single
/// frame shows the difference. The guide "Your first model" walks through this file.
@main
struct FirstModel {
  static func main() throws {
    var random = RandomStream(seed: 1)
    let training = movingDots(count: 48, random: &random)
    let test = movingDots(count: 48, random: &random)

    let model = try train(on: training.clips, training.classes, steps: 60)
    print("right on \(percent(try accuracy(of: model, on: test))) of clips never seen")
    try watch(test.clips, with: model)
  }

  /// Clips `[batch, time, height, width, channels]` and their classes `[batch]`: 0 moves right, 1 left.
  static func movingDots(count: Int, random: inout RandomStream) -> (clips: Tensor, classes: Tensor) {
    let (frames, height, width) = (5, 8, 12)
    var pixels = [Float](repeating: 0, count: count * frames * height * width)
    var classes: [Float] = []
    for clip in 0..<count {
      let movesLeft = random.integer(below: 2)
      let row = random.integer(below: height)
      let start = random.integer(below: width - frames + 1)
      for frame in 0..<frames {
        let column = start + (movesLeft == 1 ? frames - 1 - frame : frame)
        pixels[((clip * frames + frame) * height + row) * width + column] = 1
      }
      classes.append(Float(movesLeft))
    }
    return (
      Tensor(pixels, shape: [count, frames, height, width, 1]), Tensor(classes, shape: [count])
    )
  }

  static func train(on clips: Tensor, _ classes: Tensor, steps: Int) throws -> ModelGraph {
    var model = try Sequential(input: [nil, nil, nil, nil, 1], seed: 1) {
      ConvLSTM2D(filters: 8, kernelSize: 3, padding: .same)
      GlobalMaxPooling2D()
      Dense(units: 2, activation: .softmax)
    }
    print(model.summary())

    let loss = Loss.sparseCategoricalCrossentropy()
    var optimizer = try Optimizer(Adam(learningRate: 0.02), clipping: .globalNorm(1))
    for step in 1...steps {
      var context = Context(isTraining: true, random: RandomStream(seed: 1).substream(step))
      let (value, gradients) = try valueAndGradient(at: model) { model in
        try loss(prediction: model(clips, context: &context), target: classes)
      }
      try optimizer.update(&model, along: gradients)
      model.apply(context)
      if step % 20 == 0 { print("step \(step): loss \(value.scalar)") }
    }
    return model
  }

  /// The share of clips whose most probable class is the true one.
  static func accuracy(of model: ModelGraph, on data: (clips: Tensor, classes: Tensor)) throws -> Float {
    let probabilities = try model(data.clips).values
    let right = data.classes.values.enumerated().count { clip, movesLeft in
      (probabilities[2 * clip + 1] > 0.5) == (movesLeft == 1)
    }
    return Float(right) / Float(data.classes.count)
  }

  /// Shows the model one clip frame by frame, as a live source would, and prints what it thinks after each.
  static func watch(_ clips: Tensor, with model: ModelGraph) throws {
    guard let convLSTM = model[layer: "conv_lstm2d"] as? ConvLSTM2D, let dense = model[layer: "dense"] else {
      return
    }
    var state: LSTMState?
    for time in 0..<clips.shape[1] {
      let frame = clips.slice(axis: 0, 0..<1).entry(time, axis: 1)
      let (map, next) = try convLSTM.step(frame, state)
      let classes = try dense(GlobalMaxPooling2D()(map))
      print("after frame \(time + 1): moves left with probability \(percent(classes.values[1]))")
      state = next
    }
  }

  static func percent(_ share: Float) -> String { "\(Int((share * 100).rounded()))%" }
}
