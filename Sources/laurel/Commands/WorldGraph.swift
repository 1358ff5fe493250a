import ArgumentParser
import Learned
import Rewards
import Worlds

struct WorldGraph: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "graph",
    abstract: "The graph of states that a random walk visits, and the low eigenvalues of its Laplacian.",
    discussion: """
      A narrow passage shows as a small second eigenvalue. With --against, the same walk in another world and the \
      distance of both spectra: near spectra are a hint that what was learned in one goes for the other.
      """)
  @OptionGroup var choice: WorldChoice
  @Option(help: "A world to compare with, with its own defaults.") var against: String?
  @Option(help: "Steps of the walk.") var steps = 40_000
  @Option(help: "A state farther than this from every node becomes one, in the observation's units.")
  var epsD = 0.1
  @Option(help: "Most nodes.") var nodes = 250
  @Option(help: "Eigenvalues, from the smallest.") var count = 8
  @Option(parsing: .upToNextOption, help: "Which numbers of the observation; default: all.")
  var indices: [Int] = []
  @Option var seed: UInt64 = 1

  func validate() throws {
    func require(_ isRight: Bool, _ option: String, _ expected: String) throws {
      if !isRight { throw ValidationError("--\(option) is \(expected)") }
    }
    try require(steps >= 1, "steps", "at least 1")
    try require((2...2000).contains(nodes), "nodes", "2 to 2000")
    try require(count >= 1, "count", "at least 1")
    try require(epsD > 0 && epsD.isFinite, "eps-d", "a number above 0")
    try require(indices.allSatisfy { $0 >= 0 }, "indices", "places in the observation, from 0")
  }

  func run() throws {
    let own = try graph(of: choice.world(), choice.name)
    guard let against else { return }
    guard let kind = WorldRegistry.complete.kind(named: against) else {
      throw ValidationError("there is no world \"\(against)\"; laurel world list shows all of them")
    }
    let other = try graph(of: kind.world(), against)
    print("distance of the \(count) lowest: \(own.distance(to: other, count: count))")
  }

  private func graph(of world: any World, _ name: String) throws -> LaplacianSpectrum {
    let graph: StateGraph
    do {
      graph = try StateGraph.walk(
        world, steps: steps, radius: epsD, capacity: nodes, indices: indices.isEmpty ? nil : indices,
        seed: seed)
    } catch let error as ShapingError { throw ValidationFailure("\(name): \(error)") }
    let spectrum = LaplacianSpectrum(graph)
    let full = graph.count == nodes ? " (full: raise --nodes or --eps-d)" : ""
    print("\(name): \(graph.count) nodes\(full), \(graph.edges) edges")
    // Every connected part has an eigenvalue of 0.
    let parts = spectrum.values.filter { abs($0) < 1e-9 }.count
    if graph.count < 3 {
      say("\(name): nearly all states lie within --eps-d of each other: lower it, or choose --indices")
    } else if parts > 1 || graph.count == nodes {
      say(
        "\(name): the graph does not cover the walk"
          + (parts > 1 ? " and falls into \(parts) parts" : "")
          + ": its eigenvalues say little about passages. Raise --nodes or --eps-d, or choose --indices")
    }
    print("eigenvalues: " + spectrum.values.prefix(count).map { "\($0)" }.joined(separator: " "))
    return spectrum
  }
}
