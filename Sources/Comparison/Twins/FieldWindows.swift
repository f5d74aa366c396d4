import TensorCore
import Verification

/// Fields of one size, less their mean, and the windows of observed and following frames in them: for fitting, for
/// choosing, and held out.
///
/// Time is cut into segments; each belongs to one part, and no window reaches over their bounds.
struct FieldWindows {
  /// Where a window starts to forecast: `field`, and the frame after the last observed one.
  struct Place: Hashable {
    let field: Int
    let frame: Int
  }

  let height: Int
  let width: Int
  /// Frames that are observed.
  let past: Int
  /// Frames ahead that are forecast, rising.
  let leads: [Int]
  /// Each `[time, height, width]`.
  let fields: [[Float]]
  private let blocks: [String]
  /// Frames of a block where sequences are cut into several.
  private let blockFrames: Int?
  let fitting: [Place]
  let choosing: [Place]
  let held: [Place]
  /// The variance over the held-out targets.
  let variance: Double

  var pixels: Int { height * width }

  /// nil where there are too few windows for three parts.
  ///
  /// - Parameters:
  ///   - samples: In order of sequence and time. Those of another size than the first are left out.
  ///   - most: Windows for fitting at most; a fifth of it for choosing, a third held out.
  init?(_ samples: [InteractionSampling.Sample], past: Int, leads: [Int], most: Int = 3000) {
    guard let first = samples.first?.field, let furthest = leads.max() else { return nil }
    let usable = samples.filter {
      $0.field.height == first.height && $0.field.width == first.width && $0.field.frames >= past + furthest
    }
    // One clock for all: the sequences, one after the other. Tiles of a stretch share its time.
    var (starts, end) = ([String: Int](), 0)
    for sample in usable where starts[sample.block] == nil {
      starts[sample.block] = end
      end += sample.field.frames
    }
    // Segments of at least two windows, at least five; of five that follow one another the third is for choosing and the
    // last held out.
    let segments = max(5, end / (2 * (past + furthest)))
    let parts = [0, 0, 1, 0, 2]
    var places: [[Place]] = [[], [], []]
    for (index, sample) in usable.enumerated() {
      let start = starts[sample.block] ?? 0
      for frame in past...(sample.field.frames - furthest) {
        let (oldest, newest) = (start + frame - past, start + frame + furthest - 1)
        let segment = oldest * segments / end
        guard newest * segments / end == segment else { continue }
        places[parts[segment % parts.count]].append(Place(field: index, frame: frame))
      }
    }
    fitting = places[0].spread(most)
    choosing = places[1].spread(max(20, most / 5))
    held = places[2].spread(max(20, most / 3))
    guard fitting.count >= 8, choosing.count >= 4, held.count >= 4 else { return nil }
    let known = Set(fitting.map(\.field)).map { usable[$0].field }
    let (sum, count) = known.reduce((0.0, 0)) { total, field in
      (
        total.0 + field.values.reduce(0) { $0 + Double($1) },
        total.1 + (field.isValid?.count { $0 } ?? field.values.count)
      )
    }
    let mean = Float(sum / Double(max(count, 1)))
    fields = usable.map { sample in
      guard let isValid = sample.field.isValid else { return sample.field.values.map { $0 - mean } }
      return zip(sample.field.values, isValid).map { $1 ? $0 - mean : 0 }
    }
    // Too few sequences say nothing of others: then stretches of time are drawn.
    let isFew = Set(held.map { usable[$0.field].block }).count < BlockBootstrap.fewestBlocks
    blocks = usable.map(\.block)
    blockFrames = isFew ? past + furthest : nil
    (height, width, self.past, self.leads) = (first.height, first.width, past, leads)
    var squares = 0.0
    for place in held {
      for lead in leads {
        let start = (place.frame + lead - 1) * height * width
        for value in fields[place.field][start..<start + height * width] {
          squares += Double(value) * Double(value)
        }
      }
    }
    variance = squares / Double(held.count * leads.count * height * width)
    guard variance > 0 else { return nil }
  }

  /// The block that a window is drawn with: its sequence, or where there are few of them a stretch of time.
  func block(of place: Place) -> String {
    blocks[place.field] + (blockFrames.map { " \(place.frame / $0)" } ?? "")
  }

  /// The frame `lead` frames after the last observed one, which is lead 0.
  func frame(_ place: Place, lead: Int) -> ArraySlice<Float> {
    let start = (place.frame + lead - 1) * pixels
    return fields[place.field][start..<start + pixels]
  }
}
