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

  /// `count` x `agents` x observation width.
  var observations: UnsafeBufferPointer<Float> { get }
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
  /// One step of every environment (see `step(_:)` for memory).
  public func step(_ actions: [Float]) { actions.withUnsafeBufferPointer { step($0) } }
}

/// The memory of a batch, environment after environment.
public struct WorldBatch<State>: @unchecked Sendable {
  let count, agents, observationWidth, actionWidth, maximumSteps: Int
  let sharesObservation: Bool
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
    sharesObservation = world.sharesObservation
    maximumSteps = world.maximumSteps ?? .max
    let numbers = count * agents * observationWidth
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
  }

  /// Writes what the agents of an environment see.
  func show(_ batch: WorldBatch<State>, _ index: Int, in target: UnsafeMutableBufferPointer<Float>) {
    let width = batch.observationWidth
    let start = target.baseAddress! + index * batch.agents * width
    for agent in 0..<batch.agents {
      if agent > 0, batch.sharesObservation {
        (start + agent * width).update(from: start, count: width)
      } else {
        observe(
          batch.states[index], agent: agent,
          into: UnsafeMutableBufferPointer(start: start + agent * width, count: width))
      }
    }
  }
}

/// The environments of a known world. Stepping allocates nothing, as long as the world's own step does not.
public final class BatchEnvironment<W: World>: VectorEnvironment {
  public let world: W
  private let threads: Int
  let batch: WorldBatch<W.State>

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
  public var observations: UnsafeBufferPointer<Float> { UnsafeBufferPointer(batch.seen) }
  public var finalObservations: UnsafeBufferPointer<Float> { UnsafeBufferPointer(batch.seenLast) }
  public var rewards: UnsafeBufferPointer<Double> { UnsafeBufferPointer(batch.paid) }
  public var terminated: UnsafeBufferPointer<Bool> { UnsafeBufferPointer(batch.hasTerminated) }
  public var truncated: UnsafeBufferPointer<Bool> { UnsafeBufferPointer(batch.wasTruncated) }
  public var episodeReturns: UnsafeBufferPointer<Double> { UnsafeBufferPointer(batch.lastSums) }
  public var episodeLengths: UnsafeBufferPointer<Int> { UnsafeBufferPointer(batch.lastSteps) }

  public func reset(seed: UInt64) {
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
