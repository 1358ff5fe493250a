import Rewards

/// Objects that are built from nothing by one choice after the other: a finite acyclic graph of partial objects.
///
/// State 0 is where building begins, and every choice leads to a state of a higher number. Choices are numbered from 0;
/// stopping, where it is possible, makes the state an object with objectives. Several ways may lead to one state.
public struct ConstructionGraph: Sendable {
  public let states: Int
  /// Without stopping, which has the number `choices`.
  public let choiceNames: [String]
  public let objectiveNames: [String]
  /// How many states lead to each.
  public let parents: [Int]
  /// By state and choice: the state it leads to, -1 where it cannot be made.
  private let children: [Int32]
  /// By state, r >= 0; nil where one cannot stop.
  private let table: [[Double]?]
  private let names: [JSONValue]

  /// - Parameters:
  ///   - child: Where a choice leads; nil: it cannot be made. Higher than the state.
  ///   - objectives: Of the object at a state, none negative, one for each name; nil: one cannot stop there.
  ///   - name: What the object is called in output.
  /// - Precondition: From every state one can go on or stop.
  public init(
    states: Int, choiceNames: [String], objectiveNames: [String],
    child: (_ state: Int, _ choice: Int) -> Int?, objectives: (_ state: Int) -> [Double]?,
    name: (_ state: Int) -> JSONValue
  ) {
    self.states = states
    self.choiceNames = choiceNames
    self.objectiveNames = objectiveNames
    var (children, parents): ([Int32], [Int]) = ([], Array(repeating: 0, count: states))
    children.reserveCapacity(states * choiceNames.count)
    for state in 0..<states {
      for choice in choiceNames.indices {
        let next = child(state, choice)
        precondition(next.map { $0 > state && $0 < states } ?? true, "choices lead to higher states")
        if let next { parents[next] += 1 }
        children.append(Int32(next ?? -1))
      }
    }
    table = (0..<states).map(objectives)
    names = (0..<states).map(name)
    (self.children, self.parents) = (children, parents)
    for state in 0..<states {
      let own = table[state]
      precondition(
        own.map { $0.count == objectiveNames.count && $0.allSatisfy { $0 >= 0 && $0.isFinite } } ?? true,
        "objectives are not negative")
      let canGoOn = (0..<choices).contains { self.child(state, $0) != nil }
      precondition(own != nil || canGoOn, "nothing can be done in state \(state)")
    }
  }

  public var choices: Int { choiceNames.count }

  /// Where a choice leads; nil where it cannot be made.
  public func child(_ state: Int, _ choice: Int) -> Int? {
    let next = children[state * choices + choice]
    return next < 0 ? nil : Int(next)
  }

  /// The objectives of the object that a state is; nil where one cannot stop.
  public func objectives(_ state: Int) -> [Double]? { table[state] }

  /// The object that a state is, as files name it.
  public func name(_ state: Int) -> JSONValue { names[state] }

  /// The states in which one can stop.
  public var objects: [Int] { table.indices.filter { table[$0] != nil } }

  /// The largest number of choices before one stops.
  public var depth: Int {
    var depths = [Int](repeating: 0, count: states)
    for state in 0..<states {
      for choice in 0..<choices {
        if let next = child(state, choice) { depths[next] = max(depths[next], depths[state] + 1) }
      }
    }
    return depths.max() ?? 0
  }

  /// The objects than which none is better in one objective and at least as good in all others, without those that
  /// have nothing. Of equals the first.
  public var front: [Int] {
    var front: [Int] = []
    let ranked = objects.map { (state: $0, values: table[$0]!) }.filter { $0.values.contains { $0 > 0 } }
      .sorted { ($0.values.reduce(0, +), $1.state) > ($1.values.reduce(0, +), $0.state) }
    // Nothing is dominated by an object of a smaller sum.
    for (state, values) in ranked where !front.contains(where: { covers(table[$0]!, values) }) {
      front.append(state)
    }
    return front
  }

  private func covers(_ one: [Double], _ other: [Double]) -> Bool {
    zip(one, other).allSatisfy { $0 >= $1 }
  }
}

/// A world of which the whole construction is known: what a sampler such as a GFlowNet needs.
public protocol ConstructionWorld: World {
  var construction: ConstructionGraph { get }
}
