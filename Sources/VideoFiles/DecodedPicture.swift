/// One decoded picture or frame of a video, `[height, width, channels]`, row-major.
package struct DecodedPicture: Hashable, Sendable {
  package var width: Int
  package var height: Int
  /// 1 (grey) or 3 (red, green, blue).
  package var channels: Int
  /// 8 or 16; numbers of 16 bits are little endian.
  package var bits: Int
  package var bytes: [UInt8]
  /// Seconds since the start of the video, where it says so.
  package var seconds: Double?

  package init(width: Int, height: Int, channels: Int, bits: Int, bytes: [UInt8], seconds: Double? = nil) {
    self.width = width
    self.height = height
    self.channels = channels
    self.bits = bits
    self.bytes = bytes
    self.seconds = seconds
  }

  /// The largest number that a value can be.
  package var maximum: Int { bits == 16 ? 65535 : 255 }
}

/// Which channels a picture is decoded to.
package enum PictureColour: String, Hashable, Sendable, CaseIterable {
  /// Grey stays grey, colours become red, green and blue.
  case asStored
  /// Brightness alone: 0.299 R + 0.587 G + 0.114 B.
  case grey
}
