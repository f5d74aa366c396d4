import CHDF5
import DataTestSupport
import Foundation
import Readers
import Sampling
import Testing

/// HDF5 files of h5py: its filters, and dates beside the array.
@Suite struct CompressedHDF5Tests {
  static let file = GoldenFiles.folder("fields").appendingPathComponent("compressed.hdf5")

  private func frames(_ dataset: String, in file: URL = file) throws -> [Frame] {
    let event = try openData(at: [file], options: .init(dataset: dataset, axes: ArrayAxes("THW"))).events[0]
    return try (0..<event.count).map { try event.frame(at: $0) }
  }

  @Test func lzfWithShuffleAndChecksums() throws {
    let plain = try frames("plain")
    #expect(plain.count == 3 && plain[0].shape == FrameShape(height: 5, width: 7))
    #expect(plain[0].values.prefix(6) == [105, 217, 0, 0, 28, 150])
    #expect(try frames("lzf") == plain)
    // References that reach into what they write, and long ones.
    let runs = try frames("runs")
    #expect(runs[0].values.allSatisfy { $0 == 0 })
    #expect(runs[1].values.indices.allSatisfy { runs[1].values[$0] == ((5..<9).contains($0 / 40) ? 2.5 : 0) })
  }

  @Test(
    .enabled(
      if: squall_h5_has_filter(squall_h5_szip()) != 0, "libhdf5 was built without szip (libaec)"))
  func szip() throws {
    #expect(try frames("szip") == frames("plain"))
  }

  @Test func otherFiltersAreRefusedByName() throws {
    let error = dataError { try frames("scaled") }
    #expect(error?.kind == .unsupported && error?.file?.hasSuffix("compressed.hdf5") == true)
    #expect(error?.received == "scale-offset (HDF5 filter 6)")
    #expect(error?.remedy == "Pack the file anew: h5repack -f GZIP=4 IN OUT.")
  }

  /// Bytes of compressed chunks changed at random give numbers or an error.
  @Test(arguments: ["szip", "runs"])
  func damagedChunks(_ dataset: String) throws {
    let whole = try Data(contentsOf: Self.file)
    // A chunk of szip begins with its size unpacked; one of 6,400 bytes by LZF is a zero and long references to it.
    let mark = Data(dataset == "szip" ? [160, 0, 0, 0] : [0, 0, 0xe0])
    let start = try #require(whole.range(of: mark)?.lowerBound)
    let folder = try TemporaryFolder()
    let file = try folder.file("damaged.h5")
    var state: UInt64 = 0x2545_f491_4f6c_dd1d
    func next(_ bound: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(bound))
    }
    for _ in 0..<200 {
      var changed = whole
      for _ in 0...next(3) { changed[start + next(50)] = UInt8(next(256)) }
      try changed.write(to: file)
      do { _ = try frames(dataset, in: file) } catch let error as DataError {
        #expect(error.kind == .corrupt && error.description.contains("damaged.h5"))
      }
    }
  }

  /// TaxiBJ: half hours of the day counted from 01; one of them is absent.
  @Test func halfHoursOfTaxis() throws {
    let file = GoldenFiles.folder("fields").appendingPathComponent("taxi.hdf5")
    let options = DataOptions(dataset: "data", axes: try ArrayAxes("TCHW"))
    let event = try openData(at: [file], options: options).events[0]
    #expect(event.count == 5 && event.shape == FrameShape(height: 5, width: 7, channels: 2))
    #expect(event.nominalStep == 30)
    // 23:00 and 23:30 on 1 July 2013, then 00:00, 01:00 and 01:30.
    let first = 1_372_719_600.0
    #expect(
      event.timestamps?.map { ($0.timeIntervalSince1970 - first) / 1800 } == [0, 1, 2, 4, 5])
    let windows = try WindowIndex(of: AnySource(event), inputFrames: 2, forecastFrames: 1)
    #expect(windows.count == 1 && windows.droppedByGaps == 2)
    var declared = options
    (declared.start, declared.interval) = (Date(timeIntervalSince1970: 0), 10)
    #expect(try openData(at: [file], options: declared).events[0].timestamps?[1].timeIntervalSince1970 == 600)
  }

  @Test func datesOfManyKinds() throws {
    func minutes(_ texts: [String], _ interval: Double? = nil) throws -> [Double]? {
      try ArrayDates.dates(texts, interval: interval, file: "x.h5").map { times in
        times.map { ($0.timeIntervalSince1970 - 1_372_636_800) / 60 }
      }
    }
    #expect(try minutes(["2013070100", "2013070101", "2013070123"]) == [0, 60, 1380])
    #expect(try minutes(["2013070101", "2013070124"]) == [0, 1380])
    #expect(try minutes(["2013070101", "2013070102"], 30) == [0, 30])
    #expect(try minutes(["20130701", "20130702"]) == [0, 1440])
    #expect(try minutes(["201307010005", "201307010010"]) == [5, 10])
    #expect(try minutes(["2013-07-01T00:05:00Z", "2013-07-01T00:10:00Z"]) == [5, 10])
    #expect(try minutes(["a", "b"]) == nil && minutes(["2013079901", "2013079902"], 5) == nil)
    let unclear = dataError { try minutes(["2013070101", "2013070102"]) }
    #expect(unclear?.kind == .badValue && unclear?.remedy.contains("--interval") == true)
    #expect(dataError { try minutes(["2013070102", "2013070148"], 60) }?.kind == .badValue)
    #expect(dataError { try minutes(["201307010010", "201307010005"]) }?.kind == .duplicateTime)
  }
}
