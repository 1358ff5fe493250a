/// What was seen of a world as an undirected graph, built while it is walked (G4RL, arXiv 2511.10872): a node stands
/// for the states around it, an edge's weight counts how often the walk went from one to the other.
///
/// Dynamics that cannot be reversed break the assumption that edges have no direction.
public struct StateGraph: Sendable {
  /// Which node makes room when the graph is full.
  public enum Replacement: String, Sendable, CaseIterable {
    case oldest
    case leastConnected = "least_connected"
  }

  /// Where a state was put.
  public struct Visit: Sendable, Equatable {
    public var node: Int
    /// Whether the node is new.
    public var isNew: Bool
    /// Whether it stands in the place of another one, whose edges are gone.
    public var hasReplaced: Bool
  }

  /// How many numbers describe a state.
  public let width: Int
  /// Most nodes.
  public let capacity: Int
  /// epsilon_d: a state farther than this from every node becomes a node.
  public let radius: Double
  public let replacement: Replacement
  public internal(set) var count = 0
  /// c: how much has changed since `clearChanges`, an edge's change counting 1, a node's replacement N - 1.
  public internal(set) var changes = 0
  /// The largest edge weight there has been since the last replacement.
  public internal(set) var largestWeight = 0.0
  /// `count` x `width`.
  var features: [Float] = []
  /// `capacity` x `capacity`, symmetric, 0 on the diagonal.
  var weights: [Double]
  var born: [Int] = []
  var births = 0

  public init(width: Int, capacity: Int, radius: Double, replacement: Replacement = .oldest) {
    precondition(width >= 1 && capacity >= 2 && radius > 0, "a graph of \(capacity) nodes, radius \(radius)")
    self.width = width
    self.capacity = capacity
    self.radius = radius
    self.replacement = replacement
    weights = Array(repeating: 0, count: capacity * capacity)
  }

  public subscript(node: Int, other: Int) -> Double { weights[node * capacity + other] }

  /// The state for which a node stands.
  public func features(of node: Int) -> ArraySlice<Float> { features[node * width..<(node + 1) * width] }

  /// The nodes that share an edge with `node`.
  public func neighbours(of node: Int) -> [Int] { (0..<count).filter { self[node, $0] > 0 } }

  public var edges: Int {
    (0..<count).reduce(0) { sum, node in sum + (0..<node).count { self[node, $0] > 0 } }
  }

  public mutating func clearChanges() { changes = 0 }

  /// The nearest node and its distance; nil in an empty graph.
  public func nearest(_ state: some Collection<Float>) -> (node: Int, distance: Double)? {
    var (best, least) = (-1, Float.infinity)
    for node in 0..<count {
      var (sum, place) = (Float(0), node * width)
      for number in state {
        let difference = number - features[place]
        sum += difference * difference
        place += 1
      }
      if sum < least { (best, least) = (node, sum) }
    }
    return best < 0 ? nil : (best, Double(least).squareRoot())
  }

  /// Puts a state into the graph: as a node where none is near, else at the nearest one; with an edge from the node
  /// visited before, whose weight grows by 1.
  /// - Parameter previous: The node of the state before in the same episode.
  public mutating func visit(_ state: some Collection<Float>, after previous: Int? = nil) -> Visit {
    precondition(state.count == width, "\(state.count) numbers describe no state of \(width)")
    var visit: Visit
    if let (node, distance) = nearest(state), distance <= radius {
      visit = Visit(node: node, isNew: false, hasReplaced: false)
    } else if count < capacity {
      features += state
      born.append(births)
      visit = Visit(node: count, isNew: true, hasReplaced: false)
      count += 1
      births += 1
    } else {
      visit = Visit(node: victim(sparing: previous), isNew: true, hasReplaced: true)
      replace(visit.node, by: state)
    }
    if let previous, previous != visit.node { grow(previous, visit.node) }
    return visit
  }

  private mutating func grow(_ node: Int, _ other: Int) {
    weights[node * capacity + other] += 1
    weights[other * capacity + node] += 1
    largestWeight = max(largestWeight, self[node, other])
    changes += 1
  }

  private func victim(sparing previous: Int?) -> Int {
    let candidates = (0..<count).filter { $0 != previous }
    switch replacement {
    case .oldest: return candidates.min { born[$0] < born[$1] } ?? 0
    case .leastConnected:
      let degrees = candidates.map { node in (0..<count).reduce(0) { $0 + self[node, $1] } }
      return zip(candidates, degrees).min { $0.1 < $1.1 }?.0 ?? 0
    }
  }

  private mutating func replace(_ node: Int, by state: some Collection<Float>) {
    features.replaceSubrange(node * width..<(node + 1) * width, with: state)
    for other in 0..<count {
      weights[node * capacity + other] = 0
      weights[other * capacity + node] = 0
    }
    largestWeight = weights.max() ?? 0
    born[node] = births
    births += 1
    changes += count - 1
  }
}
