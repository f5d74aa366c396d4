import Foundation
import Support

/// Gaussian sequences with the spatial and the temporal covariance of a given one, and nothing else of it:
/// their covariance is the product of the two. What the interaction index says of them is what it says by
/// chance.
///
/// The spatial covariance is that of the frames, the temporal that of the pixels, both biased (divided by the
/// full number of pairs), which makes them covariances on a torus of twice the size; sequences are drawn
/// there (Dietrich & Newsam 1997) and cut out.
struct SeparableSurrogate {
  private let field: SpaceTimeField
  private let height: Int
  private let width: Int
  /// √ of the spatial power, `[height, width]` of the torus.
  private let amplitudes: [Double]
  /// The response that gives white noise the temporal covariance, on a circle of twice the frames.
  private let response: [Double]

  init(_ field: SpaceTimeField, anomalies: [Double]) {
    self.field = field
    height = FourierTransform.fastLength(2 * field.height)
    width = FourierTransform.fastLength(2 * field.width)
    let (frames, pixels) = (field.frames, field.height * field.width)
    var power = [Double](repeating: 0, count: height * width)
    for frame in 0..<frames {
      var padded = [Double](repeating: 0, count: height * width)
      for row in 0..<field.height {
        let source = (frame * field.height + row) * field.width
        for column in 0..<field.width { padded[row * width + column] = anomalies[source + column] }
      }
      let zero = [Double](repeating: 0, count: padded.count)
      let spectrum = FourierTransform.transformed(real: padded, imaginary: zero, height, width)
      for index in power.indices {
        power[index] +=
          spectrum.real[index] * spectrum.real[index] + spectrum.imaginary[index] * spectrum.imaginary[index]
      }
    }
    amplitudes = power.map { $0.squareRoot() }

    var covariance = [Double](repeating: 0, count: 2 * frames)
    for lag in 0..<frames {
      var sum = 0.0
      for index in 0..<(frames - lag) * pixels { sum += anomalies[index] * anomalies[index + lag * pixels] }
      covariance[lag] = sum
      if lag > 0 { covariance[2 * frames - lag] = sum }
    }
    let zero = [Double](repeating: 0, count: 2 * frames)
    let temporal = FourierTransform.transformed(real: covariance, imaginary: zero, 1, 2 * frames).real
    let roots = temporal.map { max($0, 0).squareRoot() }
    response = FourierTransform.transformed(real: roots, imaginary: zero, 1, 2 * frames).real
  }

  /// One sequence of the size and the mask of the original.
  func sequence(_ random: inout SplitMix64) throws(VerificationError) -> SpaceTimeField {
    let (frames, pixels) = (field.frames, field.height * field.width)
    var values = [Double](repeating: 0, count: frames * pixels)
    for source in stride(from: 0, to: 2 * frames, by: 2) {
      var (real, imaginary) = (amplitudes, amplitudes)
      for index in amplitudes.indices {
        let noise = normalPair(&random)
        real[index] *= noise.0
        imaginary[index] *= noise.1
      }
      // Two independent fields in one transform.
      let pair = FourierTransform.transformed(real: real, imaginary: imaginary, height, width)
      for frame in 0..<frames {
        let a = response[(frame - source + 2 * frames) % (2 * frames)]
        let b = response[(frame - source - 1 + 2 * frames) % (2 * frames)]
        for row in 0..<field.height {
          let target = frame * pixels + row * field.width
          for column in 0..<field.width {
            let place = row * width + column
            values[target + column] += a * pair.real[place] + b * pair.imaginary[place]
          }
        }
      }
    }
    let size = (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
    return try SpaceTimeField(
      frames: frames, height: field.height, width: field.width,
      values: values.map { Float($0 / max(size, .leastNormalMagnitude)) }, isValid: field.isValid)
  }

  /// Two standard normal numbers (Box & Muller 1958).
  private func normalPair(_ random: inout SplitMix64) -> (Double, Double) {
    let radius = (-2 * log(Double.random(in: Double.leastNormalMagnitude..<1, using: &random))).squareRoot()
    let angle = 2 * Double.pi * Double.random(in: 0..<1, using: &random)
    return (radius * cos(angle), radius * sin(angle))
  }
}
