// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "squall-benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "squall", path: "..")],
  targets: [
    .executableTarget(
      name: "BenchConvLSTM", dependencies: [.product(name: "Squall", package: "squall")],
      swiftSettings: [.swiftLanguageMode(.v6)])
  ]
)
