import Support
import Testing

@Suite struct NumberTextTests {
  @Test(
    arguments: [
      (0.6174, 3, "0.617"), (-1.5, 2, "-1.50"), (2, 0, "2"), (-0.0004, 3, "0.000"), (-0.0005001, 3, "-0.001"),
      (1234.5, 1, "1234.5"), (.infinity, 2, "inf"), (-.infinity, 2, "-inf"),
    ] as [(Double, Int, String)])
  func fixed(value: Double, decimals: Int, text: String) {
    #expect(NumberText.fixed(value, decimals) == text)
  }

  @Test(
    arguments: [
      (0, 3, "0"), (0.01234, 3, "0.0123"), (2, 3, "2.00"), (9.996, 3, "10.0"), (1240.4, 3, "1240"),
      (-0.5, 2, "-0.50"), (.nan, 3, "–"), (1, 1, "1"),
    ] as [(Double, Int, String)])
  func significant(value: Double, digits: Int, text: String) {
    #expect(NumberText.significant(value, digits) == text)
  }

  @Test(
    arguments: [
      (0.5, "0.5"), (2, "2"), (-10, "-10"), (1e16, "1e+16"), (0.1 + 0.2, "0.30000000000000004"), (-0.0, "0"),
    ] as [(Double, String)])
  func plain(value: Double, text: String) { #expect(NumberText.plain(value) == text) }

  @Test func roundedNumbersArePlain() {
    #expect(NumberText.plain(0.1 + 0.2, digits: 4) == "0.3")
    #expect(NumberText.plain(12345.6, digits: 4) == "12350")
    #expect(NumberText.plain(123_456, digits: 4) == "123456")
  }

  @Test func generalNumbersHaveAnExponentAtTheExtremes() {
    #expect(NumberText.general(0.00012345, 4) == "0.0001234")
    #expect(NumberText.general(1.25e-7, 4) == "1.25e-07")
    #expect(NumberText.general(0.25, 6) == "0.25")
  }

  @Test func percentAndMinusSigns() {
    #expect(NumberText.percent(0.1254, 1) == "12.5%")
    #expect(NumberText.typographic("-1e-05") == "−1e−05")
  }
}
