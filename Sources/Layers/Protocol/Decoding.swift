extension KeyedDecodingContainer {
  /// The value of an option, or its default if the configuration does not mention it.
  func value<Value: Decodable>(_ key: Key, default standard: Value) throws -> Value {
    try decodeIfPresent(Value.self, forKey: key) ?? standard
  }

  /// An enumeration by name; an unknown name lists the valid ones.
  func name<Value: RawRepresentable & CaseIterable>(
    _ key: Key, default standard: Value
  ) throws -> Value where Value.RawValue == String {
    guard contains(key), try !decodeNil(forKey: key) else { return standard }
    let text = try decode(String.self, forKey: key)
    guard let value = Value(rawValue: text) else {
      let valid = Value.allCases.map(\.rawValue).joined(separator: ", ")
      throw DecodingError.dataCorruptedError(
        forKey: key, in: self, debugDescription: "unknown \(key.stringValue) \"\(text)\"; valid: \(valid)")
    }
    return value
  }

  /// Refuses a configuration for channels-first data, which Squall does not compute with.
  func requireChannelsLast(_ key: Key) throws {
    let format = try decodeIfPresent(String.self, forKey: key) ?? "channels_last"
    guard format == "channels_last" else {
      throw DecodingError.dataCorruptedError(
        forKey: key, in: self,
        debugDescription: "expected data_format channels_last, received \(format); transpose the data")
    }
  }
}
