import Foundation
import Readers

/// Where the pixels of a grid lie: a projection, the outer corner in the north-west and the size of a pixel.
public struct GridReference: Equatable, Sendable {
  public let projection: MapProjection
  /// The western edge of the first column and the northern edge of the first row, in metres (degrees for
  /// longitude–latitude).
  public let left: Double
  public let top: Double
  public let pixelWidth: Double
  public let pixelHeight: Double
  public let height: Int
  public let width: Int

  /// From what a file says; `nil` if it says too little, or uses a projection that is not known.
  public init?(_ grid: GridMetadata, height: Int, width: Int) {
    guard let text = grid.projection, let projection = MapProjection(text), grid.corners.count >= 3 else {
      return nil
    }
    let corners = grid.corners.map { projection.map(longitude: $0.longitude, latitude: $0.latitude) }
    guard let left = corners.map(\.x).min(), let right = corners.map(\.x).max(),
      let bottom = corners.map(\.y).min(), let top = corners.map(\.y).max(), right > left, top > bottom
    else { return nil }
    // The stated size of a pixel, in kilometres, is more exact than corners rounded to a thousandth of a degree.
    func size(_ stated: Double?, _ measured: Double) -> Double {
      guard projection.kind != .longitudeLatitude, let stated, abs(stated * 1000 / measured - 1) < 0.02 else {
        return measured
      }
      return stated * 1000
    }
    let (rows, columns) = (grid.spannedRows ?? Double(height), grid.spannedColumns ?? Double(width))
    guard rows > 0, columns > 0 else { return nil }
    self.projection = projection
    (self.height, self.width) = (height, width)
    pixelWidth = size(grid.pixelWidth, (right - left) / columns)
    pixelHeight = size(grid.pixelHeight, (top - bottom) / rows)
    // Rounding is spread evenly.
    self.left = (left + right) / 2 - pixelWidth * columns / 2
    self.top = (top + bottom) / 2 + pixelHeight * rows / 2
  }

  private init(_ other: GridReference, rows: Double, columns: Double, height: Int, width: Int) {
    (projection, left, top) = (other.projection, other.left, other.top)
    (pixelWidth, pixelHeight) = (other.pixelWidth * columns, other.pixelHeight * rows)
    (self.height, self.width) = (height, width)
  }

  /// The grid of which each pixel is a block of this one's rows and columns, from the same corner.
  func coarsened(by factors: (rows: Double, columns: Double), height: Int, width: Int) -> GridReference {
    GridReference(self, rows: factors.rows, columns: factors.columns, height: height, width: width)
  }

  /// The grid of which a block of rows and columns is one pixel of this one's, from the same corner.
  func refined(by factors: (rows: Double, columns: Double), height: Int, width: Int) -> GridReference {
    GridReference(self, rows: 1 / factors.rows, columns: 1 / factors.columns, height: height, width: width)
  }

  /// The centres of the columns from west to east.
  public var x: [Double] { (0..<width).map { left + (Double($0) + 0.5) * pixelWidth } }
  /// The centres of the rows from north to south.
  public var y: [Double] { (0..<height).map { top - (Double($0) + 0.5) * pixelHeight } }

  /// The place on the grid of a position on Earth; whole numbers are the centres of pixels.
  public func place(longitude: Double, latitude: Double) -> (row: Double, column: Double) {
    let point = projection.map(longitude: longitude, latitude: latitude)
    return ((top - point.y) / pixelHeight - 0.5, (point.x - left) / pixelWidth - 0.5)
  }

  /// Longitudes and latitudes of all pixel centres, `[height, width]`; `nil` where the projection cannot be inverted.
  public var positions: (longitudes: [Double], latitudes: [Double])? {
    var (longitudes, latitudes): ([Double], [Double]) = ([], [])
    longitudes.reserveCapacity(height * width)
    latitudes.reserveCapacity(height * width)
    var rowStart: (longitude: Double, latitude: Double)?
    for y in y {
      var last = rowStart
      for (column, x) in x.enumerated() {
        guard let position = projection.position(x: x, y: y, near: last) ?? projection.position(x: x, y: y)
        else {
          return nil
        }
        if column == 0 { rowStart = position }
        last = position
        longitudes.append(position.longitude)
        latitudes.append(position.latitude)
      }
    }
    return (longitudes, latitudes)
  }
}
