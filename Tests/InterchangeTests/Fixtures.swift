import Foundation
import HDF5
import Interchange
import ZipArchive

/// A `.keras` archive put together by hand.
struct HandMadeKeras {
  var config: JSONValue
  var metadata = "{\"keras_version\": \"3.15.1\"}"
  var weights: Data

  /// A dense layer on 3 values.
  init(config: JSONValue? = nil, weights: Data? = nil) throws {
    self.config = config ?? Self.dense()
    self.weights =
      try weights
      ?? HDF5Writer.image { file in
        try file.group("layers/dense/vars")
        try Self.floats(file, "layers/dense/vars/0", [3, 2])
        try Self.floats(file, "layers/dense/vars/1", [2])
      }
  }

  static func floats(_ file: HDF5Writer, _ path: String, _ shape: [Int]) throws {
    let values = (0..<shape.reduce(1, *)).map { Float($0) }
    try values.withUnsafeBufferPointer { try file.floats(path, shape: shape, $0) }
  }

  static func dense(
    _ changes: [String: JSONValue] = [:], className: String = "Dense", _ record: [String: JSONValue] = [:]
  )
    -> JSONValue
  {
    var options: [String: JSONValue] = [
      "name": "dense", "units": 2, "activation": "linear", "use_bias": true,
    ]
    options.merge(changes) { $1 }
    var layer: [String: JSONValue] = [
      "module": "keras.layers", "class_name": .string(className), "config": .object(options),
    ]
    layer.merge(record) { $1 }
    return [
      "class_name": "Sequential", "module": "keras",
      "config": [
        "name": "m",
        "layers": [
          [
            "class_name": "InputLayer", "module": "keras.layers",
            "config": ["name": "in", "batch_shape": [nil, 3]],
          ],
          .object(layer),
        ],
      ],
    ]
  }

  func write() throws -> URL {
    var writer = ZipWriter()
    try writer.append("metadata.json", Data(metadata.utf8))
    try writer.append("config.json", Data(config.description.utf8))
    try writer.append("model.weights.h5", weights)
    let url = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).keras")
    try writer.write(to: url)
    return url
  }

  func read() throws -> KerasModel {
    let url = try write()
    defer { try? FileManager.default.removeItem(at: url) }
    return try KerasModel(contentsOf: url)
  }
}

/// A small generator with a fixed start, so that a failing mutation can be found again.
struct Mutator {
  private var state: UInt64

  private static let letters = Array(#"{}[]",:0-9eE.tfn\"#.utf8)

  init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }

  mutating func next(_ bound: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state % UInt64(max(bound, 1)))
  }

  mutating func mutated(_ data: Data) -> Data {
    var bytes = [UInt8](data)
    for _ in 0...next(4) {
      guard !bytes.isEmpty else { break }
      let place = next(bytes.count)
      switch next(6) {
      case 0: bytes[place] ^= 1 << UInt8(next(8))
      case 1: bytes[place] = Self.letters[next(Self.letters.count)]
      case 2: for i in place..<min(place + 1 + next(8), bytes.count) { bytes[i] = 0xff }
      case 3: bytes.insert(contentsOf: String(Int.max - next(3)).utf8, at: place)
      case 4: bytes.removeSubrange(place..<min(place + 1 + next(32), bytes.count))
      default: bytes.insert(contentsOf: bytes[place..<min(place + 1 + next(64), bytes.count)], at: place)
      }
    }
    return Data(bytes)
  }

  /// A tree with some values replaced by others: of another type, absurd, or gone.
  mutating func mutated(_ value: JSONValue, chance: Int = 60) -> JSONValue {
    if next(chance) == 0 {
      let others: [JSONValue] = [
        nil, true, 0, -1, .integer(.max), .integer(1 << 40), .number(1e308), "", "relu", "same", [], [[]],
        .object([:]), [0, 0], [-1, .integer(.max)], .string(String(repeating: "x", count: 300)),
      ]
      return others[next(others.count)]
    }
    switch value {
    case .array(let elements):
      var changed = elements.map { mutated($0, chance: chance) }
      if next(chance) == 0, let first = changed.first { changed.append(first) }
      if next(chance) == 0, !changed.isEmpty { changed.removeLast() }
      return .array(changed)
    case .object(let members):
      var changed: [String: JSONValue] = [:]
      for (key, value) in members.sorted(by: { $0.key < $1.key }) where next(chance * 3) != 0 {
        changed[key] = mutated(value, chance: chance)
      }
      return .object(changed)
    default: return value
    }
  }
}
