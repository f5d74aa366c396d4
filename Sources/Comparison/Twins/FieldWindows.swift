import TensorCore
import Verification

/// Fields of one size, less their mean, and the windows of observed and following frames in them: for fitting, for
/// choosing, and held out.
///
/// The parts follow one another in time: the fields are in the order of their sequences, and of one sequence in the
/// order of time.
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
  /// The block of each field that the bootstrap draws together.
  let blocks: [String]
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
    // Tiles of one stretch stand beside one another: parts are cut between blocks where there are enough.
    let order = usable.map(\.block).reduce(into: [String]()) { if $0.last != $1 { $0.append($1) } }
    guard order.count >= 5 else { return nil }
    let bounds = (order.count * 6 / 10, order.count * 8 / 10)
    let part = Dictionary(
      order.enumerated().map { ($1, $0 < bounds.0 ? 0 : $0 < bounds.1 ? 1 : 2) }, uniquingKeysWith: min)
    var places: [[Place]] = [[], [], []]
    for (index, sample) in usable.enumerated() {
      for frame in past...(sample.field.frames - furthest) {
        places[part[sample.block] ?? 0].append(Place(field: index, frame: frame))
      }
    }
    func spread(_ all: [Place], _ most: Int) -> [Place] {
      let count = min(most, all.count)
      return (0..<count).map { all[$0 * all.count / count] }
    }
    fitting = spread(places[0], most)
    choosing = spread(places[1], max(20, most / 5))
    held = spread(places[2], max(20, most / 3))
    guard fitting.count >= 8, choosing.count >= 4, held.count >= 4 else { return nil }
    let known = usable.indices.filter { part[usable[$0].block] == 0 }.map { usable[$0].field }
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
    blocks = usable.map(\.block)
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

  /// The frame `lead` frames after the last observed one, which is lead 0.
  func frame(_ place: Place, lead: Int) -> ArraySlice<Float> {
    let start = (place.frame + lead - 1) * pixels
    return fields[place.field][start..<start + pixels]
  }
}
