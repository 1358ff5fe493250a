import Foundation
import Numeric

/// An ensemble that imagines transitions, and a dynamics reward that filters them: for every state and action each
/// elite draws some candidates, one of which is kept (MOREC, arXiv 2310.05422). Not safe to use from two threads at
/// once.
public final class FilteredDynamics {
  /// What was imagined for each row.
  public struct Step: Sendable {
    /// rows x observation width.
    public var nextObservations: [Float]
    /// The chosen candidates' dynamics rewards; 0 where the filter needs none.
    public var rewards: [Double]
    /// What the chosen candidates pay by the model; empty for one that knows no rewards.
    public var payments: [Double]
    /// Where the filter ends the rollout.
    public var stops: [Bool]
    /// By the model's `uncertainty`, normalised.
    public var uncertainties: [Double]
  }

  /// How uncertain a step is.
  public enum Uncertainty: String, Sendable, CaseIterable {
    /// The largest norm of the elites' predicted standard deviations: MOPO's u. It knows the noise that the data has, and
    /// where there is no data only by chance.
    case predicted
    /// The norm of the standard deviations of the elites' means (Lu et al. 2022, arXiv 2110.04135, compare both).
    case disagreement
  }

  public let ensemble: GaussianEnsemble
  public let reward: DynamicsReward?
  public var filter: TransitionFilter
  public var uncertainty = Uncertainty.predicted
  /// Candidates of each elite.
  public let samples: Int
  /// Normalised changes are cut to plus and minus this.
  public let limit: Float
  private var random: PCG64
  /// `candidates`: candidate after candidate, each rows x `outputs`.
  private var input, means, deviations, candidates, joined: [Float]
  private let outputs: Int
  private var rewards: [Double] = []

  /// - Parameter reward: May be nil only for a filter that chooses at random and never stops.
  /// - Precondition: The reward has the ensemble's normaliser.
  public init(
    _ ensemble: GaussianEnsemble, reward: DynamicsReward?, filter: TransitionFilter = TransitionFilter(),
    samples: Int = 2, limit: Float = 25, seed: UInt64 = 1
  ) {
    precondition(samples >= 1, "at least one sample of each elite is needed")
    precondition(reward != nil || !filter.needsRewards, "this filter needs a dynamics reward")
    precondition(
      reward.map { $0.normalizer == ensemble.normalizer } ?? true,
      "the dynamics reward was fitted with another normaliser than the models")
    self.ensemble = ensemble
    self.reward = reward
    self.filter = filter
    self.samples = samples
    self.limit = limit
    outputs = ensemble.normalizer.outputWidth
    random = PCG64(seed: seed)
    (input, means, deviations, candidates, joined) = ([], [], [], [], [])
  }

  /// Imagines one transition for every row.
  /// - Parameters:
  ///   - observations: rows x observation width.
  ///   - actions: rows x action width.
  ///   - step: The number of this step in its rollout, from 1 (for the filter's minimal length).
  public func step(_ observations: [Float], _ actions: [Float], step: Int = 1) -> Step {
    let rows = observations.count / ensemble.normalizer.observationWidth
    return withUnsafeMutablePointer(to: &random) { random in
      advance(observations, actions, steps: Array(repeating: step, count: rows), random: random, stride: 0)
    }
  }

  /// Imagines one transition for every row.
  /// - Parameters:
  ///   - steps: The number of each row's step in its rollout, from 1.
  ///   - random: The generator of row i is `random[i * stride]`: with stride 1 each row has its own, and what becomes of
  ///     it does not depend on the others.
  func advance(
    _ observations: [Float], _ actions: [Float], steps: [Int], random: UnsafeMutablePointer<PCG64>,
    stride: Int
  ) -> Step {
    let normalizer = ensemble.normalizer
    let (width, count) = (normalizer.observationWidth, ensemble.elites.count * samples)
    let (rows, uncertainties) = propose(observations, actions, random: random, stride: stride)
    var result = Step(
      nextObservations: observations, rewards: Array(repeating: 0, count: rows), payments: [],
      stops: Array(repeating: false, count: rows), uncertainties: uncertainties)
    let nearness = filter.selection == .consensus ? nearness(rows, width, count) : nil
    for row in 0..<rows {
      let chosen = filter.choose(
        nearness ?? rewards, first: row, stride: rows, count: count, random: &random[row * stride])
      let start = (chosen * rows + row) * outputs
      for place in 0..<width {
        result.nextObservations[row * width + place] +=
          candidates[start + place] * normalizer.changeDeviations[place] + normalizer.changeMeans[place]
      }
      if let scale = normalizer.rewardScale {
        result.payments.append(Double(candidates[start + width] * scale.deviation + scale.mean))
      }
      if filter.needsRewards {
        result.rewards[row] = rewards[chosen * rows + row]
        result.stops[row] = filter.stops(reward: result.rewards[row], step: steps[row])
      }
    }
    return result
  }

