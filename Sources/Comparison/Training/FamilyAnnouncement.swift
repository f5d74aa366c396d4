import Architectures
import Foundation
import Reports

/// What is said of both families before training.
enum FamilyAnnouncement {
  static func announce(_ matched: [MatchedModel]) {
    for model in matched {
      let operations = (Double(model.operations) / 1e6).formatted(
        .number.precision(.fractionLength(1)).locale(Locale(identifier: "en_GB_POSIX")))
      print(
        "\(model.family.displayName): width \(model.width), \(model.parameters) parameters, "
          + "\(operations) M floating-point operations a sample")
    }
  }

  /// The sizes for the plan: a run that goes on must have the same ones.
  static func settings(_ matched: [MatchedModel]) -> [Setting] {
    matched.map { Setting("Width of \($0.family.displayName)", "\($0.width), \($0.parameters) parameters") }
  }
}
