import Foundation
import Numeric
import Rewards
import Worlds

/// A world that a `DynamicsModel` imagines, in which a policy learns what recorded transitions teach, without the
/// environment: MOPO (Yu et al. 2020, arXiv 2005.13239), and with its filter MOREC (arXiv 2310.05422). Episodes begin in
/// recorded observations and last `horizon` steps; a step pays the model's reward less `penalty` times the ensemble's
/// uncertainty.
public struct ImaginedWorld: BatchSteppedWorld {
  public struct Settings: Sendable, Equatable {
    /// It never stops unless told to: where a reward is low, what is seldom recorded lies as well as what is false.
    public var filter = TransitionFilter(stopsBelow: nil)
    /// Candidates of each elite.
    public var samples = 2
    /// MOPO's beta, in reward for a unit of uncertainty (see `FilteredDynamics.Step.uncertainties`).
    public var penalty = 0.0
    /// What is penalised.
    public var uncertainty = FilteredDynamics.Uncertainty.predicted
    /// What the step pays with which the filter ends an episode; nil: the lowest recorded reward, for a hundred steps
    /// where it is below 0, as a halt state charges it (MOReL, arXiv 2005.05951). An end worth nothing would be what
    /// policies seek then, and a cut after which they follow their own estimate what they escape to.
    public var stopReward: Double?
    public var horizon = 100
    /// Where the environment's rules end an episode: the least and greatest of each number of the observation.
    public var limits: [ClosedRange<Float>?] = []

    public init() {}
  }

  public struct State: Sendable, Equatable, Codable {
    public var observation: [Float]
    /// Steps made.
    public var step = 0
    /// The dynamics reward and the uncertainty of the last step.
    public var dynamicsReward = 0.0
    public var uncertainty = 0.0
    /// Whether the filter ended the episode.
    public var isStopped = false
  }

  public let settings: Settings
  public let observationWidth: Int
  private let actions: Space
  /// count x observation width.
  private let starts: [Float]
  private let stopReward: Double
  private let imagination: Imagination
  /// What may be wrong with the records or the settings, a sentence each.
  public let warnings: [String]

  public var maximumSteps: Int? { settings.horizon }

  /// - Parameters:
  ///   - starts: Episodes begin in these observations.
  ///   - actionSpace: Nil: a box from the smallest to the largest of the fitted actions.
  /// - Throws: `ImaginationError` for a model that knows no rewards, starts of another environment, and an action space
  ///   or limits of another width than the model's.
  public init(
    _ model: DynamicsModel, startingIn starts: TransitionData, actionSpace: Space? = nil,
    settings: Settings = Settings()
  ) throws(ImaginationError) {
    let normalizer = model.ensemble.normalizer
    guard let scale = normalizer.rewardScale else { throw .noRewards }
    do { try model.check(starts) } catch { throw .otherStarts("\(error)") }
    if let actionSpace, actionSpace.width != normalizer.actionWidth {
      throw .otherActions(actionSpace.width, expected: normalizer.actionWidth)
    }
    guard settings.limits.isEmpty || settings.limits.count == normalizer.observationWidth else {
      throw .otherLimits(settings.limits.count, expected: normalizer.observationWidth)
    }
    let space = actionSpace ?? .box(low: model.policy.low, high: model.policy.high)
    if case .discrete(let count) = space {
      let known = 0..<Float(count)
      if let other = starts.actions.first(where: { !known.contains($0) || $0 != $0.rounded() }) {
        throw .notAChoice(other, of: count)
      }
    }
    warnings = Self.warnings(starts, space, isGiven: actionSpace != nil, settings)
    let first = starts.observations.startIndex
    guard
      settings.limits.isEmpty
        || stride(from: first, to: starts.observations.endIndex, by: starts.observationWidth).contains(
          where: {
            !Self.isBeyond(settings.limits, starts.observations[$0..<$0 + starts.observationWidth])
          })
    else { throw .nothingWithinLimits }
    self.settings = settings
    observationWidth = normalizer.observationWidth
    actions = space
    self.starts = starts.observations
    stopReward = settings.stopReward ?? (scale.lowest < 0 ? 100 * Double(scale.lowest) : 0)
    let dynamics = FilteredDynamics(
      model.ensemble, reward: model.reward, filter: settings.filter, samples: settings.samples)
    dynamics.uncertainty = settings.uncertainty
    imagination = Imagination(dynamics)
  }

  public func observationSpace(of agent: Int) -> Space {
    .box(-.infinity, .infinity, width: observationWidth)
  }

  /// Of a box, what lies outside is cut.
  public func actionSpace(of agent: Int) -> Space { actions }

  public func initialState(after previous: State?, random: inout PCG64) -> State {
    let start = random.integer(below: starts.count / observationWidth) * observationWidth
    return State(observation: Array(starts[start..<start + observationWidth]))
  }

  public func step(
    _ states: UnsafeMutableBufferPointer<State>, actions: UnsafeBufferPointer<Float>,
    rewards: UnsafeMutableBufferPointer<Double>, random: UnsafeMutableBufferPointer<PCG64>,
    terminated: UnsafeMutableBufferPointer<Bool>
  ) {
    // The networks' memory grows with the rows.
    let most = 256
    var first = 0
    while first < states.count {
      let rows = first..<min(first + most, states.count)
      let width = self.actions.width
      advance(
        UnsafeMutableBufferPointer(rebasing: states[rows]),
        actions: UnsafeBufferPointer(rebasing: actions[rows.lowerBound * width..<rows.upperBound * width]),
        rewards: UnsafeMutableBufferPointer(rebasing: rewards[rows]),
        random: UnsafeMutableBufferPointer(rebasing: random[rows]),
        terminated: UnsafeMutableBufferPointer(rebasing: terminated[rows]))
      first = rows.upperBound
    }
  }

