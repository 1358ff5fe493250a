/// A line of ten cells with a key in cell 1 that opens the reward at the right end (Devidze et al. 2024,
/// "Informativeness of Reward Functions in Reinforcement Learning", LineK).
///
/// State = cell without the key, 10 + cell with it, 20 the end; actions left, right, pick. A move goes the other
/// way with 0.1. Picking is only of use in cell 1, and leads to state 10 (cell 0 with the key: a quirk of the
/// original, kept). Left in state 0 and right in state 19 end the episode; right in 19 pays 10.
public enum LineKey {
  public static let start = 5
  public static let goal = 19
  public static let end = 20
  private static let cells = 10
  private static let keyCell = 1

  public static func process(discount: Double = 0.95, slip: Double = 0.1, reward: Double = 10)
    throws(FiniteMDPError) -> FiniteMDP
  {
    try FiniteMDP(states: 21, actions: 3, discount: discount, terminal: [end], start: start) {
      state, action in
      func both(_ meant: Int, _ other: Int) -> [FiniteMDP.Outcome] {
        [.init(meant, probability: 1 - slip), .init(other, probability: slip)]
      }
      if action == 2 { return [.init(state == keyCell ? cells : state)] }
      let isLeft = action == 0
      switch state {
      case 0: return isLeft ? [.init(end)] : both(1, end)
      case 9: return isLeft ? both(8, 9) : both(9, 8)
      case 10: return isLeft ? both(10, 11) : both(11, 10)
      case goal: return isLeft ? both(18, end) : [.init(end, reward: reward)]
      default: return isLeft ? both(state - 1, state + 1) : both(state + 1, state - 1)
      }
    }
  }

  /// The five situations that a reward may tell apart: no key and not at it; no key, at the goal (empty: the goal
  /// needs the key); no key, at the key; with the key; with the key at the goal. nil at the end.
  public static func leaf(_ state: Int) -> Int? {
    switch state {
    case end: nil
    case goal: 4
    case cells...: 3
    case keyCell: 2
    default: 0
    }
  }
}
