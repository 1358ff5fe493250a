import Testing

@testable import Worlds

@Suite struct BehaviourAlignmentTests {
  /// Delta = a (phi - theta) - lambda theta, J = -(theta - 1)^2 / 2: dJ/dphi = (1 - theta*) a / (a + lambda) at
  /// theta* = a phi / (a + lambda).
  @Test func theNeumannAndUnrolledGradientsAreTheQuadraticsOwn() {
    let (a, lambda, phi) = (0.8, 0.1, 0.3)
    let theta = a * phi / (a + lambda)
    let exact = (1 - theta) * a / (a + lambda)
    let solution = ImplicitGradient.neumann([1 - theta], steps: 200) { [-(a + lambda) * $0[0]] }
    #expect(!solution.diverged)
    #expect(abs(solution.x[0] * a - exact) < 1e-4)
    let unrolled = ImplicitGradient.unrolled(
      [1 - theta], updates: 15, rate: 0.5, product: { [-(a + lambda) * $1[0]] }, pull: { [a * $1[0]] })
    #expect(abs(unrolled[0] - exact) < 1e-3)
    #expect(abs(unrolled[0] - solution.x[0] * a) < 1e-3)
  }

  @Test func aSeriesThatGrowsIsCutAndALargeOperatorIsDamped() {
    let growing = ImplicitGradient.neumann([1], steps: 100) { [3 * $0[0]] }
    #expect(growing.diverged && growing.terms < 30 && growing.x[0].isFinite)
    let product = { (x: [Double]) in [-50 * x[0], -2 * x[1]] }
    let bound = ImplicitGradient.normBound(size: 2, product: product)
    #expect(abs(bound - 50) < 1)
    let damped = ImplicitGradient.neumann([1, 1], steps: 400, bound: bound, product: product)
    #expect(!damped.diverged && abs(damped.x[0] - 1 / 50) < 1e-4 && abs(damped.x[1] - 0.5) < 1e-4)
  }

  private static func episodes(seed: UInt64, hint: Double = 1) -> [[HintedStep]] {
    var random = PCG64(seed: seed)
    return (0..<6).map { _ in
      (0..<8).map { _ in
        HintedStep(
          random.integer(below: 4), random.integer(below: 3), primary: random.uniform(),
          hint: hint * random.uniform())
      }
    }
  }

  private static func random(_ count: Int, seed: UInt64) -> [Double] {
    var random = PCG64(seed: seed)
    return (0..<count).map { _ in random.normal() }
  }

  /// Central differences of E_D[sum_t u_t G_t] in every parameter of the reward.
  @Test func thePullIsTheDerivativeOfTheWeightedReturns() {
    let episodes = Self.episodes(seed: 1)
    var reward = BehaviourAlignmentReward(states: 4, actions: 3)
    reward.parameters = Self.random(20, seed: 2)
    let policy = StateActionTable(states: 4, actions: 3, values: Self.random(12, seed: 3)).softmax()
    let x = Self.random(12, seed: 4)
    func weighted(_ parameters: [Double]) -> Double {
      var reward = reward
      reward.parameters = parameters
      var sum = 0.0
      for episode in episodes {
        let returns = discountedReturns(episode.map(reward.value), discount: 0.9)
        for (step, value) in zip(episode, returns) {
          let mean = (0..<3).reduce(0) { $0 + policy[step.state, $1] * x[step.state * 3 + $1] }
          sum += (x[step.state * 3 + step.action] - mean) * value
        }
      }
      return sum / Double(episodes.count)
    }
    let pull = AlignmentSums(episodes, reward: reward, discount: 0.9).pull(policy, x)
    for index in reward.parameters.indices {
      var (up, down) = (reward.parameters, reward.parameters)
      up[index] += 1e-4
      down[index] -= 1e-4
      #expect(abs((weighted(up) - weighted(down)) / 2e-4 - pull[index]) < 1e-5)
    }
  }

  /// Central differences of Delta in theta; all returns are positive, so nothing is clamped.
  @Test func theHessianProductIsTheDerivativeOfTheInnerUpdate() {
    let episodes = Self.episodes(seed: 5)
    let sums = AlignmentSums(
      episodes, reward: BehaviourAlignmentReward(states: 4, actions: 3), discount: 0.9)
    let theta = StateActionTable(states: 4, actions: 3, values: Self.random(12, seed: 6))
    let y = Self.random(12, seed: 7)
    let product = sums.hessian(theta.softmax(), times: y, decay: 0.01)
    func change(_ scale: Double) -> [Double] {
      var moved = theta
      for index in y.indices { moved.values[index] += scale * y[index] }
      return sums.innerChange(moved, moved.softmax(), decay: 0.01)
    }
    let (up, down) = (change(1e-5), change(-1e-5))
    for index in y.indices { #expect(abs((up[index] - down[index]) / 2e-5 - product[index]) < 1e-6) }
  }

  @Test func negativeReturnsLeaveTheHessianNegativeDefinite() {
    let sums = AlignmentSums(
      Self.episodes(seed: 8, hint: -20), reward: BehaviourAlignmentReward(states: 4, actions: 3),
      discount: 0.9)
    let policy = StateActionTable(states: 4, actions: 3, values: Self.random(12, seed: 9)).softmax()
    for seed in 10..<15 as Range<UInt64> {
      let y = Self.random(12, seed: seed)
      #expect(dot(y, sums.hessian(policy, times: y, decay: 0.01)) < 0)
    }
  }

  @Test func aRewardThatIsNeverSeenIsReported() {
    var learner = BehaviourAlignment(reward: BehaviourAlignmentReward(states: 2, actions: 2))
    let blind = [[HintedStep(0, 0, primary: 0, hint: 1)]]
    let reports = (0..<25).map { _ in learner.iterate(blind) { _ in blind } }
    #expect(!reports[18].isDead && reports[20].isDead)
    #expect(learner.reward == BehaviourAlignmentReward(states: 2, actions: 2))
    #expect(reports[0].hintScale == nil)
  }

  @Test func aLearnedRewardShapesAsItWasLearned() throws {
    var reward = BehaviourAlignmentReward(states: 3, actions: 2)
    reward.hintWeights[1] = 0.5
    reward.bias[1, 0] = -2
    var shaper = AlignedHint(AffineReward(offset: 4), reward: reward)
    try shaper.begin(
      ShapingSetting(observationSpace: .discrete(3), actionSpace: .discrete(2), discount: 0.9))
    #expect(shaper.shape(state: 1, action: 0, next: 2, reward: 1, terminated: false) == 1)
    #expect(shaper.shape(state: 0, action: 0, next: 2, reward: 1, terminated: false) == 5)
  }
}
