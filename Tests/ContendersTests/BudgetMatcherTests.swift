import Contenders
import Testing

@Suite struct BudgetMatcherTests {
  private typealias Forecaster = (name: String, contender: any ForecastContender)
  private let signature = ForecastSignature(inputFrames: 6, forecastFrames: 12, height: 64, width: 64)

  private func forecasters(_ texts: [String]) throws -> [Forecaster] {
    try texts.map { (name: $0, contender: try Contenders.forecaster($0)) }
  }

  private func spread(_ sizes: [MatchedSize]) -> Double {
    let counts = sizes.map { Double($0.parameters) }
    return ((counts.max() ?? 0) - (counts.min() ?? 0)) / (counts.max() ?? 1)
  }

  @Test(arguments: [60_000, 100_000, 300_000]) func twoComeToEqualSize(_ budget: Int) throws {
    let sizes = try BudgetMatcher.match(
      forecasters(Contenders.standard), signature, parameters: budget)
    #expect(sizes.count == 2 && spread(sizes) <= BudgetMatcher.tolerance)
    #expect(sizes.allSatisfy { $0.operations > 0 && abs($0.parameters - budget) < budget / 4 })
  }

  /// All forecasters at once, each at its own width, and what is said of them is what is built.
  @Test func allForecastersComeToEqualSize() throws {
    let all = try forecasters(forecasterNames)
    let sizes = try BudgetMatcher.match(all, signature, parameters: 1_000_000)
    #expect(sizes.count == all.count && spread(sizes) <= BudgetMatcher.tolerance, "\(sizes)")
    for (entry, size) in zip(all, sizes) {
      #expect(try signature.parameterCount(entry.contender, width: size.width) == size.parameters)
      #expect(try signature.operations(entry.contender, width: size.width) == size.operations)
    }
  }

  @Test func allClassifiersComeToEqualSize() throws {
    let signature = ClassificationSignature(frames: 10, height: 32, width: 32, channels: 1, classes: 4)
    let all = try classifierNames.map { (name: $0, contender: try Contenders.classifier($0)) }
    let sizes = try BudgetMatcher.match(all, signature, parameters: 300_000)
    #expect(spread(sizes) <= BudgetMatcher.tolerance, "\(sizes)")
  }

  /// Every setting that gets a width is as large as every other, and most do.
  @Test(arguments: [60_000, 300_000]) func variantsComeToEqualSize(_ budget: Int) throws {
    let texts = ["conv2d-lstm", "convlstm2d", "unet"]
    let entries = try forecasters(texts)
    let matched = try BudgetMatcher.match(entries, signature, parameters: budget)
    let variants = try zip(texts, entries).map { text, entry in
      try [text] + type(of: entry.contender).searchSpace.variants(of: text)
    }
    let result = try BudgetMatcher.match(
      variants: variants.map { try $0.map { try Contenders.forecaster($0) } }, signature, budget: budget,
      matched: matched)
    let sizes = result.sizes.flatMap { $0.compactMap { $0 } }
    #expect(result.sizes.allSatisfy { $0[0] != nil } && sizes.count > variants.flatMap { $0 }.count / 2)
    #expect(spread(sizes) <= BudgetMatcher.tolerance)
    for (texts, sizes) in zip(variants, result.sizes) {
      for case (let text, let size?) in zip(texts, sizes) {
        let count = try signature.parameterCount(Contenders.forecaster(text), width: size.width)
        #expect(count == size.parameters, "\(text)")
      }
    }
  }

  /// What a contender declares it also takes, and options that are given are not varied.
  @Test func searchSpacesAreOfOptionsThatThereAre() throws {
    for name in forecasterNames {
      let contender = try Contenders.forecaster(name)
      for text in try type(of: contender).searchSpace.variants(of: name) {
        #expect(throws: Never.self) { try Contenders.forecaster(text) }
      }
    }
    for name in classifierNames {
      let contender = try Contenders.classifier(name)
      for text in try type(of: contender).searchSpace.variants(of: name) {
        #expect(throws: Never.self) { try Contenders.classifier(text) }
      }
    }
    let space = ConvLSTM2DForecaster.searchSpace
    #expect(try space.variants(of: "convlstm2d") == ["convlstm2d:kernel=3", "convlstm2d:kernel=5"])
    #expect(try space.variants(of: "convlstm2d:kernel=7") == ["convlstm2d:kernel=7"])
    #expect(space.learningRate(at: 0) == 2e-4 && space.learningRate(at: 1) == 5e-3)
    #expect(space.learningRate(at: 0.5) == 1e-3)
  }

  @Test func theOrderDoesNotMatter() throws {
    let texts = ["unet:stages=3", "convgru2d", "simvp", "conv2d-lstm", "convlstm2d:kernel=5"]
    let sizes = try BudgetMatcher.match(forecasters(texts), signature, parameters: 200_000)
    for order in [[4, 3, 2, 1, 0], [2, 0, 4, 1, 3], [1, 2, 3, 4, 0]] {
      let other = try BudgetMatcher.match(
        forecasters(order.map { texts[$0] }), signature, parameters: 200_000)
      #expect(other == order.map { sizes[$0] })
    }
  }

  @Test func oneAloneComesAsNearAsItCan() throws {
    for text in ["convgru2d", "unet"] {
      let size = try BudgetMatcher.match(forecasters([text]), signature, parameters: 150_000)[0]
      let contender = try Contenders.forecaster(text)
      #expect(try BudgetMatcher.width(of: contender, signature, parameters: 150_000) == size.width)
      for neighbour in [size.width - 1, size.width + 1] {
        let count = try signature.parameterCount(contender, width: neighbour)
        #expect(abs(count - 150_000) >= abs(size.parameters - 150_000))
      }
    }
  }

  @Test func equalOperationsLeaveTheBusiestAsItIs() throws {
    let all = try forecasters(["conv2d-lstm", "convlstm2d", "convgru2d"])
    let sizes = try BudgetMatcher.matchOperations(all, signature, parameters: 200_000)
    let operations = sizes.map { Double($0.operations) }
    let (low, high) = (operations.min() ?? 0, operations.max() ?? 1)
    #expect(high - low <= 2 * BudgetMatcher.tolerance * high, "\(sizes)")
    let nearest = try all.map {
      try BudgetMatcher.width(of: $0.contender, signature, parameters: 200_000)
    }
    #expect(zip(sizes, nearest).contains { $0.width == $1 })
  }

  @Test func impossibleBudgetsNameTheClosest() throws {
    let large = ForecastSignature(inputFrames: 6, forecastFrames: 12, height: 512, width: 512)
    let error = #expect(throws: ContenderError.self) {
      try BudgetMatcher.match(forecasters(Contenders.standard), large, parameters: 1_000)
    }
    for name in Contenders.standard { #expect(error?.found.contains("(\(name))") == true) }
    #expect(error?.remedy.contains("--parameters") == true && error?.remedy.contains("--tile-size") == true)
  }

  /// What a contender cannot take is said by the contender.
  @Test func framesThatDoNotFitAreRefused() {
    let odd = ForecastSignature(inputFrames: 3, forecastFrames: 5, height: 18, width: 24)
    #expect(throws: (any Error).self) {
      try BudgetMatcher.match(forecasters(["unet", "convgru2d"]), odd, parameters: 100_000)
    }
  }
}
