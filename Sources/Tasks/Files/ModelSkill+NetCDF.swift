import HDF5

extension ModelSkill {
  /// The scores as variables over lead and threshold, with attributes that say what they are.
  ///
  /// - Parameters:
  ///   - hasTimes: Whether leads are minutes.
  ///   - member: The member that was scored, where there are several.
  func variables(hasTimes: Bool, member: String? = nil) -> [NetCDFImage.Variable] {
    let source =
      "scored on the \(part.rawValue) part of the training's data" + (member.map { ", \($0) alone" } ?? "")
    let symbol = unit == .millimetresPerHour ? "mm h-1" : unit.symbol.isEmpty ? "1" : unit.symbol
    let fill = ForecastNetCDF.fill
    func variable(
      _ name: String, _ dimensions: [String], _ values: [Double?], _ long: String, units: String = "1"
    ) -> NetCDFImage.Variable {
      .init(
        name, dimensions: dimensions, values: .floats(values.map { $0.map { Float($0) } ?? fill }),
        attributes: [
          ("long_name", .text(long)), ("units", .text(units)), ("comment", .text(source)),
          ("_FillValue", .float(fill)),
        ])
    }
    var variables: [NetCDFImage.Variable] = [
      .init(
        "skill_lead", dimensions: ["skill_lead"], values: .doubles(leads),
        attributes: [
          ("long_name", .text("lead time of the scores of the model")),
          ("units", .text(hasTimes ? "minutes" : "1")),
        ]),
      .init(
        "skill_threshold", dimensions: ["skill_threshold"], values: .floats(thresholds),
        attributes: [
          ("long_name", .text("threshold of the scores of the model; an event is above it")),
          ("units", .text(symbol)),
        ]),
    ]
    let tables = ["skill_threshold", "skill_lead"]
    for entry in entries {
      let slug =
        "_" + String(entry.name.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
      variables += [
        variable("csi" + slug, tables, entry.csi.flatMap { $0 }, "critical success index, \(entry.name)"),
        variable(
          "frequency_bias" + slug, tables, entry.frequencyBias.flatMap { $0 }, "frequency bias, \(entry.name)"
        ),
        variable(
          "mean_error" + slug, ["skill_lead"], entry.meanError, "mean error, \(entry.name)", units: symbol),
        variable(
          "mean_absolute_error" + slug, ["skill_lead"], entry.meanAbsoluteError,
          "mean absolute error, \(entry.name)", units: symbol),
      ]
    }
    return variables
  }
}
