/// One self-contained page: no script, no font, no picture from elsewhere.
struct Page {
  let title: String
  let description: String
  let generator: String
  let body: Markup

  var html: String {
    let page = tag("html", ["lang": "en"]) {
      tag("head") {
        tag("meta", ["charset": "utf-8"])
        tag("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
        // Whatever a name in the data tries to be, the page loads nothing and runs nothing.
        tag(
          "meta",
          [
            "http-equiv": "Content-Security-Policy",
            "content": "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
              + "base-uri 'none'; form-action 'none'",
          ])
        tag("meta", ["name": "color-scheme", "content": "light dark"])
        tag("meta", ["name": "generator", "content": generator])
        tag("meta", ["name": "description", "content": description])
        tag("title", text: title)
        tag("style") { Markup.styleSheet(StyleSheet.text) }
      }
      tag("body") { body }
    }
    return "<!DOCTYPE html>\n" + page.serialized
  }
}
