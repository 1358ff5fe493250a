import Foundation

/// A network E whose dot product E(u) . E(v) says how reachable v is from u, trained on a state graph (G4RL): it
/// stands in for the Euclidean distance, which sees no walls.
///
/// Not safe to use from two threads at once.
public final class ReachabilityEncoder: @unchecked Sendable {
  public struct Settings: Sendable, Equatable {
    public var hidden = [64, 64]
    /// d: the length of a code.
    public var dimensions = 16
    public var learningRate = 1e-3
    public var batchSize = 256
    /// Whether log(1 + A) takes the place of A, so that one hot edge does not make all others 0.
    public var usesLogarithm = false

    public init() {}
  }

  public let settings: Settings
  let network: DenseNetwork
  let optimizer: Adam
  var random: PCG64
  /// The input is (state - centre) x scale, about -2 ... 2.
  private let centre, scale: [Float]
  /// Whether it has been trained at all; until then everything is unreachable.
  public internal(set) var isTrained = false

  /// - Parameters:
  ///   - low: The smallest value of each number of a state, and `high` the largest; infinite ends count as 5.
  public init(low: [Float], high: [Float], settings: Settings = Settings(), seed: UInt64) {
    precondition(low.count == high.count && !low.isEmpty, "\(low.count) and \(high.count) ends of a box")
    self.settings = settings
    let ends = zip(low, high).map { ($0.isFinite ? $0 : -5, $1.isFinite ? $1 : 5) }
    centre = ends.map { ($0 + $1) / 2 }
    scale = ends.map { 4 / max($1 - $0, 1e-6) }
    random = PCG64(seed: seed)
    network = DenseNetwork(
      widths: [low.count] + settings.hidden + [settings.dimensions], activation: .relu,
      initialization: .orthogonal(hidden: 2.0.squareRoot(), output: 2.0.squareRoot()), random: &random)
    optimizer = Adam(network, learningRate: settings.learningRate)
  }

  /// The codes of states given one after the other, `dimensions` numbers each.
  public func codes(_ states: [Float]) -> [Float] { network(scaled(states)) }

  /// D(u, v), clamped to 0 ... 1, since codes of states that the graph never held extrapolate.
  public func reachability(_ code: some Collection<Float>, _ other: some Collection<Float>) -> Double {
    if !isTrained { return 0 }
    return Double(min(max(zip(code, other).reduce(0) { $0 + $1.0 * $1.1 }, 0), 1))
  }

  private func scaled(_ states: [Float]) -> [Float] {
    states.indices.map { (states[$0] - centre[$0 % centre.count]) * scale[$0 % centre.count] }
  }

  /// Batches of node pairs down the gradient of the mean of (D(u, v) - A_uv / max A)^2. Half of the pairs of a batch
  /// are edges, since most pairs of nodes are not.
  /// - Returns: The last batch's loss; nil for a graph without edges.
  @discardableResult
  public func train(on graph: StateGraph, batches: Int) -> Double? {
    let neighbours = (0..<graph.count).map(graph.neighbours)
    let connected = neighbours.indices.filter { !neighbours[$0].isEmpty }
    guard !connected.isEmpty else { return nil }
    let inputs = scaled((0..<graph.count).flatMap { Array(graph.features(of: $0)) })
    let (rows, width, size) = (settings.batchSize, graph.width, settings.dimensions)
    var input = [Float](repeating: 0, count: 2 * rows * width)
    var gradient = [Float](repeating: 0, count: 2 * rows * size)
    var loss = 0.0
    for _ in 0..<batches {
      var targets: [Float] = []
      for row in 0..<rows {
        let isEdge = random.uniform() < 0.5
        let node =
          isEdge
          ? connected[random.integer(below: connected.count)] : random.integer(below: graph.count)
        let other =
          isEdge
          ? neighbours[node][random.integer(below: neighbours[node].count)]
          : random.integer(below: graph.count)
        targets.append(target(graph, node, other))
        for place in 0..<width {
          input[row * width + place] = inputs[node * width + place]
          input[(rows + row) * width + place] = inputs[other * width + place]
        }
      }
      let codes = network.forward(input, rows: 2 * rows)
      loss = 0
      for row in 0..<rows {
        let (one, two) = (row * size, (rows + row) * size)
        let product = (0..<size).reduce(Float(0)) { $0 + codes[one + $1] * codes[two + $1] }
        let error = product - targets[row]
        loss += Double(error * error) / Double(rows)
        for place in 0..<size {
          gradient[one + place] = 2 * error * codes[two + place] / Float(rows)
          gradient[two + place] = 2 * error * codes[one + place] / Float(rows)
        }
      }
      network.backward(input, rows: 2 * rows, outputGradient: gradient)
      optimizer.step()
    }
    isTrained = true
    return loss
  }

  private func target(_ graph: StateGraph, _ node: Int, _ other: Int) -> Float {
    let weight = graph[node, other]
    return Float(
      settings.usesLogarithm
        ? log1p(weight) / log1p(max(graph.largestWeight, 1)) : weight / max(graph.largestWeight, 1))
  }
}
