/// The shell of a report: one HTML page that needs nothing else, no network and no script.
struct ReportPage {
  struct Section {
    var id: String
    var title: String
    /// HTML.
    var body: String
  }

  var title: String
  /// The text of the link that passes over the header.
  var skipText: String
  /// HTML.
  var header: String
  var sections: [Section]
  var footer: String

  var html: String {
    let links = sections.map { "<a href=\"#\($0.id)\">\(Markup.escape($0.title))</a>" }.joined(
      separator: "\n")
    let body = sections.map { section in
      """
      <section id="\(section.id)" aria-labelledby="\(section.id)-title">
      <h2 id="\(section.id)-title">\(Markup.escape(section.title))</h2>
      \(section.body)</section>
      """
    }
    return """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
      <link rel="icon" href="data:,">
      <title>\(Markup.escape(title))</title>
      <style>\(ReportStyle.css)</style></head>
      <body><a class="skip" href="#\(sections.first?.id ?? "")">\(Markup.escape(skipText))</a>
      <div class="wide">
      \(header)
      <nav aria-label="Sections">\(links)</nav>
      <main>\(body.joined(separator: "\n"))</main>
      <footer>\(Markup.escape(footer))</footer>
      </div></body></html>

      """
  }

  /// One fact of a header's list of facts.
  static func tile(_ label: String, _ value: String?, _ remark: String?) -> String {
    let shown = value.map { value in
      Markup.escape(value) + (remark.map { "<small>\(Markup.escape($0))</small>" } ?? "")
    }
    return "<div><dt>\(label)</dt><dd>\(shown ?? "<span class=\"absent\">not recorded</span>")</dd></div>"
  }
}
