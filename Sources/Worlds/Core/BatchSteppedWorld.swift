import Numeric

/// A world whose environments step faster together than one by one: a learned model, whose networks take rows.
public protocol BatchSteppedWorld: World {
  /// One step of several environments, of which each must come out as if it had stepped alone.
  /// - Parameters:
  ///   - actions: `states.count` times `agents` times the action's width.
  ///   - rewards: Receives `agents` rewards for each.
  ///   - random: A generator for each.
  ///   - terminated: Receives whether each episode terminated.
  func step(
    _ states: UnsafeMutableBufferPointer<State>, actions: UnsafeBufferPointer<Float>,
    rewards: UnsafeMutableBufferPointer<Double>, random: UnsafeMutableBufferPointer<PCG64>,
    terminated: UnsafeMutableBufferPointer<Bool>)
}

extension BatchSteppedWorld {
  public func step(_ batch: WorldBatch<State>, _ range: Range<Int>, _ actions: UnsafeBufferPointer<Float>) {
    let (agents, width) = (batch.agents, batch.actionWidth)
    step(
      UnsafeMutableBufferPointer(rebasing: batch.states[range]),
      actions: UnsafeBufferPointer(
        rebasing: actions[range.lowerBound * agents * width..<range.upperBound * agents * width]),
      rewards: UnsafeMutableBufferPointer(
        rebasing: batch.paid[range.lowerBound * agents..<range.upperBound * agents]),
      random: UnsafeMutableBufferPointer(rebasing: batch.random[range]),
      terminated: UnsafeMutableBufferPointer(rebasing: batch.hasTerminated[range]))
    for index in range { settle(batch, index, terminated: batch.hasTerminated[index]) }
  }

  public func step(
    _ state: inout State, actions: UnsafeBufferPointer<Float>, rewards: UnsafeMutableBufferPointer<Double>,
    random: inout PCG64
  ) -> Bool {
    var terminated = false
    withUnsafeMutablePointer(to: &state) { state in
      withUnsafeMutablePointer(to: &random) { random in
        withUnsafeMutablePointer(to: &terminated) { terminated in
          step(
            UnsafeMutableBufferPointer(start: state, count: 1), actions: actions, rewards: rewards,
            random: UnsafeMutableBufferPointer(start: random, count: 1),
            terminated: UnsafeMutableBufferPointer(start: terminated, count: 1))
        }
      }
    }
    return terminated
  }
}
