import Dispatch

/// Many running environments of one world that step together (Gymnasium's `VectorEnv`, autoreset in the same step).
///
/// Everything lies in flat memory, environment after environment and agent after agent in them. The buffers belong
/// to the environment, change with every step, and live as long as it does. When an episode ends, the environment
/// begins the next one at once: `observations` then shows how the new episode begins, and `finalObservations` how
/// the old one ended (Gymnasium's `final_obs`).
public protocol VectorEnvironment: AnyObject {
  var count: Int { get }
  var agents: Int { get }
  func observationSpace(of agent: Int) -> Space
  func actionSpace(of agent: Int) -> Space

  /// `count` x `agents` x observation width. Ask anew after every step: where all agents see the same, the copies for
  /// each of them are made when they are asked for.
  var observations: UnsafeBufferPointer<Float> { get }
  /// `count` x observation width where all agents see the same, without copies for each of them; else nil.
  var sharedObservations: UnsafeBufferPointer<Float>? { get }
  /// What was seen last in the episodes that have just ended; elsewhere without meaning.
  var finalObservations: UnsafeBufferPointer<Float> { get }
  /// `count` x `agents`.
  var rewards: UnsafeBufferPointer<Double> { get }
  var terminated: UnsafeBufferPointer<Bool> { get }
  var truncated: UnsafeBufferPointer<Bool> { get }
  /// Of the episodes that have just ended: each agent's sum of rewards (`count` x `agents`), and the steps taken.
  var episodeReturns: UnsafeBufferPointer<Double> { get }
  var episodeLengths: UnsafeBufferPointer<Int> { get }

  /// Begins an episode everywhere; environment i takes the seed `seed` + i, as Gymnasium's do.
  func reset(seed: UInt64)
  /// One step of every environment. `actions`: `count` x `agents` x action width, each a value of its space.
  func step(_ actions: UnsafeBufferPointer<Float>)

  /// Keeps the running episodes in sections that begin with "environment".
  /// - Throws: `StateArchiveError.notKept` when something in them cannot be kept.
  func save(in archive: inout StateArchive) throws(StateArchiveError)
  /// Goes on from what `save` kept.
  /// - Throws: `StateArchiveError` when it was kept of another world or number of environments.
  func restore(from archive: StateArchive) throws(StateArchiveError)
}

extension VectorEnvironment {
  public var sharedObservations: UnsafeBufferPointer<Float>? { nil }

  /// One step of every environment (see `step(_:)` for memory).
  public func step(_ actions: [Float]) { actions.withUnsafeBufferPointer { step($0) } }
}

/// The memory of a batch, environment after environment.
public struct WorldBatch<State>: @unchecked Sendable {
  let count, agents, observationWidth, actionWidth, maximumSteps: Int
  /// Observations kept for each environment: one where all agents see the same.
  let views: Int
  let seen, seenLast: UnsafeMutableBufferPointer<Float>
  let paid, sums, lastSums: UnsafeMutableBufferPointer<Double>
  let hasTerminated, wasTruncated: UnsafeMutableBufferPointer<Bool>
  let steps, lastSteps: UnsafeMutableBufferPointer<Int>
  let random: UnsafeMutableBufferPointer<PCG64>
  let states: UnsafeMutableBufferPointer<State>

  init<W: World>(_ world: W, count: Int) where W.State == State {
    func buffer<Element>(_ element: Element, _ size: Int) -> UnsafeMutableBufferPointer<Element> {
      let buffer = UnsafeMutableBufferPointer<Element>.allocate(capacity: size)
      buffer.initialize(repeating: element)
      return buffer
    }
    self.count = count
    agents = world.agents
    observationWidth = world.observationWidth
    actionWidth = world.actionWidth
    views = world.sharesObservation ? 1 : world.agents
    maximumSteps = world.maximumSteps ?? .max
    let numbers = count * views * observationWidth
    (seen, seenLast) = (buffer(0, numbers), buffer(0, numbers))
    (paid, sums, lastSums) = (buffer(0, count * agents), buffer(0, count * agents), buffer(0, count * agents))
    (hasTerminated, wasTruncated) = (buffer(false, count), buffer(false, count))
    (steps, lastSteps) = (buffer(0, count), buffer(0, count))
    random = buffer(PCG64(seed: 0), count)
    states = .allocate(capacity: count)
  }

