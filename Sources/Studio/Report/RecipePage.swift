import Shelf

/// The page about a reproduction: the claim and its conditions, every number, the pictures, and how to repeat it.
public struct RecipePage: Sendable {
  public var reproduction: Reproduction

  public init(_ reproduction: Reproduction) { self.reproduction = reproduction }

  /// Writes the page in one rename.
  public func write(to path: String) throws(RunStoreError) {
    try AppendFile.replace(path: path, with: Array(html.utf8))
  }

  /// The page.
  public var html: String {
    ReportPage(
      title: "\(reproduction.paper.name): reproduction", skipText: "Skip to the conditions", header: header,
      sections: [claim, measurements, pictures, findings, smaller, again].compactMap { $0 },
      footer: "Made by laurel reproduce from the run just made. The same command gives the same numbers."
    ).html
  }

  private var result: RecipeResult { reproduction.result }

  // MARK: Header

  private var header: String {
    let paper = reproduction.paper
    let link = paper.arXiv.map { number in
      ", <a href=\"https://arxiv.org/abs/\(Markup.escape(number))\">arXiv \(Markup.escape(number))</a>"
    }
    let badge = result.holds ? "claim holds" : "claim does not hold"
    return """
      <header class="top"><p class="eyebrow">Laurel reproduction</p>
      <h1>\(Markup.escape(paper.name))</h1>
      <p class="muted"><span class="badge\(result.holds ? "" : " bad")">\(badge)</span> \
      \(Markup.escape(paper.title))\(link ?? "")</p>
      \(trouble)<p class="verdict">\(Markup.escape(reproduction.recipe.claim))</p>
      <dl class="tiles">\(tiles)</dl></header>
      """
  }

  private var trouble: String {
    var lines: [String] = []
    if let fault = reproduction.fault {
      lines.append("Broken on purpose, with the fault \(fault.name): \(fault.help)")
    }
    if !result.holds || reproduction.fault != nil { lines.append(reproduction.verdict) }
    lines += result.checks.filter { !$0.holds }.map { check in
      "Not met: \(check.text): \(Self.number(check.value)), must be \(Self.condition(check))."
    }
    guard !lines.isEmpty else { return "" }
    let items = lines.map { "<p>\(Markup.escape($0))</p>" }.joined(separator: "\n")
    return "<div class=\"banner\" role=\"alert\">\(items)</div>\n"
  }

  private var tiles: String {
    let counts = result.measurements.map(\.values.count)
    let (least, most) = (counts.min() ?? 0, counts.max() ?? 0)
    let arms = reproduction.recipe.arms
    return [
      ReportPage.tile(
        "Conditions met", "\(result.checks.count(where: \.holds)) of \(result.checks.count)", nil),
      ReportPage.tile("Arms", "\(arms.count)", Markup.shortened(arms.joined(separator: ", "), to: 90).text),
      ReportPage.tile("Seeds per arm", least == most ? "\(most)" : "\(least) to \(most)", nil),
      ReportPage.tile("Scale", reproduction.scale.rawValue, "seed \(reproduction.seed)"),
      ReportPage.tile("Time", NumberText.duration(reproduction.seconds), nil),
    ].joined(separator: "\n")
  }

  // MARK: Sections

  private var claim: ReportPage.Section {
    let table = Markup.table(
      "Conditions", header: ["condition", "value", "must be", "verdict"],
      rows: result.checks.map { check in
        [check.text, Self.number(check.value), Self.condition(check), check.holds ? "met" : "not met"]
      }, wraps: true)
    return ReportPage.Section(
      id: "conditions", title: "The verdict",
      body: """
        <p class="lead">\(Markup.escape(reproduction.verdict))</p>
        <p>\(Markup.escape(reproduction.recipe.rule))</p>
        <div class="card">\(table)</div>
        """)
  }

  private var measurements: ReportPage.Section {
    let rows = result.metrics.flatMap { metric in
      result.measurements.filter { $0.metric == metric }.map { one in
        [
          metric, one.arm, Self.number(one.mean), one.standardError.map(Self.number) ?? "unknown",
          "\(one.values.count)",
        ]
      }
    }
    let table = Markup.table(
      "Measurements", header: ["metric", "arm", "mean", "standard error", "n"], rows: rows, wraps: true)
    return ReportPage.Section(
      id: "measurements", title: "Measurements",
      body: "<div class=\"card words\">\(table)</div>\n<div class=\"grid\">\(intervals)</div>")
  }