  /// What the elites propose for some rows, before any is chosen.
  public struct Candidates: Sendable {
    /// Candidate by candidate (all samples of the first elite, then of the next), each rows x observation width.
    public var nextObservations: [[Float]]
    /// [candidate][row]; 0 without a dynamics reward.
    public var rewards: [[Double]]
    /// The mean of the elites' predictions, rows x observation width.
    public var consensus: [Float]
  }

  /// Draws and scores candidates, to be chosen from by another rule than the filter's.
  public func candidates(_ observations: [Float], _ actions: [Float]) -> Candidates {
    let normalizer = ensemble.normalizer
    let (width, count) = (normalizer.observationWidth, ensemble.elites.count * samples)
    let (rows, _) = withUnsafeMutablePointer(to: &random) {
      propose(observations, actions, scores: true, random: $0, stride: 0)
    }
    /// - Parameter change: Of a row and a place there.
    func moved(_ change: (Int, Int) -> Float) -> [Float] {
      observations.indices.map { index in
        let place = index % width
        return observations[index]
          + (change(index / width, place) * normalizer.changeDeviations[place] + normalizer.changeMeans[place])
      }
    }
    let centers = ensemble.meanChanges(input, rows: rows)
    return Candidates(
      nextObservations: (0..<count).map { candidate in
        moved { candidates[(candidate * rows + $0) * outputs + $1] }
      },
      rewards: (0..<count).map { Array(rewards[$0 * rows..<($0 + 1) * rows]) },
      consensus: moved { centers[$0 * width + $1] })
  }

  /// Imagines rollouts from some states until the filter stops them, `isTerminal` says so, or the horizon ends.
  /// - Parameters:
  ///   - starts: rows x observation width.
  ///   - policy: Actions (rows x action width) of observations (rows x observation width).
  ///   - isTerminal: Whether the environment's own rules end an episode in an observation.
  /// - Returns: All imagined transitions, those of the step that ended a rollout by its low reward left out.
  public func rollOut(
    from starts: [Float], horizon: Int, policy: ([Float]) -> [Float],
    isTerminal: ([Float]) -> Bool = { _ in false }
  ) -> TransitionData {
    let normalizer = ensemble.normalizer
    let (width, size) = (normalizer.observationWidth, normalizer.actionWidth)
    var imagined = TransitionData(observationWidth: width, actionWidth: size)
    var states = starts
    for number in 1...max(horizon, 1) where !states.isEmpty && horizon > 0 {
      let actions = policy(states)
      let made = step(states, actions, step: number)
      var alive: [Float] = []
      for row in 0..<states.count / width where !made.stops[row] {
        let next = Array(made.nextObservations[row * width..<(row + 1) * width])
        imagined.append(
          Array(states[row * width..<(row + 1) * width]), Array(actions[row * size..<(row + 1) * size]),
          next: next, reward: made.payments.isEmpty ? nil : Float(made.payments[row]),
          terminated: isTerminal(next))
        if !isTerminal(next) { alive += next }
      }
      states = alive
    }
    return imagined
  }

