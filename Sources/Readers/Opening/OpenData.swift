import Foundation

/// Opens data of any known format as they are.
///
/// A file is one sequence, or as many as an array has samples. A folder of frames is one sequence in order of time,
/// broken into events where more than a day is missing; folders of untimed pictures are one sequence each. A tree
/// `class-name/clip`, a table of labels, or whole numbers `labels` beside the frames of a single `.npz` archive
/// make clips with classes. Several paths are several events; where their grids differ they are brought to one, see
/// `ArchiveMatching`.
///
/// - Parameters:
///   - urls: Files or folders.
///   - options: What the files do not say, or what is wanted otherwise.
///   - skipped: Where `skipBad` notes what it leaves out.
/// - Throws: ``DataError``: which file, what was expected, what came, what to do.
public func openData(
  at urls: [URL], options: DataOptions = .init(), skipped: SkipLog = SkipLog()
) throws -> OpenedData {
  try options.check()
  let opener = DataOpener(options: options, skipped: options.skipBad ? skipped : nil)
  guard let first = urls.first else {
    throw DataError(
      .noFrames, expected: "at least one file or folder", received: "none", remedy: "Name the data.")
  }
  if urls.count == 1 { return try opener.open(first) }
  let archives = try urls.map { url in
    guard case .events(let events) = try opener.open(url) else {
      throw DataError(
        .invalidOption, file: url.path, expected: "sequences, where several paths are given",
        received: "clips with classes",
        remedy:
          "Put the classes side by side into one folder and name that. Where an archive's labels are not "
          + "wanted, name its array of frames by --dataset.")
    }
    return (url, events)
  }
  return .events(try ArchiveMatching(archives).events)
}

/// Opens one path.
struct DataOpener {
  let options: DataOptions
  let skipped: SkipLog?

