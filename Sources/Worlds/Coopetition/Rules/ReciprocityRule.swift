import Foundation
import Rewards

/// The numbers of bounded, memory-windowed, trust-gated reciprocity (TR-4, arXiv 2604.01240).
public struct ReciprocityParameters: Sendable, Equatable {
  /// rho_0 and eta: sensitivity rho_ij = strength D_ij^elasticity.
  public var strength, elasticity: Double
  /// kappa: the response is tanh(kappa s).
  public var sensitivity: Double
  /// k: how many steps make up the norm from which a partner deviates.
  public var memory: Int
  /// lambda_R.
  public var weight: Double
  /// omega: how much dependence adds.
  public var amplification: Double

  public init(
    strength: Double = 1, elasticity: Double = 1, sensitivity: Double = 1, memory: Int = 5,
    weight: Double = 1,
    amplification: Double = 0.6
  ) {
    self.strength = strength
    self.elasticity = elasticity
    self.sensitivity = sensitivity
    self.memory = memory
    self.weight = weight
    self.amplification = amplification
  }

  /// rho_ij. Dependence below 1e-10 counts as 1e-10.
  public func sensitivity(dependence: Double) -> Double { strength * pow(max(dependence, 1e-10), elasticity) }

  /// lambda_R (1 + omega D_ij) rho_ij: what multiplies T_ij tanh(kappa s_ij).
  public func coupling(dependence: Double) -> Double {
    weight * (1 + amplification * dependence) * sensitivity(dependence: dependence)
  }
}

/// The five TR-4 environments: i's reward is multiplied by
/// q_i = max(0.01, 1 + (the sum over j of coupling_ij T_ij tanh(kappa (a_j - abar_j))) / mean endowment).
///
/// In strict mode abar_j, the mean of the last min(k, t - 1) actions, includes the current one as in the original;
/// otherwise the current one is left out. At the first step abar is 0.
public struct ReciprocityRule: CoopetitionRule {
  public let reciprocity: ReciprocityParameters
  private let couplings: [Double]
  private let meanEndowment: Double

  public init(_ reciprocity: ReciprocityParameters, of game: GameParameters) {
    self.reciprocity = reciprocity
    couplings = game.payoff.dependence.flatMap { row in
      row.map { $0 == 0 ? 0 : reciprocity.coupling(dependence: $0) }
    }
    meanEndowment = game.endowments.reduce(0, +) / Double(game.agents)
  }

  /// The last k + 1 steps' actions in a ring; each agent's tanh and norm of the last step.
  public func extras(agents: Int) -> Int { agents * (reciprocity.memory + 1) + 2 * agents }

  @inline(__always)
  public func weigh(
    _ rewards: UnsafeMutableBufferPointer<Double>, _ memory: GameMemory, of game: GameTables
  ) {
    let (count, length) = (memory.agents, reciprocity.memory + 1)
    let step = memory.step  // those before this one
    let responses = memory.extras + count * length
    let norms = responses + count
    let window = min(reciprocity.memory, step)
    (memory.extras + step % length * count).update(from: memory.actions, count: count)
    let last = game.isStrict ? step : step - 1
    for j in 0..<count {
      var sum = 0.0
      for back in 0..<window { sum += memory.extras[(last - back) % length * count + j] }
      norms[j] = window > 0 ? sum / Double(window) : 0
      responses[j] = TrustDynamics.tanh(reciprocity.sensitivity * (memory.actions[j] - norms[j]))
    }
    couplings.withUnsafeBufferPointer { couplings in
      for i in 0..<count {
        var sum = 0.0
        for j in 0..<count { sum += couplings[i * count + j] * memory.trust[i * count + j] * responses[j] }
        rewards[i] *= max(0.01, 1 + sum / meanEndowment)
      }
    }
  }

  public func describe(_ state: CoopetitionState, of game: GameParameters, in info: inout JSONObject) {
    var (signals, effects, averages) = (JSONObject(), JSONObject(), JSONObject())
    state.reading { memory in
      let count = memory.agents
      let responses = memory.extras + count * (reciprocity.memory + 1)
      let hasActed = memory.step > 0
      for i in 0..<count {
        for j in 0..<count where i != j {
          let (pair, place, norm) = ("\(i)->\(j)", i * count + j, responses[count + j])
          averages[pair] = .number(norm)
          signals[pair] = .number(hasActed ? memory.actions[j] - norm : 0)
          effects[pair] = .number(couplings[place] * memory.trust[place] * responses[j])
        }
      }
    }
    info["cooperation_signals"] = .object(signals)
    info["reciprocity_effects"] = .object(effects)
    info["memory_averages"] = .object(averages)
    info["tr4_memory_window"] = .integer(reciprocity.memory)
  }
}
