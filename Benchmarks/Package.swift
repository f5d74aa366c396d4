// swift-tools-version: 6.1
import PackageDescription

let strict: [SwiftSetting] = [.swiftLanguageMode(.v6)]

let package = Package(
  name: "squall-benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "squall", path: "..")],
  targets: [
    .target(name: "CPeak"),
    .executableTarget(
      name: "BenchConvLSTM", dependencies: [.product(name: "Squall", package: "squall")],
      swiftSettings: strict),
    .executableTarget(
      name: "BenchReaders", dependencies: [.product(name: "SquallData", package: "squall")],
      swiftSettings: strict),
    .executableTarget(
      name: "BenchLoader",
      dependencies: [
        .product(name: "Squall", package: "squall"), .product(name: "SquallData", package: "squall"),
      ], swiftSettings: strict),
    .executableTarget(
      name: "BenchPrecision", dependencies: [.product(name: "Squall", package: "squall")],
      swiftSettings: strict),
    .executableTarget(
      name: "BenchWorker", dependencies: ["CPeak", .product(name: "Squall", package: "squall")],
      swiftSettings: strict),
  ]
)
