import Support
import Testing

@Suite struct FastLengthTests {
  @Test func lengthsHaveSmallFactorsAndAreTheNext() {
    let fast = (1...400).filter { count in
      var rest = count
      for factor in [2, 3, 5] { while rest % factor == 0 { rest /= factor } }
      return rest == 1
    }
    for count in 1...200 {
      #expect(FourierTransform.fastLength(count) == fast.first { $0 >= count })
    }
    #expect(FourierTransform.fastLength(0) == 1)
  }
}
