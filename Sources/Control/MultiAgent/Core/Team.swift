import Rewards
import Worlds

/// A world as learners of several agents see it. A *state* is what all agents see: their rows one after the other, or
/// the one row where all see the same.
struct Team {
  let agents: Int
  /// Numbers of one agent's observation, and of its action.
  let width, actionWidth: Int
  let sharesObservation: Bool
  let spaces: [Space]

  init(_ world: some World) {
    agents = world.agents
    width = world.observationWidth
    actionWidth = world.actionWidth
    sharesObservation = world.sharesObservation || world.agents == 1
    spaces = (0..<world.agents).map { world.actionSpace(of: $0) }
  }

  var stateWidth: Int { sharesObservation ? width : agents * width }

  /// Where an agent's own row begins in a state.
  func start(of agent: Int) -> Int { sharesObservation ? 0 : agent * width }

  /// For learners of real numbers: no agent may have choices.
  func requireBoxes(for name: String) throws(ParameterError) {
    if let agent = spaces.firstIndex(where: \.isDiscrete) {
      throw ParameterError(
        parameter: "world",
        "\(name) needs actions of a bounded box; agent \(agent) has choices: use ippo, mappo, qmix or coma")
    }
    try requireBounds(for: name)
  }

  /// No box may be open: actions are squashed into it.
  func requireBounds(for name: String) throws(ParameterError) {
    for (agent, space) in spaces.enumerated() {
      guard case .box(let low, let high) = space else { continue }
      guard (low + high).allSatisfy(\.isFinite) else {
        throw ParameterError(
          parameter: "world",
          "\(name) brings actions into a bounded box, and agent \(agent)'s has an end that is infinite")
      }
    }
  }
}

extension Team {
  /// Brings numbers of [-1, 1] into an agent's box.
  func stretch(_ action: UnsafePointer<Float>, agent: Int, into target: UnsafeMutablePointer<Float>) {
    guard case .box(let low, let high) = spaces[agent] else { return }
    for place in low.indices {
      let inside = low[place] + (action[place] + 1) / 2 * (high[place] - low[place])
      target[place] = min(max(inside, low[place]), high[place])
    }
  }
}
