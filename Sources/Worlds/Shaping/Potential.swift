/// A function Phi of what is seen, in units of return. At a terminal state every potential counts as 0; the
/// shaping rules see to that.
public protocol Potential: Sendable {
  /// Throws when it cannot be computed from such observations.
  func check(_ space: Space) throws(ShapingError)
  func value(_ observation: UnsafeBufferPointer<Float>) -> Double
}

/// Phi = offset + weights x observation.
public struct LinearPotential: Potential {
  public var weights: [Double]
  public var offset: Double

  public init(weights: [Double], offset: Double = 0) {
    self.weights = weights
    self.offset = offset
  }

  public func check(_ space: Space) throws(ShapingError) {
    guard weights.count <= space.width else {
      throw .observationWidth(needed: weights.count, found: space.width)
    }
  }

  public func value(_ observation: UnsafeBufferPointer<Float>) -> Double {
    var sum = offset
    for index in weights.indices { sum += weights[index] * Double(observation[index]) }
    return sum
  }
}

/// Phi = -scale x distance to a goal in some numbers of the observation.
public struct GoalDistancePotential: Potential {
  public enum Metric: String, Sendable, CaseIterable {
    case euclidean
    case manhattan
  }

  public var goal: [Double]
  /// Which numbers of the observation are compared with the goal's.
  public var indices: [Int]
  public var scale: Double
  public var metric: Metric

  /// - Parameter indices: nil takes the observation's first numbers, as many as the goal has.
  public init(goal: [Double], indices: [Int]? = nil, scale: Double = 0.1, metric: Metric = .euclidean) {
    let indices = indices ?? Array(goal.indices)
    precondition(indices.count == goal.count, "\(indices.count) indices for a goal of \(goal.count) numbers")
    precondition(indices.allSatisfy { $0 >= 0 }, "a negative index")
    self.goal = goal
    self.indices = indices
    self.scale = scale
    self.metric = metric
  }

  public func check(_ space: Space) throws(ShapingError) {
    let width = (indices.max() ?? -1) + 1
    guard width <= space.width else { throw .observationWidth(needed: width, found: space.width) }
  }

  /// The distance itself.
  public func distance(_ observation: UnsafeBufferPointer<Float>) -> Double {
    var sum = 0.0
    for (place, index) in indices.enumerated() {
      let difference = Double(observation[index]) - goal[place]
      sum += metric == .manhattan ? abs(difference) : difference * difference
    }
    return metric == .manhattan ? sum : sum.squareRoot()
  }

  public func value(_ observation: UnsafeBufferPointer<Float>) -> Double { -scale * distance(observation) }
}

/// Phi listed for every state of a world that shows the state's number.
public struct TablePotential: Potential {
  public var values: [Double]

  public init(_ values: [Double]) { self.values = values }

  public func check(_ space: Space) throws(ShapingError) {
    guard case .discrete(let states) = space else {
      throw .parameter("a table of potentials needs a world that shows its state's number")
    }
    guard values.count == states else {
      throw .parameter("\(values.count) potentials for a world of \(states) states")
    }
  }

  public func value(_ observation: UnsafeBufferPointer<Float>) -> Double { values[Int(observation[0])] }
}

/// Phi(s, a) where it is not 0, for countable states and discrete actions.
public struct AdviceTable: Sendable {
  public struct Entry: Sendable, Equatable {
    public var state: Int
    public var action: Int
    public var value: Double

    public init(_ state: Int, _ action: Int, _ value: Double) {
      self.state = state
      self.action = action
      self.value = value
    }
  }

  public var entries: [Entry]
  /// Into how many bins each dimension of a box observation is cut.
  public var bins: Int?

  public init(_ entries: [Entry], bins: Int? = nil) {
    self.entries = entries
    self.bins = bins
  }

  /// The full table for a world, and how states are read.
  func table(_ setting: ShapingSetting) throws(ShapingError) -> (key: StateKey, values: StateActionTable) {
    let key = try StateKey(setting.observationSpace, bins: bins)
    guard case .discrete(let actions) = setting.actionSpace else {
      throw .parameter("advice on actions needs a discrete action space")
    }
    var table = StateActionTable(states: key.count, actions: actions)
    for entry in entries {
      guard (0..<key.count).contains(entry.state), (0..<actions).contains(entry.action) else {
        throw .parameter(
          "advice for state \(entry.state), action \(entry.action): there are \(key.count) states and "
            + "\(actions) actions")
      }
      table[entry.state, entry.action] = entry.value
    }
    return (key, table)
  }
}
