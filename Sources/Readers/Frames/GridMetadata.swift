/// Where the pixels of a sequence lie on the Earth, as far as its files say.
public struct GridMetadata: Hashable, Codable, Sendable {
  /// A geographical position in degrees.
  public struct Position: Hashable, Codable, Sendable {
    public var longitude: Double
    public var latitude: Double

    public init(longitude: Double, latitude: Double) {
      self.longitude = longitude
      self.latitude = latitude
    }
  }

  /// The map projection as a PROJ string.
  public var projection: String?
  /// The width of a pixel in kilometres, positive to the east.
  public var pixelWidth: Double?
  /// The height of a pixel in kilometres. Rows run southwards whatever sign a file gives it.
  public var pixelHeight: Double?
  /// The outer corners of the grid in the order of the file.
  public var corners: [Position]
  /// How many rows and columns of the frame, from its first, lie between the corners; `nil` where the corners are those
  /// of the frame. Averaging may leave out what fills no pixel at the edge, padding adds pixels beyond it.
  public var spannedRows: Double?
  public var spannedColumns: Double?

  public init(
    projection: String? = nil, pixelWidth: Double? = nil, pixelHeight: Double? = nil,
    corners: [Position] = []
  ) {
    self.projection = projection
    self.pixelWidth = pixelWidth
    self.pixelHeight = pixelHeight
    self.corners = corners
  }

  /// Width and height of a pixel in kilometres, where known; one that is not stated is like the other.
  public var pixelSize: (width: Double, height: Double)? {
    guard let width = pixelWidth ?? pixelHeight, let height = pixelHeight ?? pixelWidth, width > 0,
      height > 0,
      width.isFinite, height.isFinite
    else { return nil }
    return (width, height)
  }

  /// The grid of frames whose pixels are larger by the stated factors, from the same first pixel on.
  ///
  /// - Parameters:
  ///   - rows: How many rows of the old frames make one.
  ///   - columns: How many columns of the old frames make one.
  ///   - old: The old size.
  ///   - new: The new size.
  func scaled(rows: Double, columns: Double, from old: FrameShape, to new: FrameShape) -> GridMetadata {
    var grid = self
    grid.pixelHeight = pixelHeight.map { $0 * rows }
    grid.pixelWidth = pixelWidth.map { $0 * columns }
    grid.span(
      rows: (spannedRows ?? Double(old.height)) / rows,
      columns: (spannedColumns ?? Double(old.width)) / columns,
      of: new)
    return grid
  }

  /// Notes what the corners span, unless it is the frame.
  mutating func span(rows: Double, columns: Double, of shape: FrameShape) {
    guard !corners.isEmpty else { return }
    spannedRows = abs(rows - Double(shape.height)) < 1e-6 ? nil : rows
    spannedColumns = abs(columns - Double(shape.width)) < 1e-6 ? nil : columns
  }
}
