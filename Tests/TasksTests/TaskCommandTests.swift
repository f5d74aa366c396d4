import Foundation
import NumPyFiles
import Testing
import Training

/// What a comparison recommends can be acted on, command by command.
@Suite(.serialized, .enabled(if: Commands.squall != nil, "the command was not found beside the tests"))
struct TaskCommandTests {
  private static let cells = "generated:advected-cells:frames=60,height=32,width=48"

  @Test func fromTheComparisonToAModel() throws {
    try Commands.withFolder { folder in
      func squall(_ line: String) throws -> Commands.Outcome {
        let outcome = try Commands.run("squall \(line)", in: folder)
        #expect(outcome.status == 0, "\(line): \(outcome.errors)")
        return outcome
      }
      func file(_ path: String) throws -> Data { try Data(contentsOf: folder.appending(path: path)) }
      let compared = try squall(
        "compare \(Self.cells) --task forecast --quick --tile-size 16 --epochs 2 --batches-per-epoch 2 --batch-size 2 "
          + "--parameters 20000 --no-measure --background extrapolation --coordinates eulerian --calibration none --lead-weights skill --mask-channel --no-residual --seeds 2 "
          + "--keep-seeds --contenders convlstm2d:patch=2,unet:stages=2 --output report")
      // A log says how far the run is: what was chosen, each epoch, the answer.
      #expect(compared.output.contains("data: frames of 32 × 48 pixels, not averaged; tiles of 16 × 16"))
      #expect(compared.output.split(separator: "\n").count { $0.hasPrefix("Epoch ") } == 2 * 2 * 2)
      let yaml = String(decoding: try file("report/recommended.yaml"), as: UTF8.self)
      let line = try #require(yaml.split(separator: "\n").first { $0.hasPrefix("contender: ") })
      let name = line.dropFirst(11).replacing("\"", with: "")
      let key = name.replacing(":", with: "_").replacing("=", with: "-")
      let model = "report/models/\(key)"

      // The recommended model again, bit for bit; and on all of the data.
      _ = try squall("train --like report --output again")
      #expect(try file("again/model.squall") == file("\(model)/model.squall"))
      let final = try squall("train --like report --all-data --epochs 1 --output final")
      #expect(final.output.contains("no test"))
      let missing = try Commands.run("squall train --like nowhere --output other", in: folder)
      #expect(missing.status != 0 && missing.errors.contains("--like nowhere"))

      // Scored and run, one model and all seeds.
      for grid in ["data", "tiles"] {
        let scores = try squall("evaluate \(model) \(Self.cells) --grid \(grid)")
        #expect(scores.output.contains("Lagrangian persistence") && scores.output.contains("S-PROG"))
      }
      _ = try squall("forecast \(model) \(Self.cells) --output one.nc")
      let members = try squall("forecast \(model)/members \(Self.cells) --output all.nc")
      #expect(members.output.contains("2 members"))

      // Reports and model folders say what they are.
      #expect(try squall("info report").output.contains("squall train --like"))
      #expect(try squall("info again").output.contains("parameters"))

      // On other data, with layers that stay as they are.
      let other = Self.cells + " --data-seed 9"
      let pattern = key.hasPrefix("unet") ? "'down.*|encoder.*|.*1.*'" : "'encoder.*'"
      let tuned = try squall("train \(other) --from again --freeze \(pattern) --epochs 1 --output tuned")
      #expect(tuned.output.contains("frozen: "))
      let (before, after) = try (
        Checkpoint(contentsOf: folder.appending(path: "again/model.squall")),
        Checkpoint(contentsOf: folder.appending(path: "tuned/model.squall"))
      )
      #expect(!after.frozen.isEmpty)
      let kept = after.frozen.filter { before.parameters[$0]?.values == after.parameters[$0]?.values }
      #expect(kept.count == after.frozen.count)
      #expect(before.parameters.contains { $0.value.values != after.parameters[$0.key]?.values })
      for (wrong, word) in [
        ("--from again --tile-size 32", "--tile-size"), ("--from again --contender unet", "--contender"),
        ("--from again --freeze nothing", "layers of this name"), ("--freeze 'encoder.*'", "--from"),
      ] {
        let refused = try Commands.run("squall train \(other) \(wrong) --output wrong", in: folder)
        #expect(refused.status != 0 && refused.errors.contains(word), "\(wrong): \(refused.errors)")
      }
    }
  }

