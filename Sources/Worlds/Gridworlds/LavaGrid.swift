/// Six by six cells of dirt with a four by four field inside, grass where the designer tries the reward and lava
/// where it is used, and the target in the last corner (after Hadfield-Menell et al. 2017, "Inverse Reward
/// Design"). Actions up, down, left, right, stay; nothing ends the episode but time.
public struct LavaGrid: Sendable {
  public enum Field: Int, Sendable {
    case grass = 1
    case lava = 3
  }

  /// dirt, grass, target, lava.
  public static let features = 4
  public static let horizon = 16
  /// Which feature each cell has.
  public let feature: [Int]
  private let base: FiniteMDP

  public init(field: Field) throws(FiniteMDPError) {
    let size = 6
    var feature = [Int](repeating: 0, count: size * size)
    for row in 1...4 { for column in 1...4 { feature[row * size + column] = field.rawValue } }
    feature[size * size - 1] = 2
    self.feature = feature
    base = try FiniteMDP(states: size * size, actions: 5, discount: 1, start: 0) { state, action in
      let (down, right) = [(-1, 0), (1, 0), (0, -1), (0, 1), (0, 0)][action]
      let (row, column) = (state / size + down, state % size + right)
      let isInside = (0..<size).contains(row) && (0..<size).contains(column)
      return [.init(isInside ? row * size + column : state)]
    }
  }

  /// The process that pays `weights[feature]` for the cell entered.
  public func process(weights: [Double]) -> FiniteMDP {
    base.withRewards { _, _, outcome in weights[feature[outcome.next]] }
  }

  /// How often each feature is met on the best way for these weights.
  public func featureCounts(weights: [Double]) -> [Double] {
    let plan = process(weights: weights).plan(horizon: Self.horizon)
    var counts = [Double](repeating: 0, count: Self.features)
    var state = 0
    for choice in plan {
      state = base.outcomes(state, choice[state]).first!.next
      counts[feature[state]] += 1
    }
    return counts
  }
}
