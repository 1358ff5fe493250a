import ArgumentParser
import Foundation
import Rewards
import Worlds

struct WorldTraceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace", abstract: "What a world does under a fixed policy, step by step.",
    discussion: """
      Every agent takes low + f (high - low) of its action space, of n choices number min(n - 1, floor(f n)), at step \
      t from 0: constant-F: f = F/100; alternate: f = 0.9 where floor(t/5) + agent is even, else 0.1; ramp: f = \
      min(1, t/40); one-defects: f = 0.7, but 0.05 for agent 0 from t = 8. random draws from the seed. A path to a \
      JSON file gives the actions themselves, one list a step, agent after agent.

      --json prints one object: environment, parameters, agents, low, high, policy, seed, initial_observation and \
      steps, each with reward (one for each agent), mean_trust (of worlds that know trust), observation, terminated, \
      truncated, end.
      """)
  @OptionGroup var choice: WorldChoice
  @Option(help: "constant-F, alternate, ramp, one-defects, random, or a JSON file.") var policy: String
  @Option(help: "Sets the parameter reward_mode.") var rewardMode: String?
  @Option(help: "Of the world, and of random actions.") var seed: UInt64 = 0
  @Option(help: "At most; the episode's end ends the trace.") var steps = 100
  @Flag(help: "One JSON object.") var json = false
  @Flag(help: "One JSON object a step.") var jsonl = false

  func validate() throws {
    if !(1...1_000_000).contains(steps) {
      throw ValidationError("--steps: \(steps) is not between 1 and 1000000")
    }
    if seed > UInt64(Int.max) { throw ValidationError("--seed: \(seed) is above \(Int.max)") }
    if json && jsonl { throw ValidationError("choose one of --json and --jsonl") }
  }

  func run() throws {
    let kind = try choice.kind()
    var parameters = try choice.parameters()
    if let rewardMode { parameters["reward_mode"] = .string(rewardMode) }
    let world = try choice.world(parameters)
    let trace: WorldTrace
    do {
      trace = try WorldTrace.run(world: world, policy: TracePolicy(policy), seed: seed, steps: steps)
    } catch {
      throw ValidationError("\(kind.name): \(error)")
    }
    if json {
      guard case .object(let body) = trace.json else { return }
      var object = JSONObject([("environment", .string(kind.name)), ("parameters", .object(parameters))])
      if let rewardMode { object["reward_mode"] = .string(rewardMode) }
      for (key, value) in zip(body.keys, body.values) { object[key] = value }
      print(JSONValue.object(object).jsonText)
    } else if jsonl {
      for row in trace.rows { print(row.jsonText) }
    } else {
      Self.table(trace)
    }
  }

  private static func table(_ trace: WorldTrace) {
    let hasTrust = trace.steps.contains { $0.meanTrust != nil }
    print(row("step", "actions", "rewards", hasTrust ? "trust" : "", "end"))
    for (index, step) in trace.steps.enumerated() {
      print(
        row(
          "\(index)", text(step.action.map(Double.init)), text(step.reward),
          step.meanTrust.map { number($0) } ?? "",
          step.terminated ? "terminated" : step.truncated ? "truncated" : ""))
    }
    let sums = (0..<trace.agents).map { agent in trace.steps.reduce(0) { $0 + $1.reward[agent] } }
    print("\(trace.steps.count) steps; sums of rewards: \(text(sums))")
  }

  private static func row(_ step: String, _ columns: String...) -> String {
    let widths = [38, 38, 9, 10]
    let cells = zip(columns, widths).map {
      $0.padding(toLength: max($1, $0.count), withPad: " ", startingAt: 0)
    }
    let line =
      String(repeating: " ", count: max(0, 5 - step.count)) + step + "  " + cells.joined(separator: " ")
    return String(line.reversed().drop { $0 == " " }.reversed())
  }

  /// The first four numbers, and how many there are.
  private static func text(_ numbers: [Double]) -> String {
    let shown = numbers.prefix(4).map(number).joined(separator: " ")
    return numbers.count > 4 ? "\(shown) ... (\(numbers.count))" : shown
  }

  private static func number(_ value: Double) -> String { String(format: "%.5g", value) }
}
