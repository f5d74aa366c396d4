import Motion

/// What S-PROG carries from lead to lead: the levels of the last fields in the frame that moves with the rain.
struct SPROGState {
  /// Where all fields are valid.
  let isValid: [Bool]
  private let options: SPROG
  private let transform: RainDecibels
  private var cascade: Cascade
  /// `[level][age][pixel]`, the newest first.
  private var history: [[[Double]]]
  private let models: [AutoregressiveModel]
  /// The smallest value of all fields, which dry pixels take.
  private let smallest: Double
  private let wet: Int
  private let distribution: EmpiricalDistribution?
  private let meanOfWet: Double

  /// - Returns: nil where the last field is dry.
  init?(
    _ options: SPROG, _ decibels: [[Double]], _ masks: [[Bool]], _ motion: MotionField,
    _ transform: RainDecibels
  ) {
    self.options = options
    self.transform = transform
    let isValid = masks[0].indices.map { pixel in masks.allSatisfy { $0[pixel] } }
    self.isValid = isValid
    var fields = decibels
    let minima = zip(decibels, masks).map { Self.smallest($0, $1) }
    smallest = minima.compactMap { $0 }.min() ?? transform.dry
    let age = fields.count - 1
    var path = Trajectory(motion)
    for index in fields.indices.reversed() {
      var (values, mask) = (fields[index], masks[index])
      if index < age {
        path.advance()
        (values, mask) = path.read(values, mask)
      }
      // Missing pixels, and what comes from beyond the edge, hold the smallest value of the field.
      let filling = minima[index] ?? smallest
      for pixel in values.indices where !mask[pixel] { values[pixel] = filling }
      fields[index] = values
    }
    let floor = transform.floor
    wet = fields[age].reduce(0) { $0 + ($1 >= floor ? 1 : 0) }
    guard wet > 0 else { return nil }
    var counted =
      options.conditional
      ? isValid.indices.map { pixel in isValid[pixel] && decibels.allSatisfy { $0[pixel] >= floor } } : nil
    if counted?.contains(true) == false { counted = nil }
    let filter = BandpassFilter(height: motion.height, width: motion.width, bands: options.cascadeLevels)
    let cascades = Cascade.decomposing(fields, filter, mask: counted)
    cascade = cascades[age]
    var (history, models): ([[[Double]]], [AutoregressiveModel]) = ([], [])
    for level in 0..<options.cascadeLevels {
      let series = cascades.map { $0.levels[level] }
      let model = AutoregressiveModel(fitting: Autocorrelation.lags(series, mask: counted))
      models.append(model)
      history.append(Array(series.reversed().prefix(model.coefficients.count)))
    }
    self.history = history
    self.models = models
    distribution = options.matching == .distribution ? EmpiricalDistribution(of: fields[age]) : nil
    meanOfWet = fields[age].reduce(0) { $0 + ($1 >= floor ? $1 : 0) } / Double(wet)
  }

  /// The field of the next lead in decibels, where it was observed last.
  mutating func advance() -> [Double] {
    for level in models.indices {
      cascade.levels[level] = []
      models[level].advance(&history[level])
      cascade.levels[level] = history[level][0]
    }
    var field = cascade.recomposed()
    let isWet = options.masking || options.matching == .mean ? RankOrder.exceeded(by: wet, field) : 0
    if options.masking {
      for index in field.indices where field[index] < isWet { field[index] = smallest }
    }
    distribution?.match(&field)
    if options.matching == .mean {
      let places = field.indices.filter { field[$0] >= isWet }
      let mean = places.reduce(0) { $0 + field[$1] } / Double(max(places.count, 1))
      for place in places { field[place] += meanOfWet - mean }
    }
    return field
  }

  private static func smallest(_ values: [Double], _ mask: [Bool]) -> Double? {
    values.indices.reduce(nil) { found, index in
      mask[index] ? min(found ?? .infinity, values[index]) : found
    }
  }
}
