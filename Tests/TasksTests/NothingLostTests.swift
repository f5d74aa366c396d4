import Foundation
import Testing

/// A disk without room, a folder that cannot be written, a damaged file: of comparisons and forecasts, in processes of
/// their own. The shell's limit on the size of files stands for a full disk: writes fail half-way.
@Suite(.serialized, .enabled(if: Commands.squall != nil, "the command was not found beside the tests"))
struct NothingLostTests {
  private static let data = "generated:interaction-dial:samples=12,frames=5,height=16,width=20"
  private static let compare =
    "squall compare \(data) --task forecast --quick --input-frames 3 --forecast-frames 2 --tile-size 16 "
    + "--parameters 40000 --epochs 1 --batches-per-epoch 2 --batch-size 4 --no-measure --threads 1 --output report"

  /// Every file of a folder but the logs of a run, with its content; temporary files too.
  private func files(_ folder: URL) throws -> [String: Data] {
    let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
    var contents: [String: Data] = [:]
    for name in names {
      let url = folder.appending(path: name)
      if (try url.resourceValues(forKeys: [.isRegularFileKey])).isRegularFile == true {
        contents[name] = try Data(contentsOf: url)
      }
    }
    return contents
  }

  @Test func comparisonsKeepWhatTheyHave() throws {
    try Commands.withFolder { folder in
      let report = folder.appending(path: "report")
      let first = try Commands.run(Self.compare, in: folder)
      #expect(first.status == 0, "\(first.errors)")
      let before = try files(report)
      #expect(before["results.json"] != nil && before["models/convlstm2d/model.squall"] != nil)

      let full = try Commands.run(
        "trap '' XFSZ; ulimit -f 4; \(Self.compare) --seeds 2 --resume", in: folder)
      #expect(full.status != 0)
      #expect(full.errors.contains("has room"), "\(full.errors)")
      let after = try files(report)
      for (name, content) in before { #expect(after[name] == content, "\(name)") }
      #expect(!after.keys.contains { $0.hasSuffix(".tmp") }, "\(after.keys.sorted())")

      // With room again the second seed is trained and the first is not.
      let further = try Commands.run("\(Self.compare) --seeds 2 --resume", in: folder)
      #expect(further.status == 0, "\(further.errors)")
      #expect(further.output.contains("seed 1: finished before"), "\(further.output)")

      // A state cut short or changed is no state to go on from, and nobody goes on as if it were.
      let state = report.appending(path: "models/convlstm2d/seed-2/last.squall")
      let whole = try Data(contentsOf: state)
      let kept = try files(report)
      try FileManager.default.removeItem(
        at: state.deletingLastPathComponent().appending(path: "finished.json"))
      var flipped = whole
      flipped[whole.count / 2] ^= 4
      for damaged in [whole.prefix(whole.count / 3), flipped] {
        try damaged.write(to: state)
        let refused = try Commands.run("\(Self.compare) --seeds 2 --resume", in: folder)
        #expect(refused.status != 0)
        #expect(
          refused.errors.contains("last.squall") || refused.errors.contains("xpected"), "\(refused.errors)")
        #expect(try Data(contentsOf: report.appending(path: "results.json")) == kept["results.json"])
      }
    }
  }

  @Test func aFolderThatCannotBeWrittenIsKnownBeforeTraining() throws {
    try Commands.withFolder { folder in
      let failed = try Commands.run(
        Self.compare.replacing("--output report", with: "--output /proc/report"), in: folder)
      #expect(failed.status != 0 && failed.errors.contains("/proc/report"), "\(failed.errors)")
      #expect(failed.errors.contains("--output"))
      #expect(!failed.output.contains("Epoch 1") && !failed.errors.contains("Epoch 1"))
    }
  }

  /// Of a forecast there is the whole file or none.
  @Test func forecastsAreWrittenWholeOrNotAtAll() throws {
    try Commands.withFolder { folder in
      let rain = "generated:advected-cells:frames=60,height=32,width=40"
      let trained = try Commands.run(
        "squall train \(rain) --contender convlstm2d --input-frames 3 --forecast-frames 2 --tile-size 16 "
          + "--parameters 4000 --epochs 1 --batches-per-epoch 2 --batch-size 4 --threads 1 --no-predict "
          + "--output model", in: folder)
      #expect(trained.status == 0, "\(trained.errors)")
      let outputs = ["f.npy", "f.nc", "f.gif", "f.png", "f.mp4"].map { "--output out/\($0)" }
      let forecast = "squall forecast model \(rain)"
      for output in outputs + ["--series out/f.csv --points 3,4"] {
        let full = try Commands.run(
          "mkdir -p out; trap '' XFSZ; ulimit -f 0; \(forecast) \(output)", in: folder)
        #expect(full.status != 0, "\(output): \(full.output)")
        #expect(!full.errors.isEmpty)
        #expect(try files(folder.appending(path: "out")).isEmpty, "\(output)")
      }
      let whole = try Commands.run("\(forecast) \(outputs.joined(separator: " "))", in: folder)
      #expect(whole.status == 0, "\(whole.errors)")
      #expect(
        try files(folder.appending(path: "out")).count == 6, "two pictures, one file of each other kind")
      // A second one that fails leaves the first as it is.
      let before = try files(folder.appending(path: "out"))
      _ = try Commands.run(
        "trap '' XFSZ; ulimit -f 0; \(forecast) \(outputs.joined(separator: " "))", in: folder)
      #expect(try files(folder.appending(path: "out")) == before)
    }
  }

  /// `--config` takes what compare's flags take.
  @Test func comparisonsFromAFile() throws {
    try Commands.withFolder { folder in
      let yaml = """
        data: "\(Self.data)"
        threads: 1
        compare:
          task: forecast
          quick: true
          input-frames: 3
          forecast-frames: 2
          tile-size: 16
          parameters: 40000
          epochs: 1
          batches-per-epoch: 2
          batch-size: 4
          learning-rates: [0.001, 0.002]
          thresholds: [0.5, 1]
          conventions: openstl
          data-range: 8
          residual: false
          measure: false
          output: report
        """
      try Data(yaml.utf8).write(to: folder.appending(path: "run.yaml"))
      let compared = try Commands.run("squall compare --config run.yaml", in: folder)
      #expect(compared.status == 0, "\(compared.errors)")
      let results = try String(contentsOf: folder.appending(path: "report/results.json"), encoding: .utf8)
      for part in [
        "\"conventions\" : \"openstl\"", "nothing is added to", "0.001, 0.002", "\"measurements\" : null",
        "best linear forecast",
      ] {
        #expect(results.contains(part), "\(part)")
      }
      let page = try String(contentsOf: folder.appending(path: "report/index.html"), encoding: .utf8)
      #expect(page.contains("MSE, sum over a frame") && page.contains("--conventions per-pixel"))
    }
  }
}
