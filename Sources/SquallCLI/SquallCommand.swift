import ArgumentParser
import TensorCore

@main
struct SquallCommand: AsyncParsableCommand {
  static func main() async {
    let arguments = Array(CommandLine.arguments.dropFirst())
    WaitingThreads.shorten(arguments)
    do {
      await main(try ConfigurationFile.expanded(arguments))
    } catch { exit(withError: error) }
  }

  static let configuration = CommandConfiguration(
    commandName: "squall",
    abstract: "Which architecture for these sequences of images: Conv2D + LSTM, ConvLSTM2D or another?",
    discussion: """
      Trains them at an equal budget on your own data and says which to use.

        squall compare radar-folder --task forecast --output report
        squall compare generated:motion-clips --task classify --output report

      Then put a model to work:

        squall train --like report --output model
        squall evaluate model other-radar-folder
        squall forecast model radar-folder --output next.nc --output next.gif

      Or forecast rain without one:

        squall nowcast radar-folder --output next.nc

      squall help COMMAND explains each with examples.
      """,
    version: SquallVersion.description,
    subcommands: [
      Compare.self, Advise.self, Inspect.self, Generate.self, Train.self, Evaluate.self, ForecastCommand.self,
      NowcastCommand.self, Classify.self, Predict.self, Fit.self, Convert.self, Info.self, ReadHDF5.self,
      AdviceStudy.self, ClipStudyCommand.self,
    ])
}