  private func advance(
    _ states: UnsafeMutableBufferPointer<State>, actions: UnsafeBufferPointer<Float>,
    rewards: UnsafeMutableBufferPointer<Double>, random: UnsafeMutableBufferPointer<PCG64>,
    terminated: UnsafeMutableBufferPointer<Bool>
  ) {
    var taken = Array(actions)
    if case .box(let low, let high) = self.actions {
      for place in taken.indices {
        taken[place] = min(max(taken[place], low[place % low.count]), high[place % low.count])
      }
    }
    let made = imagination.advance(states, taken, random)
    for row in states.indices {
      let next = made.nextObservations[row * observationWidth..<(row + 1) * observationWidth]
      states[row] = State(
        observation: Array(next), step: states[row].step + 1, dynamicsReward: made.rewards[row],
        uncertainty: made.uncertainties[row], isStopped: made.stops[row])
      rewards[row] =
        made.stops[row] ? stopReward : made.payments[row] - settings.penalty * made.uncertainties[row]
      terminated[row] = made.stops[row] || Self.isBeyond(settings.limits, next)
    }
  }

  private static func isBeyond(_ limits: [ClosedRange<Float>?], _ observation: ArraySlice<Float>) -> Bool {
    zip(observation, limits).contains { value, range in range.map { !$0.contains(value) } ?? false }
  }

  private static func warnings(
    _ records: TransitionData, _ space: Space, isGiven: Bool, _ settings: Settings
  ) -> [String] {
    var found: [String] = []
    let ends = records.terminated.count { $0 }
    if ends > 0, settings.limits.isEmpty {
      found.append(
        "\(ends) of \(records.count) recorded transitions end an episode, and without limits no imagined one ever does: "
          + "give limits, where the rules end it")
    }
    let isWhole = records.actions.allSatisfy { $0 == $0.rounded() }
    if case .box(let low, let high) = space {
      if isWhole, Set(records.actions).count <= 20 {
        found.append(
          "the recorded actions are whole numbers: if they are choices, name a world that has them with like")
      }
      let outside = records.actions.indices.count { place in
        let (low, high) = (low[place % low.count], high[place % low.count])
        return !(low...high).contains(records.actions[place])
      }
      if isGiven, outside > 0 {
        found.append(
          "\(outside) of \(records.actions.count) recorded actions lie outside the action space: is like the world they "
            + "are of?")
      }
    }
    if let first = records.rewards.first, records.rewards.allSatisfy({ $0 == first }), ends == 0 {
      found.append("every recorded reward is \(first): there is nothing to learn from")
    }
    return found
  }

  public func observe(_ state: State, agent: Int, into target: UnsafeMutableBufferPointer<Float>) {
    _ = target.update(from: state.observation)
  }

  /// `dynamics_reward` where the filter asks for it, `uncertainty`, and whether the filter ended the episode, `stopped`.
  public func info(_ state: State) -> JSONObject {
    if state.step == 0 { return JSONObject() }
    var info = JSONObject()
    if settings.filter.needsRewards { info["dynamics_reward"] = .number(state.dynamicsReward) }
    info["uncertainty"] = .number(state.uncertainty)
    info["stopped"] = .bool(state.isStopped)
    return info
  }
}

/// The networks of an imagined world, which one thread may use at a time.
private final class Imagination: @unchecked Sendable {
  private let dynamics: FilteredDynamics
  private let lock = NSLock()

  init(_ dynamics: FilteredDynamics) { self.dynamics = dynamics }

  func advance(
    _ states: UnsafeMutableBufferPointer<ImaginedWorld.State>, _ actions: [Float],
    _ random: UnsafeMutableBufferPointer<PCG64>
  ) -> FilteredDynamics.Step {
    lock.withLock {
      dynamics.advance(
        states.flatMap(\.observation), actions, steps: states.map { $0.step + 1 },
        random: random.baseAddress!, stride: 1)
    }
  }
}

/// A model in which no episodes can be imagined.
public enum ImaginationError: Error, Sendable, Equatable, CustomStringConvertible {
  case noRewards
  case otherStarts(String)
  case otherActions(Int, expected: Int)
  case otherLimits(Int, expected: Int)
  case nothingWithinLimits
  case notAChoice(Float, of: Int)

  public var description: String {
    switch self {
    case .noRewards:
      "the model knows no rewards: fit it to transitions that have one in each line (`reward`)"
    case .otherStarts(let message): message
    case .otherActions(let count, let expected):
      "actions of \(count) numbers, where the model knows \(expected)"
    case .otherLimits(let count, let expected):
      "\(count) limits, where the observation has \(expected) numbers; null is none"
    case .nothingWithinLimits: "no recorded observation lies within the limits"
    case .notAChoice(let action, let count):
      "the recorded action \(action) is none of \(count) choices (0 to \(count - 1)): the records are of another world"
    }
  }
}
