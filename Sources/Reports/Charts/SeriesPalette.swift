/// The colours of lines and bars, for paper and for a dark screen.
///
/// The models have the eight hues of Okabe and Ito (Color Universal Design, 2008), which readers with protanopia,
/// deuteranopia and tritanopia tell apart. Lightness is moved until each colour has a contrast of at least 3:1 with the
/// page (WCAG 2.2, 1.4.11), which yellow, orange and sky blue as published do not have on white; hues follow where
/// that brings two of them close (sky blue leans to violet). On either page the least distance between two colours in
/// OKLab is above 0.15 for full colour vision and above 0.075 in the simulations of Machado, Oliveira and Fernandes
/// (2009) at full severity; the published palette has 0.156 and 0.076. Baselines are greys.
enum SeriesPalette {
  struct Colour {
    let light: RGB
    let dark: RGB

    init(_ light: UInt32, dark: UInt32) {
      self.light = RGB(hex: light)
      self.dark = RGB(hex: dark)
    }
  }

  /// Blue, vermilion, green, purple, yellow, sky blue, orange, black.
  static let models = [
    Colour(0x0A5C96, dark: 0x62B0EA), Colour(0xC04F0F, dark: 0xF2935C), Colour(0x00A570, dark: 0x5EDDA5),
    Colour(0xD169B0, dark: 0xB04199), Colour(0xAE8F00, dark: 0xFFD347), Colour(0x5B73E4, dark: 0x0C74C4),
    Colour(0x743D02, dark: 0x7B8131), Colour(0x1B2126, dark: 0xE5E8EA),
  ]

  static let baselines = [
    Colour(0x5C6670, dark: 0xAAB4BD), Colour(0x868F97, dark: 0x7D8892), Colour(0x434C54, dark: 0xC8CFD5),
  ]

  static let all = models + baselines

  /// The colours as custom properties of the style sheet: `--s0: #0a5c96; …`.
  static func properties(_ colour: KeyPath<Colour, RGB>) -> String {
    all.enumerated().map { "--s\($0): \($1[keyPath: colour].css);" }.joined(separator: " ")
  }

  /// The classes that choose one of them: `.s0 { --c: var(--s0); } …`.
  static var classes: String {
    all.indices.map { ".s\($0) { --c: var(--s\($0)); }" }.joined(separator: " ")
  }
}
