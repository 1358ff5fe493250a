import Rewards
import Testing

@testable import Worlds

/// Where all agents see the same, it is kept once and copied when somebody asks.
@Suite struct SharedObservationTests {
  @Test(arguments: [("apacheproject", "emergence"), ("slcd", "")])
  func copiesAreWhatIsShared(name: String, phase: String) throws {
    let world = try game(
      name, [("max_steps", .integer(3))] + (phase.isEmpty ? [] : [("phase", .string(phase))]))
    try check(world)

    func check(_ world: CoopetitionGame) throws {
      let batch = world.vector(count: 3, seed: 4)
      let single = world.environment(seed: 4)
      var seen = single.reset()
      let (agents, width) = (world.agents, world.observationWidth)
      var random = PCG64(seed: 2)
      for step in 0..<7 {
        let shared = try #require(batch.sharedObservations)
        #expect(shared.count == 3 * width && batch.observations.count == 3 * agents * width)
        // Asked twice, asked after a step in which nobody asked.
        for _ in 0..<2 where step != 2 {
          #expect(Array(batch.observations.prefix(agents * width)) == seen)
          #expect(Array(batch.observations.suffix(width)) == Array(shared.suffix(width)))
        }
        let actions = (0..<3).map { _ in (0..<agents).map { _ in Float(random.uniform(10, 50)) } }
        batch.step(actions.flatMap { $0 })
        let transition = try single.step(actions[0])
        seen = transition.isLast ? single.reset() : transition.observation
        if transition.isLast {
          #expect(Array(batch.finalObservations.prefix(agents * width)) == transition.observation)
        }
      }
      batch.reset(seed: 9)
      #expect(Array(batch.observations.prefix(agents * width)) == world.environment(seed: 9).reset())
    }
  }

  @Test func whereAgentsSeeDifferentThingsNothingIsShared() throws {
    let world = try game("slcd", [("observation", .string("full"))])
    #expect(world.vector(count: 2, seed: 1).sharedObservations == nil)
  }

  @Test func onlyTheObserversLook() throws {
    let world = try game("slcd", [("observation", .string("realistic"))])
    let (all, second) = (world.environment(seed: 1), world.environment(seed: 1))
    all.reset()
    second.reset()
    let whole = try all.step([40, 20])
    let part = try second.step([40, 20], observers: 1..<2)
    #expect(part.observation == Array(whole.observation.suffix(10)) && part.rewards == whole.rewards)
  }

  /// Vectors and the plain loop pay the same, bit for bit.
  @Test func theKernelComputesWhatTheDefinitionSays() {
    var random = PCG64(seed: 6)
    let count = 11
    func draw(_ number: Int, _ low: Double = 0, _ high: Double = 1) -> [Double] {
      (0..<number).map { _ in random.uniform(low, high) }
    }
    for trial in 0..<20 {
      let harm = draw(count * count)
      let trust = draw(count * count)
      let dynamics = TrustDynamics(ceiling: .clipped)
      let signals = (0..<count).map { _ in trial == 0 ? 0 : random.uniform(-1, 1) }
      let dependence = draw(count * count)
      var (newTrust, newHarm) = (trust, harm)
      let table =
        signals.map { dynamics.building * max($0, 0) } + signals.map { min($0, 0) }
        + signals.map { dynamics.damage * max(-$0, 0) } + signals.map { $0 < 0 ? 0 : dynamics.repair }
      let erosion = dependence.map { dynamics.erosion * (1 + dynamics.amplification * $0) }
      for i in 0..<count {
        newTrust.withUnsafeMutableBufferPointer { trust in
          newHarm.withUnsafeMutableBufferPointer { harm in
            erosion.withUnsafeBufferPointer { erosion in
              TrustKernel.updateRow(
                count: count, trust: trust.baseAddress! + i * count, harm: harm.baseAddress! + i * count,
                signals: table, erosion: erosion.baseAddress! + i * count)
            }
          }
        }
      }
      for place in 0..<count * count {
        var (a, b) = (trust[place], harm[place])
        dynamics.update(
          trust: &a, reputation: &b, signal: signals[place % count], dependence: dependence[place])
        #expect(abs(newTrust[place] - a) < 1e-15 && abs(newHarm[place] - b) < 1e-15)
      }
      let values = draw(count, 50, 150)
      var sums = [Double](repeating: 0, count: count)
      TrustKernel.trustedSums(
        count: count, trust: newTrust, harm: newHarm, weights: dependence, values: values, into: &sums)
      for i in 0..<count {
        var sum = 0.0
        for j in 0..<count {
          let place = i * count + j
          sum += min(newTrust[place], 1 - newHarm[place]) * dependence[place] * values[j]
        }
        #expect(sums[i] == sum)
      }
    }
  }
}
