/// A table of numbers drawn as colours, row by row from the top. What is not finite is left blank.
///
/// Numbers of one sign are shown by the strength of one colour from the least to the greatest; numbers of both signs
/// by two colours, which fade towards zero.
public struct HeatMap: Sendable {
  public var title: String
  /// The rows' and columns' names.
  public var rows: [String]
  public var columns: [String]
  /// A list of cells for each row; cells that are missing at a row's end are blank.
  public var values: [[Double]]
  /// What the numbers are.
  public var value: Axis
  /// Above this many cells neighbours of nearly the same colour are drawn as one and tell no numbers.
  public static let maximumTold = 1_500
  /// Above this many rows or columns the table holds every second, third, ... of them.
  public static let maximumSide = 30

  public init(title: String, rows: [String], columns: [String], values: [[Double]], value: Axis) {
    self.title = title
    self.rows = rows
    self.columns = columns
    self.values = values
    self.value = value
  }

  /// The chart as an HTML figure.
  public var html: String {
    let shading = Shading(values.flatMap { $0 })
    let place = Layout(rows: rows, columns: columns)
    let isTold = rows.count * columns.count <= Self.maximumTold
    let texts = cellTexts(place)
    var parts = labels(place)
    for row in rows.indices {
      parts += isTold ? told(row, place, shading, texts: texts) : merged(row, place, shading)
    }
    parts.append(key(shading, y: place.bottom + 14))
    return Figure(
      title: title, summary: summary(shading), height: place.bottom + 34,
      drawing: parts.joined(separator: "\n"), note: note, header: [""] + thinned(columns), rows: table
    ).html
  }

  private func cell(_ row: Int, _ column: Int) -> Double {
    row < values.count && column < values[row].count ? values[row][column] : .nan
  }

  // MARK: Drawing

  private func labels(_ place: Layout) -> [String] {
    var parts: [String] = []
    for row in stride(from: 0, to: rows.count, by: place.rowStep) {
      let y = place.y(row) + place.height / 2 + 4
      parts.append(
        Figure.text(place.left - 6, y, Markup.shortened(rows[row], to: Layout.longest).text, anchor: "end"))
    }
    for column in stride(from: 0, to: columns.count, by: place.columnStep) {
      let x = place.x(column) + place.width / 2
      let text = Markup.shortened(columns[column], to: place.columnLetters).text
      parts.append(Figure.text(x, Layout.top - 7, text, anchor: "middle"))
    }
    return parts
  }

  /// How the cells' numbers are written; nil when some cell has no room for its own.
  private func cellTexts(_ place: Layout) -> ((Double) -> String)? {
    let finite = values.flatMap { $0 }.filter(\.isFinite)
    let most = finite.reduce(0) { max($0, abs($1)) }
    guard place.height >= 15, most >= 1e-3, most < 1e5 else { return nil }
    let room = Int((place.width - 4) / 7.2)
    let choices = most < 0.1 ? [3] : most < 1 ? [2] : most < 10 ? [2, 1] : most < 100 ? [1, 0] : [0]
    let decimals = choices.first { decimals in
      finite.allSatisfy { NumberText.fixed($0, decimals: decimals).count <= room }
    }
    return decimals.map { decimals in { NumberText.fixed($0, decimals: decimals) } }
  }

  /// Cells that tell their numbers, and show them where there is room.
  private func told(
    _ row: Int, _ place: Layout, _ shading: Shading, texts: ((Double) -> String)?
  ) -> [String] {
    columns.indices.compactMap { column in
      let value = cell(row, column)
      guard value.isFinite else { return nil }
      let told = "\(rows[row]), \(columns[column]): \(NumberText.short(value, digits: 4))"
      let number = texts.map { texts in
        Figure.text(
          place.x(column) + place.width / 2, place.y(row) + place.height / 2 + 4, texts(value),
          anchor: "middle", style: "cell")
      }
      let box = rectangle(row, column...column, shading(value), place, gap: place.width > 6 ? 1 : 0)
      return "<g><title>\(Markup.escape(told))</title>\(box)\(number ?? "")</g>"
    }
  }

  private func merged(_ row: Int, _ place: Layout, _ shading: Shading) -> [String] {
    var parts: [String] = []
    var start = 0
    while start < columns.count {
      let shade = shading(cell(row, start))
      var end = start
      while end + 1 < columns.count, shading(cell(row, end + 1)) == shade { end += 1 }
      if let shade { parts.append(rectangle(row, start...end, shade, place, gap: 0)) }
      start = end + 1
    }
    return parts
  }

  private func rectangle(
    _ row: Int, _ span: ClosedRange<Int>, _ shade: Shading.Shade?, _ place: Layout, gap: Double
  ) -> String {
    guard let shade else { return "" }
    // Edges are rounded, not widths: neighbours then meet without a seam.
    let edge = { (value: Double) in (value * 10).rounded() / 10 }
    let (x, y) = (edge(place.x(span.lowerBound)), edge(place.y(row)))
    let (width, height) = (edge(place.x(span.upperBound + 1)) - x, edge(place.y(row + 1)) - y)
    return """
      <rect class="bar \(gap > 0 ? "" : "solid ")\(shade.isNegative ? "s2" : "s1")" \
      x="\(Figure.coordinate(x))" y="\(Figure.coordinate(y))" width="\(Figure.coordinate(width - gap))" \
      height="\(Figure.coordinate(height - gap))" fill-opacity="\(shade.opacity)"/>
      """
  }

