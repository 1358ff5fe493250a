import Foundation
import Rewards

/// A refrigerator in warm air: a compressor that follows its command slowly takes heat from the inside, whose
/// temperature leaks back to that of the room (after the synthetic task of MOREC, arXiv 2310.05422).
///
/// With inside temperature x, compressor m and command a: m' = 0.8 m + 0.2 a, x' = x + 0.1 (0.5 (1 - x)
/// - 1.2 max(m', 0) (1 + 0.3 sin 3x)), both with normal noise. Reward -|x' - target|; never terminates.
public struct Refrigerator: World {
  public struct State: Sendable, Equatable {
    public var temperature, compressor: Double

    public init(temperature: Double, compressor: Double) {
      self.temperature = temperature
      self.compressor = compressor
    }
  }

  /// The temperature that the reward asks for (the room's is 1).
  public let target: Double
  /// Standard deviation of what every step adds to both numbers.
  public let noise: Double
  /// Where an episode begins.
  public let start: ClosedRange<Double>
  public let maximumSteps: Int?

  public init(
    target: Double = 0, noise: Double = 0.003, start: ClosedRange<Double> = -0.2...0.6,
    maximumSteps: Int? = 100
  ) {
    self.target = target
    self.noise = noise
    self.start = start
    self.maximumSteps = maximumSteps
  }

  /// Temperature and compressor.
  public func observationSpace(of agent: Int) -> Space { .box(-.infinity, .infinity, width: 2) }

  /// The command; what is beyond -1 ... 1 is cut.
  public func actionSpace(of agent: Int) -> Space { .box(-1, 1, width: 1) }

  public func initialState(after previous: State?, random: inout PCG64) -> State {
    State(temperature: random.uniform(start.lowerBound, start.upperBound), compressor: 0)
  }

  /// The state that follows without noise.
  public static func successor(of state: State, command: Double) -> State {
    let compressor = 0.8 * state.compressor + 0.2 * max(-1, min(1, command))
    let cooling = 1.2 * max(compressor, 0) * (1 + 0.3 * sin(3 * state.temperature))
    return State(
      temperature: state.temperature + 0.1 * (0.5 * (1 - state.temperature) - cooling),
      compressor: compressor)
  }

  public func step(
    _ state: inout State, actions: UnsafeBufferPointer<Float>, rewards: UnsafeMutableBufferPointer<Double>,
    random: inout PCG64
  ) -> Bool {
    state = Self.successor(of: state, command: Double(actions[0]))
    if noise > 0 {
      state.temperature += noise * random.normal()
      state.compressor += noise * random.normal()
    }
    rewards[0] = -abs(state.temperature - target)
    return false
  }

  public func observe(_ state: State, agent: Int, into target: UnsafeMutableBufferPointer<Float>) {
    target[0] = Float(state.temperature)
    target[1] = Float(state.compressor)
  }
}

/// Worlds of heat.
public enum ThermalWorlds {
  static let kinds = [
    WorldKind(
      "refrigerator", family: "thermal",
      summary: "hold a temperature with a compressor that follows slowly (after MOREC's synthetic task)",
      parameters: [
        Parameter(
          "target", .number, default: .number(0), range: -10...10,
          help: "The temperature that pays most; the room has 1."),
        Parameter(
          "noise", .number, default: .number(0.003), range: 0...1,
          help: "Standard deviation of what a step adds to temperature and compressor."),
        .maxEpisodeSteps(100),
      ]
    ) {
      Refrigerator(
        target: $0.double("target"), noise: $0.double("noise"), maximumSteps: $0.maxEpisodeSteps)
    }
  ]
}