  func deallocate() {
    seen.deallocate()
    seenLast.deallocate()
    paid.deallocate()
    sums.deallocate()
    lastSums.deallocate()
    hasTerminated.deallocate()
    wasTruncated.deallocate()
    steps.deallocate()
    lastSteps.deallocate()
    random.deallocate()
    states.deinitialize()
    states.deallocate()
  }
}

extension World {
  public func step(_ batch: WorldBatch<State>, _ range: Range<Int>, _ actions: UnsafeBufferPointer<Float>) {
    let agents = batch.agents
    for index in range {
      let first = index * agents
      let terminated = step(
        &batch.states[index],
        actions: UnsafeBufferPointer(
          start: actions.baseAddress! + first * batch.actionWidth, count: agents * batch.actionWidth),
        rewards: UnsafeMutableBufferPointer(start: batch.paid.baseAddress! + first, count: agents),
        random: &batch.random[index])
      settle(batch, index, terminated: terminated)
    }
  }

  /// What follows a step of an environment: sums, ends of episodes, what is seen.
  @inline(__always)
  func settle(_ batch: WorldBatch<State>, _ index: Int, terminated: Bool) {
    let (agents, first) = (batch.agents, index * batch.agents)
    batch.steps[index] += 1
    for place in first..<first + agents { batch.sums[place] += batch.paid[place] }
    let truncated = batch.steps[index] >= batch.maximumSteps
    batch.hasTerminated[index] = terminated
    batch.wasTruncated[index] = truncated
    if terminated || truncated {
      show(batch, index, in: batch.seenLast)
      for place in first..<first + agents {
        batch.lastSums[place] = batch.sums[place]
        batch.sums[place] = 0
      }
      batch.lastSteps[index] = batch.steps[index]
      batch.steps[index] = 0
      batch.states[index] = initialState(after: batch.states[index], random: &batch.random[index])
    }
    show(batch, index, in: batch.seen)
  }

  /// Writes what the agents of an environment see, once where they all see the same.
  func show(_ batch: WorldBatch<State>, _ index: Int, in target: UnsafeMutableBufferPointer<Float>) {
    let width = batch.observationWidth
    let start = target.baseAddress! + index * batch.views * width
    for agent in 0..<batch.views {
      observe(
        batch.states[index], agent: agent,
        into: UnsafeMutableBufferPointer(start: start + agent * width, count: width))
    }
  }
}

/// The environments of a known world. Stepping allocates nothing, as long as the world's own step does not.
public final class BatchEnvironment<W: World>: VectorEnvironment {
  public let world: W
  private let threads: Int
  let batch: WorldBatch<W.State>
  /// What all agents see alike, copied for each of them; made when it is asked for.
  private let copies = (now: AgentCopies(), last: AgentCopies())

  /// - Parameter threads: How many parts of the batch step at the same time. The results do not depend on it.
  public init(_ world: W, count: Int, seed: UInt64 = 0, threads: Int = 1) {
    precondition(count >= 1, "a vector of no environments")
    self.world = world
    self.threads = max(1, min(threads, count))
    batch = WorldBatch(world, count: count)
    for index in 0..<count {
      batch.random[index] = PCG64(seed: seed &+ UInt64(index))
      batch.states.initializeElement(
        at: index, to: world.initialState(after: nil, random: &batch.random[index]))
      world.show(batch, index, in: batch.seen)
    }
  }

  deinit { batch.deallocate() }

