import ArgumentParser
import Control
import Foundation
import Rewards
import Worlds

/// The policies that the commands know.
private let registry = PolicyRegistry.standard

struct CoopetitionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "coopetition",
    abstract: "Coopetition-Gym's games: policies, sweeps, audits, case studies, teams.",
    discussion: """
      laurel coopetition evaluate slcd --policy TitForTat --reward-mode private --episodes 10
      laurel coopetition sweep --worlds TR-2 --policies oracles heuristics --out results.csv
      laurel coopetition cases appstore

      docs/coopetition.md explains the games and what a reward mode is.
      """,
    subcommands: [
      CoopetitionPolicyList.self, CoopetitionEvaluate.self, CoopetitionSweep.self, CoopetitionCases.self,
      CoopetitionAudit.self, CoopetitionSurface.self, CoopetitionTeam.self,
    ])
}

struct CoopetitionPolicyList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policies", abstract: "The reference policies, a line each.")
  @Flag(help: "A JSON list with name, family and summary of each.") var json = false

  func run() throws {
    if json {
      let list = registry.kinds.map { kind in
        JSONValue.object(
          JSONObject([
            ("name", .string(kind.name)), ("family", .string(kind.family.rawValue)),
            ("summary", .string(kind.summary)),
          ]))
      }
      return print(JSONValue.array(list).jsonText)
    }
    let width = registry.kinds.map(\.name.count).max() ?? 0
    for kind in registry.kinds {
      print(
        kind.name.padding(toLength: width + 2, withPad: " ", startingAt: 0)
          + kind.family.rawValue.padding(toLength: 11, withPad: " ", startingAt: 0) + kind.summary)
    }
  }
}

/// A game, its parameters and its reward mode.
struct CoopetitionChoice: ParsableArguments {
  @Argument(help: "One of the twenty games: laurel world list.") var world: String
  @Option(help: "private, integrated or cooperative.") var rewardMode = RewardMode.integrated
  @Option(
    name: .customLong("set"), parsing: .upToNextOption,
    help: "Further parameters of the game, each NAME=VALUE (laurel world show).") var values: [String] = []

  func options() throws -> JSONObject { try told("--set ") { try JSONObject(settings: values) } }
}

extension RewardMode: ExpressibleByArgument {}

/// Library errors as a command shows them.
private func told<Value>(_ place: String = "", _ body: () throws -> Value) throws -> Value {
  do { return try body() } catch let error as ParameterError {
    throw ValidationError("\(place)\(error)")
  } catch let error as PolicyUnsuitable {
    throw ValidationError("\(error)")
  }
}

struct CoopetitionEvaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Play a policy; compare it with the game's oracle and its best constant.",
    discussion: "A learner is trained in the game and reward mode first.")
  @OptionGroup var choice: CoopetitionChoice
  @Option(help: "One of the names of laurel coopetition policies.") var policy: String
  @Option(help: "Episodes.") var episodes = 1
  @Option(help: "Of everything random.") var seed: UInt64 = 99
  @Option(help: "Environment steps that a learner trains for (the paper: 500000 or 1000000).")
  var trainingSteps = PolicyRegistry.trainingSteps
  @Flag(help: "One JSON object.") var json = false

  func validate() throws {
    if !(1...1_000_000).contains(episodes) {
      throw ValidationError("--episodes: \(episodes) is not between 1 and 1000000")
    }
    if seed > UInt64(Int.max) { throw ValidationError("--seed: \(seed) is above \(Int.max)") }
  }

  func run() throws {
    guard let kind = registry.kind(named: policy) else {
      throw ValidationError("\(registry.unknown(policy))")
    }
    let progress = Progress(total: 1, unit: nil)
    let report = try told {
      try EvaluationReport(
        kind, world: choice.world, options: try choice.options(), mode: choice.rewardMode, episodes: episodes,
        request: PolicyRequest(
          seed: seed, trainingSteps: trainingSteps, progress: { progress.reach($0, note: kind.name) }))
    }
    progress.finish()
    print(json ? report.json.jsonText : report.lines.joined(separator: "\n"))
  }
}

