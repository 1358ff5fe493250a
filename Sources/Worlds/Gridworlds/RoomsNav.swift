/// Four rooms with two doors in each of two walls, a trap exit in one corner and the goal in the other
/// (Devidze et al. 2021, "Explicable Reward Design for Reinforcement Learning Agents", section 4).
///
/// State = 7 y + x, 49 is the end; actions up (y + 1), left, down, right (0 to 3). A possible move succeeds with
/// 0.9 and otherwise goes to another neighbour; an impossible one stays with 0.9. Right in state 48 ends the
/// episode and pays 10; left or down in state 0 ends it and pays nothing.
public enum RoomsNav {
  public static let start = 8
  public static let goal = 48

  public static func process(discount: Double = 0.95, noise: Double = 0.1, reward: Double = 10)
    throws(FiniteMDPError) -> FiniteMDP
  {
    let (size, end) = (7, 49)
    let walled: Set = [0, 2, 3, 4, 6]
    func neighbours(_ state: Int) -> [Int: Int] {
      let (x, y) = (state % size, state / size)
      if state == 0 { return [0: size, 1: end, 2: end, 3: 1] }
      var list: [Int: Int] = [:]
      if y < size - 1, !(y == 2 && walled.contains(x)) { list[0] = state + size }
      if x > 0, !(x == 3 && walled.contains(y)) { list[1] = state - 1 }
      if y > 0, !(y == 3 && walled.contains(x)) { list[2] = state - size }
      if x < size - 1, !(x == 2 && walled.contains(y)) { list[3] = state + 1 }
      if state == goal { (list[0], list[3]) = (end, end) }
      return list
    }
    return try FiniteMDP(states: 50, actions: 4, discount: discount, terminal: [end], start: start) {
      state, action in
      let list = neighbours(state)
      let all = Set(list.values).sorted()
      let pay = state == goal && action == 3 ? reward : 0
      let meant = list[action] ?? state
      let others = list[action] == nil ? all : all.filter { $0 != meant }
      if others.isEmpty { return [.init(meant, reward: pay)] }
      return [.init(meant, probability: 1 - noise, reward: pay)]
        + others.map { .init($0, probability: noise / Double(others.count), reward: pay) }
    }
  }

  /// The row and column of a state, for pictures; y grows upwards.
  public static func position(_ state: Int) -> (x: Int, y: Int) { (state % 7, state / 7) }
}
