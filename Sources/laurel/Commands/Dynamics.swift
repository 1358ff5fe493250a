import ArgumentParser
import Foundation
import Learned
import Numeric
import Rewards
import Worlds

struct DynamicsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dynamics",
    abstract:
      "Learn from transitions what an environment does, and how likely a transition is to be its own (MOREC).",
    discussion: """
      Transitions are JSONL, one a line: {"observation": [...], "action": [...], "next_observation": [...]}. What \
      follows the end of an episode is no transition.
      """,
    subcommands: [DynamicsFit.self, DynamicsScore.self, DynamicsRollout.self])

  /// What can be wrong with files, said in one sentence.
  static func told<Value>(_ path: String, _ work: () throws -> Value) throws -> Value {
    do { return try work() } catch let error as JSONLError {
      throw ValidationFailure(error.message(file: path))
    } catch let error as TransitionDataError {
      throw ValidationFailure("\(error)")
    } catch let error as DynamicsDataError {
      throw ValidationFailure("\(path): \(error)")
    } catch let error as StateArchiveError {
      throw ValidationFailure("\(error)")
    }
  }
}

struct DynamicsFit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit", abstract: "Fit models, dynamics reward and a cloned policy to transitions.",
    discussion:
      "Transitions are JSONL, one a line: {\"observation\": [...], \"action\": [...], \"next_observation\": [...]}."
      + RewardsCommand.settings("--set", DynamicsModel.parameters))
  @Argument(help: "The transitions (JSONL).") var transitions: String
  @Option(help: "Where the model goes.") var out: String
  @Option(
    name: .customLong("set"), parsing: .upToNextOption,
    help: "Settings, each NAME=VALUE (listed above).")
  var values: [String] = []
  @Option(help: "Of everything random.") var seed: UInt64 = 1

  func run() throws {
    let settings: JSONObject
    do {
      settings = try JSONObject(settings: values)
      _ = try Parameters(settings, of: DynamicsModel.parameters)
    } catch { throw ValidationError("--set \(error)") }
    _ = try OutputFile(out, sparing: [transitions])
    let data = try DynamicsCommand.told(transitions) { try TransitionData(path: transitions) }
    say(
      "\(data.count) transitions, \(data.observationWidth) observation and \(data.actionWidth) action numbers"
    )
    let (model, warnings) = try interruptible(report: { say("interrupted: nothing was written") }) {
      isCancelled in
      try DynamicsCommand.told(transitions) {
        var progress: Progress?
        defer { progress?.finish() }
        return try DynamicsModel.fit(data, settings: settings, seed: seed) { step in
          if isCancelled() { throw CancellationError() }
          switch step {
          case .model(let number, let total, let epoch):
            progress = progress ?? Progress(total: Double(total), unit: "models")
            progress?.reach(Double(number), note: "epoch \(epoch + 1)")
          case .round(let number, let total):
            if number == 0 {
              progress?.finish()
              progress = Progress(total: Double(total), unit: "rounds")
            }
            progress?.reach(Double(number))
          }
        }
      }
    }
    for warning in warnings { say(warning) }
    do { try model.write(to: out) } catch {
      throw ValidationFailure("cannot write \(out): \(error.reason)")
    }
    let errors = model.ensemble.elites.map { JSONValue.number(model.ensemble.errors[$0]) }
    print(
      JSONValue.object(
        JSONObject([
          ("model", .string(out)), ("transitions", .integer(data.count)), ("elite_errors", .array(errors)),
          ("area_shuffled", .number(model.separation.shuffled)),
          ("area_learner", .number(model.separation.learner)),
          ("warnings", .array(warnings.map(JSONValue.string))),
        ])
      ).jsonText)
  }
}

struct DynamicsScore: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score",
    abstract: "Score transitions: how well each goes with the environment that the model knows.",
    discussion: """
      Prints a JSON line for each: dynamics_reward (-log(1 - p)), rank (the share of the fitted transitions with a \
      lower reward; near 0 is out of distribution), uncertainty (the ensemble's largest predicted deviation), disagreement (the deviation of its means) and \
      surprise (the distance from its mean prediction in standard deviations).
      """)
  @Argument(help: "The model of laurel dynamics fit.") var model: String
  @Argument(help: "The transitions (JSONL).") var transitions: String

  func run() throws {
    let known = try DynamicsCommand.told(model) { try DynamicsModel(path: model) }
    let scores = try DynamicsCommand.told(transitions) {
      try known.scores(try TransitionData(path: transitions))
    }
    for score in scores { print(JSONValue.object(score.json).jsonText) }
  }
}

struct DynamicsRollout: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollout",
    abstract: "Imagine rollouts, each step filtered by the dynamics reward; prints transitions (JSONL).",
    discussion: """
      Rollouts begin in observations of the transitions and act by the policy cloned from what the model was fitted to.
      """)
  @Argument(help: "The model of laurel dynamics fit.") var model: String
  @Option(help: "Transitions (JSONL) in whose observations rollouts begin.") var from: String
  @Option(help: "How many rollouts.") var count: Int = 16
  @Option(help: "Steps of a rollout at most.") var horizon: Int = 100
  @Option(help: "Which candidate is kept: softmax, best, consensus (nearest to the elites' mean) or random.")
  var keep: String = "softmax"
  @Option(help: "Of softmax.") var temperature: Double = 0.1
  @Option(
    name: .customLong("stop-below"), help: "A rollout ends where the kept reward is lower; none: never.")
  var stopBelow: String = "0.6"
  @Option(help: "Candidates of each elite.") var samples: Int = 2
  @Option(help: "Of everything random.") var seed: UInt64 = 1

  func validate() throws {
    guard (1...1_000_000).contains(count), (1...1_000_000).contains(horizon), (1...1_000).contains(samples)
    else {
      throw ValidationError("--count and --horizon are 1 to 1000000, --samples 1 to 1000")
    }
    guard temperature > 0, temperature.isFinite else { throw ValidationError("--temperature is above 0") }
    _ = try filter()
  }

  private func filter() throws -> TransitionFilter {
    let selection: TransitionFilter.Selection
    switch keep {
    case "softmax": selection = .softmax(temperature: temperature)
    case "best": selection = .best
    case "consensus": selection = .consensus
    case "random": selection = .random
    default: throw ValidationError("--keep is softmax, best, consensus or random, not \"\(keep)\"")
    }
    if stopBelow == "none" { return TransitionFilter(selection, stopsBelow: nil) }
    guard let threshold = Double(stopBelow), threshold.isFinite else {
      throw ValidationError("--stop-below is a number or none, not \"\(stopBelow)\"")
    }
    return TransitionFilter(selection, stopsBelow: threshold)
  }

  func run() throws {
    let known = try DynamicsCommand.told(model) { try DynamicsModel(path: model) }
    let data = try DynamicsCommand.told(from) { () throws -> TransitionData in
      let data = try TransitionData(path: from)
      try known.check(data)
      return data
    }
    var random = PCG64(seed: seed)
    var starts: [Float] = []
    for _ in 0..<count {
      let row = random.integer(below: data.count)
      starts += data.observations[row * data.observationWidth..<(row + 1) * data.observationWidth]
    }
    let imagined = known.rollOut(
      from: starts, horizon: horizon, filter: try filter(), samples: samples, seed: seed)
    for one in imagined { print(JSONValue.object(one.json).jsonText) }
    say("\(imagined.count) transitions in \(count) rollouts of at most \(horizon) steps")
  }
}
