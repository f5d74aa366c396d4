import Support
import TensorCore

/// Ridge regression to one-hot classes in its dual form, which costs what the clips are, not the features.
///
/// With kernel K of the training clips and one-hot classes Y less their means: α = (K + λ)⁻¹ Y. Products of features
/// are products of kernels (Saunders, Gammerman & Vovk 1998).
struct KernelClassifier {
  static let strengths = [0.01, 0.1, 1.0]

  private let training: [Int]
  private let classes: Int
  private let coefficients: [[Double]]
  private let priors: [Double]

  /// - Parameters:
  ///   - kernel: Of all clips, `[clips, clips]`, of mean diagonal 1.
  ///   - training: The clips that it learns from.
  init(_ kernel: [Float], clips: Int, labels: [Int], classes: Int, training: [Int], strength: Double) {
    self.training = training
    self.classes = classes
    let n = training.count
    var matrix = [Double](repeating: 0, count: n * n)
    for (i, row) in training.enumerated() {
      for (j, column) in training[...i].enumerated() {
        matrix[i * n + j] = Double(kernel[row * clips + column])
      }
      matrix[i * n + i] += strength
    }
    let factor = SemidefiniteCholesky(matrix, order: n)
    let priors = (0..<classes).map { label in
      Double(training.count { labels[$0] == label }) / Double(max(n, 1))
    }
    self.priors = priors
    coefficients = (0..<classes).map { label in
      factor.solved(training.map { (labels[$0] == label ? 1 : 0) - priors[label] })
    }
  }

  /// The class with the largest value.
  func prediction(_ kernel: [Float], clips: Int, of clip: Int) -> Int {
    var (best, label) = (-Double.infinity, 0)
    for candidate in 0..<classes {
      var value = priors[candidate]
      for (place, other) in training.enumerated() {
        value += coefficients[candidate][place] * Double(kernel[clip * clips + other])
      }
      if value > best { (best, label) = (value, candidate) }
    }
    return label
  }
}

extension ClipFeatures {
  /// The kernels that a view is tried with; the better one is chosen inside the training part.
  func kernels(_ view: ClipView, clips: Int) -> [[Float]] {
    func kernel(_ names: Block...) -> [Float] {
      let terms = names.map { name -> [Float] in
        let values = blocks[name] ?? []
        let matrix = Tensor(values, shape: [clips, values.count / clips])
        return MatrixProduct.multiply(matrix, matrix, transposingB: true).values
      }
      return (0..<clips * clips).map { place in
        terms.reduce(0) { $0 + $1[place] } / Float(terms.count)
      }
    }
    switch view {
    case .lastFrame: return [kernel(.lastPixels), kernel(.lastShapes), kernel(.lastPixels, .lastShapes)]
    case .meanFrame: return [kernel(.meanPixels)]
    case .orderFree:
      return [
        kernel(.meanPixels, .deviationPixels), kernel(.meanShapes),
        kernel(.meanPixels, .deviationPixels, .meanShapes),
      ]
    case .direction: return [kernel(.direction)]
    case .motion: return [kernel(.motion)]
    case .localMotion: return [kernel(.localMotion)]
    case .wholeClip: return [kernel(.components)]
    case .together:
      let (shapes, pixels) = (kernel(.meanShapes), kernel(.meanPixels, .deviationPixels))
      let (direction, motion) = (kernel(.direction), kernel(.direction, .motion))
      return [
        Self.product(shapes, direction), Self.product(pixels, direction), Self.product(shapes, motion),
      ]
    }
  }

  /// (a + b) / 3 + a b / 3, place by place: both and their products.
  private static func product(_ a: [Float], _ b: [Float]) -> [Float] {
    zip(a, b).map { ($0 + $1 + $0 * $1) / 3 }
  }
}
