import Comparison
import Foundation
import Reports
import Testing

/// The commands that a report offers name what the comparison was given, and nothing else.
@Suite struct NextStepsTests {
  private func steps(_ outcome: Verdict.Outcome, _ data: [String], command: String = "squall compare")
    -> [String]
  {
    let report = ComparisonReport(
      title: "", task: .forecast,
      verdict: Verdict(
        recommendation: "", reason: "", certainty: "", primaryScore: .mse, outcome: outcome),
      data: DataDescription(
        name: "", summary: "", quantity: "rain", unit: "mm/h", leadTimeUnit: .minutes, inputFrames: 3),
      settings: [],
      provenance: Provenance(
        command: command, version: "", date: .distantPast, machine: "", backends: [], threads: 1), models: [])
    let run = RunDescription(
      command: command,
      output: URL(filePath: "my report", relativeTo: URL(filePath: "/tmp/", directoryHint: .isDirectory)),
      taskOptions: [
        .init("data", data), .init("task", ["forecast"]), .init("unit", ["mm/h"]), .init("mask-channel", []),
        .init("tile-size", ["64"], isChosen: true),
      ])
    return NextSteps(report: report, run: run, key: "convlstm2d", name: "ConvLSTM2D").steps.map(\.command)
  }

  @Test func aModelIsPutToWork() {
    let commands = steps(.use(model: "ConvLSTM2D"), ["/data/my radar"])
    #expect(commands[0] == "squall forecast 'my report/models/convlstm2d' '/data/my radar' --output next.nc")
    #expect(commands[2] == "squall train --like 'my report' --all-data --output convlstm2d-final")
  }

  @Test(arguments: ["Lagrangian persistence", "S-PROG"]) func aBaselineThatWinsAsksForMore(name: String) {
    let baseline = Verdict.Outcome.useNeither(baseline: name)
    let commands = steps(baseline, ["/data/radar"])
    #expect(
      commands[0]
        == "squall nowcast /data/radar --unit mm/h --method \(name == "S-PROG" ? "s-prog" : "extrapolation") "
        + "--output next.nc")
    #expect(
      commands.last?.contains("/data/radar MORE-EVENTS --task forecast --unit mm/h --mask-channel") == true)
    #expect(!commands.contains { $0.contains("--tile-size") })
    let generated = steps(baseline, ["generated:advected-cells"], command: "squall compare --quick")
    #expect(!generated.contains { $0.contains("MORE-EVENTS") } && generated.count == 2)
  }
}
