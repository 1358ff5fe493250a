/// The sections that follow the run's numbers over its steps.
extension Report {
  private static let steps = Axis("optimiser step")

  /// A grid of charts, and in one sentence what was never recorded.
  private static func grid(_ charts: [String], absent: [String]) -> String {
    var body = charts.isEmpty ? "" : "<div class=\"grid\">\(charts.joined(separator: "\n"))</div>\n"
    if !absent.isEmpty {
      body +=
        "<p class=\"lead\">Not recorded in this run: \(Markup.escape(absent.joined(separator: ", "))).</p>"
    }
    return body
  }

  static func rewards(_ data: ReportData) -> Section {
    var charts: [String] = []
    var absent: [String] = []
    let band = "mean ± 1 standard deviation"
    if let line = data.line("reward", "reward", spread: "reward_std") {
      charts.append(
        LineChart(
          title: "Total reward", x: steps, y: Axis("reward"), series: [line],
          band: band + " (reward_std)"
        ).html)
    } else {
      absent.append("total reward (reward)")
    }
    for reward in data.rewards {
      let metric = "rewards/\(reward)"
      if let line = data.line(reward, metric + "/mean", spread: metric + "/std") {
        charts.append(
          LineChart(title: reward, x: steps, y: Axis("score"), series: [line], band: band + " over samples")
            .html)
      } else {
        absent.append("\(reward) (\(metric)/mean)")
      }
    }
    let held =
      [data.line("total", "eval_reward")]
      + data.rewards.map { data.line($0, "eval_rewards/\($0)/mean") }
    if held.contains(where: { $0 != nil }) {
      charts.append(
        LineChart(
          title: "Held-out reward while training", x: steps, y: Axis("reward"),
          series: held.compactMap { $0 }
        ).html)
    }
    return Section(id: "rewards", title: "Rewards while training", body: grid(charts, absent: absent))
  }

  static func groups(_ data: ReportData) -> Section {
    var charts: [String] = []
    var absent: [String] = []
    let dead =
      [data.line("total", "frac_reward_zero_std")]
      + data.rewards.map { data.line($0, "rewards/\($0)/zero_std_groups") }
    if dead.contains(where: { $0 != nil }) {
      charts.append(
        LineChart(
          title: "Groups in which every sample scored the same", x: steps, y: Axis("share of groups"),
          series: dead.compactMap { $0 }, startsAtZero: true
        ).html)
    }
    let names =
      ["total (frac_reward_zero_std)"] + data.rewards.map { "\($0) (rewards/\($0)/zero_std_groups)" }
    absent += zip(names, dead).filter { $1 == nil }.map { "zero-variance groups of \($0.0)" }

    if data.rewards.count > 1 {
      var found = false
      let values = data.rewards.indices.map { row in
        data.rewards.indices.map { column -> Double? in
          if row == column { return 1 }
          let (a, b) = (data.rewards[row], data.rewards[column])
          let logged = data.values("correlation/\(a)/\(b)") + data.values("correlation/\(b)/\(a)")
          found = found || !logged.isEmpty
          return Statistics.mean(logged.map(\.value))
        }
      }
      if found {
        charts.append(
          MatrixChart(
            title: "Correlation between rewards", names: data.rewards, values: values,
            note: "Mean over steps. Blue: they agree. Orange: they pull apart. –: not recorded."
          ).html)
      } else {
        absent.append("correlations between rewards (correlation/a/b)")
      }
    }
    let lead = """
      <p class="lead">A group whose samples all score the same teaches the policy nothing: its advantage is \
      zero.</p>
      """
    return Section(id: "groups", title: "Groups", body: lead + grid(charts, absent: absent))
  }

  /// A chart of the policy's health: title, y axis, metrics with the names of their lines.
  private struct Chart {
    var title: String
    var y: Axis
    var metrics: [(name: String, metric: String)]
    var startsAtZero = false
  }

