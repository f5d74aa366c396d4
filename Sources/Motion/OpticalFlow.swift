/// Finds how a sequence of fields moves: corners are followed from frame to frame with the Lucas–Kanade
/// method, outliers left out, and the rest interpolated to a displacement for every pixel.
///
/// The steps, their order and the default options are those of pysteps' dense Lucas–Kanade (Pulkkinen et al.
/// 2019); features are not sought within two pixels of a missing one.
public struct OpticalFlow: Sendable {
  /// The side of the window that is followed, in pixels.
  public var window = 50
  /// How often the resolution is halved for large displacements.
  public var levels = 3
  /// At most so many corners a frame, at least so far apart in pixels.
  public var maximumCorners = 1000
  public var cornerDistance = 10.0
  /// Vectors farther than so many standard deviations from their neighbours are left out.
  public var outlierDeviations = 3.0
  public var outlierNeighbours = 30
  /// The side of the squares in pixels of which each gives one vector.
  public var declusterScale: Float = 20
  /// How many vectors around it give a pixel its displacement.
  public var interpolationNeighbours = 20
  /// Whether echoes of one pixel are left out before.
  public var removesSpecks = true

  public init() {}

  /// The displacement a frame from fields in order of time; still air where nothing can be followed.
  ///
  /// Rain rates should be given as ``ImageField/decibels(threshold:zero:)``; three fields are usual.
  ///
  /// - Throws: ``MotionError`` with fewer than two fields, or when their sizes differ.
  public func motion(of fields: [ImageField]) throws(MotionError) -> MotionField {
    let vectors = VectorCleaning.declustered(try self.vectors(of: fields), scale: max(declusterScale, 1))
    var interpolation = InverseDistanceInterpolation()
    interpolation.neighbours = max(interpolationNeighbours, 1)
    return interpolation.field(of: vectors, height: fields[0].height, width: fields[0].width)
  }

  /// The displacements of the features of all pairs of consecutive fields, outliers left out.
  ///
  /// - Throws: ``MotionError`` with fewer than two fields, or when their sizes differ.
  public func vectors(of fields: [ImageField]) throws(MotionError) -> [MotionVector] {
    try check(fields)
    var detector = CornerDetector()
    detector.maximumCorners = maximumCorners
    detector.minimumDistance = cornerDistance
    var tracker = FeatureTracker()
    tracker.window = window
    tracker.maximumLevel = levels
    var vectors: [MotionVector] = []
    var previous: (image: ByteImage, pyramid: ImagePyramid)?
    for (index, field) in fields.enumerated() {
      guard let image = ByteImage(field, removesSpecks: removesSpecks) else {
        previous = nil
        continue
      }
      let pyramid = ImagePyramid(
        image, maximumLevel: levels, window: window, withGradients: index < fields.count - 1)
      if let previous {
        vectors += tracker.track(detector.corners(in: previous.image), from: previous.pyramid, to: pyramid)
      }
      previous = (image, pyramid)
    }
    return VectorCleaning.withoutOutliers(
      vectors, neighbours: max(outlierNeighbours, 2), deviations: outlierDeviations)
  }

  /// The corners of a field as (column, row), the strongest first.
  package func corners(in field: ImageField) -> [(x: Int, y: Int)] {
    var detector = CornerDetector()
    detector.maximumCorners = maximumCorners
    detector.minimumDistance = cornerDistance
    return ByteImage(field, removesSpecks: false).map { detector.corners(in: $0) } ?? []
  }

  private func check(_ fields: [ImageField]) throws(MotionError) {
    guard fields.count > 1, let first = fields.first,
      fields.allSatisfy({ $0.height == first.height && $0.width == first.width })
    else {
      let sizes = Set(fields.map { "\($0.height) × \($0.width)" }).sorted().joined(separator: ", ")
      throw MotionError(
        expected: "at least two fields of one size", received: "\(fields.count) of \(sizes)",
        remedy: "Pass consecutive frames of one sequence.")
    }
    guard window >= 3, levels >= 0, window <= 512 else {
      throw MotionError(
        expected: "a window of 3 to 512 pixels and no negative number of levels",
        received: "\(window) and \(levels)", remedy: "Change the options of the optical flow.")
    }
  }
}
