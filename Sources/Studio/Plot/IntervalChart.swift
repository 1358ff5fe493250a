/// Means with their confidence intervals, side by side: one row per name, one mark per series.
public struct IntervalChart: Sendable {
  /// The estimate of each series for one name; nil where a series has none.
  public struct Row: Sendable {
    public var name: String
    public var estimates: [Statistics.Estimate?]

    public init(_ name: String, estimates: [Statistics.Estimate?]) {
      self.name = name
      self.estimates = estimates
    }
  }

  public var title: String
  public var value: Axis
  /// The names of the series, for example `before` and `after`.
  public var series: [String]
  public var rows: [Row]
  /// What an estimate rests on: the word for one and for many.
  public var observation: (one: String, many: String)

  public init(
    title: String, value: Axis, series: [String], rows: [Row],
    observation: (one: String, many: String) = ("prompt", "prompts")
  ) {
    self.title = title
    self.value = value
    self.series = series
    self.rows = rows
    self.observation = observation
  }

  /// One series needs neither legend nor names.
  private var isSingle: Bool { series.count == 1 }

  /// The chart as an HTML figure.
  public var html: String {
    let rowHeight = 24 + 16 * Double(series.count)
    let bottom = 6 + rowHeight * Double(rows.count)
    let estimates = rows.flatMap { $0.estimates.compactMap { $0 } }
    let values = estimates.flatMap { [$0.mean, $0.low ?? $0.mean, $0.high ?? $0.mean] }
    let scale = Scale(domain: Scale.domain(values), range: (12, Figure.width - 14))
    let ticks = scale.ticks(6)

    var parts: [String] = []
    for (tick, label) in zip(ticks, Scale.labels(ticks)) {
      parts.append(Figure.rule(scale(tick), 4, scale(tick), bottom, style: tick == 0 ? "zero" : "grid"))
      parts.append(Figure.text(scale(tick), bottom + 16, label, anchor: "middle"))
    }
    for (place, row) in rows.enumerated() {
      let top = 6 + rowHeight * Double(place)
      if place > 0 { parts.append(Figure.rule(0, top, Figure.width, top, style: "divider")) }
      parts.append(Figure.text(12, top + 16, Markup.shortened(row.name, to: 48).text, style: "axis row"))
      for (index, estimate) in row.estimates.enumerated() {
        let y = top + 28 + 16 * Double(index)
        guard let estimate else {
          parts.append(Figure.text(12, y + 4, isSingle ? "no number" : "\(series[index]): no scores"))
          continue
        }
        parts.append(mark(estimate, index, row.name, y, scale))
      }
    }
    parts.append(Figure.text(Figure.width / 2, bottom + 36, value.text, anchor: "middle", style: "axis"))
    return Figure(
      title: title, summary: "Means with 95 % confidence intervals of \(rows.count) rows.",
      legend: isSingle ? [] : series.enumerated().map { ($1, $0 == 0 ? .hollow : .filled) },
      height: bottom + 44,
      drawing: parts.joined(separator: "\n"),
      note: "Bars: 95 % confidence interval (t) over \(observation.many). "
        + "A mark without a bar rests on one \(observation.one).",
      header: ["name"] + (isSingle ? [] : ["series"]) + ["mean", "low", "high", observation.many], rows: table
    ).html
  }

  private func mark(
    _ estimate: Statistics.Estimate, _ index: Int, _ name: String, _ y: Double, _ scale: Scale
  ) -> String {
    var shapes = ""
    if let low = estimate.low, let high = estimate.high {
      let (from, to) = (Figure.coordinate(scale(low)), Figure.coordinate(scale(high)))
      let (above, below) = (Figure.coordinate(y - 4), Figure.coordinate(y + 4))
      shapes += """
        <path class="line \(Figure.colour(index))" \
        d="M\(from) \(Figure.coordinate(y))H\(to)M\(from) \(above)V\(below)M\(to) \(above)V\(below)"/>
        """
    }
    shapes += Figure.dot(scale(estimate.mean), y, index, hollow: index == 0 && !isSingle)
    let of = isSingle ? name : "\(name), \(series[index])"
    let told = "\(of): \(Self.text(estimate)), n = \(estimate.count) \(observation.many)"
    return "<g><title>\(Markup.escape(told))</title>\(shapes)</g>"
  }

  /// `0.42 [0.37, 0.47]`; the brackets are absent when the interval is unknown.
  static func text(_ estimate: Statistics.Estimate, signed: Bool = false) -> String {
    let number = { (value: Double) in signed ? NumberText.signed(value) : NumberText.short(value) }
    guard let low = estimate.low, let high = estimate.high else { return number(estimate.mean) }
    return "\(number(estimate.mean)) [\(number(low)), \(number(high))]"
  }

  private var table: [[String]] {
    rows.flatMap { row in
      row.estimates.enumerated().map { index, estimate in
        let numbers = [estimate?.mean, estimate?.low, estimate?.high]
        return [row.name] + (isSingle ? [] : [series[index]])
          + numbers.map { $0.map { NumberText.short($0, digits: 5) } ?? "unknown" }
          + [estimate.map { "\($0.count)" } ?? "0"]
      }
    }
  }
}
