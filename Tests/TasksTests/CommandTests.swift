import Foundation
import NumPyFiles
import SafeTensors
import Testing
import Training

/// What users meet when something goes wrong, or when they stop: the command itself, in processes of its own.
@Suite(.serialized, .enabled(if: Commands.squall != nil, "the command was not found beside the tests"))
struct CommandTests {
  /// A training of a second or so.
  static let train =
    "squall train generated:motion-clips --parameters 3000 --batch-size 96 --threads 1 --no-predict --output model"

  @Test func trainsEvaluatesAndClassifies() throws {
    try Commands.withFolder { folder in
      let trained = try Commands.run(Self.train + " --epochs 1 --tensorboard log", in: folder)
      #expect(trained.status == 0, "\(trained.errors)")
      let history = try String(contentsOf: folder.appending(path: "model/history.csv"), encoding: .utf8)
      #expect(history.split(separator: "\n").count == 2)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "log").path).count == 1)
      let scores = try Commands.run(
        "squall evaluate model generated:motion-clips --json s.json --csv s.csv", in: folder)
      #expect(scores.status == 0 && scores.output.contains("accuracy"), "\(scores.errors)")
      let json = try Data(contentsOf: folder.appending(path: "s.json"))
      #expect(try JSONSerialization.jsonObject(with: json) is [String: Any])
      let classes = try Commands.run(
        "squall classify model generated:motion-clips | head -2", in: folder)
      #expect(classes.output.hasPrefix("clip,class,p_right,p_left,p_up,p_down\n0,"))
      // Clips of labelled folders are called what they are called there.
      for name in ["left/film 1.npy", "up/film_2.npy"] {
        let file = folder.appending(path: "clips/\(name)")
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try NumPyArray(shape: [8, 24, 24], floats: [Float](repeating: 0.5, count: 8 * 24 * 24)).write(
          to: file)
      }
      let named = try Commands.run("squall classify model clips --clip-length longest", in: folder)
      #expect(named.output.contains("\nleft/film 1.npy,"), "\(named.errors)")
      #expect(named.output.contains("\nup/film_2.npy,"))
      // A folder with a training is not overwritten, and a model of the wrong kind is refused.
      let again = try Commands.run(Self.train, in: folder)
      #expect(again.status != 0 && again.errors.contains("--resume"))
      let wrong = try Commands.run(
        "squall forecast model generated:advected-cells --output f.npy", in: folder)
      #expect(wrong.status != 0 && wrong.errors.contains("classifier"))
    }
  }

