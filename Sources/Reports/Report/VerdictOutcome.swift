extension Verdict {
  /// The answer for programs.
  ///
  /// In JSON it is one flat object: `kind` and what belongs to it, such as `{"kind": "use", "model": "convlstm2d"}`.
  package enum Outcome: Hashable, Sendable {
    /// One model is clearly better than the others, and no baseline is as good.
    case use(model: String)
    /// These models are about equally good; `cheaper` is the one that costs least, if that is known.
    case noClearDifference(among: [String], cheaper: String?)
    /// No model beats this baseline.
    case useNeither(baseline: String)
    /// The comparison could not decide, and why.
    case unknown(reason: String)

    /// The model or baseline that the answer names; nil where it names none.
    package var recommended: String? {
      switch self {
      case .use(let name), .useNeither(let name): name
      case .noClearDifference, .unknown: nil
      }
    }
  }
}

extension Verdict.Outcome: Codable {
  private enum Kind: String, Codable, CaseIterable {
    case use, noClearDifference, useNeither, unknown
  }

  private enum CodingKeys: String, CodingKey {
    case kind, model, among, cheaper, baseline, reason
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let name = try values.decode(String.self, forKey: .kind)
    guard let kind = Kind(rawValue: name) else {
      let known = Kind.allCases.map(\.rawValue).joined(separator: ", ")
      throw DecodingError.dataCorruptedError(
        forKey: .kind, in: values, debugDescription: "Expected one of \(known); found \(name)")
    }
    self =
      switch kind {
      case .use: .use(model: try values.decode(String.self, forKey: .model))
      case .noClearDifference:
        .noClearDifference(
          among: try values.decode([String].self, forKey: .among),
          cheaper: try values.decodeIfPresent(String.self, forKey: .cheaper))
      case .useNeither: .useNeither(baseline: try values.decode(String.self, forKey: .baseline))
      case .unknown: .unknown(reason: try values.decode(String.self, forKey: .reason))
      }
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .use(let model):
      try values.encode(Kind.use, forKey: .kind)
      try values.encode(model, forKey: .model)
    case .noClearDifference(let among, let cheaper):
      try values.encode(Kind.noClearDifference, forKey: .kind)
      try values.encode(among, forKey: .among)
      try values.encode(cheaper, forKey: .cheaper)
    case .useNeither(let baseline):
      try values.encode(Kind.useNeither, forKey: .kind)
      try values.encode(baseline, forKey: .baseline)
    case .unknown(let reason):
      try values.encode(Kind.unknown, forKey: .kind)
      try values.encode(reason, forKey: .reason)
    }
  }
}