  func open(_ url: URL) throws -> OpenedData {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
      throw DataError(
        .notFound, file: url.path, expected: "a file or folder", received: "nothing",
        remedy: "Check the path.")
    }
    guard isFolder.boolValue else { return try open(file: url) }
    let folder = try DataFolder(url, options: options)
    if let labels = try options.labels.map({ try ClipLabels(contentsOf: $0) }) {
      return try labeled(folder, labels)
    }
    if isClassTree(folder) { return try classTree(folder) }
    return try transformed(events(folder))
  }

  private func open(file: URL) throws -> OpenedData {
    let format = try options.reader ?? DataFormat.detect(file)
    let sources = try sources(file, format)
    guard
      let labels = try options.labels.map({ try ClipLabels(contentsOf: $0) })
        ?? labelsBeside(sources, in: file, format)
    else { return try transformed(sources) }
    var clips = ClipCollector(options: options, skipped: skipped)
    for (index, source) in sources.enumerated() {
      let entry = try labels.entry(for: "\(index)")
      try clips.add("\(index)", label: entry.label, group: entry.group) { source }
    }
    return .clips(try clips.labeledClips(file))
  }

  /// The classes that a `.npz` archive has for its samples, unless one of its arrays was asked for by name.
  private func labelsBeside(
    _ sources: [any FrameSource], in file: URL, _ format: DataFormat
  ) throws -> ClipLabels? {
    guard format == .npz, options.dataset == nil else { return nil }
    return try ClipLabels(archive: file, samples: sources.count)
  }

  private func transformed(_ sources: [any FrameSource]) throws -> OpenedData {
    .events(
      try sources.map { source in
        let source = try TransformedSource.applying(options, to: source)
        return try options.pixelSize.map { try ResampledSource(source, pixelSize: $0) } ?? source
      })
  }

  /// The sequences in one file.
  private func sources(_ file: URL, _ format: DataFormat) throws -> [any FrameSource] {
    switch format {
    case .npy: return try LabeledArray(NumPyBlocks.open(file), options: options).sources
    case .npz:
      return try LabeledArray(NumPyArchiveBlocks.open(file, dataset: options.dataset), options: options)
        .sources
    case .idx:
      return try LabeledArray(MemoryBlocks(IDXFile(contentsOf: file), file: file.path), options: options)
        .sources
    case .pictures: return [try PictureSequence([file], options: options, skipped: skipped)]
    case .video where PictureFile.Format(file) == .gif:
      return [try AnimatedGIF.source(file, options: options)]
    case .video: return [CachedSource(try VideoSource(file, options: options), maximumBytes: 64 << 20)]
    case .hdf5: return try HDF5Blocks(file, dataset: options.dataset).array(options).sources
    case .netcdf: return try NetCDFFile(file, options: options).array(options).sources
    case .knmi, .odim, .meteoswiss, .fmi, .radolan, .gdal:
      guard let reader = frameReader(format) else { return [] }
      return [try FrameFolder(files: [file], reader: reader)]
    }
  }

  /// The sequences in a folder.
  private func events(_ folder: DataFolder) throws -> [any FrameSource] {
    switch folder.format {
    case .netcdf:
      let first = try folder.files.lazy.compactMap { file -> NetCDFFile? in
        do { return try NetCDFFile(file, options: options) } catch {
          if skipped == nil { throw error } else { return nil }
        }
      }.first
      if let first, first.times?.count == 1 { return try timed(folder, NetCDFReader(options: options)) }
      return try fileByFile(folder)
    case .npy, .npz, .idx, .video, .hdf5: return try fileByFile(folder)
    case .pictures: return try pictures(folder)
    case .knmi, .odim, .meteoswiss, .fmi, .radolan, .gdal:
      guard let reader = frameReader(folder.format) else { return [] }
      return try timed(folder, reader)
    }
  }

  /// The reader of a format with one frame a file.
  private func frameReader(_ format: DataFormat) -> (any FrameFileReader)? {
    switch format {
    case .knmi: KNMIReader()
    case .odim: ODIMReader(group: options.dataset)
    case .meteoswiss: MeteoSwissReader()
    case .fmi: FMIReader()
    case .radolan: RADOLANReader()
    case .gdal: GDALReader(options: options)
    default: nil
    }
  }

  private func fileByFile(_ folder: DataFolder) throws -> [any FrameSource] {
    var found: [any FrameSource] = []
    for file in folder.files {
      do {
        let more = try sources(file, folder.format)
        if let first = found.first, let other = more.first(where: { $0.shape != first.shape }),
          options.size == nil
        {
          throw DataError(
            .wrongShape, file: file.path, expected: "frames of \(first.shape) like the first file",
            received: "\(other.shape)", remedy: "Pass --size HEIGHTxWIDTH, or keep one size in a folder.")
        }
        found += more
      } catch let error as DataError {
        guard let skipped else { throw error }
        skipped.add(error)
      }
    }
    guard !found.isEmpty else { throw nothingLeft(folder) }
    return found
  }

  /// All pictures in order of time where names tell it, else folder by folder.
  private func pictures(_ folder: DataFolder) throws -> [any FrameSource] {
    let files = folder.files
    if let all = try? PictureSequence(files, options: options, skipped: skipped), all.timestamps != nil {
      return FrameSlice.events(of: all, gap: options.eventGap ?? 1440)
    }
    return try folder.groups.flatMap {
      FrameSlice.events(
        of: try PictureSequence($0.files, options: options, skipped: skipped), gap: options.eventGap ?? 1440
      )
    }
  }

  /// Frames that know their times, one a file.
  private func timed(_ folder: DataFolder, _ reader: any FrameFileReader) throws -> [any FrameSource] {
    let source = try FrameFolder(files: folder.files, reader: reader, skipped: skipped)
    return FrameSlice.events(of: source, gap: options.eventGap ?? 1440)
  }

  private func nothingLeft(_ folder: DataFolder) -> DataError {
    DataError(
      .noFrames, file: folder.root.path, expected: "at least one file that can be read",
      received: "none of \(folder.files.count)",
      remedy: skipped?.reasons.first?.description ?? "Check the files.")
  }

  // MARK: Clips

  /// Whether the folder is a tree `class-name/clip`: two or more folders that hold videos or arrays directly, or
  /// folders of pictures. Names that are numbers are dates, not classes.
  private func isClassTree(_ folder: DataFolder) -> Bool {
    let classes = Set(folder.groups.map { $0.path.first ?? "" })
    guard classes.count >= 2, !classes.contains(""),
      !classes.allSatisfy({ $0.allSatisfy { $0.isNumber || "-_".contains($0) } })
    else { return false }
    switch folder.format {
    case .video, .npy, .npz, .hdf5: return folder.groups.allSatisfy { $0.path.count == 1 }
    case .pictures: return folder.groups.allSatisfy { $0.path.count == 2 }
    default: return false
    }
  }

  private func classTree(_ folder: DataFolder) throws -> OpenedData {
    var clips = ClipCollector(options: options, skipped: skipped)
    for clip in clipFiles(folder) {
      try clips.add(
        clip.name, label: clip.name.split(separator: "/").first.map(String.init) ?? "", group: nil
      ) {
        try source(clip.files, folder.format)
      }
    }
    return .clips(try clips.labeledClips(folder.root))
  }

  private func labeled(_ folder: DataFolder, _ labels: ClipLabels) throws -> OpenedData {
    var clips = ClipCollector(options: options, skipped: skipped)
    for clip in clipFiles(folder) {
      let entry = try labels.entry(for: clip.name)
      try clips.add(clip.name, label: entry.label, group: entry.group) {
        try source(clip.files, folder.format)
      }
    }
    return .clips(try clips.labeledClips(folder.root))
  }

  /// Every file is a clip; of pictures, every folder.
  private func clipFiles(_ folder: DataFolder) -> [(name: String, files: [URL])] {
    folder.groups.flatMap { group -> [(name: String, files: [URL])] in
      if folder.format == .pictures { return [(group.path.joined(separator: "/"), group.files)] }
      return group.files.map { ((group.path + [$0.lastPathComponent]).joined(separator: "/"), [$0]) }
    }
  }

  private func source(_ files: [URL], _ format: DataFormat) throws -> any FrameSource {
    if format == .pictures { return try PictureSequence(files, options: options, skipped: nil) }
    if format == .video, let file = files.first, PictureFile.Format(file) != .gif {
      return try VideoSource.inMemory(file, options: options)
    }
    let all = try files.flatMap { try sources($0, format) }
    guard let only = all.first, all.count == 1 else {
      throw DataError(
        .wrongShape, file: files.first?.path, expected: "one clip in a file", received: "\(all.count)",
        remedy: "Pass --axes without N, or one file alone with --labels.")
    }
    return only
  }
}
