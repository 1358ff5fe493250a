import Numeric

/// The gradients of LOLA (Foerster et al. 2018, arXiv 1709.04326), estimated from episodes.
///
/// V_i is an agent's expected discounted return from the start, g_ji = dV_i / d theta_j. The others are thought to
/// make a naive step, theta_j + eta g_jj. Then agent i climbs V_i + sum over j of eta g_ji . g_jj, whose derivative by
/// theta_i has, besides dV_i / d theta_i, two parts for every other agent:
/// shaping, eta (d g_jj / d theta_i) g_ji (the paper's section 4.2: how i changes what j will learn), and
/// look-ahead, eta (d g_ji / d theta_i) g_jj (how the step that j makes anyway changes what i should do; Letcher et
/// al. 2019, arXiv 1811.08469).
///
/// Policies act apart, so that (section 4.3) d/d theta_i d/d theta_j V_k is the mean of
/// sum_t gamma^t r_k,t (sum_{l<=t} d log pi_i,l) (sum_{l<=t} d log pi_j,l), which is the sum over l and m of
/// F_max(l,m) d log pi_i,l d log pi_j,m with F_l the weight of d log pi_l in the first derivative, baseline included.
/// Along a direction in theta_j the second factor is one number a step: what is left is a gradient of log pi_i with
/// weights.
enum OpponentShaping {
  /// Adds minus the gradient of every agent's objective to his actor's gradients.
  /// - Parameters:
  ///   - batch: Its rewards as the agents are to value them.
  ///   - rate: eta.
  static func addGradients(
    _ actors: [Actor], _ batch: EpisodeBatch, _ team: Team, gamma: Double, rate: Double, looksAhead: Bool
  ) {
    let inputs = actors.indices.map { batch.own($0, team) }
    let first = actors.indices.map { firstOrder(batch, batch.rewards[$0], gamma: gamma) }
    // gradients[j][i] = g_ji
    let gradients = actors.enumerated().map { j, actor in
      actors.indices.map { i -> [Float] in
        actor.addGradient(inputs[j], batch.actions[j], weights: first[i])
        return actor.takeGradient().map { -$0 }
      }
    }
    var weights = first
    for (j, actor) in actors.enumerated() where rate > 0 {
      let slopes = actor.directionalDerivatives(inputs[j], batch.actions[j], along: gradients[j])
      for i in actors.indices where i != j {
        add(rate, secondOrder(batch, first[j], slopes[i]), to: &weights[i])
        if looksAhead { add(rate, secondOrder(batch, first[i], slopes[j]), to: &weights[i]) }
      }
    }
    for (i, actor) in actors.enumerated() {
      actor.addGradient(inputs[i], batch.actions[i], weights: weights[i])
    }
  }

  private static func add(_ factor: Double, _ values: [Double], to target: inout [Double]) {
    for place in target.indices { target[place] += factor * values[place] }
  }

  /// gamma^l times the return from step l on less its mean: the weights of d log pi_l in dV.
  static func firstOrder(_ batch: EpisodeBatch, _ rewards: [Double], gamma: Double) -> [Double] {
    var weights = batch.returns(rewards, gamma: gamma)
    let mean = weights.reduce(0, +) / Double(max(weights.count, 1))
    for (episode, share) in zip(batch.episodes, batch.shares) {
      var discount = share
      for row in episode {
        weights[row] = (weights[row] - mean) * discount
        discount *= gamma
      }
    }
    return weights
  }

  /// The weights of d log pi_i,l in the second derivative of V along the direction in theta_j whose slopes of
  /// log pi_j are given: F_l (slopes up to l) + the sum over m > l of F_m slope_m.
  /// - Parameter first: F, from `firstOrder`.
  static func secondOrder(_ batch: EpisodeBatch, _ first: [Double], _ slopes: [Double]) -> [Double] {
    var weights = [Double](repeating: 0, count: first.count)
    for episode in batch.episodes {
      var sum = 0.0
      for row in episode {
        sum += slopes[row]
        weights[row] = first[row] * sum
      }
      var later = 0.0
      for row in episode.reversed() {
        weights[row] += later
        later += first[row] * slopes[row]
      }
    }
    return weights
  }
}
