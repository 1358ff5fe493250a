/// The sections about held-out prompts: the numbers, what rewards could not score, and the texts.
extension Report {
  static func heldOut(_ data: ReportData) -> Section {
    let held = data.heldOut
    let title = "Held-out prompts, before and after"
    guard !held.before.isEmpty || !held.after.isEmpty else {
      return Section(
        id: "held-out", title: title,
        body:
          "<p class=\"lead\">No held-out samples were recorded, so this run shows no effect of training.</p>")
    }
    let columns = held.columns(data.rewards)
    let missing = held.before.isEmpty ? "before training" : held.after.isEmpty ? "after training" : nil
    let lead =
      missing.map { "No held-out samples were recorded \($0): there is nothing to compare." }
        ?? """
        \(held.sharedPrompts) prompts were answered both times. Intervals are 95 %, by Student's t over prompts \
        (a prompt's samples are averaged first); the change is paired by prompt.
        """
    let rows = columns.map { column in
      [column.name]
        + [column.before, column.after].map { $0.map { IntervalChart.text($0) } ?? "no scores" }
        + [column.difference.map { IntervalChart.text($0, signed: true) } ?? "unknown"]
        + [column.difference.map { "\($0.count)" } ?? "0"]
    }
    let table = Markup.table(
      "Held-out scores", header: ["reward", "before", held.afterName, "change", "prompts"], rows: rows)
    let charts =
      intervals(columns, afterName: held.afterName)
      + [
        histogram("Held-out total reward", Axis("total reward"), held) { $0.total },
        histogram("Held-out completion length", Axis("length", unit: "tokens"), held) { Double($0.tokens) },
      ].compactMap { $0 }
    return Section(
      id: "held-out", title: title,
      body: """
        <p class="lead">\(Markup.escape(lead))</p>
        <div class="card">\(table)</div>
        <div class="grid">\(charts.joined(separator: "\n"))</div>
        """)
  }

  /// One chart for the rewards that share a scale, further ones for those that would be flattened by it.
  private static func intervals(_ columns: [HeldOut.Column], afterName: String) -> [String] {
    var groups: [(size: Double, rows: [IntervalChart.Row])] = []
    for column in columns {
      let estimates = [column.before, column.after]
      let size = estimates.compactMap { $0.map { abs($0.mean) } }.max() ?? 0
      let row = IntervalChart.Row(column.name, estimates: estimates)
      let place = groups.firstIndex { size == 0 || $0.size == 0 || (0.05...20).contains(size / $0.size) }
      if let place {
        groups[place].rows.append(row)
        groups[place].size = max(groups[place].size, size)
      } else {
        groups.append((size, [row]))
      }
    }
    return groups.enumerated().map { place, group in
      IntervalChart(
        title: place == 0 ? "Held-out scores" : "Held-out scores on a scale of their own (\(place))",
        value: Axis("mean score"), series: ["before", afterName], rows: group.rows
      ).html
    }
  }

  private static func histogram(
    _ title: String, _ x: Axis, _ held: HeldOut, _ value: (SampleRecord) -> Double?
  ) -> String? {
    let series = [("before", held.before.compactMap(value)), (held.afterName, held.after.compactMap(value))]
    guard series.contains(where: { !$0.1.isEmpty }) else { return nil }
    return Histogram(
      title: title, x: x, counted: "samples", series: series.map { (name: $0.0, values: $0.1) }
    ).html
  }

  // MARK: Outcomes

  static func outcomes(_ data: ReportData) -> Section {
    let rows = data.rewards.map { reward in
      [reward]
        + ["failed", "timed_out", "abstained"].map { key in
          data.total("rewards/\(reward)/\(key)").map { NumberText.short(Double($0)) } ?? "not recorded"
        }
        + ["scored", "failed", "timed_out", "abstained"].map { key in
          guard let kept = data.outcomes[reward] else { return "none kept" }
          return NumberText.short(Double(kept[key] ?? 0))
        }
    }
    guard !rows.isEmpty else {
      return Section(
        id: "outcomes", title: "What rewards could not score",
        body: "<p class=\"lead\">No rewards were recorded.</p>")
    }
    let table = Markup.table(
      "Outcomes per reward",
      header: [
        "reward", "failed, all steps", "timed out, all steps", "abstained, all steps", "scored, kept samples",
        "failed, kept", "timed out, kept", "abstained, kept",
      ], rows: rows)
    var body = """
      <p class="lead">None of these is ever counted as zero. "All steps" sums what training logged; "kept" \
      counts the samples in this run's store.</p>
      <div class="card">\(table)</div>
      """
    if !data.failures.isEmpty {
      let items = data.failures.map { failure in
        [failure.reward, Markup.shortened(failure.reason, to: 200).text, "\(failure.count)"]
      }
      body += """
        <h3>The most frequent reasons</h3>
        <div class="card">\(Markup.table("Reasons", header: ["reward", "reason", "samples"], rows: items))</div>
        """
    }
    return Section(id: "outcomes", title: "What rewards could not score", body: body)
  }

  // MARK: Samples

  private static let shownPerList = 3
  private static let shownCharacters = 1_500

