import ArgumentParser
import Foundation
import Readers
import Sampling
import Synthesis

/// DATA and how it is to be read; every command that takes data has these.
struct DataArguments: ParsableArguments {
  @Argument(help: "Files or folders of frames, clips or arrays, or generated:NAME.")
  var data: [String]

  @Option(help: ArgumentHelp("The format, if it is not found out: \(DataFormat.names).", valueName: "format"))
  var reader: DataFormat?
  @Option(help: "The path of the array in an HDF5, NetCDF or .npz file.")
  var dataset: String?
  @Option(
    help: "The order of an array's axes (N samples, T time, H rows, W columns, C channels), such as TNHW.")
  var axes: ArrayAxes?
  @Option(
    help: ArgumentHelp(
      "What stored numbers mean: \(StoredUnit.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "unit"))
  var unit: StoredUnit?
  @Option(help: "A factor for stored numbers, where the file gives none.")
  var gain: Double?
  @Option(help: "A number added to stored numbers after the factor.")
  var offset: Double?
  @Option(help: "The stored number that means missing, where the file gives none.")
  var missing: Double?
  @Option(help: "Minutes between frames, where the file does not say.")
  var interval: Double?
  @Option(help: "Time of the first frame (UTC), such as 2010-08-26T00:00, where the file does not say.")
  var start: UTCTime?
  @Flag(help: "Colours become brightness.")
  var grey = false
  @Option(help: "Resize frames to HEIGHTxWIDTH.")
  var size: FrameSize?
  @Option(help: "Keep ROW,COLUMN,HEIGHT,WIDTH of every frame.")
  var crop: FrameCrop?
  @Option(
    help: ArgumentHelp(
      "Bring sequences to pixels of this size in kilometres, by means over areas; archives whose pixels differ are brought to "
        + "the largest, and radar to 2 km at least.", valueName: "km"))
  var pixelSize: Double?
  @Option(help: "Frames a second to take from videos.")
  var frameRate: Double?
  @Option(help: "Take every nth frame.")
  var stride: Int?
  @Option(help: "A CSV file of name,label[,group], or an array with a class for each sample.")
  var labels: String?
  @Option(
    help: ArgumentHelp(
      "A regular expression on each clip's folder/name, such as '(.+)_[0-9]+'; its first group names what a split "
        + "keeps together.", valueName: "expression"))
  var groupPattern: String?
  @Option(help: "Frames a clip. Shorter clips are refused unless --clip-padding is given.")
  var clipFrames: Int?
  @Option(
    help: ArgumentHelp(
      "How long clips become without --clip-frames: \(ClipLength.allCases.map(\.rawValue).joined(separator: ", ")); "
        + "by default as long as the shortest.", valueName: "length"))
  var clipLength: ClipLength?
  @Option(
    help: ArgumentHelp(
      "What fills clips that are too short: "
        + "\(ClipLengthPolicy.Padding.allCases.map(\.rawValue).joined(separator: ", ")); "
        + "by default their last frame.", valueName: "padding"))
  var clipPadding: ClipLengthPolicy.Padding?
  @Option(
    help: ArgumentHelp(
      "What remains of clips that are too long: "
        + "\(ClipLengthPolicy.Cropping.allCases.map(\.rawValue).joined(separator: ", ")) "
        + "(one clip after the other); by default their middle.", valueName: "part"))
  var clipPart: ClipLengthPolicy.Cropping?
  @Option(
    help: ArgumentHelp(
      "MiB of clips to keep in memory; more of them are read from their files as they are needed, or from --cache. "
        + "By default half of the memory.", valueName: "mib"))
  var clipMemory: Double?
  @Option(help: "Where the time stands in file names, such as rain_%Y%m%d%H%M.")
  var timePattern: String?
  @Option(help: "A break longer than these minutes starts another event; by default a day.")
  var eventGap: Double?
  @Option(
    help: ArgumentHelp(
      "A folder in which frames are kept as they were read, for later epochs and runs; files made there are as "
        + "large as the data in memory.", valueName: "folder"))
  var cache: String?
  @Option(
    help: ArgumentHelp(
      "What fills a gap between frames: \(GapPolicy.Name.allCases.map(\.rawValue).joined(separator: ", ")); "
        + "drop leaves out the windows over it.", valueName: "how"))
  var gaps: GapPolicy.Name = .drop
  @Option(
    help: ArgumentHelp(
      "Fill gaps of up to so many frames (3); longer ones end an event.", valueName: "frames"))
  var longestGap: Int?
  @Option(
    help: ArgumentHelp(
      "An event also ends where the field stays dry for these minutes.", valueName: "minutes"))
  var dryGap: Double?
  @Option(help: "A pixel is wet above this, in the unit of the data (0.1).")
  var dryThreshold: Float?
  @Option(
    help: ArgumentHelp(
      "Auxiliary channels: a second variable at the times of DATA, or a single map "
        + "such as elevation; PATH:DATASET names an array in a file. May be given more than once.",
      valueName: "path"))
  var extra: [String] = []
  @Flag(help: "Leave out what cannot be read, and count it.")
  var skipBad = false
  @Option(help: "The seed of generated data, which is not that of a training.")
  var dataSeed: UInt64 = 1

  func validate() throws {
    guard !data.isEmpty else { throw ValidationError("DATA: expected a file, a folder or generated:NAME.") }
    try validateSequences()
    guard let generated = data.first(where: GeneratedData.isName) else { return }
    guard data.count == 1 else {
      throw ValidationError("DATA: \(generated) stands alone, received \(data.joined(separator: " ")).")
    }
    do { _ = try GeneratedData.generator(in: generated) } catch { throw ValidationError("DATA: \(error)") }
  }

  /// Whether the data are made by the program.
  var isGenerated: Bool { data.first.map(GeneratedData.isName) ?? false }

  /// What a report calls the data.
  var name: String {
    generator?.title ?? data.map { URL(filePath: $0).lastPathComponent }.joined(separator: ", ")
  }

  private var generator: GeneratorName? { data.first.flatMap { try? GeneratedData.generator(in: $0) } }

  /// What the program makes; nil for files. Its seed is no training's: all commands see the same data.
  func generated() throws -> GeneratedData? {
    guard isGenerated, let text = data.first else { return nil }
    return try GeneratedData(parsing: text, seed: dataSeed)
  }

  var options: DataOptions {
    DataOptions(
      reader: reader, dataset: dataset, axes: axes, unit: unit, gain: gain, offset: offset, missing: missing,
      interval: interval, start: start?.date, grey: grey, size: size?.size, crop: crop?.crop,
      pixelSize: pixelSize, frameRate: frameRate, stride: stride, labels: labels.map { URL(filePath: $0) },
      groupPattern: groupPattern, clipFrames: clipFrames, clipLength: clipLength, clipPadding: clipPadding,
      clipPart: clipPart, clipMemory: clipMemory, timePattern: timePattern, eventGap: eventGap,
      skipBad: skipBad)
  }

  /// Opens the data; gaps of sequences are bridged and dry spells cut out.
  ///
  /// - Parameter skipped: Where `--skip-bad` notes what it leaves out.
  func open(skipped: SkipLog = SkipLog()) throws -> OpenedData {
    let opened = try openFiles(skipped: skipped)
    guard case .events(let events) = opened else { return opened }
    return .events(try prepared(events).sources)
  }

  /// The data as they are.
  func openFiles(skipped: SkipLog = SkipLog()) throws -> OpenedData {
    let opened: OpenedData
    if let made = try generated() {
      opened = made.content
    } else {
      opened = try openData(at: data.map { URL(filePath: $0) }, options: options, skipped: skipped)
    }
    let files = data.map { URL(filePath: $0) }
    switch opened {
    case .events(let events):
      guard let cache, !isGenerated else { return opened }
      return .events(try cached(events, of: files, options, in: URL(filePath: cache)))
    case .clips(let clips):
      guard !asksForSequences else {
        throw CleanError(
          description:
            "\(name): expected sequences of frames for --gaps, --dry-gap, --extra and --pixel-size, received clips "
            + "with classes. Leave these options out.")
      }
      if clips.isInMemory { return opened }
      guard let cache else {
        let note = "\(name): more clips than fit into memory; they are decoded whenever they are needed. "
        FileHandle.standardError.write(Data((note + "--cache FOLDER decodes them once.\n").utf8))
        return opened
      }
      return .clips(try clips.cached(key: CacheKey(files: files, options: options), in: URL(filePath: cache)))
    }
  }
}

/// HEIGHTxWIDTH, or one number for both.
struct FrameSize: ExpressibleByArgument {
  let size: DataOptions.Size

  init?(argument: String) {
    let parts = argument.lowercased().split(separator: "x").map { Int($0) }
    guard let height = parts.first ?? nil, let width = parts.last ?? nil, parts.count <= 2, height > 0,
      width > 0
    else { return nil }
    size = DataOptions.Size(height: height, width: width)
  }
}

/// ROW,COLUMN,HEIGHT,WIDTH.
struct FrameCrop: ExpressibleByArgument {
  let crop: DataOptions.Crop

  init?(argument: String) {
    let parts = argument.split(separator: ",").compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
    guard parts.count == 4 else { return nil }
    crop = DataOptions.Crop(row: parts[0], column: parts[1], height: parts[2], width: parts[3])
  }
}

/// A moment such as `2010-08-26T00:00`, with or without `Z`, seconds, or the time of day.
struct UTCTime: ExpressibleByArgument {
  let date: Date

  init?(argument: String) {
    for pattern in ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y%m%d%H%M", "%Y-%m-%d"] {
      if let date = try? TimePattern(pattern).date(in: argument) {
        self.date = date
        return
      }
    }
    return nil
  }
}

extension DataFormat: ExpressibleByArgument {}
extension StoredUnit: ExpressibleByArgument {}
extension ClipLength: ExpressibleByArgument {}
extension ClipLengthPolicy.Padding: ExpressibleByArgument {}
extension ClipLengthPolicy.Cropping: ExpressibleByArgument {}
extension ArrayAxes: ExpressibleByArgument {
  public init?(argument: String) { try? self.init(argument) }
}
