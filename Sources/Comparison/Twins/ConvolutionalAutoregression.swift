import TensorCore

/// The linear twin of ConvLSTM2D: each pixel is forecast from the pixels around it in the last frames, by one set of
/// weights for all places.
///
/// As a ConvLSTM's receptive field does, its reach grows with the lead time: a model of one frame ahead is applied to its own
/// forecasts, or the frame is forecast at once from a wider stencil, whichever is better on the choosing part.
struct ConvolutionalAutoregression {
  /// How the frames at a lead time are forecast.
  struct Choice {
    let radius: Int
    let strength: Double
    /// Whether a model of one frame ahead is applied again and again.
    let isIterated: Bool
  }

  static let radii = [1, 2, 3, 5]
  static let strengths = [1e-4, 1e-2]

  let windows: FieldWindows
  /// For each lead.
  private(set) var choices: [Choice] = []
  /// Coefficients of direct forecasts, `[stencil]` for each lead, and of one frame ahead.
  private var direct: [[Float]] = []
  private var step: [Float] = []

  private var largest: Int { min(Self.radii.last ?? 1, max(windows.height, windows.width) / 2) }

  /// - Parameter pixels: The approximate number of pixels to fit.
  init(_ windows: FieldWindows, pixels: Int = 40_000) {
    self.windows = windows
    let leads = windows.leads
    let radii = Self.radii.filter { $0 <= largest }
    var random = RandomStream(seed: 1).substream("convolutional autoregression")
    let steps = [1] + leads
    var equations = RidgeRegression(features: features(largest), targets: steps.count)
    let each = max(4, pixels / windows.fitting.count)
    for chunk in windows.fitting.chunked(64) {
      var (x, y) = ([Float](), [Float]())
      for place in chunk {
        let frames = padded(place)
        let targets = steps.map { windows.frame(place, lead: $0) }
        for _ in 0..<min(each, windows.pixels) {
          let pixel = Int.random(in: 0..<windows.pixels, using: &random)
          stencil(frames, pixel, largest, into: &x)
          for target in targets { y.append(target[pixel]) }
        }
      }
      equations.add(x, y)
    }
    // Every candidate on the choosing part.
    let places = windows.choosing.spread(60)
    var best = leads.map { _ in (error: Double.infinity, choice: Choice?.none, coefficients: [Float]()) }
    var bestStep = (error: Double.infinity, choice: Choice?.none, coefficients: [Float]())
    for radius in radii {
      for strength in Self.strengths {
        let all = equations.coefficients(strength: strength, of: columns(radius))
        func column(_ target: Int) -> [Float] {
          stride(from: target, to: all.count, by: steps.count).map { all[$0] }
        }
        var errors = [Double](repeating: 0, count: leads.count)
        var iterated = errors
        for place in places {
          let x = matrix(padded(place), radius)
          for (index, lead) in leads.enumerated() {
            errors[index] += windows.error(
              Self.product(x, column(index + 1)), place, lead: lead)
          }
          for (index, forecast) in iterate(place, column(0), radius).enumerated() {
            iterated[index] += windows.error(forecast, place, lead: leads[index])
          }
        }
        for index in leads.indices where errors[index] < best[index].error {
          best[index] = (
            errors[index], Choice(radius: radius, strength: strength, isIterated: false), column(index + 1)
          )
        }
        if iterated.reduce(0, +) < bestStep.error {
          bestStep = (
            iterated.reduce(0, +), Choice(radius: radius, strength: strength, isIterated: true), column(0)
          )
          step = bestStep.coefficients
        }
      }
    }
    var iterated = [Double](repeating: 0, count: leads.count)
    if let choice = bestStep.choice {
      for place in places {
        for (index, forecast) in iterate(place, step, choice.radius).enumerated() {
          iterated[index] += windows.error(forecast, place, lead: leads[index])
        }
      }
    }
    for index in leads.indices {
      let isIterated = bestStep.choice != nil && iterated[index] < best[index].error
      choices.append(
        (isIterated ? bestStep.choice : best[index].choice)
          ?? Choice(radius: 1, strength: 1, isIterated: false))
      direct.append(best[index].coefficients)
    }
  }