  /// Draws the candidates, and scores them where the filter or the caller needs it.
  private func propose(
    _ observations: [Float], _ actions: [Float], scores: Bool = false, random: UnsafeMutablePointer<PCG64>,
    stride: Int
  ) -> (rows: Int, uncertainties: [Double]) {
    let normalizer = ensemble.normalizer
    let (width, size, inputs) = (normalizer.observationWidth, normalizer.actionWidth, normalizer.inputWidth)
    let rows = observations.count / width
    precondition(
      observations.count == rows * width && actions.count == rows * size,
      "\(observations.count) and \(actions.count) numbers are no observations and actions")
    let count = ensemble.elites.count * samples
    reserve(rows, count, inputs)
    for row in 0..<rows {
      observations.withUnsafeBufferPointer { observations in
        actions.withUnsafeBufferPointer { actions in
          input.withUnsafeMutableBufferPointer {
            normalizer.input(
              observations.baseAddress! + row * width, actions.baseAddress! + row * size,
              into: $0.baseAddress! + row * inputs)
          }
        }
      }
    }
    var uncertainties = [Double](repeating: 0, count: rows)
    imagine(rows, &uncertainties, random: random, stride: stride)
    if scores || filter.needsRewards, let reward {
      join(rows, count, inputs, width)
      reward.score(joined, rows: rows * count, into: &rewards)
    }
    return (rows, uncertainties)
  }

  private func reserve(_ rows: Int, _ count: Int, _ inputs: Int) {
    if input.count == rows * inputs { return }
    input = Array(repeating: 0, count: rows * inputs)
    means = Array(repeating: 0, count: rows * outputs)
    deviations = means
    candidates = Array(repeating: 0, count: rows * count * outputs)
    joined = Array(repeating: 0, count: rows * count * (inputs + ensemble.normalizer.observationWidth))
    rewards = Array(repeating: 0, count: rows * count)
  }

  /// How near each candidate is to the elites' mean prediction: minus the squared distance, candidate after candidate.
  private func nearness(_ rows: Int, _ width: Int, _ count: Int) -> [Double] {
    let centers = ensemble.meanChanges(input, rows: rows)
    return (0..<count * rows).map { index in
      let row = index % rows
      return -(0..<width).reduce(0.0) { sum, place in
        let distance = Double(candidates[index * outputs + place] - centers[row * width + place])
        return sum + distance * distance
      }
    }
  }

  /// Draws the candidates: elite after elite, sample after sample, row after row.
  private func imagine(
    _ rows: Int, _ uncertainties: inout [Double], random: UnsafeMutablePointer<PCG64>, stride: Int
  ) {
    var spread = MeanSpread(count: uncertainty == .disagreement ? rows * outputs : 0)
    for (place, elite) in ensemble.elites.enumerated() {
      ensemble.models[elite].predict(input, rows: rows, means: &means, deviations: &deviations)
      spread.add(means)
      for row in 0..<rows {
        var square = 0.0
        for index in row * outputs..<(row + 1) * outputs {
          square += Double(deviations[index] * deviations[index])
        }
        uncertainties[row] = max(uncertainties[row], square.squareRoot())
      }
      for sample in 0..<samples {
        let start = (place * samples + sample) * rows * outputs
        for index in 0..<rows * outputs {
          let noise = Float(random[index / outputs * stride].normal())
          candidates[start + index] = min(max(means[index] + deviations[index] * noise, -limit), limit)
        }
      }
    }
    if uncertainty == .disagreement { uncertainties = spread.norms(rows: rows) }
  }

  private func join(_ rows: Int, _ count: Int, _ inputs: Int, _ width: Int) {
    for candidate in 0..<count {
      for row in 0..<rows {
        let start = (candidate * rows + row) * (inputs + width)
        for place in 0..<inputs { joined[start + place] = input[row * inputs + place] }
        for place in 0..<width {
          joined[start + inputs + place] = candidates[(candidate * rows + row) * outputs + place]
        }
      }
    }
  }
}

/// How far the elites' means are from each other.
struct MeanSpread {
  private var sums, squares: [Double]
  private var models = 0.0

  init(count: Int) {
    sums = Array(repeating: 0, count: count)
    squares = sums
  }

  /// Counts one model's means; more of them than the spread has room for are passed over.
  mutating func add(_ means: [Float]) {
    models += 1
    for place in sums.indices {
      let mean = Double(means[place])
      sums[place] += mean
      squares[place] += mean * mean
    }
  }

  /// For each row the norm of the standard deviations (of the population).
  func norms(rows: Int) -> [Double] {
    let width = sums.count / max(rows, 1)
    return (0..<rows).map { row in
      (row * width..<(row + 1) * width).reduce(0.0) { total, place in
        let mean = sums[place] / models
        return total + max(squares[place] / models - mean * mean, 0)
      }.squareRoot()
    }
  }
}
