import Foundation

/// A map projection from its PROJ string, of the kinds that weather radars use; metres on the map, degrees on Earth.
///
/// Formulas: Snyder, "Map Projections: A Working Manual", US Geological Survey, 1987, for the ellipsoid: polar
/// stereographic (p. 160), Albers (p. 101), Lambert conformal (p. 107), Lambert azimuthal equal-area (p. 187),
/// Mercator (p. 44).
public struct MapProjection: Equatable, Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    case longitudeLatitude = "longlat"
    case polarStereographic = "stere"
    case albers = "aea"
    case lambertConformal = "lcc"
    case lambertAzimuthal = "laea"
    case mercator = "merc"
  }

  public let kind: Kind
  /// The string that it was made of.
  public let text: String
  /// Semi-major and semi-minor axis in metres.
  public let semiMajor: Double
  public let semiMinor: Double
  /// Degrees.
  public let centralLongitude: Double
  public let originLatitude: Double
  public let parallels: [Double]
  public let falseEasting: Double
  public let falseNorthing: Double

  /// `nil` for a projection that this version does not know.
  public init?(_ text: String) {
    var values: [String: String] = [:]
    for word in text.split(whereSeparator: \.isWhitespace) {
      let parts = word.drop { $0 == "+" }.split(separator: "=", maxSplits: 1).map(String.init)
      if let name = parts.first { values[name] = parts.count > 1 ? parts[1] : "" }
    }
    func number(_ name: String) -> Double? { values[name].flatMap(Double.init) }
    let names = ["latlong": "longlat", "lonlat": "longlat", "latlon": "longlat"]
    guard let name = values["proj"], let kind = Kind(rawValue: names[name] ?? name) else { return nil }
    self.kind = kind
    self.text = text
    // Some files write the axes in kilometres.
    var major = number("a") ?? number("R") ?? 6_378_137
    if major < 10_000 { major *= 1000 }
    var minor =
      number("b") ?? number("rf").map { major * (1 - 1 / $0) }
      ?? (values["ellps"] == "sphere" || values["R"] != nil ? major : major * (1 - 1 / 298.257223563))
    if minor < 10_000 { minor *= 1000 }
    (semiMajor, semiMinor) = (major, min(major, minor))
    centralLongitude = number("lon_0") ?? 0
    originLatitude = number("lat_0") ?? 0
    switch kind {
    case .polarStereographic:
      guard abs(abs(originLatitude) - 90) < 1e-9 else { return nil }
      parallels = [number("lat_ts") ?? originLatitude]
    case .albers, .lambertConformal:
      guard let first = number("lat_1") else { return nil }
      let second = number("lat_2") ?? first
      guard abs(first + second) > 1e-9 else { return nil }
      parallels = [first, second]
    case .mercator: parallels = [number("lat_ts") ?? 0]
    case .lambertAzimuthal:
      // The oblique form alone, which European radars use.
      guard abs(originLatitude) < 89.9 else { return nil }
      parallels = []
    case .longitudeLatitude: parallels = []
    }
    let unit = values["units"] == "km" ? 1000.0 : 1
    falseEasting = (number("x_0") ?? 0) * unit
    falseNorthing = (number("y_0") ?? 0) * unit
  }

  /// Eccentricity.
  private var e: Double { max(0, 1 - (semiMinor / semiMajor) * (semiMinor / semiMajor)).squareRoot() }

  /// From degrees to metres on the map (degrees for longitude–latitude).
  public func map(longitude: Double, latitude: Double) -> (x: Double, y: Double) {
    guard kind != .longitudeLatitude else { return (longitude, latitude) }
    let phi = radians(latitude)
    let lambda = radians(wrapped(longitude - centralLongitude))
    let (x, y): (Double, Double)
    switch kind {
    case .longitudeLatitude: (x, y) = (longitude, latitude)
    case .polarStereographic:
      let sign: Double = originLatitude > 0 ? 1 : -1
      let rho = stereographicScale * conformal(sign * phi)
      (x, y) = (rho * sin(lambda), -sign * rho * cos(lambda))
    case .mercator:
      let k = m(radians(parallels[0]))
      (x, y) = (semiMajor * k * lambda, -semiMajor * k * log(conformal(phi)))
    case .albers:
      let (n, c, start) = albersConstants
      let rho = semiMajor * max(0, c - n * authalic(phi)).squareRoot() / n
      (x, y) = (rho * sin(n * lambda), start - rho * cos(n * lambda))
    case .lambertConformal:
      let (n, f, start) = conformalConstants
      let rho = semiMajor * f * pow(conformal(phi), n)
      (x, y) = (rho * sin(n * lambda), start - rho * cos(n * lambda))
    case .lambertAzimuthal:
      let (pole, radius, beta0, d) = azimuthalConstants
      let beta = asin(min(1, max(-1, authalic(phi) / pole)))
      let b = radius * (2 / (1 + sin(beta0) * sin(beta) + cos(beta0) * cos(beta) * cos(lambda))).squareRoot()
      x = b * d * cos(beta) * sin(lambda)
      y = b / d * (cos(beta0) * sin(beta) - sin(beta0) * cos(beta) * cos(lambda))
    }
    return (x + falseEasting, y + falseNorthing)
  }

  /// From metres on the map to degrees: the inverse of ``map(longitude:latitude:)``, by Newton's method on it, so that
  /// both agree.
  public func position(x: Double, y: Double, near guess: (longitude: Double, latitude: Double)? = nil)
    -> (longitude: Double, latitude: Double)?
  {
    guard kind != .longitudeLatitude else { return (x, y) }
    var (longitude, latitude) = guess ?? start(x: x - falseEasting, y: y - falseNorthing)
    for _ in 0..<60 {
      let here = map(longitude: longitude, latitude: latitude)
      let (dx, dy) = (x - here.x, y - here.y)
      if abs(dx) + abs(dy) < 1e-4 { return (longitude, latitude) }
      let h = 1e-5
      let east = map(longitude: longitude + h, latitude: latitude)
      let north = map(longitude: longitude, latitude: latitude + h)
      let (a, b) = ((east.x - here.x) / h, (north.x - here.x) / h)
      let (c, d) = ((east.y - here.y) / h, (north.y - here.y) / h)
      let determinant = a * d - b * c
      guard abs(determinant) > 1e-12 else { return nil }
      longitude += min(max((d * dx - b * dy) / determinant, -20), 20)
      latitude = min(max(latitude + min(max((a * dy - c * dx) / determinant, -10), 10), -89.9), 89.9)
    }
    return nil
  }

  // MARK: Constants and auxiliary latitudes

  /// Where Newton's method begins: the place on a sphere, or near it.
  private func start(x: Double, y: Double) -> (longitude: Double, latitude: Double) {
    switch kind {
    case .polarStereographic:
      let sign: Double = originLatitude > 0 ? 1 : -1
      let latitude = 90 - 2 * degrees(atan(hypot(x, y) / stereographicScale))
      return (centralLongitude + degrees(atan2(x, -sign * y)), sign * latitude)
    case .mercator:
      let k = semiMajor * m(radians(parallels[0]))
      return (centralLongitude + degrees(x / k), 90 - 2 * degrees(atan(exp(-y / k))))
    case .albers, .lambertConformal: return (centralLongitude, (parallels[0] + parallels[1]) / 2)
    case .lambertAzimuthal, .longitudeLatitude: return (centralLongitude, originLatitude)
    }
  }

  private func m(_ phi: Double) -> Double { cos(phi) / (1 - e * e * sin(phi) * sin(phi)).squareRoot() }

  /// Snyder's t.
  private func conformal(_ phi: Double) -> Double {
    let s = e * sin(phi)
    return tan(.pi / 4 - phi / 2) / pow((1 - s) / (1 + s), e / 2)
  }

  /// Snyder's q.
  private func authalic(_ phi: Double) -> Double {
    let s = sin(phi)
    guard e > 1e-9 else { return 2 * s }
    return (1 - e * e) * (s / (1 - e * e * s * s) - log((1 - e * s) / (1 + e * s)) / (2 * e))
  }

  private var stereographicScale: Double {
    let standard = radians(abs(parallels[0]))
    guard standard < .pi / 2 - 1e-9 else {
      return 2 * semiMajor / (pow(1 + e, 1 + e) * pow(1 - e, 1 - e)).squareRoot()
    }
    return semiMajor * m(standard) / conformal(standard)
  }

  private var albersConstants: (n: Double, c: Double, start: Double) {
    let (a, b) = (radians(parallels[0]), radians(parallels[1]))
    let n =
      abs(a - b) < 1e-9
      ? sin(a) : (m(a) * m(a) - m(b) * m(b)) / (authalic(b) - authalic(a))
    let c = m(a) * m(a) + n * authalic(a)
    return (n, c, semiMajor * max(0, c - n * authalic(radians(originLatitude))).squareRoot() / n)
  }

  private var conformalConstants: (n: Double, f: Double, start: Double) {
    let (a, b) = (radians(parallels[0]), radians(parallels[1]))
    let n = abs(a - b) < 1e-9 ? sin(a) : log(m(a) / m(b)) / log(conformal(a) / conformal(b))
    let f = m(a) / (n * pow(conformal(a), n))
    return (n, f, semiMajor * f * pow(conformal(radians(originLatitude)), n))
  }

  private var azimuthalConstants: (pole: Double, radius: Double, beta0: Double, d: Double) {
    let pole = authalic(.pi / 2)
    let radius = semiMajor * (pole / 2).squareRoot()
    let origin = radians(originLatitude)
    let beta0 = asin(min(1, max(-1, authalic(origin) / pole)))
    return (pole, radius, beta0, semiMajor * m(origin) / (radius * cos(beta0)))
  }

  private func degrees(_ radians: Double) -> Double { radians * 180 / .pi }

  private func radians(_ degrees: Double) -> Double { degrees * .pi / 180 }

  private func wrapped(_ degrees: Double) -> Double { degrees - 360 * (degrees / 360).rounded() }
}
