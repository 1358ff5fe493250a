import ArgumentParser
import Foundation
import Rewards
import Verifiers

struct CreditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "credit",
    abstract: "Divide each response's score among its tokens, spans or sentences (SCAR: Shapley values).",
    discussion: """
      A part is worth what the reward gains when it is there, averaged over the other parts being there or not; a \
      part that is not there is blanked (--blank space) or deleted. Credits sum to score - blank, rewards (for a \
      trainer that takes one per unit) to the score. Above 12 parts, credits are sampled and have standard errors.
      Exit code 0 when every line was credited, 1 when some were left out, 130 after Ctrl-C.
      """)
  @Argument(help: "The specification (YAML), or a run file that holds one.") var rewards: String
  @Option(help: "JSONL with completion, and prompt, reference where rewards want them; - for input.")
  var data: String
  @Option(help: "The parts: \(Self.list(TextUnit.allCases.map(\.rawValue))).") var units = "span"
  @Option(
    help:
      "\(Self.list(CreditMethod.allCases.map(\.rawValue))). owen: sentences join as wholes, their parts inside them (lines, for sentences)."
  )
  var method = "shapley"
  @Option(help: "What takes the place of a part: \(Self.list(TextBlank.allCases.map(\.rawValue))).")
  var blank = "space"
  @Option(help: "Random orders, where credits are sampled.") var orders = 200
  @Option(help: "The share of the rewards that goes by credit; the rest comes at the end.") var alpha = 1.0
  @Option(help: "Of the random orders.") var seed: UInt64 = 1
  @Option(help: "Where the lines go; default: the standard output.") var out: String?
  @Option(help: "The column with the completion.") var completion: String?
  @Option(help: "The column with the prompt.") var prompt: String?
  @Option(help: "The column with the reference answer.") var reference: String?

  private static func list(_ names: [String]) -> String { names.joined(separator: ", ") }

  func validate() throws {
    try Self.check(units, in: TextUnit.allCases.map(\.rawValue), of: "--units")
    try Self.check(method, in: CreditMethod.allCases.map(\.rawValue), of: "--method")
    try Self.check(blank, in: TextBlank.allCases.map(\.rawValue), of: "--blank")
    guard (2...1_000_000).contains(orders) else { throw ValidationError("--orders is 2 to 1000000") }
    guard (0...1).contains(alpha) else { throw ValidationError("--alpha is 0 to 1") }
  }

  private static func check(_ value: String, in names: [String], of option: String) throws {
    if names.contains(value) { return }
    let near = nearestName(to: value, in: names).map { "; did you mean \($0)?" } ?? ""
    throw ValidationError("\(option) is one of \(list(names)), not '\(value)'\(near)")
  }

  func run() async throws {
    let specification = try RewardSpecification(
      contentsOf: rewards, registry: .laurel, ignoring: RunFile.keys)
    let assigner: CreditAssigner
    do {
      assigner = try CreditAssigner(
        specification, unit: TextUnit(rawValue: units) ?? .span, blank: TextBlank(rawValue: blank) ?? .space,
        method: CreditMethod(rawValue: method) ?? .shapley, orders: orders)
    } catch { throw ValidationFailure("\(rewards): \(error)") }
    var stream = CreditStream(assigner, alpha: alpha, seed: seed)
    if let completion { stream.mapping.completion = [completion] }
    if let prompt { stream.mapping.prompt = [prompt] }
    if let reference { stream.mapping.reference = [reference] }
    let file = try out.map { try OutputFile($0, sparing: [data, rewards]) }
    let output = try file?.open() ?? .standardOutput
    let progress = Progress(total: nil, unit: "responses")
    let (path, crediting) = (data, stream)
    let counts: CreditStream.Counts
    do {
      counts = try await interruptible(
        report: {
          progress.finish()
          if let kept = file?.abandon() { say("what was credited is in \(kept)") }
        }
      ) {
        try await crediting.run(
          path: path, output: output,
          rejected: { progress.line("\($0.message(file: path)); the line is left out") },
          dropped: { progress.line("\(path), line \($0): \($1); the line is left out") },
          scored: { counts, texts, count in
            progress.reach(
              Double(counts.credited), note: "\(texts) of \(count) texts of the next responses scored")
          },
          written: { counts, _ in progress.reach(Double(counts.credited)) })
      }
    } catch {
      progress.finish()
      if let kept = file?.abandon() { say("what was credited is in \(kept)") }
      throw error
    }
    progress.finish()
    for (warning, times) in counts.warnings.sorted(by: { $0.key < $1.key }) {
      say("warning, on \(times) of \(counts.credited) responses: \(warning)")
    }
    say("\(counts.credited) credited, \(counts.rejected + counts.dropped) left out")
    if counts.credited + counts.rejected + counts.dropped == 0 {
      _ = file?.abandon()
      throw ValidationFailure(
        "\(data): the data set is empty; write one JSON object per line, with a completion")
    }
    try file?.finish()
    if counts.rejected + counts.dropped > 0 { throw ExitCode.failure }
  }
}
