/// Pays for states from which a goal can be reached, as a graph of what was seen tells it (G4RL, arXiv 2511.10872):
/// D is the dot product of an encoder that learns, while the learner runs, which states follow each other.
///
/// The graph and the encoder are begun anew by `begin`; until the encoder is first trained, D is 0.
public struct GraphReachability: TransitionShaper {
  /// Which of G4RL's rewards.
  public enum Form: String, Sendable, CaseIterable {
    /// r + alpha D(s, g), what a high level is paid for goals that can be reached.
    case high
    /// -|s' - g|^2 + alpha D(s', g) in place of r, what a low level is paid for reaching its goal.
    case low
    /// r + gamma alpha D(s', g) - alpha D(s, g): not in the paper; each potential is that of the moment in which its
    /// state was entered, so the optimal policies stay (Devlin and Kudenko 2012).
    case potential
  }

  public struct Settings: Sendable, Equatable {
    public var form = Form.high
    /// g, in the numbers that `indices` names.
    public var goal: [Double]
    /// phi: which numbers of an observation say where one is; nil: the first ones.
    public var indices: [Int]?
    /// epsilon_d, in the observation's units; below the clearance of walls, or both sides become one node.
    public var radius = 0.1
    /// N.
    public var nodes = 250
    public var alpha = 1.0
    /// beta: the encoder is trained when the graph has changed more than beta (N^2 - N).
    public var beta = 0.05
    /// Batches of each training.
    public var batches = 200
    /// t_c: steps between two visits.
    public var every = 1
    public var replacement = StateGraph.Replacement.oldest
    public var encoder = ReachabilityEncoder.Settings()
    public var discount: Double?
    public var seed: UInt64 = 1

    public init(goal: [Double]) { self.goal = goal }
  }

  public let settings: Settings
  public internal(set) var graph: StateGraph
  public internal(set) var encoder: ReachabilityEncoder?
  /// How often the encoder has been trained.
  public internal(set) var trainings = 0
  private let indices: [Int]
  let goal: [Float]
  var goalCode: [Float] = []
  private var gamma = 1.0
  struct Lane {
    var previous: Int?
    var steps = 0
    var potential = 0.0
    var hasBegun = false
  }
  var lanes: [Lane] = []

  public init(_ settings: Settings) {
    self.settings = settings
    indices = settings.indices ?? Array(settings.goal.indices)
    goal = settings.goal.map(Float.init)
    graph = StateGraph(
      width: goal.count, capacity: settings.nodes, radius: settings.radius,
      replacement: settings.replacement)
  }

  public var guarantee: PolicyGuarantee { settings.form == .potential ? .invariant : .none }
  public var isStationary: Bool { false }

  public mutating func begin(_ setting: ShapingSetting) throws(ShapingError) {
    guard case .box(let low, let high) = setting.observationSpace else {
      throw .parameter("graph_reachability measures distances: it needs observations of real numbers")
    }
    let largest = indices.max() ?? 0
    guard largest < low.count else { throw .observationWidth(needed: largest + 1, found: low.count) }
    gamma = try agreed(settings.discount, setting)
    graph = StateGraph(
      width: goal.count, capacity: settings.nodes, radius: settings.radius,
      replacement: settings.replacement)
    let encoder = ReachabilityEncoder(
      low: indices.map { low[$0] }, high: indices.map { high[$0] }, settings: settings.encoder,
      seed: settings.seed)
    self.encoder = encoder
    goalCode = encoder.codes(goal)
    trainings = 0
    lanes = Array(repeating: Lane(), count: setting.lanes)
  }

  public mutating func restart(lane: Int) { lanes[lane] = Lane() }

  public mutating func shape(_ transition: ShapingTransition, lane: Int) -> Double {
    let before = indices.map { transition.observation[$0] }
    let after = indices.map { transition.nextObservation[$0] }
    if !lanes[lane].hasBegun {
      lanes[lane].hasBegun = true
      lanes[lane].potential = reachability(before)
      visit(before, lane)
    }
    let reward: Double
    switch settings.form {
    case .high: reward = transition.reward + settings.alpha * reachability(before)
    case .low:
      let square = zip(after, goal).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      reward = settings.alpha * reachability(after) - Double(square)
    case .potential:
      let entered = transition.terminated ? 0 : reachability(after)
      reward = transition.reward + settings.alpha * (gamma * entered - lanes[lane].potential)
      lanes[lane].potential = entered
    }
    lanes[lane].steps += 1
    if lanes[lane].steps % settings.every == 0 { visit(after, lane) }
    if transition.isLast { restart(lane: lane) }
    return reward
  }

  /// D(state, goal), from 0 to 1.
  public func reachability(_ state: [Float]) -> Double {
    guard let encoder, encoder.isTrained else { return 0 }
    return encoder.reachability(encoder.codes(state), goalCode)
  }

  private mutating func visit(_ state: [Float], _ lane: Int) {
    let visit = graph.visit(state, after: lanes[lane].previous)
    if visit.hasReplaced {
      // Edges must not lead from a node's successor.
      for index in lanes.indices where lanes[index].previous == visit.node { lanes[index].previous = nil }
    }
    lanes[lane].previous = visit.node
    let pairs = graph.count * (graph.count - 1)
    guard let encoder, graph.count > 1, Double(graph.changes) > settings.beta * Double(pairs) else { return }
    graph.clearChanges()
    encoder.train(on: graph, batches: settings.batches)
    goalCode = encoder.codes(goal)
    trainings += 1
  }
}
