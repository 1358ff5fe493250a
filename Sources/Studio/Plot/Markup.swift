/// Text made safe for HTML and SVG, in content and in quoted attributes.
public enum Markup {
  /// Escapes `text`. Control characters and characters that reorder the text around them are shown as symbols
  /// instead of being obeyed; tabs and newlines stay.
  public static func escape(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x26: result += "&amp;"
      case 0x3C: result += "&lt;"
      case 0x3E: result += "&gt;"
      case 0x22: result += "&quot;"
      case 0x27: result += "&#39;"
      case 0x09, 0x0A: result.unicodeScalars.append(scalar)
      case 0..<0x20: result.unicodeScalars.append(Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}")
      case 0x7F: result += "\u{2421}"
      case 0x80...0x9F, 0x200E, 0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB,
        0xE0000...0xE007F:
        result += "⟨U+" + String(scalar.value, radix: 16, uppercase: true) + "⟩"
      case 0xFFFE, 0xFFFF: result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// The first `limit` characters of `text` and how many were left out. Characters are Unicode scalars: a
  /// single grapheme may hold a megabyte of them.
  public static func shortened(_ text: String, to limit: Int) -> (text: String, leftOut: Int) {
    let scalars = text.unicodeScalars
    guard let end = scalars.index(scalars.startIndex, offsetBy: limit, limitedBy: scalars.endIndex),
      end != scalars.endIndex
    else { return (text, 0) }
    return (String(scalars[..<end]), scalars.distance(from: end, to: scalars.endIndex))
  }

  /// A table with a caption for screen readers, which scrolls sideways where it is too wide.
  /// - Parameter wraps: whether the first column holds sentences, which may take several lines.
  static func table(_ caption: String, header: [String], rows: [[String]], wraps: Bool = false) -> String {
    let head = header.map { "<th scope=\"col\">\(escape($0))</th>" }.joined()
    let body = rows.map { row in
      let cells = row.enumerated().map { column, cell in
        column == 0 ? "<th scope=\"row\">\(escape(cell))</th>" : "<td>\(escape(cell))</td>"
      }
      return "<tr>\(cells.joined())</tr>"
    }
    return """
      <div class="scroll\(wraps ? " wraps" : "")" role="region" aria-label="\(escape(caption))" tabindex="0"><table>
      <caption>\(escape(caption))</caption>
      <thead><tr>\(head)</tr></thead>
      <tbody>\(body.joined(separator: "\n"))</tbody></table></div>
      """
  }
}
