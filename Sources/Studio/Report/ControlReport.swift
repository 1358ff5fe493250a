import Foundation

/// The page of a control run: what the policy earned before, while and after it learned.
public struct ControlReport: Sendable {
  public typealias Curve = [(steps: Int, value: Double)]

  public var name, world, method: String
  public var seed, steps, episodes: Int
  public var seconds: Double
  /// Mean and standard deviation of the world's return, without exploration.
  public var before, after: (mean: Double, deviation: Double)
  public var evaluationEpisodes: Int
  public var returns: Curve
  /// What else the learner measured.
  public var series: [(name: String, values: Curve)]
  public var yaml: String
  /// What must be known to read the returns.
  public var note: String?
  /// What is earned, of what, and what steps are: a sampler earns rewards of objects by choices.
  public var words = (earned: "return", trials: "episodes", steps: "environment steps")

  public init(
    name: String, world: String, method: String, seed: Int, steps: Int, episodes: Int, seconds: Double,
    before: (mean: Double, deviation: Double), after: (mean: Double, deviation: Double),
    evaluationEpisodes: Int, returns: Curve, series: [(name: String, values: Curve)], yaml: String
  ) {
    self.name = name
    self.world = world
    self.method = method
    self.seed = seed
    self.steps = steps
    self.episodes = episodes
    self.seconds = seconds
    self.before = before
    self.after = after
    self.evaluationEpisodes = evaluationEpisodes
    self.returns = returns
    self.series = series
    self.yaml = yaml
  }

  /// Writes the page in one rename.
  public func write(to path: String) throws(RunStoreError) {
    try AppendFile.replace(path: path, with: Array(html.utf8))
  }

  /// The page.
  public var html: String {
    ReportPage(
      title: "\(name): control run", skipText: "Skip to the training", header: header,
      sections: [
        .init(
          id: "returns", title: "Training",
          body: chart("\(capital(words.earned)) while training", words.earned, returns)),
        .init(
          id: "learner", title: "Learner",
          body: series.isEmpty
            ? "<p class=\"muted\">This learner keeps no further measures.</p>"
            : "<div class=\"grid\">"
              + series.map { chart(capital($0.name), $0.name, $0.values) }
              .joined(separator: "\n") + "</div>"),
        .init(id: "file", title: "Run file", body: "<pre>\(Markup.escape(yaml))</pre>"),
      ],
      footer: "Made by laurel train. The same file and seed give the same numbers on the same machine."
    ).html
  }

  private var header: String {
    let told = { (one: (mean: Double, deviation: Double)) in
      "\(NumberText.short(one.mean)) ± \(NumberText.short(one.deviation))"
    }
    return """
      <header class="top"><p class="eyebrow">Laurel control run</p>
      <h1>\(Markup.escape(name))</h1>
      <p class="muted">\(Markup.escape("\(method) on \(world), seed \(seed)"))</p>
      \(note.map { "<p class=\"muted\">\(Markup.escape($0))</p>" } ?? "")
      <dl class="tiles">
      \(ReportPage.tile("Before", told(before), "\(words.earned), \(evaluationEpisodes) \(words.trials)"))
      \(ReportPage.tile("After", told(after), "\(words.earned), \(evaluationEpisodes) \(words.trials)"))
      \(ReportPage.tile("Steps", "\(steps)", "\(episodes) \(words.trials)"))
      \(ReportPage.tile("Time", NumberText.short(seconds) + " s", "\(Int(Double(steps) / max(seconds, 1e-9))) steps/s"))
      </dl></header>
      """
  }

  private func capital(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

  private func chart(_ title: String, _ unit: String, _ values: Curve) -> String {
    guard !values.isEmpty else { return "<p class=\"muted\">Nothing was measured.</p>" }
    return LineChart(
      title: title, x: Axis(words.steps), y: Axis(unit),
      series: [.init("", points: values.map { .init(x: Double($0.steps), y: $0.value) })]
    ).html
  }
}
