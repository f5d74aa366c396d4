import Readers
import Tasks
import Testing

@Suite struct MapProjectionTests {
  /// Longitudes, latitudes and metres as PROJ 9 gives them.
  static let cases: [(String, Double, Double, Double, Double)] = [
    (
      "+proj=stere +lat_0=90 +lon_0=0.0 +lat_ts=60.0 +a=6378.137 +b=6356.752 +x_0=0 +y_0=0", 0, 49.362, 0,
      -4415006.464
    ),
    (
      "+proj=stere +lat_0=90 +lon_0=0.0 +lat_ts=60.0 +a=6378137 +b=6356752", 10.856, 55.389, 699972.306,
      -3649997.949
    ),
    ("+proj=stere +lat_0=-90 +lon_0=20 +lat_ts=-71 +ellps=WGS84", 30, -75, 284571.723, 1613886.439),
    ("+proj=stere +lat_0=-90 +lon_0=20 +lat_ts=-71 +ellps=WGS84", -100, -60, -2886578.742, -1666567.014),
    ("+proj=stere +lat_0=90 +lat_ts=60 +lon_0=10 +R=6370040", 9, 51, -73462.167, -4208644.724),
    (
      "+proj=aea +lat_1=-26.2 +lat_2=-29.3 +lat_0=-27.7178 +lon_0=153.24 +a=6378137 +b=6356752.31414", 154.1,
      -28.9,
      83863.432, -131349.005
    ),
    (
      "+proj=lcc +lat_1=48 +lat_2=52 +lat_0=50 +lon_0=4 +x_0=100000 +y_0=-20000 +ellps=WGS84", 7.5, 46.3,
      369941.754,
      -425129.547
    ),
    (
      "+proj=laea +lat_0=55 +lon_0=10 +x_0=1950000 +y_0=-2100000 +ellps=WGS84", -9.1, 38.7, 292437.408,
      -3689793.031
    ),
    ("+proj=merc +lon_0=10 +lat_ts=40 +ellps=WGS84", -20, -33, -2561815.709, -2970260.575),
  ]

  @Test(arguments: cases)
  func agreesWithProj(_ text: String, _ longitude: Double, _ latitude: Double, _ x: Double, _ y: Double)
    throws
  {
    let projection = try #require(MapProjection(text))
    let point = projection.map(longitude: longitude, latitude: latitude)
    #expect(abs(point.x - x) < 0.01 && abs(point.y - y) < 0.01, "\(point)")
    let back = try #require(projection.position(x: x, y: y))
    #expect(abs(back.longitude - longitude) < 1e-6 && abs(back.latitude - latitude) < 1e-6, "\(back)")
  }

  @Test(arguments: ["", "+proj=goode", "+proj=stere +lat_0=52", "+proj=lcc", "nonsense"])
  func unknownOnesAreNil(_ text: String) { #expect(MapProjection(text) == nil) }

  /// The KNMI grid from what its files say: 1 km pixels whose upper edge lies 3,650 km south of the pole's image.
  @Test func knowsTheGridOfKNMI() throws {
    let metadata = GridMetadata(
      projection: "+proj=stere +lat_0=90 +lon_0=0.0 +lat_ts=60.0 +a=6378.137 +b=6356.752 +x_0=0 +y_0=0",
      pixelWidth: 1, pixelHeight: 1,
      corners: [
        .init(longitude: 0, latitude: 49.362), .init(longitude: 0, latitude: 55.974),
        .init(longitude: 10.856, latitude: 55.389), .init(longitude: 9.009, latitude: 48.895),
      ])
    let grid = try #require(GridReference(metadata, height: 765, width: 700))
    #expect(abs(grid.x[0] - 500) < 50 && abs(grid.y[0] + 3_650_500) < 50)
    #expect(abs(grid.x[699] - 699_500) < 50 && abs(grid.y[764] + 4_414_500) < 50)
    let bilt = grid.place(longitude: 5.18, latitude: 52.10)
    #expect(abs(bilt.column - 369.19) < 0.1 && abs(bilt.row - 427.45) < 0.1, "\(bilt)")
    // Frames of 2 km leave the last row out, and padded ones reach beyond the corners: the corners span 382.5 rows.
    var averaged = metadata
    (averaged.pixelWidth, averaged.pixelHeight) = (2, 2)
    (averaged.spannedRows, averaged.spannedColumns) = (382.5, 350)
    for height in [382, 613] {
      let coarse = try #require(GridReference(averaged, height: height, width: 380))
      #expect(abs(coarse.left - grid.left) < 1 && abs(coarse.top - grid.top) < 1)
      let place = coarse.place(longitude: 5.18, latitude: 52.10)
      #expect(abs(place.column - ((bilt.column + 0.5) / 2 - 0.5)) < 0.01)
      #expect(abs(place.row - ((bilt.row + 0.5) / 2 - 0.5)) < 0.01)
    }
  }
}
