import Worlds

@testable import Evolution

/// Genes are the behaviour; the fitness is 1 - the distance from a point.
struct IdentityProblem: Problem {
  var genomeLength = 2
  var geneRange: ClosedRange<Double> { -5...5 }
  var descriptorRanges: [ClosedRange<Double>] { [-5...5, -5...5] }

  func evaluate(
    _ genome: UnsafeBufferPointer<Double>, descriptor: UnsafeMutableBufferPointer<Double>,
    view: UnsafeMutableBufferPointer<Float>?, random: inout PCG64
  ) -> Trial {
    descriptor[0] = genome[0]
    descriptor[1] = genome[1]
    let square = genome.reduce(0) { $0 + ($1 - 1) * ($1 - 1) }
    return Trial(fitness: 1 - square.squareRoot(), area: 0)
  }
}

/// Pays nothing; all searches begin at 0.
struct FlatProblem: Problem {
  var genomeLength: Int { 5 }
  var geneRange: ClosedRange<Double> { -5...5 }
  var descriptorRanges: [ClosedRange<Double>] { [-5...5] }

  func drawGenome(into genome: UnsafeMutableBufferPointer<Double>, random: inout PCG64) {
    genome.update(repeating: 0)
  }

  func evaluate(
    _ genome: UnsafeBufferPointer<Double>, descriptor: UnsafeMutableBufferPointer<Double>,
    view: UnsafeMutableBufferPointer<Float>?, random: inout PCG64
  ) -> Trial {
    descriptor[0] = genome[0]
    return Trial(fitness: 0)
  }
}

/// A point of the unit square that actions push; pays at one corner.
struct PointWorld: World {
  struct State: Sendable {
    var x: Float = 0
    var y: Float = 0
  }

  var steps: Int? = 20
  var maximumSteps: Int? { steps }
  var bound: Float = 1

  func observationSpace(of agent: Int) -> Space { .box(-bound, bound, width: 2) }
  func actionSpace(of agent: Int) -> Space { .box(-1, 1, width: 2) }
  func initialState(after previous: State?, random: inout PCG64) -> State { State() }
  func step(
    _ state: inout State, actions: UnsafeBufferPointer<Float>, rewards: UnsafeMutableBufferPointer<Double>,
    random: inout PCG64
  ) -> Bool {
    state.x = min(max(state.x + 0.1 * actions[0], -1), 1)
    state.y = min(max(state.y + 0.1 * actions[1], -1), 1)
    rewards[0] = state.x > 0.8 && state.y > 0.8 ? 1 : 0
    return false
  }
  func observe(_ state: State, agent: Int, into target: UnsafeMutableBufferPointer<Float>) {
    target[0] = state.x
    target[1] = state.y
  }
}
