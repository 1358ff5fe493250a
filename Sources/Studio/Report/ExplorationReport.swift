/// The page of a search for many behaviours: what was covered, what is paid where, and how the coverage grew.
public struct ExplorationReport: Sendable {
  /// A kept genome's place and fitness.
  public typealias Point = (x: Double, y: Double)

  public var name, problem, method: String
  public var seed, evaluations, budget: Int
  public var seconds: Double
  /// Share of the behaviour grid that was reached, and 1 - the distance of the visits from uniform ones.
  public var coverage, uniformity: Double
  public var best: Double?
  public var rewarded: Int
  /// The names of the first numbers of a behaviour, at least one.
  public var axes: [String]
  /// Kept behaviours' first two numbers (0 for a missing second), a group an archive.
  public var groups: [(name: String, points: [Point])]
  /// Best fitness by cell, rows from the highest second number down; empty for behaviours of one number.
  public var map: [[Double]]
  /// The middles of the map's columns and of its rows from below.
  public var columns, rows: [Double]
  public var curve: [(evaluations: Int, coverage: Double)]
  public var warnings: [String]
  /// The plan, as it was read.
  public var yaml: String

  public init(
    name: String, problem: String, method: String, seed: Int, evaluations: Int, budget: Int, seconds: Double,
    coverage: Double, uniformity: Double, best: Double?, rewarded: Int, axes: [String],
    groups: [(name: String, points: [Point])], map: [[Double]], columns: [Double], rows: [Double],
    curve: [(evaluations: Int, coverage: Double)], warnings: [String], yaml: String
  ) {
    self.name = name
    self.problem = problem
    self.method = method
    self.seed = seed
    self.evaluations = evaluations
    self.budget = budget
    self.seconds = seconds
    self.coverage = coverage
    self.uniformity = uniformity
    self.best = best
    self.rewarded = rewarded
    self.axes = axes
    self.groups = groups
    self.map = map
    self.columns = columns
    self.rows = rows
    self.curve = curve
    self.warnings = warnings
    self.yaml = yaml
  }

  /// Writes the page in one rename.
  public func write(to path: String) throws(RunStoreError) {
    try AppendFile.replace(path: path, with: Array(html.utf8))
  }

  /// The page.
  public var html: String {
    ReportPage(
      title: "\(name): exploration", skipText: "Skip to the behaviours", header: header,
      sections: [
        .init(id: "behaviours", title: "Behaviours", body: "<div class=\"grid\">\(behaviours)</div>"),
        .init(id: "coverage", title: "Coverage", body: "<div class=\"grid\">\(growth)</div>"),
        .init(id: "plan", title: "Plan", body: "<pre>\(Markup.escape(yaml))</pre>"),
      ],
      footer: "Made by laurel explore. The same plan and seed give the same numbers on the same machine."
    ).html
  }

  private var header: String {
    let stopped = evaluations < budget ? "stopped after \(evaluations) of \(budget)" : "all of the budget"
    let notes = warnings.map { "<p>\(Markup.escape($0))</p>" }.joined(separator: "\n")
    let banner = warnings.isEmpty ? "" : "<div class=\"banner\" role=\"alert\">\(notes)</div>\n"
    return """
      <header class="top"><p class="eyebrow">Laurel exploration</p>
      <h1>\(Markup.escape(name))</h1>
      <p class="muted">\(Markup.escape("\(method) on \(problem), seed \(seed)"))</p>
      \(banner)<dl class="tiles">
      \(ReportPage.tile("Coverage", NumberText.short(coverage), "uniformity \(NumberText.short(uniformity))"))
      \(ReportPage.tile("Best fitness", best.map { NumberText.short($0, digits: 4) }, nil))
      \(ReportPage.tile("Rewarded", "\(rewarded)", "evaluations"))
      \(ReportPage.tile("Evaluations", "\(evaluations)", stopped))
      \(ReportPage.tile("Time", NumberText.duration(seconds), "\(Int(Double(evaluations) / max(seconds, 1e-9))) a second"))
      </dl></header>
      """
  }

  private var behaviours: String {
    let x = Axis(axes.first ?? "behaviour")
    let scatter = ScatterChart(
      title: "What was kept", x: x, y: Axis(axes.count > 1 ? axes[1] : ""),
      groups: groups.filter { !$0.points.isEmpty }.map { .init($0.name, points: $0.points) }
    ).html
    guard !map.isEmpty else { return scatter }
    let heat = HeatMap(
      title: "Best fitness of what was kept, by \(axes[1]) (down) and \(axes[0]) (along)",
      rows: rows.reversed().map { NumberText.short($0) }, columns: columns.map { NumberText.short($0) },
      values: map, value: Axis("fitness")
    ).html
    return scatter + "\n" + heat
  }

  private var growth: String {
    guard !curve.isEmpty else { return "<p class=\"muted\">The search was stopped before it began.</p>" }
    return LineChart(
      title: "Share of the behaviour grid that was reached", x: Axis("evaluations"), y: Axis("coverage"),
      series: [.init("", points: curve.map { .init(x: Double($0.evaluations), y: $0.coverage) })]
    ).html
  }
}
