/// A sequence of fields, `[time, height, width]` row by row, in which the dependence of space and time is
/// measured.
public struct SpaceTimeField: Sendable {
  public let frames: Int
  public let height: Int
  public let width: Int
  /// Missing values are 0.
  public let values: [Float]
  /// nil where nothing is missing.
  public let isValid: [Bool]?

  /// Values that are not finite count as missing.
  ///
  /// - Throws: ``VerificationError`` when the counts are not frames × height × width, or an axis is empty.
  public init(
    frames: Int, height: Int, width: Int, values: [Float], isValid: [Bool]? = nil
  ) throws(VerificationError) {
    guard frames > 0, height > 0, width > 0, values.count == frames * height * width,
      isValid.map({ $0.count == values.count }) ?? true
    else {
      throw VerificationError(
        expected: "\(frames) × \(height) × \(width) values and as many mask entries",
        received: "\(values.count) values" + (isValid.map { ", \($0.count) mask entries" } ?? ""),
        remedy: "Pass contiguous [time, height, width].")
    }
    self.frames = frames
    self.height = height
    self.width = width
    let mask = values.indices.map { (isValid?[$0] ?? true) && values[$0].isFinite }
    let complete = !mask.contains(false)
    self.isValid = complete ? nil : mask
    self.values = complete ? values : values.indices.map { mask[$0] ? values[$0] : 0 }
  }

  /// What is taken off before covariances are formed.
  public enum Mean: String, CaseIterable, Codable, Sendable {
    /// One number, the mean of the sequence.
    case sequence
    /// The mean of each pixel over time: right where a still background lies behind what moves.
    case pixel
  }

  /// The deviations from the mean, 0 where a value is missing.
  package func anomalies(_ mean: Mean) -> [Double] {
    let pixels = height * width
    var result = values.map(Double.init)
    func subtract(_ places: some Sequence<Int>) {
      var (sum, count) = (0.0, 0.0)
      for place in places where isValid?[place] ?? true {
        sum += result[place]
        count += 1
      }
      guard count > 0 else { return }
      for place in places where isValid?[place] ?? true { result[place] -= sum / count }
    }
    switch mean {
    case .sequence: subtract(0..<values.count)
    case .pixel: for pixel in 0..<pixels { subtract(stride(from: pixel, to: values.count, by: pixels)) }
    }
    return result
  }
}
