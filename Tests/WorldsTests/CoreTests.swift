import Testing

@testable import Worlds

@Suite struct CoreTests {
  /// numpy.random.default_rng(seed): .random(2), then .integers(0, 10, 3), then .random()
  @Test(arguments: [(0, 0), (1, 1), (12_345_678_901, 2)] as [(UInt64, Int)])
  func drawsNumPysNumbers(seed: UInt64, row: Int) {
    let (doubles, integers, last) = Fixture.numpy[row]
    var random = PCG64(seed: seed)
    #expect([random.uniform(), random.uniform()] == doubles)
    #expect((0..<3).map { _ in random.integer(below: 10) } == integers)
    #expect(random.uniform() == last)
  }

  @Test func cartPoleKeepsTheRules() { #expect(WorldChecker.problems(of: CartPole()) == []) }

  @Test func theCheckerFindsWhatIsWrong() {
    #expect(
      WorldChecker.problems(of: Forgetful()).contains("the same seed and actions give two different episodes")
    )
    #expect(WorldChecker.problems(of: Outside()).contains("an observation after a step is outside its space"))
  }

  @Test func anActionThatDoesNotExistIsRefusedAndChangesNothing() throws {
    let environment = CartPole().environment()
    environment.reset(seed: 3)
    let before = environment.state
    #expect(throws: EnvironmentError.self) { try environment.step([2]) }
    #expect(throws: EnvironmentError.self) { try environment.step([.nan]) }
    #expect(throws: EnvironmentError.self) { try environment.step([0, 0]) }
    #expect(environment.state == before)
    try environment.step([1])
    #expect(environment.steps == 1)
  }
}

/// Numbers of NumPy 2, one row a seed.
private enum Fixture {
  static let numpy: [([Double], [Int], Double)] = [
    ([0.6369616873214543, 0.2697867137638703], [3, 0, 0], 0.8132702392002724),
    ([0.5118216247002567, 0.9504636963259353], [0, 1, 8], 0.31183145201048545),
    ([0.8361377783790088, 0.3167040550006629], [0, 0, 8], 0.7988597688937105),
  ]
}

/// Its state is a world-wide secret: draws from the system's generator.
private struct Forgetful: World {
  func observationSpace(of agent: Int) -> Space { .box(0, 1, width: 1) }
  func actionSpace(of agent: Int) -> Space { .discrete(1) }
  func initialState(after previous: Float?, random: inout PCG64) -> Float { 0 }
  func step(
    _ state: inout Float, actions: UnsafeBufferPointer<Float>, rewards: UnsafeMutableBufferPointer<Double>,
    random: inout PCG64
  ) -> Bool {
    state = .random(in: 0...1)
    rewards[0] = 0
    return false
  }
  func observe(_ state: Float, agent: Int, into target: UnsafeMutableBufferPointer<Float>) {
    target[0] = state
  }
}

/// Leaves its observation space at the second step.
private struct Outside: World {
  func observationSpace(of agent: Int) -> Space { .box(0, 1, width: 1) }
  func actionSpace(of agent: Int) -> Space { .discrete(1) }
  func initialState(after previous: Float?, random: inout PCG64) -> Float { 0 }
  func step(
    _ state: inout Float, actions: UnsafeBufferPointer<Float>, rewards: UnsafeMutableBufferPointer<Double>,
    random: inout PCG64
  ) -> Bool {
    state += 1
    rewards[0] = 0
    return false
  }
  func observe(_ state: Float, agent: Int, into target: UnsafeMutableBufferPointer<Float>) {
    target[0] = state
  }
}
