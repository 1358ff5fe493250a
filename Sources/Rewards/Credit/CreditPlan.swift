/// What one method asks of a game and makes of the answers: first the coalitions, all at once and each once (the
/// cache of SCAR, arXiv 2505.20417), then the credits.
public struct CreditPlan: Sendable {
  /// How the credits are computed in the end.
  public enum Computation: String, Sendable {
    case shapley, owen, uniform
    case sampledShapley = "sampled shapley"
    case sampledOwen = "sampled owen"
  }

  public let players: Int
  public let computation: Computation
  /// What must be evaluated; the empty coalition first, the grand one second.
  public private(set) var coalitions: [Coalition] = []
  private var places: [Coalition: Int] = [:]
  private let groups: [[Int]]
  private var orders: [[Int]] = []

  /// - Parameters:
  ///   - groups: For Owen values, the players of each group, every player once; nil: each its own.
  ///   - orders: How many random orders sampling takes; rounded up to pairs of an order and its reverse.
  public init(
    _ method: CreditMethod, players: Int, groups: [[Int]]? = nil, orders: Int = 200,
    random: inout SeededGenerator
  ) {
    precondition(players >= 1, "credit needs at least one unit")
    let groups = groups ?? (0..<players).map { [$0] }
    precondition(groups.joined().sorted() == Array(0..<players), "every unit belongs to one group")
    self.players = players
    self.groups = groups
    computation =
      switch method {
      case .uniform: .uniform
      case .sampled: .sampledShapley
      case .shapley: players <= CreditMethod.exactPlayers ? .shapley : .sampledShapley
      case .owen: Self.owenCost(groups) <= CreditMethod.owenCoalitions ? .owen : .sampledOwen
      }
    ask(Coalition(players: players))
    ask(.grand(players: players))
    switch computation {
    case .uniform: break
    case .shapley: for mask in 0..<UInt64(1) << players { ask(Coalition(players: players, mask: mask)) }
    case .owen:
      var asked: [Coalition] = []
      forEachOwenCoalition { _, _, _, coalition in asked.append(coalition) }
      for coalition in asked { ask(coalition) }
    case .sampledShapley, .sampledOwen: draw(max(1, (orders + 1) / 2), &random)
    }
  }

  private mutating func ask(_ coalition: Coalition) {
    if places[coalition] != nil { return }
    places[coalition] = coalitions.count
    coalitions.append(coalition)
  }

  // MARK: Credits

  /// The credits, given the value of every coalition of `coalitions`, in their order.
  public func credits(_ values: [Double]) -> UnitCredits {
    precondition(values.count == coalitions.count, "one value for each coalition")
    var credits = [Double](repeating: 0, count: players)
    var errors: [Double]?
    switch computation {
    case .uniform: credits = Array(repeating: (values[1] - values[0]) / Double(players), count: players)
    case .shapley: credits = shapley(values)
    case .owen: credits = owen(values)
    case .sampledShapley, .sampledOwen: (credits, errors) = sampled(values)
    }
    return UnitCredits(values: credits, standardErrors: errors, coalitionValues: values)
  }

  private func value(_ values: [Double], _ coalition: Coalition) -> Double {
    guard let place = places[coalition] else { preconditionFailure("a coalition that was not asked for") }
    return values[place]
  }

  /// phi_i = sum over S without i of |S|! (N - |S| - 1)! / N! (v(S + i) - v(S)).
  private func shapley(_ values: [Double]) -> [Double] {
    let byMask = (0..<UInt64(1) << players).map { value(values, Coalition(players: players, mask: $0)) }
    let weights = Self.weights(players)
    var credits = [Double](repeating: 0, count: players)
    for mask in byMask.indices {
      let weight = weights[min(mask.nonzeroBitCount, players - 1)]
      for player in 0..<players where mask >> player & 1 == 0 {
        credits[player] += weight * (byMask[mask | 1 << player] - byMask[mask])
      }
    }
    return credits
  }

