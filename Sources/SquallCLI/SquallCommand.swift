import ArgumentParser
import TensorCore

@main
struct SquallCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "squall",
    abstract: "Which architecture for this sequence of images: Conv2D + LSTM or ConvLSTM2D?",
    discussion: """
      Trains both at an equal budget on your own data and says which to use.

        squall compare radar-folder --task forecast --output report
        squall compare generated:motion-clips --task classify --output report
      """,
    version: SquallVersion.description,
    subcommands: [
      Compare.self, Inspect.self, Generate.self, Predict.self, Fit.self, Convert.self, Info.self,
      ReadHDF5.self,
    ])
}

/// Options that every command has.
struct GlobalOptions: ParsableArguments {
  @Option(help: "How many threads compute; by default all cores.")
  var threads: Int?

  func validate() throws {
    if let threads, threads < 1 {
      throw ValidationError("--threads: expected a number of at least 1, received \(threads).")
    }
  }

  func apply() {
    if let threads { ThreadTeam.resize(to: threads) }
  }
}
