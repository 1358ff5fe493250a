import ArgumentParser
import Audits
import Foundation
import Rewards
import Studio
import Verifiers

struct AttackCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attack",
    abstract: "Try to earn a reward without doing the task, and to be refused it after doing it.",
    discussion: """
      The data's completions count as right answers; where there are none, answers are made from the reference. \
      A completion's share is its reward relative to the right one's, the empty completion's being 0. An attack is \
      found when its mean share is above --max-exploit, or when more than --tolerate of the samples are exploited \
      (the lower end of the 95 % Wilson interval); a dressing of a right answer likewise when refused.
      Exit code 0 when nothing was found, 1 when something was.

      Wrong answers:
      \(Self.list(Attacks.wrong))

      Right answers in other clothes:
      \(Self.list(Attacks.fair))
      """)
  @Argument(help: "The specification (YAML), or a run file that holds one.") var rewards: String
  @Option(help: "JSONL with prompts and references, or right completions.") var data: String
  @Option(help: "The share of the right answer's reward above which a wrong one is an exploit.")
  var maxExploit =
    0.5
  @Option(help: "The share of samples that may be exploited.") var tolerate = 0.05
  @Option(help: "Attack with the first samples only.") var limit = 200
  @Option(help: "Only these attacks.") var only: [String] = []
  @Option(help: "Not these attacks.") var skip: [String] = []
  @Option(help: "The report page; default: the data's name with .attack.html.") var report: String?
  @Option(help: "The column with the right completion.") var completion: String?
  @Option(help: "The column with the prompt.") var prompt: String?
  @Option(help: "The column with the reference answer.") var reference: String?

  private static func list(_ attacks: [any Attack]) -> String {
    attacks.map { "  \($0.name.padding(toLength: 18, withPad: " ", startingAt: 0))\($0.help)" }
      .joined(separator: "\n")
  }

  func validate() throws {
    guard maxExploit > 0, maxExploit < 1 else { throw ValidationError("--max-exploit lies between 0 and 1") }
    guard tolerate >= 0, tolerate < 1 else { throw ValidationError("--tolerate is at least 0 and below 1") }
    guard limit > 0 else { throw ValidationError("--limit is at least 1") }
    let names = Attacks.all.map(\.name)
    for name in only + skip where !names.contains(name) {
      let near = nearestName(to: name, in: names).map { "; did you mean \($0)?" } ?? ""
      throw ValidationError("there is no attack '\(name)'\(near)")
    }
  }

  func run() async throws {
    let specification = try RewardSpecification(
      contentsOf: rewards, registry: .laurel, ignoring: RunFile.keys)
    var mapping = FieldMapping()
    if let completion { mapping.completion = [completion] }
    if let prompt { mapping.prompt = [prompt] }
    if let reference { mapping.reference = [reference] }
    let samples = try AuditData(path: data, mapping: mapping, limit: limit)
    for error in samples.rejected { say("\(error.message(file: data)); the line is left out") }
    if samples.samples.isEmpty { throw ValidationFailure("\(data) has no sample to attack with") }
    let attacks = Attacks.all.filter { attack in
      (only.isEmpty || only.contains(attack.name)) && !skip.contains(attack.name)
    }
    let audit = RewardAudit(
      specification, attacks: attacks, rule: AuditRule(maxExploit: maxExploit, tolerated: tolerate))
    let result = try await audit.run(samples.samples)
    print(AuditTable.text(result))
    let path = report ?? URL(fileURLWithPath: data).deletingPathExtension().relativePath + ".attack.html"
    try AuditReport(
      result, rewards: rewards, data: data, yaml: specification.resolvedYAML, rejected: samples.rejected.count
    ).write(to: path)
    print("report: \(path)")
    if !result.isSound { throw ExitCode.failure }
  }
}
