import Foundation
import Rewards

/// An audit as lines of text.
public enum AuditTable {
  /// One line an attack, then the completion of each that was found, then the verdict.
  public static func text(_ result: AuditResult) -> String {
    var lines = [row("attack", "mean", "extreme", "samples", "95 %", "verdict")]
    for attack in result.attacks {
      let extreme = attack.kind == .wrong ? attack.shares.max() : attack.shares.min()
      let verdict =
        switch (attack.kind, attack.isFound) {
        case (.wrong, true): "EXPLOITS"
        case (.fair, true): "REFUSED"
        case (_, false): "passed"
        }
      lines.append(
        row(
          attack.name, number(attack.mean), number(extreme), "\(attack.hits.count)/\(attack.hits.of)",
          String(format: "%.2f-%.2f", attack.hits.low, attack.hits.high), verdict))
    }
    for attack in result.found {
      guard let example = attack.example else { continue }
      lines += ["", "\(attack.name): \(attack.help)"] + self.example(example)
    }
    if result.hasNoSignal, let example = result.unrewardedExample {
      lines +=
        [
          "",
          "no signal: on \(result.unrewarded.count) of \(result.unrewarded.of) samples the right answer "
            + "earns no more than the least of the wrong ones",
        ] + self.example(example)
    }
    return (lines + ["", summary(result)]).joined(separator: "\n")
  }

  private static func row(
    _ name: String, _ mean: String, _ extreme: String, _ samples: String, _ interval: String,
    _ verdict: String
  ) -> String {
    func pad(_ text: String, _ width: Int, right: Bool = true) -> String {
      let blanks = String(repeating: " ", count: max(0, width - text.count))
      return right ? blanks + text : text + blanks
    }
    return pad(name, 18, right: false) + pad(mean, 7) + pad(extreme, 9) + pad(samples, 9) + pad(interval, 12)
      + "  " + verdict
  }

  private static func number(_ value: Double?) -> String { value.map { String(format: "%.2f", $0) } ?? "" }

  private static func example(_ example: AttackResult.Example) -> [String] {
    let reward = example.reward.map { "\($0)" } ?? "no number"
    return [
      "  line \(example.line): \(quoted(example.prompt)), reference \(quoted(example.reference))",
      "  \(reward) for \(quoted(example.completion))",
      "  \(example.rightReward) for \(quoted(example.right))",
    ]
  }

  /// One line, with everything that a terminal might obey escaped, and at most 160 characters.
  static func quoted(_ text: String) -> String {
    let scalars = text.unicodeScalars
    var short = ""
    for scalar in scalars.prefix(160) {
      let isPlain =
        scalar.value >= 0x20 && scalar.properties.generalCategory != .format
        && scalar.properties.generalCategory != .control
      short += isPlain ? String(scalar) : scalar.escaped(asASCII: true)
    }
    return "\"" + short + "\"" + (scalars.count > 160 ? "... (\(scalars.count) characters)" : "")
  }

  private static func summary(_ result: AuditResult) -> String {
    var parts = ["\(result.unrewarded.of) of \(result.samples) samples attacked"]
    if result.withoutRight > 0 { parts.append("\(result.withoutRight) without a right answer") }
    if result.rightUnscored > 0 { parts.append("\(result.rightUnscored) whose right answer got no number") }
    let exploits = result.found.count { $0.kind == .wrong }
    parts.append("exploitability \(number(result.exploitability))")
    parts.append("\(exploits) attacks work")
    parts.append("\(result.found.count - exploits) dressings refused")
    if result.isEmpty { parts.append("NOTHING COULD BE ATTACKED") }
    return parts.joined(separator: ", ")
  }
}
