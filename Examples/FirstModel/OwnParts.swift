import Squall

/// A layer of one's own: each channel times a factor that is learned.
struct ChannelScale: UnaryLayer {
  static let typeName = "ChannelScale"
  var factors = Parameter.unbuilt

  func outputShape(for input: SymbolicShape) -> SymbolicShape { input }
  func parameterSpecifications(for input: SymbolicShape) -> [ParameterSpecification] {
    [ParameterSpecification("factors", [input[-1] ?? 1], .ones)]
  }
  mutating func visitParameters(_ visit: (String, inout Parameter) throws -> Void) rethrows {
    try visit("factors", &factors)
  }
  func forward(_ input: Tensor, context: inout Context) -> Tensor { input * factors.value }
  enum CodingKeys: CodingKey {}
}

/// A loss of one's own: the quantile loss, whose smallest value is at a quantile of what may come.
struct QuantileLoss: CustomLoss {
  static let typeName = "Quantile"
  var quantile: Float

  func elements(prediction: Tensor, target: Tensor) -> Tensor {
    let error = target - prediction
    return Tensor.maximum(error * quantile, error * (quantile - 1))
  }
}

func registerOwnParts() {
  LayerRegistry.register(ChannelScale.self)
  LossRegistry.register(QuantileLoss.self)
}

func fitOwnParts(on batches: some BatchProvider, folder: CheckpointFolder) async throws -> ModelGraph {
  let model = try Sequential(input: [nil, nil, nil, nil, 1], seed: 1) {
    ConvLSTM2D(filters: 4, kernelSize: 3, padding: .same)
    ChannelScale()
    GlobalMaxPooling2D()
    Dense(units: 1)
    Reshape(targetShape: [])
  }
  let plan = TrainingPlan(loss: .custom(AnyLoss(QuantileLoss(quantile: 0.9))), epochs: 2)
  var trainer = Trainer(model, optimizer: try Optimizer(Adam(learningRate: 0.01)), plan: plan)
  _ = try await trainer.fit(on: batches, saving: folder)
  return try loadModel(from: folder.bestModel)
}

func transferred(_ trained: ModelGraph) throws -> ModelGraph {
  let builder = GraphBuilder(seed: 2)
  let clips = try builder.input([nil, nil, nil, nil, 1])
  let maps = try builder.add(trained[layer: "conv_lstm2d"]!, name: "encoder")(clips)
  var model = try builder.model(
    outputs: [Dense(units: 2, activation: .softmax)(GlobalAveragePooling2D()(maps))])
  try model.freeze("encoder")
  return model
}
