/// The scores of a contingency table, by name.
public enum CategoricalScore: String, CaseIterable, Codable, Sendable {
  case csi, pod, far, bias, ets, hss
}

extension ContingencyTable {
  /// The score of this name; nil where it is undefined.
  public func value(of score: CategoricalScore) -> Double? {
    switch score {
    case .csi: csi
    case .pod: pod
    case .far: far
    case .bias: bias
    case .ets: ets
    case .hss: hss
    }
  }
}
