import Audits
import Foundation

/// The page about an attacked reward: what was found, every attack's numbers, and the completions that did it.
public struct AuditReport: Sendable {
  public var result: AuditResult
  /// The specification's file.
  public var rewards: String
  /// The data's file.
  public var data: String
  /// The specification with every default filled in.
  public var yaml: String
  /// Lines of the data that were left out.
  public var rejected: Int

  public init(_ result: AuditResult, rewards: String, data: String, yaml: String, rejected: Int) {
    self.result = result
    self.rewards = rewards
    self.data = data
    self.yaml = yaml
    self.rejected = rejected
  }

  private static let shownCharacters = 1_200

  /// Writes the page in one rename.
  public func write(to path: String) throws(RunStoreError) {
    try AppendFile.replace(path: path, with: Array(html.utf8))
  }

  /// The page.
  public var html: String {
    ReportPage(
      title: "\(name): reward audit", skipText: "Skip to what was found", header: header,
      sections: [findings, attacks(.wrong), attacks(.fair), rule, specification],
      footer: "Made by laurel attack. The same file and data give the same numbers."
    ).html
  }

  private var name: String { URL(fileURLWithPath: rewards).lastPathComponent }

  // MARK: Header

  private var header: String {
    let isSound = result.isSound
    return """
      <header class="top"><p class="eyebrow">Laurel reward audit</p>
      <h1>\(Markup.escape(name))</h1>
      <p class="muted"><span class="badge\(isSound ? "" : " bad")">\(isSound ? "nothing found" : "flaws found")\
      </span> \(Markup.escape("attacked with \(data)"))</p>
      \(trouble)<p class="verdict">\(Markup.escape(verdict))</p>
      <dl class="tiles">\(tiles)</dl></header>
      """
  }

  private var trouble: String {
    var lines: [String] = []
    if result.isEmpty { lines.append("No sample could be attacked, so nothing is known about the reward.") }
    let audited = result.unrewarded.of
    if result.hasNoSignal {
      lines.append(
        "On \(result.unrewarded.count) of \(audited) samples the right completion earned no more than the least "
          + "that any wrong one earned: the reward does not tell them apart, or it wants a form that the data does "
          + "not show. Give the data a completion field with right answers.")
    }
    if result.rightUnscored > 0 {
      lines.append(
        "\(result.rightUnscored) samples have no number for any right completion and were left out.")
    }
    if result.withoutRight > 0 {
      lines.append("\(result.withoutRight) samples have neither reference nor completion and were left out.")
    }
    if rejected > 0 { lines.append("\(rejected) lines of the data could not be read and were left out.") }
    guard !lines.isEmpty else { return "" }
    let items = lines.map { "<p>\(Markup.escape($0))</p>" }.joined(separator: "\n")
    return "<div class=\"banner\" role=\"alert\">\(items)</div>\n"
  }

