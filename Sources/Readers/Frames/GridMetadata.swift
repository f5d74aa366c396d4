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

  public init(
    projection: String? = nil, pixelWidth: Double? = nil, pixelHeight: Double? = nil,
    corners: [Position] = []
  ) {
    self.projection = projection
    self.pixelWidth = pixelWidth
    self.pixelHeight = pixelHeight
    self.corners = corners
  }
}