  public var count: Int { batch.count }
  public var agents: Int { batch.agents }
  public func observationSpace(of agent: Int) -> Space { world.observationSpace(of: agent) }
  public func actionSpace(of agent: Int) -> Space { world.actionSpace(of: agent) }
  public var observations: UnsafeBufferPointer<Float> { everybodys(batch.seen, copies.now) { _ in true } }
  public var finalObservations: UnsafeBufferPointer<Float> {
    everybodys(batch.seenLast, copies.last) { batch.hasTerminated[$0] || batch.wasTruncated[$0] }
  }
  public var sharedObservations: UnsafeBufferPointer<Float>? {
    batch.views < agents ? UnsafeBufferPointer(batch.seen) : nil
  }

  private func everybodys(
    _ seen: UnsafeMutableBufferPointer<Float>, _ copies: AgentCopies, _ isWanted: (Int) -> Bool
  ) -> UnsafeBufferPointer<Float> {
    if batch.views == agents { return UnsafeBufferPointer(seen) }
    return copies.filled(from: seen, count: count, agents: agents, isWanted)
  }
  public var rewards: UnsafeBufferPointer<Double> { UnsafeBufferPointer(batch.paid) }
  public var terminated: UnsafeBufferPointer<Bool> { UnsafeBufferPointer(batch.hasTerminated) }
  public var truncated: UnsafeBufferPointer<Bool> { UnsafeBufferPointer(batch.wasTruncated) }
  public var episodeReturns: UnsafeBufferPointer<Double> { UnsafeBufferPointer(batch.lastSums) }
  public var episodeLengths: UnsafeBufferPointer<Int> { UnsafeBufferPointer(batch.lastSteps) }

  /// What was copied for every agent is out of date.
  func forgetCopies() {
    copies.now.isFresh = false
    copies.last.isFresh = false
  }

  public func reset(seed: UInt64) {
    forgetCopies()
    for index in 0..<count {
      batch.random[index] = PCG64(seed: seed &+ UInt64(index))
      batch.states[index] = world.initialState(after: nil, random: &batch.random[index])
      batch.steps[index] = 0
      batch.hasTerminated[index] = false
      batch.wasTruncated[index] = false
      world.show(batch, index, in: batch.seen)
    }
    batch.paid.update(repeating: 0)
    batch.sums.update(repeating: 0)
  }

  public func step(_ actions: UnsafeBufferPointer<Float>) {
    precondition(
      actions.count == count * agents * batch.actionWidth,
      "\(actions.count) numbers as actions of \(count) x \(agents) x \(batch.actionWidth)")
    forgetCopies()
    if threads == 1 {
      world.step(batch, 0..<count, actions)
    } else {
      nonisolated(unsafe) let actions = actions
      let (world, batch, threads) = (world, batch, threads)
      DispatchQueue.concurrentPerform(iterations: threads) { part in
        world.step(batch, part * batch.count / threads..<(part + 1) * batch.count / threads, actions)
      }
    }
  }
}

/// Copies, for every agent, of what all see alike.
private final class AgentCopies {
  var isFresh = false
  private var memory: UnsafeMutableBufferPointer<Float>?

  deinit { memory?.deallocate() }

  /// - Parameter isWanted: Of an environment; the others' copies have no meaning.
  func filled(
    from seen: UnsafeMutableBufferPointer<Float>, count: Int, agents: Int, _ isWanted: (Int) -> Bool
  ) -> UnsafeBufferPointer<Float> {
    let memory = self.memory ?? .allocate(capacity: seen.count * agents)
    if self.memory == nil {
      memory.initialize(repeating: 0)
      self.memory = memory
    }
    guard !isFresh else { return UnsafeBufferPointer(memory) }
    let width = seen.count / count
    for index in 0..<count where isWanted(index) {
      let source = UnsafeBufferPointer(rebasing: seen[index * width..<(index + 1) * width])
      for agent in index * agents..<(index + 1) * agents {
        _ = UnsafeMutableBufferPointer(rebasing: memory[agent * width..<(agent + 1) * width])
          .update(fromContentsOf: source)
      }
    }
    isFresh = true
    return UnsafeBufferPointer(memory)
  }
}
