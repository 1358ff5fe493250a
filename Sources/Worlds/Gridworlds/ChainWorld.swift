/// A long line with a trap at the near end and the reward at the far one (Devidze et al. 2022, "Exploration-Guided
/// Reward Shaping", Chain).
///
/// States 0 ... left + right, then the end; actions left and right. Left in state 0 ends the episode; right in
/// the last state pays 1 and stays. With `noise` the action is drawn uniformly instead. A distractor pays a little
/// for going left in one state.
public enum ChainWorld {
  public static func process(
    left: Int = 40, right: Int = 20, noise: Double = 0.05, discount: Double = 0.99,
    distractor: (state: Int, reward: Double)? = nil
  ) throws(FiniteMDPError) -> FiniteMDP {
    precondition(left >= 0 && right >= 0, "a chain of \(left) states to the left, \(right) to the right")
    let last = left + right
    let end = last + 1
    return try FiniteMDP(states: last + 2, actions: 2, discount: discount, terminal: [end], start: left) {
      state, action in
      // The reward belongs to the state and the action chosen, whatever the noise makes of it.
      var pay = 0.0
      if state == last, action == 1 { pay = 1 }
      if let distractor, state == distractor.state, action == 0 { pay = distractor.reward }
      let (down, up) = (state == 0 ? end : state - 1, state == last ? last : state + 1)
      let meant = action == 0 ? down : up
      let other = action == 0 ? up : down
      return [
        .init(meant, probability: 1 - noise / 2, reward: pay),
        .init(other, probability: noise / 2, reward: pay),
      ]
    }
  }
}