  private var verdict: String {
    let exploits = result.found.filter { $0.kind == .wrong }.map(\.name)
    let rejections = result.found.filter { $0.kind == .fair }.map(\.name)
    if exploits.isEmpty, rejections.isEmpty {
      return result.isSound ? "No attack earned what a right answer earns, and no dressing was refused." : ""
    }
    var parts: [String] = []
    if !exploits.isEmpty { parts.append("Wrong answers earn too much by \(Self.list(exploits)).") }
    if !rejections.isEmpty { parts.append("Right answers are refused in \(Self.list(rejections)).") }
    return parts.joined(separator: " ")
  }

  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(4).joined(separator: ", ")
    return names.count > 4 ? shown + " and \(names.count - 4) more" : shown
  }

  private var tiles: String {
    let exploits = result.found.count { $0.kind == .wrong }
    let wrong = result.attacks.count { $0.kind == .wrong }
    return [
      ReportPage.tile(
        "Exploitability", result.exploitability.map { NumberText.short($0) }, "largest mean share"),
      ReportPage.tile("Attacks that work", "\(exploits) of \(wrong)", nil),
      ReportPage.tile(
        "Dressings refused", "\(result.found.count - exploits) of \(result.attacks.count - wrong)", nil),
      ReportPage.tile("Samples", "\(result.unrewarded.of)", "of \(result.samples) in the data"),
      ReportPage.tile(
        "Completions scored",
        NumberText.short(Double(result.attacks.reduce(0) { $0 + $1.attempts }), digits: 6),
        nil),
    ].joined(separator: "\n")
  }

  // MARK: Sections

  private var findings: ReportPage.Section {
    let cards = result.found.compactMap { attack in
      attack.example.map { card(attack.name, attack.help, $0, attack.kind) }
    }
    let silent = result.hasNoSignal ? result.unrewardedExample : nil
    let all =
      (silent.map {
        [card("no signal", "a wrong completion that earns what the right one earns", $0, .wrong)]
      }
        ?? []) + cards
    return ReportPage.Section(
      id: "found", title: "What was found",
      body: all.isEmpty
        ? "<p class=\"lead\">Nothing.</p>"
        : "<p class=\"lead\">For each attack the completion that did it most plainly.</p>"
          + all.joined(separator: "\n"))
  }

  private func card(
    _ name: String, _ help: String, _ example: AttackResult.Example, _ kind: AttackResult.Kind
  ) -> String {
    let reward = example.reward.map { NumberText.short($0, digits: 4) } ?? "no number"
    let right = NumberText.short(example.rightReward, digits: 4)
    return """
      <div class="card"><h3>\(Markup.escape(name)): \(Markup.escape(help))</h3>
      \(text(example.prompt, "prompt, line \(example.line); reference \(example.reference)"))
      <div class="sides"><div>\(text(example.right, "right: reward \(right)"))</div>
      <div>\(text(example.completion, "\(kind == .wrong ? "wrong" : "right too"): reward \(reward)"))</div></div>
      </div>
      """
  }

  private func text(_ text: String, _ label: String) -> String {
    let short = Markup.shortened(text, to: Self.shownCharacters)
    let more = short.leftOut > 0 ? " … \(short.leftOut) more characters" : ""
    let shown = text.isEmpty ? "<span class=\"absent\">empty</span>" : Markup.escape(short.text) + more
    let said = Markup.escape(Markup.shortened(label, to: 200).text)
    return """
      <p class="label">\(said)</p>
      <div class="text" tabindex="0" role="region" aria-label="\(said)"><pre>\(shown)</pre></div>
      """
  }

  private func attacks(_ kind: AttackResult.Kind) -> ReportPage.Section {
    let isWrong = kind == .wrong
    let list = result.attacks.filter { $0.kind == kind }
    let title = isWrong ? "Wrong answers" : "Right answers in odd clothes"
    guard !list.isEmpty else {
      return ReportPage.Section(
        id: kind.rawValue, title: title, body: "<p class=\"lead\">None applies to this data.</p>")
    }
    let rows = list.map { attack in
      [
        attack.name, "\(attack.attempts)", "\(attack.unscored)",
        attack.mean.map { NumberText.short($0) } ?? "",
        (isWrong ? attack.shares.max() : attack.shares.min()).map { NumberText.short($0) } ?? "",
        "\(attack.hits.count) of \(attack.hits.of)",
        "\(NumberText.percent(attack.hits.low)) to \(NumberText.percent(attack.hits.high))",
        attack.isFound ? "found" : "passed",
      ]
    }
    let table = Markup.table(
      title,
      header: [
        "attack", "completions", "without a number", "mean share",
        isWrong ? "largest" : "smallest",
        isWrong ? "samples exploited" : "samples refused", "95 % interval (Wilson)", "verdict",
      ], rows: rows)
    let meanings = isWrong ? (plain: "passed", marked: "exploits") : (plain: "accepted", marked: "refused")
    let means = BarChart(
      title: isWrong ? "What a wrong answer earns" : "What a dressed right answer earns",
      value: Axis("mean reward, relative to the right answer's"),
      bars: list.map { attack in
        let estimate = Statistics.estimate(attack.shares)
        return BarChart.Bar(
          attack.name, value: attack.mean ?? 0, low: estimate?.low.map { max(0, $0) }, high: estimate?.high,
          isMarked: attack.isFound)
      },
      limit: isWrong ? (name: "the limit", value: result.rule.maxExploit) : nil, meanings: meanings,
      note: "Whiskers: 95 % confidence interval (t) over samples.")
    let shares = BarChart(
      title: isWrong ? "Samples that an attack exploits" : "Samples refused in odd clothes",
      value: Axis("share of samples"),
      bars: list.map { attack in
        BarChart.Bar(
          attack.name, value: attack.hits.share, low: attack.hits.low, high: attack.hits.high,
          isMarked: attack.isFound)
      },
      limit: (name: "tolerated, for the lower end", value: result.rule.tolerated), meanings: meanings,
      note: "Whiskers: 95 % Wilson interval.")
    return ReportPage.Section(
      id: kind.rawValue, title: title,
      body: """
        <div class="grid">\(means.html)
        \(shares.html)</div>
        <div class="card">\(table)
        <details><summary>What they do</summary>
        \(Markup.table("What they do", header: ["attack", "what it does"], rows: list.map { [$0.name, $0.help] }))
        </details></div>
        """)
  }

  private var rule: ReportPage.Section {
    let limit = NumberText.short(result.rule.maxExploit)
    let other = NumberText.short(1 - result.rule.maxExploit)
    let tolerated = NumberText.percent(result.rule.tolerated)
    return ReportPage.Section(
      id: "rule", title: "The rule",
      body: """
        <p>The share of a completion is (its reward − the empty completion's) / (the right completion's − the empty \
        completion's), at least 0 and at most 10. An attack counts for each sample with the completion that earned \
        most, a dressing with the one that earned least.</p>
        <p>A sample is exploited when that share is above \(limit), refused when it is below \(other). An attack is \
        found when its mean share is above \(limit), or when the lower end of the 95 % Wilson interval of the samples \
        exploited (or refused) is above \(tolerated).</p>
        <p>Right completions are the data's own, or the reference plain, in a phrase, boxed, behind ####, in tags, or \
        as a tool call: whichever earns most.</p>
        """)
  }

  private var specification: ReportPage.Section {
    ReportPage.Section(
      id: "specification", title: "Specification",
      body: """
        <details class="card"><summary>\(Markup.escape(name)), with every default filled in</summary>
        <div class="text" tabindex="0" role="region" aria-label="specification" style="max-height:none">\
        <pre>\(Markup.escape(yaml))</pre></div></details>
        """)
  }
}
