import Squall

/// Registers a contender, finds the width at which it is as large as ConvLSTM2D, and trains it for a step.
@main
struct OwnContender {
  static func main() throws {
    Contenders.register(ShortMemory.self)
    let signature = ForecastSignature(inputFrames: 4, forecastFrames: 3, height: 32, width: 32)
    let contenders = try ["short-memory:kernel=5", "convlstm2d"].map {
      (name: $0, contender: try Contenders.forecaster($0))
    }
    let sizes = try BudgetMatcher.match(contenders, signature, parameters: 60_000)
    for (entry, size) in zip(contenders, sizes) {
      print(
        "\(entry.name): \(size.parameters) parameters, \(signature.summary(entry.contender, width: size.width))"
      )
    }
    var model = try signature.model(
      contenders[0].contender, width: sizes[0].width, initialization: .seed(1))
    try trainOneStep(&model, signature)
  }

  static func trainOneStep(_ model: inout ModelGraph, _ signature: ForecastSignature) throws {
    var random = RandomStream(seed: 1)
    let (height, width) = (signature.height, signature.width)
    let frames = random.uniform(shape: [4, signature.inputFrames, height, width, 1], from: 0, to: 1)
    let target = random.uniform(shape: [4, signature.forecastFrames, height, width, 1], from: 0, to: 1)
    var optimizer = try Optimizer(Adam(learningRate: 0.01))
    let (loss, gradients) = try valueAndGradient(at: model) { model in
      var context = Context(isTraining: true)
      let forecast = try AutoregressiveDecoding.output(model, [frames], &context)
      return try Loss.meanSquaredError(prediction: forecast, target: target)
    }
    try optimizer.update(&model, along: gradients)
    let after = try Loss.meanSquaredError(
      prediction: AutoregressiveDecoding.forecast(model, [frames]), target: target)
    print("loss before the step \(loss.scalar), after it \(after.scalar)")
  }
}
