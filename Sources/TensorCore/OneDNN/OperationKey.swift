import CKernels
import COneDNN

/// Everything that determines a oneDNN operation, and so the key of the cache.
struct OperationKey: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    case convolutionForward, convolutionInputGradient, convolutionKernelGradient
    case poolingForward, poolingGradient
    case batchNormalizationTraining, batchNormalizationInference, batchNormalizationGradient
    case layerNormalizationForward, layerNormalizationGradient
  }

  enum Problem: Hashable, Sendable {
    case convolution(ConvolutionGeometry, ConvolutionAlgorithm)
    case pooling(PoolingGeometry, PoolingKind)
    case rows(Int, columns: Int, epsilon: Float)
  }

  struct Options: OptionSet, Hashable, Sendable {
    let rawValue: UInt32
    static let bias = Options(rawValue: squall_onednn_with_bias.rawValue)
    static let scale = Options(rawValue: squall_onednn_with_scale.rawValue)
    static let inference = Options(rawValue: squall_onednn_inference.rawValue)
    static let accumulating = Options(rawValue: squall_onednn_accumulate.rawValue)
    static let bfloat16 = Options(rawValue: squall_onednn_bfloat16.rawValue)
  }

  let kind: Kind
  let problem: Problem
  let options: Options
  /// oneDNN fixes the division of the work when an operation is created.
  let threads: Int32

  /// - Parameter threads: the size of the team, by default the present one.
  init(_ kind: Kind, _ problem: Problem, _ options: Options = [], threads: Int32 = squall_threads()) {
    self.kind = kind
    self.problem = problem
    self.options = options
    self.threads = threads
  }
}

/// How a convolution is computed.
package enum ConvolutionAlgorithm: String, Sendable, CaseIterable, Codable {
  /// Multiply and add as the formula says.
  case direct
  /// Fewer multiplications for 3×3 kernels, at about four times the rounding error; oneDNN 2 only.
  case winograd
}

extension OperationKey {
  /// The same in oneDNN's terms.
  var description: squall_onednn_description {
    var description = squall_onednn_description()
    description.kind = kind.code
    description.options = options.rawValue
    description.threads = threads
    switch problem {
    case .convolution(let geometry, let algorithm):
      description.algorithm = algorithm == .direct ? squall_onednn_direct : squall_onednn_winograd
      description.batch = Int64(geometry.batch)
      description.input_channels = Int64(geometry.inputChannels)
      description.output_channels = Int64(geometry.outputChannels)
      description.rank = Int32(geometry.spatialRank)
      Self.fill(&description.input, geometry.inputSize)
      Self.fill(&description.output, geometry.outputSize)
      Self.fill(&description.kernel, geometry.kernelSize)
      Self.fill(&description.strides, geometry.strides)
      Self.fill(&description.dilations, geometry.dilations)
      Self.fill(&description.padding_before, geometry.paddingBefore)
      Self.fill(&description.padding_after, geometry.paddingAfter)
    case .pooling(let geometry, let pooling):
      description.algorithm =
        pooling == .maximum ? squall_onednn_pooling_maximum : squall_onednn_pooling_average_of_input
      description.batch = Int64(geometry.batch)
      description.input_channels = Int64(geometry.channels)
      description.output_channels = Int64(geometry.channels)
      description.rank = Int32(geometry.inputSize.count)
      Self.fill(&description.input, geometry.inputSize)
      Self.fill(&description.output, geometry.outputSize)
      Self.fill(&description.kernel, geometry.windowSize)
      Self.fill(&description.strides, geometry.strides)
      Self.fill(&description.dilations, geometry.windowSize.map { _ in 1 })
      Self.fill(&description.padding_before, geometry.paddingBefore)
      Self.fill(&description.padding_after, geometry.paddingAfter)
    case .rows(let rows, let columns, let epsilon):
      description.batch = Int64(rows)
      description.input_channels = Int64(columns)
      description.epsilon = epsilon
    }
    return description
  }

  private static func fill(_ tuple: inout (Int64, Int64, Int64), _ values: [Int]) {
    if values.count > 0 { tuple.0 = Int64(values[0]) }
    if values.count > 1 { tuple.1 = Int64(values[1]) }
    if values.count > 2 { tuple.2 = Int64(values[2]) }
  }
}

extension OperationKey.Kind {
  var code: squall_onednn_kind {
    switch self {
    case .convolutionForward: squall_onednn_convolution_forward
    case .convolutionInputGradient: squall_onednn_convolution_backward_data
    case .convolutionKernelGradient: squall_onednn_convolution_backward_weights
    case .poolingForward: squall_onednn_pooling_forward
    case .poolingGradient: squall_onednn_pooling_backward
    case .batchNormalizationTraining: squall_onednn_batch_normalization_training
    case .batchNormalizationInference: squall_onednn_batch_normalization_inference
    case .batchNormalizationGradient: squall_onednn_batch_normalization_backward
    case .layerNormalizationForward: squall_onednn_layer_normalization_forward
    case .layerNormalizationGradient: squall_onednn_layer_normalization_backward
    }
  }
}
