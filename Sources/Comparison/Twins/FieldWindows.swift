import TensorCore
import Verification

/// Fields of one size and the windows of observed and following frames in them: for fitting, for
/// choosing, and held out.
///
/// Time is cut into pieces; each belongs to one part, and no window reaches over their bounds.
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
  private let fields: [[Float]]
  private let masks: [[Bool]?]
  private var levels: [Place: Float] = [:]
  private let blocks: [String]
  /// Frames of a block where sequences are cut into several.
  private let blockFrames: Int?
  let fitting: [Place]
  let choosing: [Place]
  let held: [Place]
  /// The mean square of the held-out targets: the variance about the level of each window.
  private(set) var variance = 0.0

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
    // Each stretch is cut into pieces of two windows, or less where they would be too few. Of five that follow one another
    // the third is for choosing and the last held out.
    let window = past + furthest
    let lengths = usable.reduce(into: [Int: Int]()) { $0[$1.stretch] = $1.field.frames }
    func pieces(_ length: Int, _ piece: Int) -> Int { max(1, length / piece) }
    let piece =
      [2 * window, 3 * window / 2, window + 1].first { piece in
        lengths.values.reduce(0) { $0 + pieces($1, piece) } >= 5
      } ?? window
    var (firsts, count) = ([Int: Int](), 0)
    for (stretch, length) in lengths.sorted(by: { $0.key < $1.key }) {
      firsts[stretch] = count
      count += pieces(length, piece)
    }
    let parts = [0, 0, 1, 0, 2]
    var places: [[Place]] = [[], [], []]
    for (index, sample) in usable.enumerated() {
      let (frames, first) = (sample.field.frames, firsts[sample.stretch] ?? 0)
      let number = pieces(frames, piece)
      for frame in past...(frames - furthest) {
        let own = (frame - past) * number / frames
        guard (frame + furthest - 1) * number / frames == own else { continue }
        places[parts[(first + own) % parts.count]].append(Place(field: index, frame: frame))
      }
    }
    fitting = places[0].spread(most)
    choosing = places[1].spread(max(20, most / 5))
    held = places[2].spread(max(20, most / 3))
    guard fitting.count >= 8, choosing.count >= 4, held.count >= 4 else { return nil }
    fields = usable.map(\.field.values)
    masks = usable.map(\.field.isValid)
    // Too few sequences say nothing of others: then stretches of time are drawn.
    let isFew = Set(held.map { usable[$0.field].block }).count < BlockBootstrap.fewestBlocks
    blocks = usable.map(\.block)
    blockFrames = isFew ? past + furthest : nil
    (height, width, self.past, self.leads) = (first.height, first.width, past, leads)
    for place in fitting + choosing + held { levels[place] = level(of: place) }
    var squares = 0.0
    for place in held {
      for lead in leads {
        for value in frame(place, lead: lead) { squares += Double(value) * Double(value) }
      }
    }
    variance = squares / Double(held.count * leads.count * height * width)
    guard variance > 0 else { return nil }
  }

  /// The mean over the valid pixels of the observed frames.
  private func level(of place: Place) -> Float {
    let range = (place.frame - past) * pixels..<place.frame * pixels
    let sum = fields[place.field][range].reduce(0) { $0 + Double($1) }
    let count = masks[place.field].map { mask in mask[range].count { $0 } } ?? range.count
    return Float(sum / Double(max(count, 1)))
  }

  /// The block that a window is drawn with: its sequence, or where there are few of them a stretch of time.
  func block(of place: Place) -> String {
    blocks[place.field] + (blockFrames.map { " \(place.frame / $0)" } ?? "")
  }

  /// The frame `lead` frames after the last observed one, which is lead 0, `[height, width]`: what it differs by from the
  /// mean of the observed frames. Missing pixels are 0.
  func frame(_ place: Place, lead: Int) -> [Float] {
    let range = (place.frame + lead - 1) * pixels..<(place.frame + lead) * pixels
    let level = levels[place] ?? 0
    guard let mask = masks[place.field] else { return fields[place.field][range].map { $0 - level } }
    return range.map { mask[$0] ? fields[place.field][$0] - level : 0 }
  }
}