  /// From the least to the greatest colour.
  private func key(_ shading: Shading, y: Double) -> String {
    guard let domain = shading.domain else { return "" }
    let (low, high) = (NumberText.short(domain.lowerBound), NumberText.short(domain.upperBound))
    let start = 8 + 7 * Double(low.count)
    let boxes = (0..<24).compactMap { step in
      let value = domain.lowerBound + (domain.upperBound - domain.lowerBound) * (Double(step) + 0.5) / 24
      return shading(value).map { shade in
        """
        <rect class="bar \(shade.isNegative ? "s2" : "s1")" x="\(Figure.coordinate(start + 5 * Double(step)))" \
        y="\(Figure.coordinate(y))" width="5" height="11" fill-opacity="\(shade.opacity)"/>
        """
      }
    }
    let end = start + 126
    return Figure.text(0, y + 10, low) + boxes.joined()
      + Figure.text(end, y + 10, high)
      + Figure.text(end + 14 + 7 * Double(high.count), y + 10, value.text, style: "axis")
  }

  // MARK: Words and numbers

  private func summary(_ shading: Shading) -> String {
    let size = "\(rows.count) rows by \(columns.count) columns"
    guard let domain = shading.seen else { return "\(size), all blank." }
    return "\(size), \(value.text) from \(NumberText.short(domain.lowerBound)) to "
      + "\(NumberText.short(domain.upperBound))."
  }

  private var note: String? {
    let (down, along) = (step(rows), step(columns))
    guard down > 1 || along > 1 else { return nil }
    let parts = [(down, "row"), (along, "column")].map { every, name in
      every > 1 ? "every \(ScatterChart.ordinal(every)) \(name)" : "every \(name)"
    }
    return "The table holds \(parts.joined(separator: " and "))."
  }

  private func step(_ names: [String]) -> Int {
    max(1, (names.count + Self.maximumSide - 1) / Self.maximumSide)
  }

  private func thinned(_ names: [String]) -> [String] {
    stride(from: 0, to: names.count, by: step(names)).map { names[$0] }
  }

  private var table: [[String]] {
    stride(from: 0, to: rows.count, by: step(rows)).map { row in
      [rows[row]]
        + stride(from: 0, to: columns.count, by: step(columns)).map { column in
          let value = cell(row, column)
          return value.isNaN ? "" : NumberText.short(value, digits: 4)
        }
    }
  }
}

extension HeatMap {
  /// Where the cells lie.
  private struct Layout {
    static let top = 22.0
    /// Letters of a row's name.
    static let longest = 22

    var left: Double
    var width: Double
    var height: Double
    /// Every so many names are shown.
    var rowStep: Int
    var columnStep: Int
    var columnLetters: Int
    var bottom: Double

    init(rows: [String], columns: [String]) {
      let letters = { (names: [String]) in Double(names.map(\.unicodeScalars.count).max() ?? 0) }
      left = 10 + 6.8 * min(letters(rows), Double(Self.longest))
      let needed = 6.8 * letters(columns) + 5
      let most = (Figure.width - left - 2) / Double(max(1, columns.count))
      width = min(columns.count <= 8 ? max(52, needed) : 52, most)
      height = min(width, 52, 420 / Double(max(1, rows.count)))
      if rows.count <= 6 { height = max(height, min(24, width * 3)) }
      rowStep = max(1, Int((13 / height).rounded(.up)))
      // A few long names are cut; of many, every so many are shown.
      columnStep = columns.count <= 8 ? 1 : max(1, Int((needed / width).rounded(.up)))
      columnLetters = max(1, Int(width * Double(columnStep) / 6.8))
      bottom = Self.top + height * Double(rows.count)
    }

    func x(_ column: Int) -> Double { left + width * Double(column) }
    func y(_ row: Int) -> Double { Self.top + height * Double(row) }
  }

  /// How strongly a number is coloured.
  private struct Shading {
    struct Shade: Equatable {
      var isNegative: Bool
      var opacity: Double
    }

    /// What the colours stand for; nil when every cell is blank.
    var domain: ClosedRange<Double>?
    /// The least and the greatest number.
    var seen: ClosedRange<Double>?
    private var isDiverging = false

    init(_ values: [Double]) {
      let finite = values.filter(\.isFinite)
      guard let low = finite.min(), let high = finite.max() else { return }
      seen = low...high
      isDiverging = low < 0 && high > 0
      domain = isDiverging ? -max(-low, high)...max(-low, high) : low...high
    }

    func callAsFunction(_ value: Double) -> Shade? {
      guard let domain, value.isFinite else { return nil }
      let width = domain.upperBound - domain.lowerBound
      var share = width > 0 && width.isFinite ? (value - domain.lowerBound) / width : 0.5
      if isDiverging { share = abs(2 * share - 1) }
      // 24 steps; ink stays readable on the strongest.
      let step = (min(max(share, 0), 1) * 24).rounded()
      return Shade(isNegative: isDiverging && value < 0, opacity: (6 + step * 2.25).rounded() / 100)
    }
  }
}
