import Readers

/// A normaliser of any kind, as it is stored with a model.
///
/// Its JSON is that of the normaliser itself; a ``FieldNormalizer`` is known by its key `transform`.
public enum StoredNormalizer: Normalizer {
  case logRain(LogRainNormalizer)
  case field(FieldNormalizer)

  /// The usual choice for a unit, fitted on the training part: rain on a logarithmic scale, and anything else to
  /// mean 0 and standard deviation 1.
  ///
  /// - Throws: `DataError` if the frames hold nothing to fit on; whatever reading throws.
  public init(fittedOn source: some FrameSource, frames: some Sequence<Int>) throws {
    self =
      switch source.unit {
      case .millimetresPerHour: .logRain(try LogRainNormalizer(fittedOn: source, frames: frames))
      default: .field(try FieldNormalizer(fittedOn: source, frames: frames))
      }
  }

  public init(from decoder: any Decoder) throws {
    enum Key: CodingKey { case transform }
    let container = try decoder.container(keyedBy: Key.self)
    self =
      container.contains(.transform)
      ? .field(try FieldNormalizer(from: decoder)) : .logRain(try LogRainNormalizer(from: decoder))
  }

  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .logRain(let normalizer): try normalizer.encode(to: encoder)
    case .field(let normalizer): try normalizer.encode(to: encoder)
    }
  }

  public var fillValue: Float {
    switch self {
    case .logRain(let normalizer): normalizer.fillValue
    case .field(let normalizer): normalizer.fillValue
    }
  }

  public func normalize(_ value: Float) -> Float {
    switch self {
    case .logRain(let normalizer): normalizer.normalize(value)
    case .field(let normalizer): normalizer.normalize(value)
    }
  }

  public func denormalize(_ value: Float) -> Float {
    switch self {
    case .logRain(let normalizer): normalizer.denormalize(value)
    case .field(let normalizer): normalizer.denormalize(value)
    }
  }

  /// The formula, for a report.
  public var summary: String {
    func text(_ value: Float) -> String { "\((value * 1000).rounded() / 1000)" }
    switch self {
    case .logRain(let normalizer):
      let shift = normalizer.shift == 0 ? "" : " − \(text(normalizer.shift))"
      let reference = normalizer.referenceRate == 1 ? "R" : "R / \(text(normalizer.referenceRate))"
      return "(log(1 + \(reference))\(shift)) / \(text(normalizer.scale))"
    case .field(let normalizer):
      let name =
        switch normalizer.transform {
        case .identity: "x"
        case .logOnePlus(let reference): "log(1 + x / \(text(reference)))"
        case .decibels: "dBR"
        case .reflectivity: "dBZ"
        }
      return "(\(name) − \(text(normalizer.shift))) / \(text(normalizer.scale))"
    }
  }
}
