import ArgumentParser
import Foundation
import Learned
import Rewards
import Worlds

struct WorldCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "world",
    abstract: "Environments: list, show, trace, or open them to other programs.",
    subcommands: [
      WorldList.self, WorldShow.self, WorldTraceCommand.self, WorldPipe.self, WorldServe.self,
      WorldBench.self, WorldGraph.self,
    ])
}

struct WorldList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Every world that a name can call up.")
  @Flag(help: "A JSON list with name, family, summary and parameters of each.") var json = false

  func run() throws {
    let kinds = WorldRegistry.complete.kinds
    if json { return print(JSONValue.array(kinds.map { .object($0.json) }).jsonText) }
    let width = kinds.map(\.name.count).max() ?? 0
    var families: [String] = []
    for kind in kinds where !families.contains(kind.family) { families.append(kind.family) }
    for (place, family) in families.enumerated() {
      print((place == 0 ? "" : "\n") + family)
      for kind in kinds where kind.family == family {
        print("  " + kind.name.padding(toLength: width + 2, withPad: " ", startingAt: 0) + kind.summary)
      }
    }
  }
}

struct WorldShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "A world's spaces, agents, steps and parameters.")
  @OptionGroup var choice: WorldChoice
  @Flag(help: "One JSON object.") var json = false

  func run() throws {
    let kind = try choice.kind()
    let given = try choice.parameters()
    let missing = kind.parameters.filter { $0.default == nil && given[$0.name] == nil }.map(\.name)
    if !missing.isEmpty {
      if json { return print(JSONValue.object(kind.json).jsonText) }
      print("\(kind.name): \(kind.summary)")
      print("family        \(kind.family)")
      print("its spaces depend on \(missing.joined(separator: " and ")): give them with --set to see them")
      return printParameters(of: kind)
    }
    let world = try choice.world()
    if json { return print(JSONValue.object(try kind.json(given)).jsonText) }
    print("\(kind.name): \(kind.summary)")
    print("family        \(kind.family)")
    print("agents        \(world.agents)")
    print("steps         \(world.maximumSteps.map { "at most \($0)" } ?? "until the rules end it")")
    for (agents, observation, action) in Self.spaces(of: world) {
      let name =
        world.agents == 1
        ? ""
        : agents.count == 1
          ? " (agent \(agents.lowerBound))" : " (each of agents \(agents.lowerBound) to \(agents.upperBound))"
      print("observation   \(Self.text(observation))\(name)")
      print("action        \(Self.text(action))\(name)")
    }
    printParameters(of: kind)
  }

  private func printParameters(of kind: WorldKind) {
    if kind.parameters.isEmpty { return print("no parameters") }
    print("parameters, for --set NAME=VALUE:")
    for parameter in kind.parameters {
      let value = parameter.default.map { $0 == .null ? "none" : $0.jsonText } ?? "required"
      print("  \(parameter.name) (\(value)): \(parameter.expectation). \(parameter.help)")
    }
  }

  /// The spaces, agents with the same ones together.
  private static func spaces(of world: any World) -> [(ClosedRange<Int>, Space, Space)] {
    var groups: [(agents: ClosedRange<Int>, observation: Space, action: Space)] = []
    for agent in 0..<world.agents {
      let (observation, action) = (world.observationSpace(of: agent), world.actionSpace(of: agent))
      if let last = groups.last, last.observation == observation, last.action == action {
        groups[groups.count - 1].agents = last.agents.lowerBound...agent
      } else {
        groups.append((agent...agent, observation, action))
      }
    }
    return groups
  }

  private static func text(_ space: Space) -> String {
    switch space {
    case .discrete(let count): return "one of \(count) choices"
    case .box(let low, let high):
      let ends = zip(low, high).map { "\($0) to \($1)" }
      if Set(ends).count == 1 { return "\(low.count) x (\(ends[0]))" }
      return ends.count <= 12 ? ends.joined(separator: ", ") : "\(ends.count) numbers"
    }
  }
}

struct WorldPipe: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pipe",
    abstract: "Run a world behind lines of JSON, for a program that starts this one.",
    discussion: """
      The first line describes the world. Then each line of the input, {"reset": {"seed": 7}} or {"step": [ACTION, \
      ...]} with an action for each agent, gets one line; what is refused gets {"error": "..."} and changes nothing. \
      The end of the input ends it. clients/python makes a gymnasium.Env or a PettingZoo ParallelEnv of it.
      """)
  @OptionGroup var choice: WorldChoice

  func run() throws {
    _ = signal(SIGPIPE, SIG_IGN)
    let kind = try choice.kind()
    let given = try choice.parameters()
    do { try EnvironmentPipe(kind, given).run() } catch {
      throw ValidationError("\(kind.name): \(error)")
    }
  }
}

struct WorldServe: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serve a world over HTTP and WebSocket by the OpenEnv protocol.",
    discussion:
      "The options are those of laurel-serve world: laurel world serve --help, once make service has built it."
  )
  @Argument(
    parsing: .captureForPassthrough, help: "The world, and the options of laurel-serve world.")
  var arguments: [String] = []

  func run() throws { try Serve.handOver(["world"] + arguments) }
}

/// The world and its parameters, as every `laurel world` command takes them.
struct WorldChoice: ParsableArguments {
  @Argument(help: "One of the names of laurel world list.") var name: String
  @Option(
    name: .customLong("set"), parsing: .upToNextOption,
    help: "Parameters, each NAME=VALUE; the value is JSON, or text when it is none.") var values: [String] =
      []

  /// - Throws: `ValidationError` with the nearest name.
  func kind() throws -> WorldKind {
    let registry = WorldRegistry.complete
    if let kind = registry.kind(named: name) { return kind }
    let nearest =
      nearestName(to: name, in: registry.kinds.map(\.name)).map { "did you mean \($0)? " } ?? ""
    throw ValidationError(
      "there is no world \"\(name)\"; \(nearest)laurel world list shows all of them")
  }

  /// What --set says.
  func parameters() throws -> JSONObject {
    do { return try JSONObject(settings: values) } catch { throw ValidationError("--set \(error)") }
  }

  func world() throws -> any World { try world(parameters()) }

  /// - Throws: `ValidationError` with what was expected.
  func world(_ parameters: JSONObject) throws -> any World {
    let kind = try kind()
    do { return try kind.world(parameters) } catch {
      throw ValidationError(
        "\(kind.name): \(error); laurel world show \(kind.name) lists its parameters")
    }
  }
}
