/// A measured number, or nil where it is undefined.
///
/// A value that is not finite (a loss that overflowed, a score that divided by zero) has no place in JSON and
/// no meaning in a table: it becomes nil when it is stored, so that a report in memory, its page and its
/// `results.json` never disagree. In JSON nil is an explicit `null`; a missing key reads as nil.
@propertyWrapper
package struct Measured: Codable, Hashable, Sendable {
  private var stored: Double?

  package init(wrappedValue: Double?) {
    stored = wrappedValue.flatMap { $0.isFinite ? $0 : nil }
  }

  package var wrappedValue: Double? {
    get { stored }
    set { self = Measured(wrappedValue: newValue) }
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    self.init(wrappedValue: container.decodeNil() ? nil : try container.decode(Double.self))
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let stored { try container.encode(stored) } else { try container.encodeNil() }
  }
}

/// An optional part of a report, written as an explicit `null` when absent, so that `results.json` has the
/// same keys in every run. A missing key reads as nil.
@propertyWrapper
package struct Nullable<Value: Codable & Hashable & Sendable>: Codable, Hashable, Sendable {
  package var wrappedValue: Value?

  package init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    wrappedValue = container.decodeNil() ? nil : try container.decode(Value.self)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let wrappedValue { try container.encode(wrappedValue) } else { try container.encodeNil() }
  }
}

extension KeyedDecodingContainer {
  /// Used by synthesized decoding: a missing key is nil.
  func decode(_ type: Measured.Type, forKey key: Key) throws -> Measured {
    try decodeIfPresent(type, forKey: key) ?? Measured(wrappedValue: nil)
  }

  /// Used by synthesized decoding: a missing key is nil.
  func decode<Value>(_ type: Nullable<Value>.Type, forKey key: Key) throws -> Nullable<Value> {
    try decodeIfPresent(type, forKey: key) ?? Nullable(wrappedValue: nil)
  }
}
