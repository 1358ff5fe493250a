extension StateGraph {
  /// The graph of a random walk: uniform actions, all agents' episodes begun anew at their ends, the first agent's
  /// observations.
  ///
  /// - Parameters:
  ///   - indices: Which numbers of an observation say where one is; nil: all of them.
  ///   - radius: epsilon_d.
  /// - Throws: `ShapingError` when the world's observations are choices, or an index is none of theirs.
  public static func walk(
    _ world: any World, steps: Int, radius: Double, capacity: Int, indices: [Int]? = nil, seed: UInt64
  ) throws -> StateGraph {
    guard case .box(let low, _) = world.observationSpace(of: 0) else {
      throw ShapingError.parameter(
        "a graph of states measures distances: it needs observations of real numbers")
    }
    let places = indices ?? Array(low.indices)
    if let wrong = places.first(where: { !low.indices.contains($0) }) {
      throw ShapingError.observationWidth(needed: wrong + 1, found: low.count)
    }
    var graph = StateGraph(width: places.count, capacity: capacity, radius: radius)
    var random = PCG64(seed: seed)
    let environment = world.anyEnvironment(seed: seed)
    let spaces = (0..<world.agents).map { world.actionSpace(of: $0) }
    var observation = environment.reset(seed: seed)
    var previous: Int?
    for _ in 0..<steps {
      previous = graph.visit(places.map { observation[$0] }, after: previous).node
      let step = try environment.step(spaces.flatMap { $0.sample(&random) })
      observation = step.observation
      if step.isLast {
        _ = graph.visit(places.map { observation[$0] }, after: previous)
        observation = environment.reset(seed: nil)
        previous = nil
      }
    }
    return graph
  }
}
