import Squall

/// The share of clips whose most probable class is the true one.
func accuracy(of model: ModelGraph, on data: (clips: Tensor, classes: Tensor)) throws -> Float {
  let probabilities = try model(data.clips).values
  let right = data.classes.values.enumerated().count { clip, movesLeft in
    (probabilities[2 * clip + 1] > 0.5) == (movesLeft == 1)
  }
  return Float(right) / Float(data.classes.count)
}

/// Shows the model one clip frame by frame, as a live source would, and prints what it thinks after each.
func watch(_ clips: Tensor, with model: ModelGraph) throws {
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
