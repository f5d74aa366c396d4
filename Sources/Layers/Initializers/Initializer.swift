import TensorCore

/// How a parameter gets its first values; names and definitions are Keras 3's.
public enum Initializer: Hashable, Sendable {
  case zeros, ones
  case constant(Float)
  /// Uniform in ±√(6 / (fan in + fan out)) (Glorot & Bengio 2010).
  case glorotUniform
  /// Uniform in ±√(6 / fan in) (He et al. 2015).
  case heUniform
  /// Orthogonal rows or columns, from the QR decomposition of a normal matrix (Saxe et al. 2014).
  case orthogonal
  /// The bias of an LSTM: exactly 1 for the forget gate, which is the second of four, and 0 elsewhere
  /// (Jozefowicz et al. 2015).
  case unitForgetBias

  /// Values for a parameter of this shape. For kernels the last two axes are input and output channels.
  public func values(shape: Shape, random: inout RandomStream) -> Tensor {
    switch self {
    case .zeros: return .zeros(shape)
    case .ones: return .ones(shape)
    case .constant(let value): return Tensor(repeating: value, shape: shape)
    case .glorotUniform:
      let (fanIn, fanOut) = Self.fans(shape)
      let limit = (6 / Float(fanIn + fanOut)).squareRoot()
      return random.uniform(shape: shape, from: -limit, to: limit)
    case .heUniform:
      let limit = (6 / Float(Self.fans(shape).fanIn)).squareRoot()
      return random.uniform(shape: shape, from: -limit, to: limit)
    case .orthogonal: return Self.orthogonalMatrix(shape: shape, random: &random)
    case .unitForgetBias:
      return Tensor(shape: shape) { bias in
        let units = bias.count / 4
        for i in bias.indices { bias.initializeElement(at: i, to: i / units == 1 ? 1 : 0) }
      }
    }
  }

  /// How many values one output and one input of a kernel meet, as Keras counts them.
  static func fans(_ shape: Shape) -> (fanIn: Int, fanOut: Int) {
    switch shape.rank {
    case 0: return (1, 1)
    case 1: return (shape[0], shape[0])
    default:
      let field = shape.dimensions.dropLast(2).reduce(1, *)
      return (shape[-2] * field, shape[-1] * field)
    }
  }

  /// A kernel whose matrix form, all axes but the last against the last, has orthonormal rows or columns.
  private static func orthogonalMatrix(shape: Shape, random: inout RandomStream) -> Tensor {
    let columns = shape[-1]
    let rows = shape.count / max(columns, 1)
    let (long, short) = (max(rows, columns), min(rows, columns))
    // Modified Gram–Schmidt on `short` vectors of length `long`, twice for orthogonality to rounding error.
    var vectors = (0..<short * long).map { _ in Double(random.normal()) }
    vectors.withUnsafeMutableBufferPointer { vectors in
      for i in 0..<short {
        let vector = vectors.extracting(i * long..<(i + 1) * long)
        for _ in 0..<2 {
          for j in 0..<i {
            let other = vectors.extracting(j * long..<(j + 1) * long)
            var product = 0.0
            for k in 0..<long { product += vector[k] * other[k] }
            for k in 0..<long { vector[k] -= product * other[k] }
          }
        }
        let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        for k in 0..<long { vector[k] /= norm }
      }
    }
    return Tensor(shape: shape) { out in
      for row in 0..<rows {
        for column in 0..<columns {
          let value = rows >= columns ? vectors[column * long + row] : vectors[row * long + column]
          out.initializeElement(at: row * columns + column, to: Float(value))
        }
      }
    }
  }
}
