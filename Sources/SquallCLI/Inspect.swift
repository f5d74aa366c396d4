import ArgumentParser
import Foundation
import Readers
import Reports
import Sampling

/// `squall inspect`: what data hold.
struct Inspect: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what data hold: frames, size, times, gaps, events, values, classes.",
    discussion: """
      DATA is read as it is: radar files, videos, pictures, NumPy arrays; files, folders, or trees of classes.

        squall inspect radar-folder
        squall inspect moving-mnist.npy --axes TNHW --json
        squall inspect videos --contact-sheet sheet.png
      """)

  @OptionGroup var data: DataArguments
  @Flag(help: "Write JSON.")
  var json = false
  @Option(help: "Read at most so many frames for the values, spread evenly; all without it.")
  var frames: Int?
  @Option(help: "A PNG file for a sheet of frames.")
  var contactSheet: String?
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    if let frames, frames < 1 { throw ValidationError("--frames: expected at least 1, received \(frames).") }
  }

  func run() async throws {
    global.apply()
    try reportingErrors {
      let skipped = SkipLog()
      var opened = try data.openFiles(skipped: skipped)
      var handled: PreparedEvents?
      if case .events(let events) = opened {
        let prepared = try data.prepared(events)
        (handled, opened) = (prepared, .events(prepared.sources))
      }
      let inspection = try DataInspection(opened, limit: frames, skipped: skipped, handled: handled)
      if let contactSheet { try writeSheet(opened, inspection, to: URL(filePath: contactSheet)) }
      print(json ? try inspection.json() : inspection.text)
      for reason in skipped.reasons { FileHandle.standardError.write(Data("skipped: \(reason)\n".utf8)) }
    }
  }

  private func writeSheet(_ data: OpenedData, _ inspection: DataInspection, to url: URL) throws {
    let scale: ColourScale =
      switch inspection.unit {
      case .millimetresPerHour: .rainRate
      case .brightness: .grey(0...1)
      default: .sequential((inspection.minimum ?? 0)...max(inspection.maximum ?? 1, inspection.minimum ?? 0))
      }
    let cells = try data.sample(24).map { frame in
      ContactSheet.Cell(
        values: zip(frame.values, frame.isValid).map { $1 ? $0 : .nan }, height: frame.shape.height,
        width: frame.shape.width, channels: frame.shape.channels)
    }
    try ContactSheet(cells, scale: scale).image().encoded().write(to: url, options: .atomic)
  }
}
