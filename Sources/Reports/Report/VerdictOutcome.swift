extension Verdict {
  /// The answer for programs.
  ///
  /// In JSON it is one flat object: `kind` and what belongs to it, such as `{"kind": "use", "model": "convlstm2d"}`.
  package enum Outcome: Hashable, Sendable {
    /// One model is clearly better than the others and than every baseline.
    case use(model: String)
    /// These models are equally good within the margin that was named before training; `cheaper` is the one that costs
    /// least, if one does.
    case equivalent(among: [String], cheaper: String?, margin: Double)
    /// Which of these models (or baselines) is better remains open; `cheaper` is the one that costs least, if one does.
    case noClearDifference(among: [String], cheaper: String?)
    /// No model is better than this baseline.
    case useNeither(baseline: String)
    /// No model is better than this baseline, which sees the last frame alone: no recurrence is needed.
    case lastFrameSuffices(baseline: String)
    /// The comparison could not tell, and why: there is no interval, or the score is undefined.
    case unknown(reason: String)

    /// The model or baseline that the answer names; nil where it names none.
    package var recommended: String? {
      switch self {
      case .use(let name), .useNeither(let name), .lastFrameSuffices(let name): name
      case .equivalent, .noClearDifference, .unknown: nil
      }
    }

    /// The one of several that costs least; nil where there are not several or none is cheaper.
    package var cheaper: String? {
      switch self {
      case .equivalent(_, let name, _), .noClearDifference(_, let name): name
      case .use, .useNeither, .lastFrameSuffices, .unknown: nil
      }
    }
  }
}

extension Verdict.Outcome: Codable {
  private enum Kind: String, Codable, CaseIterable {
    case use, equivalent, noClearDifference, useNeither, lastFrameSuffices, unknown
  }

  private enum CodingKeys: String, CodingKey {
    case kind, model, among, cheaper, margin, baseline, reason
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
      case .equivalent:
        .equivalent(
          among: try values.decode([String].self, forKey: .among),
          cheaper: try values.decodeIfPresent(String.self, forKey: .cheaper),
          margin: try values.decode(Double.self, forKey: .margin))
      case .lastFrameSuffices:
        .lastFrameSuffices(baseline: try values.decode(String.self, forKey: .baseline))
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
    case .equivalent(let among, let cheaper, let margin):
      try values.encode(Kind.equivalent, forKey: .kind)
      try values.encode(among, forKey: .among)
      try values.encode(cheaper, forKey: .cheaper)
      try values.encode(margin, forKey: .margin)
    case .lastFrameSuffices(let baseline):
      try values.encode(Kind.lastFrameSuffices, forKey: .kind)
      try values.encode(baseline, forKey: .baseline)
    case .useNeither(let baseline):
      try values.encode(Kind.useNeither, forKey: .kind)
      try values.encode(baseline, forKey: .baseline)
    case .unknown(let reason):
      try values.encode(Kind.unknown, forKey: .kind)
      try values.encode(reason, forKey: .reason)
    }
  }
}
