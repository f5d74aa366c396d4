import Foundation
import NumPyFiles
import Readers
import TensorCore

/// Writes generated data as files of NumPy with the facts about them beside.
///
/// - `x.npy`: float32 `[sample, time, height, width, channels]`; clips with classes have `x-labels.npy` (int64) and
///   `x-labels.csv` (`index,class,group`) beside.
/// - `x.npz`: arrays `frames`, and for clips `labels` and `groups`.
/// - `x.json`: generator, options, seed, axes, unit, classes, and on the interaction dial the error of the best
///   linear forecast at each lead time.
public struct GeneratedFiles: Sendable {
  public let data: GeneratedData

  public init(_ data: GeneratedData) { self.data = data }

  /// The facts about the data as they stand in the JSON file.
  public struct Facts: Codable, Equatable, Sendable {
    public var generator: GeneratorName
    public var seed: UInt64
    public var options: [String: String]
    public var shape: [Int]
    public var axes = ["sample", "time", "height", "width", "channels"]
    public var unit: PhysicalUnit
    /// Minutes between frames, where the generator has a clock.
    public var stepMinutes: Double?
    public var classNames: [String]?
    /// How many frames the forecast below observes.
    public var inputFrames: Int?
    public var bestLinearForecast: [WienerForecast.LeadError]?
    public var version: String

    enum CodingKeys: String, CodingKey {
      case generator, seed, options, shape, axes, unit, version
      case stepMinutes = "step_minutes"
      case classNames = "class_names"
      case inputFrames = "input_frames"
      case bestLinearForecast = "best_linear_forecast"
    }
  }

  /// The largest array that is made, in values: 8 GiB.
  private static let limit = 1 << 31

  /// Writes the files.
  ///
  /// - Returns: The files, that of the frames first.
  /// - Throws: `DataError` for another ending or too much data; `NumPyError` or a Foundation error if a file
  ///   cannot be written.
  @discardableResult
  public func write(to output: URL) throws -> [URL] {
    let ending = output.pathExtension.lowercased()
    guard ending == "npy" || ending == "npz" else {
      throw DataError(
        .invalidOption, file: output.path, expected: "a file that ends in .npy or .npz",
        received: ending.isEmpty ? "none" : ".\(ending)", remedy: "Name the output x.npy or x.npz.")
    }
    let (shape, values, facts) = try content()
    let frames = try NumPyArray(shape: shape, floats: values)
    let base = output.deletingPathExtension()
    var written = [output]
    var labels: (labels: NumPyArray, groups: NumPyArray)?
    if case .clips(let clips) = data.content {
      labels = (try Self.integers(clips.labels), try Self.integers(clips.groups))
    }
    if ending == "npz" {
      var arrays = [("frames", frames)]
      if let labels { arrays += [("labels", labels.labels), ("groups", labels.groups)] }
      try NumPyArchive.encoded(arrays.map { (name: $0.0, array: $0.1) }).write(to: output, options: .atomic)
    } else {
      try frames.write(to: output)
      if let labels, case .clips(let clips) = data.content {
        let (npy, csv) = (base.suffixed("-labels.npy"), base.suffixed("-labels.csv"))
        try labels.labels.write(to: npy)
        let rows = (0..<clips.count).map { "\($0),\(clips.classNames[clips.labels[$0]]),\(clips.groups[$0])" }
        try Data((["index,class,group"] + rows).joined(separator: "\n").appending("\n").utf8)
          .write(to: csv, options: .atomic)
        written += [npy, csv]
      }
    }
    let json = base.suffixed(".json")
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try encoder.encode(facts).write(to: json, options: .atomic)
    return written + [json]
  }

  private func content() throws -> (shape: [Int], values: [Float], facts: Facts) {
    var facts = Facts(
      generator: data.name, seed: data.seed, options: data.options.given, shape: [], unit: .dimensionless,
      version: SquallVersion.description)
    let values: [Float]
    switch data.content {
    case .clips(let clips):
      facts.shape = [
        clips.count, clips.frames, clips.shape.height, clips.shape.width, clips.shape.channels,
      ]
      facts.unit = clips.unit
      facts.classNames = clips.classNames
      values = try clips.values
    case .events(let events):
      guard let first = events.first else { return ([], [], facts) }
      facts.shape = [
        events.count, first.count, first.shape.height, first.shape.width, first.shape.channels,
      ]
      facts.unit = first.unit
      facts.stepMinutes = first.nominalStep
      guard facts.shape.reduce(1, *) <= Self.limit else {
        throw DataError(
          .invalidOption, expected: "at most \(Self.limit) values in a file", received: "\(facts.shape)",
          remedy: "Write fewer samples or frames; another seed makes more of them.")
      }
      var all: [Float] = []
      all.reserveCapacity(facts.shape.reduce(1, *))
      for event in events {
        for index in 0..<event.count { all += try event.frame(at: index).values }
      }
      values = all
    }
    if let wiener = data.wiener {
      facts.inputFrames = wiener.inputFrames
      facts.bestLinearForecast = wiener.errors()
    }
    return (facts.shape, values, facts)
  }

  private static func integers(_ values: [Int]) throws -> NumPyArray {
    try NumPyArray(
      elementType: .int64, shape: [values.count],
      bytes: values.map { Int64($0).littleEndian }.withUnsafeBytes { Data($0) })
  }
}

extension URL {
  /// The same place with something appended to the last name.
  fileprivate func suffixed(_ suffix: String) -> URL {
    deletingLastPathComponent().appendingPathComponent(lastPathComponent + suffix)
  }
}