  static func samples(_ data: ReportData) -> Section {
    let held = data.heldOut
    let pairs = held.pairs
    var body = ""
    if pairs.isEmpty {
      let only = held.after.isEmpty ? held.before : held.after
      let name = held.after.isEmpty ? "before" : held.afterName
      let ranked = only.filter { $0.total != nil }.sorted { ($0.total ?? 0) > ($1.total ?? 0) }
      let best = ranked.prefix(shownPerList)
      let worst = ranked.dropFirst(best.count).suffix(shownPerList).reversed()
      for (title, list) in [("Best", Array(best)), ("Worst", Array(worst))] where !list.isEmpty {
        body += "<h3>\(title)</h3>\n" + list.map { card([($0, name)]) }.joined(separator: "\n")
      }
      if body.isEmpty {
        body = "<p class=\"lead\">No held-out samples with a total reward were recorded.</p>"
      }
      return Section(id: "samples", title: "Samples", body: body)
    }
    var left = Array(pairs.indices)
    func take(_ title: String, _ remark: String, _ keep: (HeldOut.Pair) -> Double?) {
      let ranked = left.compactMap { place in keep(pairs[place]).map { (place, $0) } }
        .sorted { ($0.1, $1.0) > ($1.1, $0.0) }.prefix(shownPerList)
      left.removeAll { place in ranked.contains { $0.0 == place } }
      guard !ranked.isEmpty else {
        body += "<h3>\(title)</h3><p class=\"lead\">\(remark)</p>\n"
        return
      }
      let cards = ranked.map { card([(pairs[$0.0].before, "before"), (pairs[$0.0].after, held.afterName)]) }
      body += "<h3>\(title)</h3>\n\(cards.joined(separator: "\n"))\n"
    }
    take("Largest improvements", "No sample improved.") { pair in pair.change.flatMap { $0 > 0 ? $0 : nil } }
    take("Largest regressions", "No sample got worse.") { pair in pair.change.flatMap { $0 < 0 ? -$0 : nil } }
    take("Best at the end", "Shown above.") { $0.after.total }
    take("Worst at the end", "Shown above.") { $0.after.total.map { -$0 } }
    let lead = """
      <p class="lead">The same prompt side by side: its n-th sample before with its n-th sample later. Each \
      sample is listed once.</p>
      """
    return Section(id: "samples", title: "Samples", body: lead + body)
  }

  private static func card(_ sides: [(sample: SampleRecord, name: String)]) -> String {
    guard let first = sides.first?.sample else { return "" }
    let reference = first.reference.map {
      "<p class=\"label\" style=\"margin-top:8px\">Reference</p>\(text($0, "Reference"))"
    }
    let columns = sides.map { side in
      let cut = side.sample.isTruncated ? ", cut off at the limit" : ""
      let total = side.sample.total.map { "reward " + NumberText.short($0) } ?? "no reward"
      return """
        <div><p class="side"><b>\(Markup.escape(side.name))</b>\(total)\(change(sides, side.sample)), \
        \(NumberText.short(Double(side.sample.tokens))) tokens\(cut)</p>\(text(side.sample.completion, side.name))</div>
        """
    }
    var names: [String] = []
    for side in sides {
      for component in side.sample.components where !names.contains(component.name) {
        names.append(component.name)
      }
    }
    let rows = names.map { name in [name] + sides.map { cell($0.sample, name) } }
    let table = Markup.table("Scores of this sample", header: ["reward"] + sides.map(\.name), rows: rows)
    return """
      <article class="card"><p class="label">Prompt</p>\(text(first.prompt, "Prompt"))\(reference ?? "")
      <div class="sides">\(columns.joined(separator: "\n"))</div>
      \(rows.isEmpty ? "" : table)</article>
      """
  }

  private static func change(_ sides: [(sample: SampleRecord, name: String)], _ sample: SampleRecord)
    -> String
  {
    guard sides.count == 2, sample == sides[1].sample, let old = sides[0].sample.total,
      let new = sample.total,
      new != old
    else { return "" }
    return " <span class=\"\(new > old ? "rise" : "fall")\">(\(NumberText.signed(new - old)))</span>"
  }

  private static func cell(_ sample: SampleRecord, _ name: String) -> String {
    guard let component = sample.components.first(where: { $0.name == name }) else { return "not asked" }
    if let value = component.value { return NumberText.short(value) }
    let outcome = component.outcome == "timed_out" ? "timed out" : component.outcome
    return outcome + (component.message.map { ": " + Markup.shortened($0, to: 80).text } ?? "")
  }

  private static func text(_ text: String, _ label: String) -> String {
    if text.isEmpty { return "<p class=\"absent\">(empty)</p>" }
    let (shown, leftOut) = Markup.shortened(text, to: shownCharacters)
    let more =
      leftOut > 0
      ? "<p class=\"label\">… \(NumberText.short(Double(leftOut))) more characters are in laurel.sqlite.</p>"
      : ""
    return """
      <div class="text" tabindex="0" role="region" aria-label="\(Markup.escape(label))">\
      <pre dir="auto">\(Markup.escape(shown))</pre></div>\(more)
      """
  }
}
