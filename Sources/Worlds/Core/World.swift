@_exported import Numeric
import Rewards

/// The rules of an environment: how an episode begins, how actions change its state, and what each agent sees.
///
/// A world holds parameters only; everything that changes is in `State`, so that thousands of episodes can share
/// one world. The semantics are Gymnasium's (and, for several agents, those of PettingZoo's Parallel API): an
/// episode *terminates* when its rules say that nothing follows (the value of what follows is 0) and is *truncated*
/// when time is up (the value of what follows is not 0). `maximumSteps` says when time is up; the rules never
/// count.
///
/// Every agent acts in every step. All agents' observations have the same width, and all their actions have.
public protocol World: Sendable {
  /// All that changes during an episode.
  associatedtype State: Sendable

  /// How many agents act; 1 unless the world says otherwise.
  var agents: Int { get }
  /// What `agent` (0 ..< agents) may see.
  func observationSpace(of agent: Int) -> Space
  /// What `agent` may do. A discrete action is written as its number.
  func actionSpace(of agent: Int) -> Space
  /// The steps after which an episode is truncated; nil when only the rules end it.
  var maximumSteps: Int? { get }

  /// The state in which an episode begins.
  /// - Parameter previous: The state in which the episode before ended, for the few worlds in which something
  ///   outlives an episode.
  func initialState(after previous: State?, random: inout PCG64) -> State

  /// One step.
  /// - Parameters:
  ///   - actions: `agents` times the action's width, agent after agent; each a value of its space.
  ///   - rewards: Receives one reward for each agent.
  /// - Returns: Whether the episode terminated.
  func step(
    _ state: inout State, actions: UnsafeBufferPointer<Float>, rewards: UnsafeMutableBufferPointer<Double>,
    random: inout PCG64
  ) -> Bool

  /// Writes what `agent` sees of the state.
  func observe(_ state: State, agent: Int, into target: UnsafeMutableBufferPointer<Float>)

  /// Further facts of the last step, as Gymnasium's `info`: never needed to act, only to understand.
  func info(_ state: State) -> JSONObject

  /// How many numbers an agent sees.
  var observationWidth: Int { get }
  /// How many numbers an agent's action has.
  var actionWidth: Int { get }
  /// Whether all agents see the same, as in games that hand the whole board to everybody.
  var sharesObservation: Bool { get }

  // Requirements only so that `any World` reaches the code that the compiler made for the concrete world.

  /// One running environment of this world.
  func environment(seed: UInt64) -> SingleEnvironment<Self>
  /// `count` running environments of this world that step together.
  func vector(count: Int, seed: UInt64, threads: Int) -> BatchEnvironment<Self>
  /// Steps a part of a batch. There is no reason to write one's own.
  func step(_ batch: WorldBatch<State>, _ range: Range<Int>, _ actions: UnsafeBufferPointer<Float>)
}

extension World {
  public var agents: Int { 1 }
  public var maximumSteps: Int? { nil }
  public func info(_ state: State) -> JSONObject { JSONObject() }

  public var observationWidth: Int { observationSpace(of: 0).width }
  public var actionWidth: Int { actionSpace(of: 0).width }
  public var sharesObservation: Bool { false }

  public func environment(seed: UInt64) -> SingleEnvironment<Self> { SingleEnvironment(self, seed: seed) }
  public func environment() -> SingleEnvironment<Self> { environment(seed: 0) }

  public func vector(count: Int, seed: UInt64, threads: Int) -> BatchEnvironment<Self> {
    BatchEnvironment(self, count: count, seed: seed, threads: threads)
  }
  /// `environment(seed:)` of a world whose type is not known, as of one that the registry built.
  public func anyEnvironment(seed: UInt64 = 0) -> any Environment { environment(seed: seed) }

  /// `vector(count:seed:threads:)` of a world whose type is not known.
  public func anyVector(count: Int, seed: UInt64 = 0, threads: Int = 1) -> any VectorEnvironment {
    vector(count: count, seed: seed, threads: threads)
  }

  public func vector(count: Int, seed: UInt64 = 0) -> BatchEnvironment<Self> {
    vector(count: count, seed: seed, threads: 1)
  }
}
