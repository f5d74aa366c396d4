// swift-tools-version: 6.1
import Foundation
import PackageDescription

// oneDNN does the heavy arithmetic where it is installed. Elsewhere the same package builds without it and
// computes with its plain Swift twins. `SQUALL_ONEDNN=off` forces that; `SQUALL_ONEDNN=/prefix` names an
// installation outside the system folders (its paths are then given to `swift build` with -Xcc and -Xlinker,
// as `script/check-onednn` does).
let oneDNNIsInstalled: Bool = {
  switch Context.environment["SQUALL_ONEDNN"] {
  case "off": return false
  case let prefix? where !prefix.isEmpty: return true
  default:
    let places = ["/usr/include", "/usr/local/include", "/opt/homebrew/include"]
    return places.contains { FileManager.default.fileExists(atPath: "\($0)/oneapi/dnnl/dnnl.h") }
  }
}()

// FFmpeg reads videos and compressed pictures where its headers are installed; elsewhere, or with
// `SQUALL_FFMPEG=off`, everything else builds and those files are refused with the reason.
let ffmpegIsInstalled: Bool = {
  guard Context.environment["SQUALL_FFMPEG"] != "off" else { return false }
  let machines = ["", "x86_64-linux-gnu/", "aarch64-linux-gnu/", "ffmpeg/"]
  let places = machines.map { "/usr/include/\($0)" } + ["/usr/local/include/", "/opt/homebrew/include/"]
  return places.contains { FileManager.default.fileExists(atPath: $0 + "libavformat/avformat.h") }
}()

// On Linux, from FFmpeg 5, its libraries are loaded when the first video is opened and not with the program. The headers
// must then lie where a compiler looks by itself, because pkg-config would link the libraries.
let ffmpegIsLoadedLate: Bool = {
  #if os(Linux)
    let places = ["", "x86_64-linux-gnu/", "aarch64-linux-gnu/"].map { "/usr/include/\($0)" }
    return ffmpegIsInstalled
      && places.contains { FileManager.default.fileExists(atPath: $0 + "libavformat/version_major.h") }
  #else
    return false
  #endif
}()

// `SQUALL_GDAL=off` leaves the trait GDAL without effect, for tools that turn on every trait, as the documentation's
// does.
let gdalIsOffered = Context.environment["SQUALL_GDAL"] != "off"

let ffmpegLibraries = ["avformat", "avcodec", "avutil", "swscale"].map { LinkerSetting.linkedLibrary($0) }

let strict: [SwiftSetting] = [.swiftLanguageMode(.v6)]

let videoDependencies: [Target.Dependency] =
  ["Support"] + (ffmpegIsInstalled ? ["CFFmpeg"] : []) + (ffmpegIsLoadedLate ? ["FFmpegCalls"] : [])
let videoSettings: [SwiftSetting] =
  strict + (ffmpegIsInstalled ? [.define("SQUALL_HAS_FFMPEG")] : [])
  + (ffmpegIsLoadedLate ? [.define("SQUALL_LOADS_FFMPEG")] : [])

let readerDependencies: [Target.Dependency] =
  ["HDF5", "NumPyFiles", "Support", "VideoFiles", "ZipArchive"]
  + (gdalIsOffered ? [.target(name: "CGDAL", condition: .when(traits: ["GDAL"]))] : [])
let readerSettings: [SwiftSetting] =
  strict + (gdalIsOffered ? [.define("SQUALL_HAS_GDAL", .when(traits: ["GDAL"]))] : [])