  /// The same weights over the groups that came before, times those over the units of the own group.
  private func owen(_ values: [Double]) -> [Double] {
    let outer = Self.weights(groups.count)
    var credits = [Double](repeating: 0, count: players)
    forEachOwenCoalition { group, others, own, coalition in
      let members = groups[group]
      let inner = Self.weights(members.count)
      let base = value(values, coalition)
      for (place, player) in members.enumerated() where own >> place & 1 == 0 {
        var larger = coalition
        larger.insert(player)
        credits[player] +=
          outer[others.nonzeroBitCount] * inner[own.nonzeroBitCount] * (value(values, larger) - base)
      }
    }
    return credits
  }

  /// Calls `body` for every union of whole groups (`others`, a mask over the groups but `group`) with a part of
  /// `group` (`own`, a mask over its members).
  private func forEachOwenCoalition(
    _ body: (_ group: Int, _ others: Int, _ own: Int, _ coalition: Coalition) -> Void
  ) {
    for (group, members) in groups.enumerated() {
      let rest = groups.indices.filter { $0 != group }
      for others in 0..<1 << rest.count {
        let base = Coalition(
          players: players,
          containing: rest.indices.filter { others >> $0 & 1 == 1 }.flatMap { groups[rest[$0]] })
        for own in 0..<1 << members.count {
          var coalition = base
          for (place, player) in members.enumerated() where own >> place & 1 == 1 { coalition.insert(player) }
          body(group, others, own, coalition)
        }
      }
    }
  }

  private static func owenCost(_ groups: [[Int]]) -> Int {
    groups.reduce(0) { sum, group in
      let exponent = groups.count - 1 + group.count
      return exponent > 30 ? Int.max / 2 : min(sum + 1 << exponent, Int.max / 2)
    }
  }

  /// k! (n - k - 1)! / n! for k = 0 ..< n.
  private static func weights(_ n: Int) -> [Double] {
    var weights = [1 / Double(n)]
    for k in 1..<max(n, 1) { weights.append(weights[k - 1] * Double(k) / Double(n - k)) }
    return weights
  }

  // MARK: Sampling

  /// Draws orders and asks for their beginnings. Under Owen's rule a group's members follow each other.
  private mutating func draw(_ pairs: Int, _ random: inout SeededGenerator) {
    for _ in 0..<pairs {
      var order: [Int]
      if computation == .sampledOwen {
        order = random.shuffled(groups).flatMap { random.shuffled($0) }
      } else {
        order = random.shuffled(Array(0..<players))
      }
      for _ in 0..<2 {
        orders.append(order)
        var coalition = Coalition(players: players)
        for player in order {
          coalition.insert(player)
          ask(coalition)
        }
        order.reverse()
      }
    }
  }

  /// The mean marginal contribution over the orders, and its standard error over the pairs (an order and its
  /// reverse are not independent; the pairs are).
  private func sampled(_ values: [Double]) -> (credits: [Double], errors: [Double]?) {
    let pairs = orders.count / 2
    var (sums, squares) = ([Double](repeating: 0, count: players), [Double](repeating: 0, count: players))
    var pair = sums
    for (index, order) in orders.enumerated() {
      var coalition = Coalition(players: players)
      var before = values[0]
      for player in order {
        coalition.insert(player)
        let after = value(values, coalition)
        pair[player] += (after - before) / 2
        before = after
      }
      if index % 2 == 0 { continue }
      for player in 0..<players {
        sums[player] += pair[player]
        squares[player] += pair[player] * pair[player]
        pair[player] = 0
      }
    }
    let count = Double(pairs)
    let means = sums.map { $0 / count }
    if pairs < 2 { return (means, nil) }
    let errors = zip(squares, means).map { square, mean in
      (max(0, square / count - mean * mean) / (count - 1)).squareRoot()
    }
    return (means, errors)
  }
}
