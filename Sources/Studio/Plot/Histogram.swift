/// How often values occur, in bins that all series share.
public struct Histogram: Sendable {
  public var title: String
  public var x: Axis
  /// What is counted, for example `samples`.
  public var counted: String
  public var series: [(name: String, values: [Double])]

  public init(title: String, x: Axis, counted: String, series: [(name: String, values: [Double])]) {
    self.title = title
    self.x = x
    self.counted = counted
    self.series = series
  }

  /// The edges of about `count` equal bins at round numbers; the last bin holds its upper edge too.
  static func edges(_ values: [Double], count: Int = 12) -> [Double] {
    let finite = values.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max() else { return [0, 1] }
    if low == high { return [low - 0.5, low + 0.5] }
    let ticks = Scale(domain: low...high, range: (0, 1)).ticks(count)
    guard ticks.count > 1 else { return [low, high] }
    let step = ticks[1] - ticks[0]
    var edges = ticks
    if let first = edges.first, first > low { edges.insert(first - step, at: 0) }
    if let last = edges.last, last < high { edges.append(last + step) }
    return edges
  }

  static func counts(_ values: [Double], edges: [Double]) -> [Int] {
    var counts = [Int](repeating: 0, count: edges.count - 1)
    for value in values where value.isFinite {
      let bin = (edges.firstIndex { $0 > value } ?? edges.count) - 1
      counts[min(max(bin, 0), counts.count - 1)] += 1
    }
    return counts
  }

  /// The chart as an HTML figure. Values that are not finite are left out.
  public var html: String {
    let edges = Self.edges(series.flatMap(\.values))
    let counts = series.map { Self.counts($0.values, edges: edges) }
    let most = Double(counts.flatMap { $0 }.max() ?? 1)
    let up = Scale(domain: 0...max(1, most * 1.05), range: (198, 26))
    let rows = up.ticks(4, whole: true)
    let labels = Scale.labels(rows)
    let left = 14 + 6.8 * Double(labels.map(\.count).max() ?? 1)
    let across = Scale(
      domain: edges[0]...max(edges[edges.count - 1], edges[0].nextUp), range: (left, Figure.width - 14))

    var parts = [Figure.text(0, 12, "number of \(counted)", style: "axis")]
    for (tick, label) in zip(rows, labels) {
      parts.append(Figure.rule(left, up(tick), across.range.to, up(tick), style: tick == 0 ? "zero" : "grid"))
      parts.append(Figure.text(left - 6, up(tick) + 4, label, anchor: "end"))
    }
    let columns = across.ticks(5)
    for (tick, label) in zip(columns, Scale.labels(columns)) {
      parts.append(Figure.text(across(tick), 215, label, anchor: "middle"))
    }
    parts.append(Figure.text((left + across.range.to) / 2, 235, x.text, anchor: "middle", style: "axis"))
    for bin in 0..<(edges.count - 1) {
      let (from, to) = (across(edges[bin]), across(edges[bin + 1]))
      let width = max(1, (to - from - 3) / Double(max(1, series.count)))
      for (index, one) in counts.enumerated() where one[bin] > 0 {
        let top = up(Double(one[bin]))
        let told = "\(series[index].name): \(one[bin]) from \(bounds(edges, bin))"
        parts.append(
          """
          <rect class="bar \(Figure.colour(index))" x="\(Figure.coordinate(from + 1.5 + width * Double(index)))" \
          y="\(Figure.coordinate(top))" width="\(Figure.coordinate(width))" \
          height="\(Figure.coordinate(198 - top))"><title>\(Markup.escape(told))</title></rect>
          """)
      }
    }
    return Figure(
      title: title, summary: "Histogram of \(counted) in \(edges.count - 1) bins.",
      legend: series.count > 1 ? series.map { ($0.name, .box) } : [], height: 240,
      drawing: parts.joined(separator: "\n"), note: nil, header: [x.text] + series.map(\.name),
      rows: (0..<(edges.count - 1)).map { bin in [bounds(edges, bin)] + counts.map { "\($0[bin])" } }
    ).html
  }

  private func bounds(_ edges: [Double], _ bin: Int) -> String {
    "\(NumberText.short(edges[bin], digits: 4)) to \(NumberText.short(edges[bin + 1], digits: 4))"
  }
}
