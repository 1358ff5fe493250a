import Foundation

/// A run's report: one HTML page that needs nothing else, no network and no script.
public enum Report {
  /// The page for what the store holds now. A run that has not finished, or not begun, has a page too.
  public static func html(_ store: RunStore) throws(RunStoreError) -> String {
    let data = try ReportData(store)
    let sections = [
      heldOut(data), rewards(data), groups(data), policy(data), outcomes(data), samples(data), other(data),
      specification(data),
    ]
    return ReportPage(
      title: "\(data.name): run report", skipText: "Skip to the results", header: header(data),
      sections: sections,
      footer: "Made by Laurel from laurel.sqlite, as it stood at step "
        + "\(data.steps.last.map { "\($0.step)" } ?? "0")."
    ).html
  }

  /// Writes the page to the run's `report.html` in one rename, and gives its place.
  @discardableResult
  public static func write(_ store: RunStore) throws(RunStoreError) -> URL {
    let page = try html(store)
    try AppendFile.replace(path: store.reportFile.path, with: Array(page.utf8))
    return store.reportFile
  }

  typealias Section = ReportPage.Section

  // MARK: Header

  private static func header(_ data: ReportData) -> String {
    let bad = data.progress == .failed || data.progress == .interrupted
    let about = [
      data.facts["started"].flatMap(Double.init).map { "Started " + NumberText.moment($0) },
      data.facts["device"].map { "on \($0)" },
    ]
    let when = about.compactMap { $0 }.joined(separator: " ")
    return """
      <header class="top"><p class="eyebrow">Laurel run report</p>
      <h1>\(Markup.escape(data.name))</h1>
      <p class="muted"><span class="badge\(bad ? " bad" : "")">\(data.progress.rawValue)</span> \
      \(Markup.escape(when))</p>
      \(trouble(data))\(verdict(data))
      <dl class="tiles">\(tiles(data))</dl></header>
      """
  }

  /// Everything that must not be overlooked.
  private static func trouble(_ data: ReportData) -> String {
    var lines: [String] = []
    if data.progress == .failed {
      lines.append(
        "<strong>The run failed.</strong> \(Markup.escape(data.facts["message"] ?? "No reason was recorded."))"
      )
    }
    for reward in data.rewards {
      let counts = [("failed", "failed on"), ("timed_out", "timed out on")].compactMap { key, words in
        let logged = data.total("rewards/\(reward)/\(key)") ?? 0
        let kept = data.outcomes[reward]?[key] ?? 0
        return max(logged, kept) > 0 ? "\(words) \(NumberText.short(Double(max(logged, kept)))) samples" : nil
      }
      guard !counts.isEmpty else { continue }
      lines.append(
        "<strong>\(Markup.escape(reward))</strong> \(counts.joined(separator: " and ")). "
          + "<a href=\"#outcomes\">See why</a>")
    }
    guard !lines.isEmpty else { return "" }
    return
      "<div class=\"banner\" role=\"alert\">\(lines.map { "<p>\($0)</p>" }.joined(separator: "\n"))</div>\n"
  }

  private static func verdict(_ data: ReportData) -> String {
    guard let change = data.heldOut.columns([])[0].difference else { return "" }
    let later = data.heldOut.afterName == "after" ? "after training" : "at \(data.heldOut.afterName)"
    let prompts = "\(change.count) held-out prompt\(change.count == 1 ? "" : "s")"
    guard let low = change.low, let high = change.high else {
      return """
        <p class="verdict">On \(prompts) the total reward changed by \
        \(NumberText.signed(change.mean)) \(later); one prompt gives no interval.</p>
        """
    }
    let interval = "95 % interval \(NumberText.signed(low)) to \(NumberText.signed(high))"
    if low > 0 || high < 0 {
      let by = NumberText.short(abs(change.mean))
      return """
        <p class="verdict">On \(prompts) the total reward \(low > 0 ? "rose" : "fell") by <b>\(by)</b> \
        \(later) (\(interval)).</p>
        """
    }
    return """
      <p class="verdict">On \(prompts) the total reward did not change beyond chance \
      \(later): \(NumberText.signed(change.mean)) (\(interval)).</p>
      """
  }

  private static func tiles(_ data: ReportData) -> String {
    let planned = data.facts["max_steps"].map { " of \($0)" } ?? ""
    let window = max(1, min(10, data.steps.count / 5))
    let rewards = data.values("reward").map(\.value)
    let first = Statistics.mean(Array(rewards.prefix(window))).map { NumberText.short($0) }
    let last = Statistics.mean(Array(rewards.suffix(window))).map { NumberText.short($0) }
    let span = window == 1 ? "first and last step" : "means of the first and last \(window) steps"
    func speed(_ metric: String) -> String? {
      Statistics.mean(data.values(metric).map(\.value)).map { NumberText.short($0) + " tok/s" }
    }
    return [
      ReportPage.tile("Model", data.facts["model"], nil),
      ReportPage.tile("Seed", data.facts["seed"], nil),
      ReportPage.tile("Steps", "\(data.steps.count)\(planned)", nil),
      ReportPage.tile("Duration", data.seconds.map(NumberText.duration), nil),
      ReportPage.tile("Training reward", first.flatMap { old in last.map { "\(old) → \($0)" } }, span),
      ReportPage.tile("Sampling speed", speed("tokens_per_second/sampling"), "mean over steps"),
      ReportPage.tile("Training speed", speed("tokens_per_second/training"), "mean over steps"),
    ].joined(separator: "\n")
  }

  static func specification(_ data: ReportData) -> Section {
    let body =
      data.yaml.map {
        """
        <details class="card"><summary>run.yaml, with every default filled in</summary>
        <div class="text" tabindex="0" role="region" aria-label="run.yaml" style="max-height:none">\
        <pre>\(Markup.escape($0))</pre></div></details>
        """
      } ?? "<p class=\"lead\">run.yaml is not there or cannot be read.</p>"
    return Section(id: "specification", title: "Specification", body: body)
  }
}
