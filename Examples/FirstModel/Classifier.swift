import Squall

/// A model for clips `[batch, time, height, width, channels]` of any length and size.
func makeClassifier() throws -> ModelGraph {
  try Sequential(input: [nil, nil, nil, nil, 1], seed: 1) {
    ConvLSTM2D(filters: 8, kernelSize: 3, padding: .same)
    GlobalMaxPooling2D()
    Dense(units: 2, activation: .softmax)
  }
}

func train(_ model: inout ModelGraph, on clips: Tensor, _ classes: Tensor, steps: Int) throws {
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
}
