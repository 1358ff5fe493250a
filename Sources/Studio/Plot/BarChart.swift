/// Horizontal bars from 0, each with an interval where one is known, and perhaps a limit that they should not pass.
public struct BarChart: Sendable {
  public struct Bar: Sendable {
    public var name: String
    public var value: Double
    /// The interval around the value.
    public var low: Double?
    public var high: Double?
    /// Drawn in the second colour and named so in the table.
    public var isMarked: Bool

    public init(
      _ name: String, value: Double, low: Double? = nil, high: Double? = nil, isMarked: Bool = false
    ) {
      self.name = name
      self.value = value
      self.low = low
      self.high = high
      self.isMarked = isMarked
    }
  }

  public var title: String
  public var value: Axis
  public var bars: [Bar]
  /// Drawn as a line through all bars.
  public var limit: (name: String, value: Double)?
  /// What plain and marked bars are, for legend and table.
  public var meanings: (plain: String, marked: String)
  public var note: String?

  public init(
    title: String, value: Axis, bars: [Bar], limit: (name: String, value: Double)? = nil,
    meanings: (plain: String, marked: String), note: String? = nil
  ) {
    self.title = title
    self.value = value
    self.bars = bars
    self.limit = limit
    self.meanings = meanings
    self.note = note
  }

  private static let rowHeight = 38.0

  /// The chart as an HTML figure.
  public var html: String {
    let bottom = 8 + Self.rowHeight * Double(bars.count)
    let values: [Double] =
      bars.flatMap { [$0.value, $0.low ?? $0.value, $0.high ?? $0.value] } + [limit?.value ?? 0]
    let low = min(0, values.min() ?? 0)
    let high = max(values.max() ?? 1, low + 1e-9)
    let scale = Scale(domain: low...(high + (high - low) * 0.02), range: (12, Figure.width - 14))
    let ticks = scale.ticks(6)
    var parts: [String] = []
    for (tick, label) in zip(ticks, Scale.labels(ticks)) {
      parts.append(Figure.rule(scale(tick), 4, scale(tick), bottom, style: tick == 0 ? "zero" : "grid"))
      parts.append(Figure.text(scale(tick), bottom + 16, label, anchor: "middle"))
    }
    if let limit {
      let x = scale(limit.value)
      parts.append(Figure.rule(x, 4, x, bottom, style: "line s8 d1"))
    }
    for (place, bar) in bars.enumerated() {
      parts.append(draw(bar, top: 6 + Self.rowHeight * Double(place), scale))
    }
    parts.append(Figure.text(Figure.width / 2, bottom + 36, value.text, anchor: "middle", style: "axis"))
    let remarks = [limit.map { "Dashed: \($0.name) (\(NumberText.short($0.value)))." }, note]
    return Figure(
      title: title, summary: "\(bars.count) bars.",
      legend: bars.contains(where: \.isMarked) ? [(meanings.plain, .box), (meanings.marked, .box)] : [],
      height: bottom + 44, drawing: parts.joined(separator: "\n"),
      note: remarks.compactMap { $0 }.joined(separator: " "),
      header: ["name", value.text, "low", "high", "verdict"],
      rows: bars.map { bar in
        [bar.name, NumberText.short(bar.value, digits: 4)]
          + [bar.low, bar.high].map { $0.map { NumberText.short($0, digits: 4) } ?? "unknown" }
          + [bar.isMarked ? meanings.marked : meanings.plain]
      }
    ).html
  }

  private func draw(_ bar: Bar, top: Double, _ scale: Scale) -> String {
    let colour = Figure.colour(bar.isMarked ? 1 : 0)
    let (from, to) = (scale(min(0, bar.value)), scale(max(0, bar.value)))
    let told = "\(bar.name): \(NumberText.short(bar.value))"
    var shapes = Figure.text(12, top + 14, Markup.shortened(bar.name, to: 48).text, style: "axis row")
    shapes += """
      <rect class="bar \(colour)" x="\(Figure.coordinate(from))" y="\(Figure.coordinate(top + 19))" \
      width="\(Figure.coordinate(max(1, to - from)))" height="12"/>
      """
    if let low = bar.low, let high = bar.high {
      let (y, left, right) = (top + 25, Figure.coordinate(scale(low)), Figure.coordinate(scale(high)))
      let (above, below) = (Figure.coordinate(y - 5), Figure.coordinate(y + 5))
      shapes += """
        <path class="whisker" d="M\(left) \(Figure.coordinate(y))H\(right)M\(left) \(above)V\(below)\
        M\(right) \(above)V\(below)"/>
        """
    }
    return "<g><title>\(Markup.escape(told))</title>\(shapes)</g>"
  }
}
