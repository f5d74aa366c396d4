import Foundation

/// How long clips of different lengths become.
public enum ClipLength: String, Sendable, Codable, Hashable, CaseIterable {
  /// Nothing is padded.
  case shortest
  /// Nothing is cut.
  case longest
  /// The middle of all lengths: half of the clips are cut, half are padded.
  case median

  /// The length for clips of several lengths; `nil` if there is no clip.
  func frames(of lengths: [Int]) -> Int? {
    switch self {
    case .shortest: lengths.min()
    case .longest: lengths.max()
    case .median: lengths.isEmpty ? nil : lengths.sorted()[lengths.count / 2]
    }
  }
}

/// How data are opened: everything that a file does not say, or that is wanted otherwise. All of it is optional.
public struct DataOptions: Sendable, Codable, Hashable {
  /// The part of every frame to keep, in pixels of the file.
  public struct Crop: Sendable, Codable, Hashable {
    public var row: Int
    public var column: Int
    public var height: Int
    public var width: Int

    public init(row: Int, column: Int, height: Int, width: Int) {
      self.row = row
      self.column = column
      self.height = height
      self.width = width
    }
  }

  /// A size to resize frames to.
  public struct Size: Sendable, Codable, Hashable {
    public var height: Int
    public var width: Int

    public init(height: Int, width: Int) {
      self.height = height
      self.width = width
    }
  }

  /// The format; by default found out by names and contents.
  public var reader: DataFormat?
  /// The path of an array in an HDF5, NetCDF or `.npz` file.
  public var dataset: String?
  /// The order of an array's axes.
  public var axes: ArrayAxes?
  /// What stored numbers mean, where the file does not say.
  public var unit: StoredUnit?
  /// A factor for stored numbers, before ``offset``; for formats that do not say.
  public var gain: Double?
  /// A number added to them.
  public var offset: Double?
  /// The stored number that means “missing”, for formats that do not say.
  public var missing: Double?
  /// Minutes between frames where the file does not say.
  public var interval: Double?
  /// The time of the first frame where the file does not say; needs ``interval``.
  public var start: Date?
  /// Colours become brightness.
  public var grey: Bool
  /// Resizes frames: means over areas when smaller, bilinear when larger. After ``crop``.
  public var size: Size?
  public var crop: Crop?
  /// Kilometres of a pixel to bring sequences to that state theirs; see ``ResampledSource``. After ``crop``.
  public var pixelSize: Double?
  /// Frames a second to take from a video: for each moment the frame that is shown then.
  public var frameRate: Double?
  /// Takes every nth frame.
  public var stride: Int?
  /// A CSV file (`name,label[,group]`) or a `.npy` or IDX file with one whole number a sample: makes clips.
  public var labels: URL?
  /// A regular expression on a clip's `folder/name` whose first group names what a split keeps together.
  public var groupPattern: String?
  /// Frames a clip; by default ``clipLength`` decides. Shorter clips are refused unless ``clipPadding`` is given.
  public var clipFrames: Int?
  /// How long clips become without ``clipFrames``; by default as long as the shortest.
  public var clipLength: ClipLength?
  /// What fills clips that are too short; by default their last frame.
  public var clipPadding: ClipLengthPolicy.Padding?
  /// What remains of clips that are too long; by default their middle.
  public var clipPart: ClipLengthPolicy.Cropping?
  /// MiB of clips that are kept in memory; when they are more, clips are read from their files as they are needed. By
  /// default half of the machine's memory.
  public var clipMemory: Double?
  /// Where the time stands in file names, such as `rain_%Y%m%d%H%M`.
  public var timePattern: String?
  /// A longer break in time than these minutes starts another event; a day by default.
  public var eventGap: Double?
  /// Leaves out what cannot be read, and counts it, instead of stopping.
  public var skipBad: Bool

  public init(
    reader: DataFormat? = nil, dataset: String? = nil, axes: ArrayAxes? = nil, unit: StoredUnit? = nil,
    gain: Double? = nil, offset: Double? = nil, missing: Double? = nil, interval: Double? = nil,
    start: Date? = nil, grey: Bool = false, size: Size? = nil, crop: Crop? = nil, pixelSize: Double? = nil,
    frameRate: Double? = nil, stride: Int? = nil, labels: URL? = nil, groupPattern: String? = nil,
    clipFrames: Int? = nil,
    clipLength: ClipLength? = nil, clipPadding: ClipLengthPolicy.Padding? = nil,
    clipPart: ClipLengthPolicy.Cropping? = nil, clipMemory: Double? = nil,
    timePattern: String? = nil, eventGap: Double? = nil, skipBad: Bool = false
  ) {
    self.reader = reader
    self.dataset = dataset
    self.axes = axes
    self.unit = unit
    self.gain = gain
    self.offset = offset
    self.missing = missing
    self.interval = interval
    self.start = start
    self.grey = grey
    self.size = size
    self.crop = crop
    self.pixelSize = pixelSize
    self.frameRate = frameRate
    self.stride = stride
    self.labels = labels
    self.groupPattern = groupPattern
    self.clipFrames = clipFrames
    self.clipLength = clipLength
    self.clipPadding = clipPadding
    self.clipPart = clipPart
    self.clipMemory = clipMemory
    self.timePattern = timePattern
    self.eventGap = eventGap
    self.skipBad = skipBad
  }

  /// Refuses numbers that make no sense.
  func check() throws {
    let positive: [(String, Double?)] = [
      ("--interval", interval), ("--frame-rate", frameRate), ("--stride", stride.map(Double.init)),
      ("--clip-frames", clipFrames.map(Double.init)), ("--event-gap", eventGap),
      ("--clip-memory", clipMemory), ("--pixel-size", pixelSize),
      ("--size", size.map { Double(min($0.height, $0.width)) }),
      ("--crop", crop.map { Double(min($0.height, $0.width, $0.row + 1, $0.column + 1)) }),
    ]
    for (name, value) in positive {
      if let value, !(value > 0 && value < 1e9) {
        throw DataError(
          .invalidOption, expected: "a positive number for \(name)", received: "\(value)",
          remedy: "Choose another.")
      }
    }
    if let clipFrames, let clipLength {
      throw DataError(
        .invalidOption, expected: "--clip-frames or --clip-length",
        received: "\(clipFrames) and \(clipLength.rawValue)", remedy: "Leave one of them out.")
    }
    if size != nil, let pixelSize {
      throw DataError(
        .invalidOption, expected: "--size or --pixel-size", received: "both, the latter \(pixelSize)",
        remedy: "Leave one of them out.")
    }
    if start != nil, interval == nil {
      throw DataError(
        .invalidOption, expected: "--interval beside --start", received: "none",
        remedy: "Say how many minutes lie between frames.")
    }
  }
}