  /// Gaps, dry spells, auxiliary channels and the audit, from the command line.
  @Test func preparesSequences() throws {
    try Commands.withFolder { folder in
      let cells = "generated:advected-cells:frames=40,height=32,width=32"
      let made = try Commands.run(
        "squall generate advected-cells --samples 1 --frames 40 --height 32 --width 32 --seed 4 --output map.npy",
        in: folder)
      #expect(made.status == 0, "\(made.errors)")
      let train =
        "squall train \(cells) --input-frames 3 --forecast-frames 2 --tile-size 16 --parameters 3000 "
        + "--epochs 1 --batches-per-epoch 1 --batch-size 2 --threads 1 --no-predict --augment"
      let trained = try Commands.run(train + " --extra map.npy --output model", in: folder)
      #expect(trained.status == 0, "\(trained.errors)")
      #expect(
        (trained.output + trained.errors).contains(
          "Auxiliary channels: map.npy (one channel, at the times of the field"))
      let scored = try Commands.run(
        "squall evaluate model \(cells) --extra map.npy --every 5 --audit", in: folder)
      #expect(
        scored.status == 0 && (scored.output + scored.errors).contains("does not move"), "\(scored.errors)")
      let bare = try Commands.run("squall evaluate model \(cells)", in: folder)
      #expect(bare.status != 0 && bare.errors.contains("map.npy") && bare.errors.contains("--extra"))
      let shown = try Commands.run(
        "squall inspect \(cells) --gaps interpolate --longest-gap 2 --dry-gap 20 --dry-threshold 0.2",
        in: folder)
      #expect(shown.status == 0 && shown.output.contains("0 frames put in"), "\(shown.errors)")
      #expect(shown.output.contains("Dry spells"))
      for (wrong, word) in [
        ("--longest-gap 2", "--gaps"), ("--dry-threshold 1", "--dry-gap"),
        ("--extra nowhere.npy", "nowhere.npy"),
        ("--gaps fill", "interpolate"),
      ] {
        let refused = try Commands.run("squall inspect \(cells) \(wrong)", in: folder)
        #expect(refused.status != 0 && refused.errors.contains(word), "\(refused.errors)")
      }
    }
  }

  @Test(arguments: [("INT", 130), ("TERM", 143)])
  func savesWhenItIsStopped(_ signal: String, _ status: Int32) throws {
    try Commands.withFolder { folder in
      let stopped = try Commands.run(
        "\(Self.train) --epochs 10000 --patience 10000 & process=$!; while [ ! -e model/last.squall ]; do sleep 0.05; "
          + "done; kill -\(signal) $process; wait $process", in: folder)
      #expect(stopped.status == status, "\(stopped.errors)")
      #expect(stopped.errors.contains("--resume"))
      let state = try #require(
        Checkpoint(contentsOf: folder.appending(path: "model/last.squall")).training?.state)
      #expect(state.step > 0)
      let further = try Commands.run(
        "\(Self.train) --resume --epochs \(state.epoch + 1) --patience 10000", in: folder)
      #expect(further.status == 0, "\(further.errors)")
      #expect(further.output.contains("going on after \(state.history.epochs.count) epochs"))
    }
  }

  /// The precision of a training is stored with it: one that goes on ends with the same bits, and in no other precision.
  @Test func trainsInBFloat16() throws {
    try Commands.withFolder { folder in
      let train =
        "squall train generated:advected-cells:frames=40,height=32,width=32 --input-frames 3 --forecast-frames 2 "
        + "--tile-size 16 --parameters 3000 --batches-per-epoch 2 --batch-size 2 --threads 1 --no-predict"
      let straight = try Commands.run(
        train + " --precision bfloat16 --epochs 2 --output straight", in: folder)
      #expect(straight.status == 0 && straight.output.contains("bfloat16: activations"), "\(straight.errors)")
      let first = try Commands.run(train + " --precision bfloat16 --epochs 1 --output model", in: folder)
      #expect(first.status == 0, "\(first.errors)")
      let other = try Commands.run(
        train + " --precision float32 --epochs 2 --output model --resume", in: folder)
      #expect(other.status != 0 && other.errors.contains("--precision bfloat16"), "\(other.errors)")
      let further = try Commands.run(train + " --epochs 2 --output model --resume", in: folder)
      #expect(further.status == 0 && further.output.contains("bfloat16: activations"), "\(further.errors)")
      let states = try ["straight", "model"].map {
        try Checkpoint(contentsOf: folder.appending(path: "\($0)/last.squall"))
      }
      #expect(states.allSatisfy { $0.training?.plan.precision == .bfloat16 })
      #expect(try states[0].digests().map(\.digest) == states[1].digests().map(\.digest), "same bits")
      let wrong = try Commands.run(train + " --precision half --output other", in: folder)
      #expect(
        wrong.status != 0 && wrong.errors.contains("half")
          && wrong.errors.contains("'float32' and 'bfloat16'"),
        "\(wrong.errors)")
      let compare =
        "squall compare generated:advected-cells:frames=60,height=32,width=32 --task forecast --quick "
        + "--input-frames 3 --forecast-frames 2 --tile-size 16 --parameters 40000 --epochs 1 "
        + "--batches-per-epoch 2 --batch-size 4 --no-measure --threads 1 --output report --precision"
      let compared = try Commands.run(compare + " bfloat16", in: folder)
      #expect(compared.status == 0, "\(compared.errors)")
      let page = try String(contentsOf: folder.appending(path: "report/index.html"), encoding: .utf8)
      #expect(
        page.contains("Precision of training") && page.contains("operands of products rounded to 8 bits"))
      let refused = try Commands.run(compare + " float32 --resume", in: folder)
      #expect(
        refused.status != 0 && refused.errors.contains("Precision of training bfloat16"), "\(refused.errors)")
    }
  }

  /// A disk without room: a clear error, and the last good checkpoint is as it was.
  @Test func aFullDiskKeepsTheLastCheckpoint() throws {
    try Commands.withFolder { folder in
      let trained = try Commands.run(Self.train + " --epochs 1", in: folder)
      #expect(trained.status == 0, "\(trained.errors)")
      let files = ["last.squall", "model.squall"].map { folder.appending(path: "model/\($0)") }
      let before = try files.map { try Data(contentsOf: $0) }
      // The shell's limit on the size of files stands for a full disk: writes fail half-way.
      let failed = try Commands.run(
        "trap '' XFSZ; ulimit -f 8; \(Self.train) --epochs 3 --resume", in: folder)
      #expect(failed.status != 0)
      #expect(failed.errors.contains("has room"), "\(failed.errors)")
      #expect(try files.map { try Data(contentsOf: $0) } == before)
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "model").path)
      #expect(!names.contains { $0.hasSuffix(".tmp") }, "\(names)")
      let again = try Commands.run(Self.train + " --epochs 2 --resume", in: folder)
      #expect(again.status == 0, "\(again.errors)")
    }
  }

  @Test func aFolderThatCannotBeWrittenIsKnownAtOnce() throws {
    try Commands.withFolder { folder in
      let failed = try Commands.run(
        Self.train.replacing("--output model", with: "--output /proc/model") + " --epochs 1", in: folder)
      #expect(failed.status != 0 && failed.errors.contains("writable"), "\(failed.errors)")
      #expect(!failed.errors.contains("Epoch 1 "))
    }
  }

  @Test func damagedModelsAreRefused() throws {
    try Commands.withFolder { folder in
      let trained = try Commands.run(Self.train + " --epochs 1", in: folder)
      #expect(trained.status == 0, "\(trained.errors)")
      let file = folder.appending(path: "model/model.squall")
      let whole = try Data(contentsOf: file)
      var flipped = whole
      flipped[flipped.count - 10] ^= 1
      for (damaged, words) in [
        (whole.prefix(whole.count / 2), "found"), (Data(), "found"), (flipped, "checksum"),
      ] {
        try damaged.write(to: file)
        let result = try Commands.run("squall evaluate model generated:motion-clips", in: folder)
        #expect(result.status != 0 && result.errors.contains(words), "\(result.errors)")
      }
    }
  }

  @Test func optionsFromAFile() throws {
    try Commands.withFolder { folder in
      let yaml = """
        # What both commands share, and what is for one of them.
        data: generated:motion-clips
        threads: 1
        train:
          parameters: 3000
          batch-size: 96
          epochs: 7
          predict: false
          output: model
        evaluate:
          model: model
          csv: scores.csv
          part: all
        """
      try Data(yaml.utf8).write(to: folder.appending(path: "run.yaml"))
      let trained = try Commands.run("squall train --config run.yaml --epochs 1", in: folder)
      #expect(trained.status == 0, "\(trained.errors)")
      let state = try Checkpoint(contentsOf: folder.appending(path: "model/last.squall")).training
      #expect(state?.plan.epochs == 1, "the command line wins")
      let scores = try Commands.run("squall evaluate --config=run.yaml", in: folder)
      #expect(scores.status == 0 && scores.output.contains("all clips"), "\(scores.errors)")
      #expect(FileManager.default.fileExists(atPath: folder.appending(path: "scores.csv").path))
      try Data("epoch: 3".utf8).write(to: folder.appending(path: "wrong.yaml"))
      let wrong = try Commands.run("\(Self.train) --config wrong.yaml", in: folder)
      #expect(wrong.status != 0 && wrong.errors.contains("epoch"), "\(wrong.errors)")
      let absent = try Commands.run("\(Self.train) --config none.yaml", in: folder)
      #expect(absent.status != 0 && absent.errors.contains("none.yaml"), "\(absent.errors)")
    }
  }
}
