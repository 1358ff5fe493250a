/// A square of correlations in -1...1, each cell with its number.
public struct MatrixChart: Sendable {
  public var title: String
  public var names: [String]
  /// Rows of cells; nil where nothing was recorded.
  public var values: [[Double?]]
  public var note: String?

  public init(title: String, names: [String], values: [[Double?]], note: String? = nil) {
    self.title = title
    self.names = names
    self.values = values
    self.note = note
  }

  /// The chart as an HTML figure. Columns carry the number of the row that they stand for.
  public var html: String {
    let longest = names.map(\.unicodeScalars.count).max() ?? 0
    let left = min(170, 30 + 6.6 * Double(longest))
    let cell = min(64, (Figure.width - left - 4) / Double(max(1, names.count)))
    let height = min(cell, 34)
    var parts: [String] = []
    for (row, name) in names.enumerated() {
      let y = 20 + height * Double(row)
      let label = "\(row + 1)  \(Markup.shortened(name, to: 20).text)"
      parts.append(Figure.text(0, y + height / 2 + 4, label, style: "axis"))
      parts.append(Figure.text(left + cell * (Double(row) + 0.5), 13, "\(row + 1)", anchor: "middle"))
      for column in names.indices {
        parts.append(draw(row, column, x: left + cell * Double(column), y: y, width: cell, height: height))
      }
    }
    return Figure(
      title: title, summary: "\(names.count) by \(names.count) correlations.",
      height: 24 + height * Double(names.count), drawing: parts.joined(separator: "\n"), note: note,
      header: [""] + names,
      rows: zip(names, values).map { name, row in
        [name] + row.map { $0.map { NumberText.short($0, digits: 4) } ?? "not recorded" }
      }
    ).html
  }

  private func draw(_ row: Int, _ column: Int, x: Double, y: Double, width: Double, height: Double) -> String
  {
    let value = values[row][column]
    let opacity = row == column ? 0.08 : min(1, abs(value ?? 0)) * 0.6
    let number = value.map { NumberText.short($0, digits: 2) }
    let told = "\(names[row]) and \(names[column]): \(number ?? "not recorded")"
    return """
      <g><title>\(Markup.escape(told))</title><rect class="bar \((value ?? 0) < 0 ? "s2" : "s1")" \
      x="\(Figure.coordinate(x + 1))" y="\(Figure.coordinate(y + 1))" width="\(Figure.coordinate(width - 2))" \
      height="\(Figure.coordinate(height - 2))" fill-opacity="\(Double(Int(opacity * 100)) / 100)"/>\
      \(Figure.text(x + width / 2, y + height / 2 + 4, number ?? "–", anchor: "middle", style: "cell"))</g>
      """
  }
}