  private static let health = [
    Chart(
      title: "Completion length", y: Axis("length", unit: "tokens"),
      metrics: [
        ("mean", "completions/mean_length"), ("shortest", "completions/min_length"),
        ("longest", "completions/max_length"),
      ], startsAtZero: true),
    Chart(
      title: "Completions cut off at the limit", y: Axis("share of completions"),
      metrics: [("", "completions/clipped_ratio")], startsAtZero: true),
    Chart(
      title: "KL from the reference policy", y: Axis("KL divergence", unit: "nats per token"),
      metrics: [("", "kl")]),
    Chart(
      title: "Entropy of the policy", y: Axis("entropy", unit: "nats per token"), metrics: [("", "entropy")]),
    Chart(
      title: "Clipped importance ratios", y: Axis("share of tokens"),
      metrics: [
        ("either side", "clip_ratio/region_mean"), ("low", "clip_ratio/low_mean"),
        ("high", "clip_ratio/high_mean"),
      ], startsAtZero: true),
    Chart(title: "Loss", y: Axis("loss"), metrics: [("", "loss")]),
    Chart(
      title: "Gradient norm", y: Axis("norm before clipping"), metrics: [("", "grad_norm")],
      startsAtZero: true),
    Chart(
      title: "Learning rate", y: Axis("learning rate"), metrics: [("", "learning_rate")], startsAtZero: true),
    Chart(
      title: "Speed", y: Axis("speed", unit: "tokens/s"),
      metrics: [("sampling", "tokens_per_second/sampling"), ("training", "tokens_per_second/training")],
      startsAtZero: true),
    Chart(
      title: "Where the time goes", y: Axis("time per step", unit: "s"),
      metrics: [
        ("sampling", "time/sampling"), ("rewards", "time/rewards"), ("training", "time/training"),
      ], startsAtZero: true),
  ]

  static func policy(_ data: ReportData) -> Section {
    var charts: [String] = []
    var absent: [String] = []
    for chart in health {
      let lines = chart.metrics.compactMap { data.line($0.name, $0.metric) }
      if lines.isEmpty {
        absent.append(
          "\(chart.title.prefix(1).lowercased() + chart.title.dropFirst()) (\(chart.metrics[0].metric))")
      } else {
        charts.append(
          LineChart(title: chart.title, x: steps, y: chart.y, series: lines, startsAtZero: chart.startsAtZero)
            .html)
      }
    }
    return Section(id: "policy", title: "Policy and speed", body: grid(charts, absent: absent))
  }

  /// Every metric that no chart shows, so that nothing logged is hidden.
  static func other(_ data: ReportData) -> Section {
    var shown = Set(health.flatMap { $0.metrics.map(\.metric) })
    shown.formUnion(["reward", "reward_std", "frac_reward_zero_std", "eval_reward"])
    for reward in data.rewards {
      for part in ["mean", "std", "zero_std_groups", "failed", "abstained", "timed_out"] {
        shown.insert("rewards/\(reward)/\(part)")
      }
      shown.insert("eval_rewards/\(reward)/mean")
      for second in data.rewards { shown.insert("correlation/\(reward)/\(second)") }
    }
    var names: [String] = []
    for step in data.steps {
      for name in step.metrics.names where shown.insert(name).inserted { names.append(name) }
    }
    let rows = names.map { name in
      let values = data.values(name).map(\.value)
      let numbers = [values.first, values.last, values.min(), values.max()]
      return [name] + numbers.map { $0.map { NumberText.short($0, digits: 5) } ?? "not finite" }
    }
    let table = Markup.table(
      "Other metrics", header: ["metric", "first", "last", "least", "greatest"], rows: rows)
    return Section(
      id: "other", title: "Other metrics",
      body: rows.isEmpty
        ? "<p class=\"lead\">Every metric that this run recorded is in a chart above.</p>"
        : "<div class=\"card\">\(table)</div>")
  }
}