  /// A chart a metric: metrics do not share a unit.
  private var intervals: String {
    result.metrics.map { metric in
      IntervalChart(
        title: metric, value: Axis(metric), series: [""],
        rows: result.measurements.filter { $0.metric == metric }.map { one in
          let isKnown = one.values.allSatisfy(\.isFinite)
          return IntervalChart.Row(one.arm, estimates: [isKnown ? Statistics.estimate(one.values) : nil])
        }, observation: ("seed", "seeds")
      ).html
    }.joined(separator: "\n")
  }

  private var pictures: ReportPage.Section? {
    guard !result.plots.isEmpty else { return nil }
    let charts = result.plots.map(Self.chart).joined(separator: "\n")
    return ReportPage.Section(
      id: "pictures", title: "Pictures",
      body: """
        <p class="lead">Where a table is shortened, result.json beside this page holds every number.</p>
        <div class="grid">\(charts)</div>
        """)
  }

  private var findings: ReportPage.Section? {
    guard !result.findings.isEmpty else { return nil }
    let items = result.findings.map { "<li>\(Markup.escape($0))</li>" }.joined(separator: "\n")
    return ReportPage.Section(id: "findings", title: "What else it shows", body: "<ul>\(items)</ul>")
  }

  private var smaller: ReportPage.Section {
    let text = reproduction.recipe.scaledDown
    return ReportPage.Section(
      id: "smaller", title: "What was scaled down",
      body: "<p>\(Markup.escape(text.isEmpty ? "Nothing." : text))</p>")
  }

  private var again: ReportPage.Section {
    let recipe = reproduction.recipe
    let scales = recipe.scales.map(\.rawValue).joined(separator: ", ")
    let faults = Markup.table(
      "Faults", header: ["fault", "what it breaks"], rows: recipe.faults.map { [$0.name, $0.help] })
    let broken = """
      <p>Ways to break the method on purpose (<code>--fault NAME</code>); each must make the claim fail:</p>
      <div class="card words sentences">\(faults)</div>
      """
    return ReportPage.Section(
      id: "again", title: "The same run again",
      body: """
        <div class="text" tabindex="0" role="region" aria-label="command"><pre>\
        \(Markup.escape(reproduction.command))</pre></div>
        <p>All that is random follows from seed \(reproduction.seed); another seed is a fresh run. It runs at scale: \
        \(Markup.escape(scales)).</p>
        \(recipe.faults.isEmpty ? "" : broken)
        """)
  }

  // MARK: Words

  private static func number(_ value: Double) -> String { NumberText.short(value, digits: 4) }

  private static func condition(_ check: Check) -> String {
    let sign =
      switch check.relation {
      case .atLeast: "≥"
      case .atMost: "≤"
      case .above: ">"
      case .below: "<"
      }
    return "\(sign) \(number(check.threshold))"
  }
}

extension RecipePage {
  /// The chart of a picture.
  static func chart(_ plot: Plot) -> String {
    switch plot {
    case .lines(let title, let x, let y, let series):
      LineChart(
        title: title, x: Axis(x), y: Axis(y), series: series.map(line),
        band: "± the spread over runs, a standard error unless something else is said"
      ).html
    case .heatMap(let title, let rows, let columns, let values, let unit):
      HeatMap(title: title, rows: rows, columns: columns, values: values, value: Axis(unit)).html
    case .points(let title, let x, let y, let groups):
      ScatterChart(
        title: title, x: Axis(x), y: Axis(y),
        groups: groups.map { ScatterChart.Group($0.name, points: $0.points) }
      ).html
    }
  }

  /// A line without the points that have no place on the x axis.
  private static func line(_ curve: Plot.Curve) -> LineChart.Series {
    let points = zip(curve.x, curve.y).enumerated().compactMap { index, place -> LineChart.Point? in
      let (x, y) = place
      guard x.isFinite else { return nil }
      let spread = index < curve.spread.count ? curve.spread[index] : .nan
      guard spread.isFinite, y.isFinite else { return LineChart.Point(x: x, y: y) }
      return LineChart.Point(x: x, y: y, low: y - spread, high: y + spread)
    }
    return LineChart.Series(curve.name, points: points)
  }
}
