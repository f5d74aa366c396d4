import Contenders

/// What somebody asked for of the choices that otherwise follow from the data; see ``ForecastSettings``. `nil` leaves it to
/// them.
public struct ForecastWishes: Sendable {
  /// Pixels averaged into one along each axis.
  public var downsampling: Int?
  /// The side of the tiles in pixels, after averaging.
  public var tileSize: Int?
  public var loss: ForecastLoss?
  public var background: BackgroundChoice?
  public var coordinates: ForecastCoordinates?
  public var calibration: ForecastCalibration?
  /// Whether training tiles are mirrored and turned by chance.
  public var augments: Bool?

  public init(
    downsampling: Int? = nil, tileSize: Int? = nil, loss: ForecastLoss? = nil,
    background: BackgroundChoice? = nil, coordinates: ForecastCoordinates? = nil,
    calibration: ForecastCalibration? = nil, augments: Bool? = nil
  ) {
    self.downsampling = downsampling
    self.tileSize = tileSize
    self.loss = loss
    self.background = background
    self.coordinates = coordinates
    self.calibration = calibration
    self.augments = augments
  }
}
