import DataTestSupport
import Foundation
import Readers
import Synthesis
import Testing

@Suite struct MovingDigitsTests {
  /// An IDX file of two pictures of 3×2.
  private func idx(_ bytes: [UInt8]? = nil, in folder: TemporaryFolder) throws -> URL {
    let header: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 2]
    let file = folder.url.appendingPathComponent("zwei Ziffern.idx")
    try Data(bytes ?? header + [0, 51, 102, 153, 204, 255] + [255, 255, 255, 0, 0, 0]).write(to: file)
    return file
  }

  @Test func picturesAreThoseOfTheFile() throws {
    let folder = try TemporaryFolder()
    let images = try DigitImages(idx: idx(in: folder))
    #expect("\(images.count) \(images.height) \(images.width)" == "2 3 2")
    #expect(images.values[..<6] == [0, 0.2, 0.4, 0.6, 0.8, 1])
  }

  @Test func damagedFilesAreRefused() throws {
    let folder = try TemporaryFolder()
    func kind(_ bytes: [UInt8]) throws -> DataError.Kind? {
      let file = try idx(bytes, in: folder)
      return dataError { try DigitImages(idx: file) }?.kind
    }
    for bytes: [UInt8] in [
      [], Array("hello, world, hello, world".utf8), [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 2, 1],
      [0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 2],
      [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 9, 9, 9, 9],
    ] { #expect(try kind(bytes) != nil) }
    // Labels are no pictures.
    #expect(try kind([0, 0, 8, 1, 0, 0, 0, 2, 7, 3]) == .wrongShape)
    #expect(dataError { try DigitImages(idx: folder.url.appendingPathComponent("none")) }?.kind == .notFound)
  }

  @Test(.enabled(if: SharedData.hasMNIST, "MNIST is absent from the folder of shared data"))
  func mnistMoves() throws {
    let images = try DigitImages(idx: SharedData.mnist)
    #expect("\(images.count) \(images.height) \(images.width)" == "10000 28 28")
    var digits = MovingDigits()
    digits.samples = 2
    let events = try digits.events(of: images, seed: 3)
    #expect(events.count == 2)
    #expect(try events[1].frame(at: 19).values.max() == 1)
  }

  @Test func drawnDigitsDiffer() throws {
    let images = try DigitImages.drawn(size: 20, variants: 3, seed: 1)
    #expect(images.count == 30)
    #expect(images.labels == (0..<30).map { $0 % 10 })
    func picture(_ index: Int) -> ArraySlice<Float> { images.values[index * 400..<(index + 1) * 400] }
    for index in 0..<30 {
      let ink = picture(index).reduce(0, +)
      #expect(ink > 15 && ink < 150, "digit \(index % 10) has \(ink) pixels of ink")
    }
    // A digit is nearest to another writing of itself more often than not.
    let right = (0..<10).count { digit in
      let nearest = (10..<30).min { a, b in
        func difference(_ other: Int) -> Float {
          zip(picture(digit), picture(other)).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        }
        return difference(a) < difference(b)
      }
      return (nearest ?? 0) % 10 == digit
    }
    #expect(right >= 7, "\(right) of 10")
  }

  @Test func aDigitGlidesAndBounces() throws {
    // One white pixel as a picture: its path is the motion.
    let folder = try TemporaryFolder()
    let dot = try DigitImages(
      idx: idx([0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 255], in: folder))
    var digits = MovingDigits()
    digits.samples = 5
    digits.frames = 60
    digits.height = 30
    digits.width = 40
    digits.digits = 1
    digits.speed = 2.5
    for event in try digits.events(of: dot, seed: 9) {
      let places = try (0..<60).map { index -> (Int, Int) in
        let values = try event.frame(at: index).values
        #expect(values.count { $0 > 0 } == 1)
        let place = values.firstIndex(of: 1) ?? 0
        return (place / 40, place % 40)
      }
      var bounces = 0
      for (a, b) in zip(places, places.dropFirst()) {
        let (y, x) = (Double(b.0 - a.0), Double(b.1 - a.1))
        let length = (y * y + x * x).squareRoot()
        #expect(length < 2.5 + 1.5)
        if abs(length - 2.5) > 1.1 { bounces += 1 }
      }
      #expect(bounces <= 12)
      #expect(Set(places.map { $0.0 * 40 + $0.1 }).count > 25)
    }
  }

  @Test func theSeedIsAll() throws {
    let images = try DigitImages.drawn(size: 12, variants: 1, seed: 1)
    var digits = MovingDigits()
    digits.samples = 3
    digits.height = 24
    digits.width = 30
    func frame(_ seed: UInt64, _ sample: Int) throws -> Frame {
      try digits.events(of: images, seed: seed)[sample].frame(at: 7)
    }
    #expect(try frame(1, 2) == frame(1, 2))
    #expect(try frame(1, 2) != frame(2, 2))
    #expect(try frame(1, 2) != frame(1, 1))
    #expect(digits.pictures(of: 2, among: images, seed: 1).allSatisfy { (0..<10).contains($0) })
    digits.height = 11
    #expect(dataError { try digits.events(of: images, seed: 1) }?.kind == .invalidOption)
  }
}
