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
    self.settings = settings
    observationWidth = normalizer.observationWidth
    actions = actionSpace ?? .box(low: model.policy.low, high: model.policy.high)
    self.starts = starts.observations
    stopReward = settings.stopReward ?? (scale.lowest < 0 ? 100 * Double(scale.lowest) : 0)
    imagination = Imagination(
      FilteredDynamics(
        model.ensemble, reward: model.reward, filter: settings.filter, samples: settings.samples))
  }

  public func observationSpace(of agent: Int) -> Space {
    .box(-.infinity, .infinity, width: observationWidth)
  }

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
    let made = imagination.advance(states, actions, random)
    for row in states.indices {
      let next = made.nextObservations[row * observationWidth..<(row + 1) * observationWidth]
      states[row] = State(
        observation: Array(next), step: states[row].step + 1, dynamicsReward: made.rewards[row],
        uncertainty: made.uncertainties[row], isStopped: made.stops[row])
      rewards[row] =
        made.stops[row] ? stopReward : made.payments[row] - settings.penalty * made.uncertainties[row]
      terminated[row] = made.stops[row] || isBeyondLimits(next)
    }
  }

  private func isBeyondLimits(_ observation: ArraySlice<Float>) -> Bool {
    zip(observation, settings.limits).contains { value, range in range.map { !$0.contains(value) } ?? false }
  }

  public func observe(_ state: State, agent: Int, into target: UnsafeMutableBufferPointer<Float>) {
    _ = target.update(from: state.observation)
  }

  /// `dynamics_reward`, `uncertainty`, and whether the filter ended the episode, `stopped`.
  public func info(_ state: State) -> JSONObject {
    JSONObject([
      ("dynamics_reward", .number(state.dynamicsReward)), ("uncertainty", .number(state.uncertainty)),
      ("stopped", .bool(state.isStopped)),
    ])
  }
}

/// The networks of an imagined world, which one thread may use at a time.
private final class Imagination: @unchecked Sendable {
  private let dynamics: FilteredDynamics
  private let lock = NSLock()

  init(_ dynamics: FilteredDynamics) { self.dynamics = dynamics }

  func advance(
    _ states: UnsafeMutableBufferPointer<ImaginedWorld.State>, _ actions: UnsafeBufferPointer<Float>,
    _ random: UnsafeMutableBufferPointer<PCG64>
  ) -> FilteredDynamics.Step {
    lock.withLock {
      dynamics.advance(
        states.flatMap(\.observation), Array(actions), steps: states.map { $0.step + 1 },
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

  public var description: String {
    switch self {
    case .noRewards:
      "the model knows no rewards: fit it to transitions that have one in each line (`reward`)"
    case .otherStarts(let message): message
    case .otherActions(let count, let expected):
      "actions of \(count) numbers, where the model knows \(expected)"
    case .otherLimits(let count, let expected):
      "\(count) limits, where the observation has \(expected) numbers; null is none"
    }
  }
}
