import Support

/// `bytes` as a zlib stream (RFC 1950), compressed as small as zlib can.
func deflated(_ bytes: [UInt8]) throws(ReportError) -> [UInt8] {
  do {
    return try bytes.withUnsafeBytes { try Deflate.packed($0, as: .zlib, effort: .most) }
  } catch {
    throw ReportError(
      expected: "zlib to compress \(bytes.count) bytes", received: "\(error)",
      remedy: "Free some memory and write the report again.")
  }
}
