import Foundation

extension ComparisonReport {
  /// Fields in motion; who has asked for less movement sees the last picture.
  ///
  /// The file holds all fields side by side. Each is a window on that one image, so that they wrap on a narrow screen and
  /// still move in step.
  func moving(_ animation: Animation) -> Markup {
    tag("figure", ["class": "moving", "aria-labelledby": "moving-title"]) {
      tag("h3", ["id": "moving-title"], text: animation.title)
      tag("svg", ["class": "source", "width": "0", "height": "0", "aria-hidden": "true"]) {
        tag("defs") {
          image("moving-frames", animation.animated, animation)
          image("moving-still", animation.still, animation)
        }
      }
      tag("div", ["class": "windows"]) {
        for index in animation.labels.indices { window(index, of: animation) }
      }
    }
  }

  private func image(_ id: String, _ png: Data, _ animation: Animation) -> Markup {
    tag(
      "image",
      [
        "id": id, "href": "data:image/png;base64,\(png.base64EncodedString())",
        "width": "\(animation.width)", "height": "\(animation.height)",
      ])
  }

  private func window(_ index: Int, of animation: Animation) -> Markup {
    let (width, height) = (animation.panelWidth, animation.height)
    let label = animation.labels[index]
    return tag("div", ["class": "window"]) {
      tag("span", ["aria-hidden": "true"]) {
        label
        Parts.badge(badge(label))
      }
      tag(
        "svg",
        [
          "viewBox": "\(index * (width + Animation.gap)) 0 \(width) \(height)", "role": "img",
          "width": "\(width)", "height": "\(height)",
          "aria-label": "\(label): animation over the lead times",
        ]
      ) {
        tag("use", ["class": "frames", "href": "#moving-frames"])
        tag("use", ["class": "still", "href": "#moving-still"])
      }
    }
  }
}
