/// What an axis shows: `Axis("time", unit: "s")` reads "time (s)".
public struct Axis: Sendable, Equatable {
  public var label: String
  public var unit: String?

  public init(_ label: String, unit: String? = nil) {
    self.label = label
    self.unit = unit
  }

  var text: String { unit.map { "\(label) (\($0))" } ?? label }
}

/// The frame that every chart shares: title, legend, drawing, note, and the numbers behind it as a table.
struct Figure {
  /// How the legend shows a series.
  enum Mark { case line, hollow, filled, box, point }

  var title: String
  /// One sentence for those who cannot see the drawing.
  var summary: String
  var legend: [(name: String, mark: Mark)] = []
  var height: Double
  var drawing: String
  var note: String?
  var header: [String]
  var rows: [[String]]

  /// The drawing's width in its own units; the page scales it.
  static let width = 440.0
  /// The number of distinct series colours; a ninth series starts over with another dash.
  static let colours = 8

  static func colour(_ series: Int) -> String { "s\(series % colours + 1) d\(series / colours % 3)" }

  static func coordinate(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(Double(tenths) / 10)"
  }

  var html: String {
    let entries = legend.enumerated().map { index, entry in
      "<li>\(Self.key(entry.mark, index))\(Markup.escape(Markup.shortened(entry.name, to: 60).text))</li>"
    }
    let list = legend.isEmpty ? "" : "<ul class=\"legend\">\(entries.joined())</ul>\n"
    let remark = note.map { "<p class=\"note\">\(Markup.escape($0))</p>\n" } ?? ""
    return """
      <figure class="chart"><figcaption>\(Markup.escape(title))</figcaption>
      \(list)<svg viewBox="0 0 \(Self.coordinate(Self.width)) \(Self.coordinate(height))" role="img" \
      aria-label="\(Markup.escape(title + ". " + summary))">
      \(drawing)
      </svg>
      \(remark)<details><summary>Numbers</summary>
      \(Markup.table(title, header: header, rows: rows))</details></figure>
      """
  }

  private static func key(_ mark: Mark, _ index: Int) -> String {
    let shape =
      switch mark {
      case .line: "<path class=\"line \(colour(index))\" d=\"M1 6H21\"/>"
      case .hollow:
        "<path class=\"line \(colour(index)) d0\" d=\"M1 6H21\"/>" + dot(11, 6, index, hollow: true)
      case .filled:
        "<path class=\"line \(colour(index)) d0\" d=\"M1 6H21\"/>" + dot(11, 6, index, hollow: false)
      case .point: points([(11, 6)], index, isSmall: false)
      case .box: "<rect class=\"bar \(colour(index))\" x=\"4\" y=\"1\" width=\"14\" height=\"10\"/>"
      }
    return "<svg class=\"key\" viewBox=\"0 0 22 12\" aria-hidden=\"true\">\(shape)</svg>"
  }

  static func dot(_ x: Double, _ y: Double, _ series: Int, hollow: Bool) -> String {
    let kind = hollow ? "hollow" : "dot"
    return
      "<circle class=\"\(kind) \(colour(series))\" cx=\"\(coordinate(x))\" cy=\"\(coordinate(y))\" r=\"4\"/>"
  }

  /// Many points as one path: round in every other series, square in the rest.
  static func points(_ places: [(x: Double, y: Double)], _ series: Int, isSmall: Bool) -> String {
    let path = places.map { "M\(coordinate($0.x)) \(coordinate($0.y))h0" }.joined()
    let kind = (series % 2 == 0 ? "points" : "points square") + (isSmall ? " small" : "")
    return "<path class=\"\(kind) s\(series % colours + 1)\" d=\"\(path)\"/>"
  }

  static func text(_ x: Double, _ y: Double, _ text: String, anchor: String = "start", style: String = "tick")
    -> String
  {
    """
    <text class="\(style)" x="\(coordinate(x))" y="\(coordinate(y))" text-anchor="\(anchor)">\
    \(Markup.escape(text))</text>
    """
  }

  static func rule(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, style: String = "grid") -> String {
    """
    <path class="\(style)" d="M\(coordinate(x1)) \(coordinate(y1))L\(coordinate(x2)) \(coordinate(y2))"/>
    """
  }
}

/// A linear scale from numbers to the drawing's units, with ticks at round numbers.
struct Scale {
  var domain: ClosedRange<Double>
  var range: (from: Double, to: Double)

  /// A domain that holds `values` with a little air; one wide at least a hair when all values are equal.
  static func domain(_ values: [Double], zero: Bool = false, air: Double = 0.05) -> ClosedRange<Double> {
    let finite = values.filter(\.isFinite) + (zero ? [0] : [])
    guard let low = finite.min(), let high = finite.max() else { return 0...1 }
    if low == high {
      let half = low == 0 ? 1 : abs(low) * 0.1
      return (low - half)...(high + half)
    }
    let margin = (high - low) * air
    return (zero && low == 0 ? 0 : low - margin)...(high + margin)
  }

  func callAsFunction(_ value: Double) -> Double {
    let width = domain.upperBound - domain.lowerBound
    guard width > 0, width.isFinite else { return (range.from + range.to) / 2 }
    return range.from + (value - domain.lowerBound) / width * (range.to - range.from)
  }

  /// About `count` multiples of 1, 2 or 5 times a power of ten inside the domain.
  func ticks(_ count: Int, whole: Bool = false) -> [Double] {
    let width = domain.upperBound - domain.lowerBound
    guard width > 0, width.isFinite else { return [domain.lowerBound] }
    let raw = width / Double(max(1, count))
    var power = 1.0
    while power * 10 <= raw { power *= 10 }
    while power > raw, power > 1e-300 { power /= 10 }
    var step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= raw * 0.999 } ?? power * 10
    if whole { step = max(1, step.rounded()) }
    let first = (domain.lowerBound / step).rounded(.up)
    let last = (domain.upperBound / step).rounded(.down)
    guard last >= first, last - first < 100 else { return [domain.lowerBound] }
    return stride(from: first, through: last, by: 1).map { $0 * step + 0 }
  }

  /// Tick labels that tell neighbours apart.
  static func labels(_ ticks: [Double]) -> [String] {
    for digits in 3...8 {
      let labels = ticks.map { abs($0) < 1e-300 ? "0" : NumberText.short($0, digits: digits) }
      if Set(labels).count == labels.count { return labels }
    }
    return ticks.map { "\($0)" }
  }
}
