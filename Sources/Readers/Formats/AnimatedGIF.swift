import Foundation

/// An animated GIF as a clip, in memory.
enum AnimatedGIF {
  /// Its pictures as a viewer shows them; their durations are left out.
  ///
  /// - Throws: ``DataError`` if the file is damaged.
  static func source(_ file: URL, options: DataOptions) throws -> any FrameSource {
    let animation = try GIFFile(contentsOf: file)
    let reading = PictureReading(options)
    var frames: [Frame] = []
    try animation.canvases { rgb in
      let picture = PictureFile.Values(
        rgb: rgb, width: animation.width, height: animation.height, animation.isGrey)
      let (shape, values) = try reading.values(
        PictureFile.greyed(picture, options.grey), interval: options.interval, file: file.path)
      frames.append(try Frame(shape: shape, values: values))
    }
    return try FrameArray(frames, unit: reading.unit.frameUnit)
  }
}