let package = Package(
  name: "squall",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Squall", targets: ["Squall"]),
    .library(name: "SquallData", targets: ["SquallData"]),
    .library(name: "SquallForecast", targets: ["SquallForecast"]),
    .library(name: "SquallInterchange", targets: ["SquallInterchange"]),
    .executable(name: "squall", targets: ["SquallCLI"]),
  ],
  traits: [
    .trait(name: "GDAL", description: "GeoTIFF and GRIB2 are read, through libgdal (libgdal-dev, 400 MB).")
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.4.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
  ],
  targets: (ffmpegIsLoadedLate ? [.target(name: "FFmpegCalls")] : []) + [
    // MARK: C
    .target(
      name: "COneDNN",
      cSettings: oneDNNIsInstalled ? [.define("SQUALL_HAS_ONEDNN")] : [],
      linkerSettings: oneDNNIsInstalled ? [.linkedLibrary("dnnl")] : []),
    .target(
      name: "CKernels",
      cSettings: oneDNNIsInstalled ? [.define("SQUALL_HAS_GOMP", .when(platforms: [.linux]))] : [],
      linkerSettings: oneDNNIsInstalled ? [.linkedLibrary("gomp", .when(platforms: [.linux]))] : []),
    .systemLibrary(
      name: "CHDF5", pkgConfig: "hdf5",
      providers: [.apt(["libhdf5-dev"]), .brew(["hdf5"])]),
    // Used by the trait GDAL alone. No pkg-config, which would complain where the library is absent.
    .systemLibrary(name: "CGDAL", providers: [.apt(["libgdal-dev"]), .brew(["gdal"])]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),

    .systemLibrary(
      name: "CFFmpeg", pkgConfig: ffmpegIsLoadedLate ? nil : "libavformat",
      providers: [
        .apt(["libavformat-dev", "libavcodec-dev", "libavutil-dev", "libswscale-dev"]), .brew(["ffmpeg"]),
      ]),

    // MARK: Leaves
    .target(name: "Support", dependencies: ["CZlib"], swiftSettings: strict),
    .target(
      name: "VideoFiles", dependencies: videoDependencies, swiftSettings: videoSettings,
      linkerSettings: ffmpegIsInstalled && !ffmpegIsLoadedLate ? ffmpegLibraries : []),
    .target(name: "SafeTensors", dependencies: ["Support"], swiftSettings: strict),
    .target(name: "Verification", dependencies: ["Support"], swiftSettings: strict),
    .target(name: "Motion", dependencies: ["Support"], swiftSettings: strict),
    .target(name: "Nowcasting", dependencies: ["Motion", "Support"], swiftSettings: strict),
    .target(name: "ZipArchive", dependencies: ["Support"], swiftSettings: strict),
    .target(name: "NumPyFiles", dependencies: ["Support", "ZipArchive"], swiftSettings: strict),
    .target(name: "HDF5", dependencies: ["CHDF5", "SafeTensors", "Support"], swiftSettings: strict),
    .executableTarget(name: "HDF5Reader", dependencies: ["HDF5"], swiftSettings: strict),

    // MARK: Tensors, layers, training
    .target(name: "TensorCore", dependencies: ["COneDNN", "CKernels", "Support"], swiftSettings: strict),
    .target(name: "Autodiff", dependencies: ["TensorCore"], swiftSettings: strict),
    .target(name: "Layers", dependencies: ["Autodiff", "TensorCore"], swiftSettings: strict),
    .target(
      name: "Contenders", dependencies: ["Autodiff", "Layers", "Support", "TensorCore"],
      swiftSettings: strict),
    .target(
      name: "Training",
      dependencies: ["Autodiff", "Layers", "SafeTensors", "Support", "TensorCore"],
      swiftSettings: strict),
    .target(
      name: "Squall",
      dependencies: [
        "Autodiff", "Contenders", "Layers", "SafeTensors", "Support", "TensorCore", "Training",
      ],
      swiftSettings: strict),

    // MARK: Files of other frameworks
    .target(
      name: "Interchange",
      dependencies: [
        "Autodiff", "HDF5", "Layers", "NumPyFiles", "SafeTensors", "Support", "TensorCore", "Training",
        "ZipArchive",
      ],
      swiftSettings: strict),

    // MARK: Data, comparison, report
    .target(name: "Readers", dependencies: readerDependencies, swiftSettings: readerSettings),
    .target(name: "Sampling", dependencies: ["Readers", "Support", "TensorCore"], swiftSettings: strict),
    .target(
      name: "Synthesis", dependencies: ["NumPyFiles", "Readers", "Support", "TensorCore"],
      swiftSettings: strict),
    .target(
      name: "SquallData", dependencies: ["Readers", "Sampling", "Support", "Synthesis"], swiftSettings: strict
    ),
    .target(name: "Reports", dependencies: ["Support"], swiftSettings: strict),
    .target(
      name: "Comparison",
      dependencies: [
        "Autodiff", "Contenders", "Layers", "Motion", "Readers", "Reports", "SafeTensors", "Sampling",
        "Support", "Synthesis", "Tasks", "TensorCore", "Training", "Verification",
      ],
      resources: [.embedInCode("Resources/advice-study.csv"), .embedInCode("Resources/clip-study.csv")],
      swiftSettings: strict),
    .target(
      name: "Tasks",
      dependencies: [
        "Contenders", "HDF5", "Layers", "Motion", "Nowcasting", "NumPyFiles", "Readers", "Reports",
        "SafeTensors", "Sampling", "Support", "TensorCore", "Training", "Verification", "VideoFiles",
      ],
      swiftSettings: strict),
    .target(
      name: "SquallForecast",
      dependencies: ["Motion", "Nowcasting", "Squall", "SquallData", "Tasks", "Verification"],
      swiftSettings: strict),
    .target(name: "SquallInterchange", dependencies: ["Interchange", "Squall"], swiftSettings: strict),
    .executableTarget(
      name: "SquallCLI",
      dependencies: [
        "Comparison", "Contenders", "Interchange", "Readers", "Reports", "Sampling", "Support", "Synthesis",
        "Tasks", "TensorCore", "Training",
        .product(name: "Yams", package: "Yams"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),

    // MARK: Examples
    .executableTarget(
      name: "FirstModel", dependencies: ["Squall"], path: "Examples/FirstModel", swiftSettings: strict),
    .executableTarget(
      name: "OwnContender", dependencies: ["Squall"], path: "Examples/OwnContender", swiftSettings: strict),

    // MARK: Tests
    .target(
      name: "TestSupport", dependencies: ["Autodiff", "Layers", "SafeTensors", "TensorCore"],
      path: "Tests/TestSupport", swiftSettings: strict),
    .testTarget(name: "GoldenTests", swiftSettings: strict),
    .testTarget(name: "SupportTests", dependencies: ["CZlib", "Support"], swiftSettings: strict),
    .testTarget(name: "SafeTensorsTests", dependencies: ["SafeTensors", "Support"], swiftSettings: strict),
    .testTarget(name: "ZipArchiveTests", dependencies: ["CZlib", "ZipArchive"], swiftSettings: strict),
    .testTarget(name: "NumPyFilesTests", dependencies: ["NumPyFiles", "ZipArchive"], swiftSettings: strict),
    .testTarget(
      name: "TensorCoreTests", dependencies: ["CKernels", "Layers", "TensorCore", "TestSupport"],
      swiftSettings: strict),
    .testTarget(name: "AutodiffTests", dependencies: ["Autodiff", "TestSupport"], swiftSettings: strict),
    .testTarget(name: "LayersTests", dependencies: ["Layers", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "ContendersTests",
      dependencies: ["Contenders", "Layers", "TestSupport", "Training", "Verification"],
      swiftSettings: strict),
    .testTarget(
      name: "TrainingTests", dependencies: ["Contenders", "Training", "TestSupport"], swiftSettings: strict),
    .target(
      name: "DataTestSupport", dependencies: ["CHDF5", "HDF5", "NumPyFiles", "Readers"],
      path: "Tests/DataTestSupport", swiftSettings: strict),
    .testTarget(
      name: "ReadersTests",
      dependencies: ["CHDF5", "DataTestSupport", "HDF5", "NumPyFiles", "Readers", "Sampling", "VideoFiles"],
      swiftSettings: strict),
    .testTarget(
      name: "SamplingTests", dependencies: ["DataTestSupport", "Readers", "Sampling", "TensorCore"],
      swiftSettings: strict),
    .testTarget(
      name: "SynthesisTests",
      dependencies: ["DataTestSupport", "NumPyFiles", "Readers", "Synthesis", "TensorCore"],
      swiftSettings: strict),
    .testTarget(
      name: "VerificationTests", dependencies: ["Verification", "SafeTensors"], swiftSettings: strict),
    .testTarget(
      name: "MotionTests", dependencies: ["Motion", "SafeTensors"],
      swiftSettings: strict),
    .testTarget(
      name: "NowcastingTests",
      dependencies: ["Motion", "Nowcasting", "Readers", "SafeTensors", "Support", "Verification"],
      swiftSettings: strict),
    .testTarget(name: "ReportsTests", dependencies: ["Reports", "CZlib"], swiftSettings: strict),
    .testTarget(
      name: "HDF5Tests", dependencies: ["CHDF5", "HDF5", "HDF5Reader", "SafeTensors"], swiftSettings: strict),
    .testTarget(
      name: "InterchangeTests",
      dependencies: [
        "Contenders", "HDF5", "HDF5Reader", "Interchange", "SafeTensors", "TestSupport", "Training",
        "ZipArchive",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "ComparisonTests",
      dependencies: [
        "Contenders", "Autodiff", "Comparison", "Layers", "Readers", "Reports", "Sampling", "Synthesis",
        "TensorCore",
        "Tasks", "Training",
        "Verification",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "TasksTests",
      dependencies: [
        "Contenders", "HDF5", "Layers", "Motion", "Nowcasting", "NumPyFiles", "Readers", "Reports",
        "SafeTensors", "Sampling", "SquallCLI", "Tasks", "TensorCore", "Training", "Verification",
        "VideoFiles",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "DocumentationTests", dependencies: ["FirstModel", "OwnContender", "SquallCLI"],
      swiftSettings: strict),
  ]
)