  /// The forecasts of a window, for each lead `[height, width]`.
  func forecast(_ place: FieldWindows.Place) -> [[Float]] {
    let frames = padded(place)
    var stencils: [Int: Tensor] = [:]
    let iterated = choices.first(where: \.isIterated).map { iterate(place, step, $0.radius) }
    return windows.leads.indices.map { index in
      if choices[index].isIterated, let iterated { return iterated[index] }
      let radius = choices[index].radius
      let x = stencils[radius] ?? matrix(frames, radius)
      stencils[radius] = x
      return Self.product(x, direct[index])
    }
  }

  // MARK: Stencils

  /// The past frames with a margin of zeros, the mean, as convolutions have it.
  private struct Padded {
    var frames: [[Float]]
    let width: Int
    let margin: Int
  }

  private func padded(_ place: FieldWindows.Place) -> Padded {
    Padded(
      frames: (0..<windows.past).map { pad(windows.frame(place, lead: $0 - windows.past + 1)) },
      width: windows.width + 2 * largest, margin: largest)
  }

  private func pad(_ frame: some RandomAccessCollection<Float>) -> [Float] {
    let (margin, width) = (largest, windows.width + 2 * largest)
    var result = [Float](repeating: 0, count: width * (windows.height + 2 * margin))
    var values = frame.makeIterator()
    for row in 0..<windows.height {
      let start = (row + margin) * width + margin
      for column in 0..<windows.width { result[start + column] = values.next() ?? 0 }
    }
    return result
  }

  private func features(_ radius: Int) -> Int { windows.past * (2 * radius + 1) * (2 * radius + 1) }

  /// The features of the largest stencil that belong to a smaller one, in its order.
  private func columns(_ radius: Int) -> [Int] {
    let side = 2 * largest + 1
    return (0..<windows.past).flatMap { frame in
      (-radius...radius).flatMap { row in
        (-radius...radius).map { frame * side * side + (row + largest) * side + $0 + largest }
      }
    }
  }

  private func stencil(_ padded: Padded, _ pixel: Int, _ radius: Int, into x: inout [Float]) {
    let (row, column) = (pixel / windows.width + padded.margin, pixel % windows.width + padded.margin)
    for frame in padded.frames {
      for line in row - radius...row + radius {
        let start = line * padded.width + column - radius
        x.append(contentsOf: frame[start...start + 2 * radius])
      }
    }
  }

  /// `[pixels, stencil]`.
  private func matrix(_ padded: Padded, _ radius: Int) -> Tensor {
    var x: [Float] = []
    x.reserveCapacity(windows.pixels * features(radius))
    for pixel in 0..<windows.pixels { stencil(padded, pixel, radius, into: &x) }
    return Tensor(x, shape: [windows.pixels, features(radius)])
  }

  private static func product(_ x: Tensor, _ coefficients: [Float]) -> [Float] {
    MatrixProduct.multiply(x, Tensor(coefficients, shape: [coefficients.count, 1])).values
  }

  /// One frame ahead, again and again.
  private func iterate(_ place: FieldWindows.Place, _ coefficients: [Float], _ radius: Int) -> [[Float]] {
    var frames = padded(place)
    var result: [[Float]] = []
    for lead in 1...(windows.leads.last ?? 1) {
      let next = Self.product(matrix(frames, radius), coefficients)
      if windows.leads.contains(lead) { result.append(next) }
      frames.frames.removeFirst()
      frames.frames.append(pad(next))
    }
    return result
  }
}

extension FieldWindows {
  /// The mean squared error of a forecast `[height, width]`.
  func error(_ forecast: [Float], _ place: Place, lead: Int) -> Double {
    zip(forecast, frame(place, lead: lead)).reduce(0) { sum, pair in
      let difference = Double(pair.0) - Double(pair.1)
      return sum + difference * difference
    } / Double(pixels)
  }
}

extension Array {
  fileprivate func chunked(_ size: Int) -> [ArraySlice<Element>] {
    stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
  }

  /// At most so many elements, evenly spread.
  func spread(_ most: Int) -> [Element] {
    let number = Swift.min(most, count)
    return (0..<number).map { self[$0 * count / number] }
  }
}