  /// Rain without a model, in the files of `squall forecast`.
  @Test func nowcasts() throws {
    try Commands.withFolder { folder in
      func array(_ options: String) throws -> NumPyArray {
        let outcome = try Commands.run(
          "squall nowcast \(Self.cells) \(options) --output next.npy", in: folder)
        #expect(outcome.status == 0, "\(options): \(outcome.errors)")
        return try NumPyFile(contentsOf: folder.appending(path: "next.npy")).array()
      }
      let usual = try array("--output next.nc --output next.png --series rain.csv --points 10,20 --hourly")
      #expect(usual.shape == [12, 32, 48])
      for file in ["next.nc", "next_005.png", "next_060.png", "rain.csv", "rain_hourly.csv"] {
        #expect(FileManager.default.fileExists(atPath: folder.appending(path: file).path), "\(file)")
      }
      let values = usual.floats()
      #expect(values.contains { $0 > 0.5 })
      #expect(try array("--method s-prog").floats() == values)
      #expect(try array("--method extrapolation").floats() != values)
      #expect(try array("--at 20 --forecast-frames 3").shape == [3, 32, 48])
      #expect(try array("--input-frames 2").floats() != values)
      #expect(try array("--downsampling 2").shape == [12, 32, 48])
      #expect(try array("--downsampling 2 --model-grid").shape == [12, 16, 24])
      for (wrong, word) in [
        ("\(Self.cells) --method steps", "s-prog"), ("\(Self.cells) --input-frames 1", "2 or 3"),
        ("\(Self.cells) --input-frames 4", "2 or 3"),
        ("\(Self.cells) --forecast-frames 0", "--forecast-frames"),
        ("\(Self.cells) --downsampling 0", "--downsampling"), ("\(Self.cells) --at 1", "3 frames"),
        ("\(Self.cells) --extra next.npy", "--extra"), ("generated:moving-digits", "mm/h"),
        ("generated:motion-clips", "sequences of frames"),
      ] {
        let refused = try Commands.run("squall nowcast \(wrong) --output wrong.npy", in: folder)
        #expect(refused.status != 0 && refused.errors.contains(word), "\(wrong): \(refused.errors)")
      }
      let nothing = try Commands.run("squall nowcast \(Self.cells)", in: folder)
      #expect(nothing.status != 0 && nothing.errors.contains("--output"))
    }
  }

  /// A comparison of classifiers, trained again; data on the command line take the place of the report's.
  @Test func fromAComparisonOfClassifiers() throws {
    try Commands.withFolder { folder in
      let clips = "generated:motion-clips:samples=10,frames=4,height=12,width=16"
      let line =
        "squall compare \(clips) --task classify --quick --epochs 2 --parameters 12000 --no-measure --output report"
      let compared = try Commands.run(line, in: folder)
      #expect(compared.status == 0, "\(compared.errors)")
      let trained = try Commands.run("squall train --like report --output again", in: folder)
      #expect(trained.status == 0, "\(trained.errors)")
      let yaml = try String(contentsOf: folder.appending(path: "report/recommended.yaml"), encoding: .utf8)
      #expect(yaml.contains("patience: "))
      let name = try #require(yaml.split(separator: "\n").first { $0.hasPrefix("contender: ") })
        .dropFirst(11).replacing("\"", with: "")
      let models = ["again", "report/models/\(name)"].map { folder.appending(path: "\($0)/model.squall") }
      #expect(try Data(contentsOf: models[0]) == Data(contentsOf: models[1]))
      // Other clips are another comparison.
      let other = try Commands.run(line + " --resume --data-seed 5", in: folder)
      #expect(other.status != 0 && other.errors.contains("Standardised by"), "\(other.errors)")
      let foreign = try Commands.run(line + "-2 --input-frames 4", in: folder)
      #expect(foreign.status != 0 && foreign.errors.contains("--input-frames"))
      let replaced = try Commands.run(
        "squall train --like report \(clips.replacing("samples=10", with: "samples=12")) --epochs 1 --output third",
        in: folder)
      #expect(replaced.status == 0, "\(replaced.errors)")
    }
  }

  /// Options in a file work for every command, flags and positional arguments among them.
  @Test func configurationsOfEveryCommand() throws {
    try Commands.withFolder { folder in
      try Data(
        """
        data: \(Self.cells)
        name: advected-cells
        train:
          residual: false
          tile-size: 16
          input-frames: 3
          forecast-frames: 2
          parameters: 6000
          epochs: 1
          batches-per-epoch: 1
          predict: false
          output: model
        generate:
          frames: 5
          height: 16
          width: 16
          output: cells.npy
        info:
          model: model
        """.utf8
      ).write(to: folder.appending(path: "c.yaml"))
      for command in ["train", "generate", "info", "inspect"] {
        let outcome = try Commands.run("squall \(command) --config c.yaml", in: folder)
        #expect(outcome.status == 0, "\(command): \(outcome.errors)")
      }
      #expect(FileManager.default.fileExists(atPath: folder.appending(path: "cells.npy").path))
    }
  }
}