struct CoopetitionSweep: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Play worlds x policies x reward modes x seeds into a table with Croissant metadata.",
    discussion: """
      The table is CSV or JSONL by its name, and always whole: Ctrl-C ends the sweep, the same command goes on where \
      it was, and one with more worlds, policies or seeds adds to it. Policies that do not go with a game (an oracle \
      without its theory) have no row there. Beside results.csv lies results.csv.croissant.json.
      """)
  @Option(parsing: .upToNextOption, help: "Names, TR-1 to TR-4, or all.") var worlds = ["all"]
  @Option(
    parsing: .upToNextOption, help: "Names, oracles, heuristics, constants, learners, or all.")
  var policies = ["oracles", "heuristics", "constants"]
  @Option(parsing: .upToNextOption, help: "private, integrated, cooperative.")
  var rewardModes = RewardMode.allCases
  @Option(parsing: .upToNextOption, help: "Seeds; the paper's are 99 to 105.") var seeds: [UInt64] = [99]
  @Option(help: "Episodes of each cell.") var episodes = 1
  @Option(help: "Environment steps that learners train for (the paper: 500000 or 1000000).")
  var trainingSteps = PolicyRegistry.trainingSteps
  @Option(help: "Threads; default: the processors. The numbers do not depend on them.") var threads: Int?
  @Option(
    name: [.customLong("out"), .customShort("o")], help: "The table: a name that ends in .csv or .jsonl.")
  var out: String
  @Option(help: "Whom the metadata names.") var creator = "Laurel"
  @Option(help: "The address of the table's licence.")
  var license = "https://creativecommons.org/publicdomain/zero/1.0/"
  @Option(help: "Croissant's version: 1.0 or 1.1.") var croissant = CroissantMetadata.Version.v1_1

  func validate() throws {
    if episodes < 1 { throw ValidationError("--episodes: \(episodes) is below 1") }
    if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads is 1 to 1024") }
    if Set(seeds).count != seeds.count { throw ValidationError("--seeds: a seed comes twice") }
    if let seed = seeds.first(where: { $0 > UInt64(Int.max) }) {
      throw ValidationError("--seeds: \(seed) is above \(Int.max)")
    }
  }

  func run() throws {
    let sweep = try told {
      try BenchmarkSweep(
        worlds: worlds, policies: try registry.kinds(named: policies),
        modes: RewardMode.allCases.filter(rewardModes.contains),
        seeds: seeds, episodes: episodes, trainingSteps: trainingSteps,
        threads: threads ?? ProcessInfo.processInfo.activeProcessorCount)
    }
    var metadata = CroissantMetadata(creator: creator, license: license)
    metadata.version = croissant
    var table = try BenchmarkTable(path: out)
    let progress = Progress(total: Double(sweep.cells.count), unit: "cells")
    let summary = try interruptible(
      grace: nil,
      announce: { progress.line("stopping after the cells in play; Ctrl-C again ends it at once") },
      report: {
        progress.finish()
        say("interrupted: the same command goes on with \(out)")
      }
    ) { isCancelled in
      let summary = try told {
        try sweep.run(
          into: &table, metadata: metadata,
          progress: { done, _, cell in
            progress.reach(Double(done), note: "\(cell.policy), \(cell.world), \(cell.mode)")
          }, isCancelled: isCancelled)
      }
      // Inside, so that the exit code is the signal's.
      if summary.left > 0 { throw CancellationError() }
      return summary
    }
    progress.finish()
    print(
      "\(out): \(table.rows.count) rows; \(summary.played) played, \(summary.found) found, \(summary.unsuitable) that do not go together"
    )
    print("metadata: \(table.metadataPath)")
  }
}

extension CroissantMetadata.Version: ExpressibleByArgument {}

struct CoopetitionCases: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cases", abstract: "The reports' case studies and their rubrics, a line an indicator.")
  @Argument(help: "One of them; all without a name.") var name: String?
  @Flag(help: "A JSON list.") var json = false

  func run() throws {
    let all = try CaseReport.all()
    let chosen = all.filter { name == nil || $0.name == name }
    if let name, chosen.isEmpty {
      throw ValidationError(
        "there is no case \"\(name)\": \(all.map(\.name).joined(separator: ", "))")
    }
    if json { return print(JSONValue.array(chosen.map(\.json)).jsonText) }
    print(chosen.map { $0.lines.joined(separator: "\n") }.joined(separator: "\n\n"))
  }
}

struct CoopetitionAudit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Does it pay agent 0 to contribute less than the others, always or late?")
  @OptionGroup var choice: CoopetitionChoice
  @Flag(help: "One JSON object.") var json = false

  func run() throws {
    let report = try told {
      try AuditReport(world: choice.world, options: try choice.options(), mode: choice.rewardMode)
    }
    print(json ? report.json.jsonText : report.lines.joined(separator: "\n"))
  }
}

struct CoopetitionSurface: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "surface",
    abstract: "What the 101 constants earn, and where best responses over constants end.")
  @OptionGroup var choice: CoopetitionChoice
  @Flag(help: "One JSON object.") var json = false

  func run() throws {
    let report = try told {
      try SurfaceReport(world: choice.world, options: try choice.options(), mode: choice.rewardMode)
    }
    print(json ? report.json.jsonText : report.lines.joined(separator: "\n"))
  }
}

struct CoopetitionTeam: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "team",
    abstract: "How hard the members of a team work, given their loyalties (TR-3).",
    discussion: """
      Output omega x (total effort)^beta is shared equally, effort costs c a unit, and a member of loyalty theta \
      feels phi_b times the teammates' payoffs and is given phi_c of its own cost.
      """)
  @Option(parsing: .upToNextOption, help: "Each member's loyalty, from 0 to 1.") var loyalties: [Double]
  @Option(parsing: .upToNextOption, help: "How much the team depends on each member, for cohesion.")
  var weights: [Double] = []
  @Option(help: "Productivity.") var omega = 25.0
  @Option(help: "Returns to scale, between 0 and 1.") var beta = 0.7
  @Option(help: "What a unit of effort costs.") var c = 1.0
  @Option(name: .customLong("phi-b"), help: "How much teammates' payoffs count.") var benefit = 0.8
  @Option(name: .customLong("phi-c"), help: "Which part of the cost loyalty gives back.") var tolerance = 0.3
  @Option(help: "The most that a member can do.") var maximumEffort = 50.0
  @Flag(help: "Members feel the teammates' mean, as in the released code, instead of their sum.")
  var average = false
  @Flag(help: "One JSON object.") var json = false

  func run() throws {
    let team = TeamParameters(
      productivity: omega, returns: beta, cost: c, benefit: benefit, tolerance: tolerance,
      maximumEffort: maximumEffort, welfare: average ? .mean : .sum)
    do {
      let report = try TeamReport(team, loyalties: loyalties, weights: weights)
      print(json ? report.json.jsonText : report.lines.joined(separator: "\n"))
    } catch let error as TeamEquilibrium.Failure {
      throw ValidationError("\(error)")
    }
  }
}
