import ArgumentParser

@main
struct Squall: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "squall")
}
