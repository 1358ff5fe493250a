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
}

extension VectorEnvironment {
  /// One step of every environment (see `step(_:)` for memory).
  public func step(_ actions: [Float]) { actions.withUnsafeBufferPointer { step($0) } }
}

/// The environments of a known world. Stepping allocates nothing, as long as the world's own step does not.
public final class BatchEnvironment<W: World>: VectorEnvironment {
  public let world: W
  public let count: Int
  public let agents: Int
  private let threads: Int
  private let observationWidth: Int
  private let actionWidth: Int
  private let sharesObservation: Bool
  private let maximumSteps: Int
  private let seen, seenLast: UnsafeMutableBufferPointer<Float>
  private let paid, sums, lastSums: UnsafeMutableBufferPointer<Double>
  private let hasTerminated, wasTruncated: UnsafeMutableBufferPointer<Bool>
  private let steps, lastSteps: UnsafeMutableBufferPointer<Int>
  private let random: UnsafeMutableBufferPointer<PCG64>
  private let states: UnsafeMutableBufferPointer<W.State>

  /// - Parameter threads: How many parts of the batch step at the same time. The results do not depend on it.
  public init(_ world: W, count: Int, seed: UInt64 = 0, threads: Int = 1) {
    precondition(count >= 1, "a vector of no environments")
    func buffer<Element>(_ element: Element, _ size: Int) -> UnsafeMutableBufferPointer<Element> {
      let buffer = UnsafeMutableBufferPointer<Element>.allocate(capacity: size)
      buffer.initialize(repeating: element)
      return buffer
    }
    self.world = world
    self.count = count
    self.threads = max(1, min(threads, count))
    agents = world.agents
    observationWidth = world.observationWidth
    actionWidth = world.actionWidth
    sharesObservation = world.sharesObservation
    maximumSteps = world.maximumSteps ?? .max
    (seen, seenLast) = (
      buffer(0, count * agents * observationWidth), buffer(0, count * agents * observationWidth)
    )
    (paid, sums, lastSums) = (buffer(0, count * agents), buffer(0, count * agents), buffer(0, count * agents))
    (hasTerminated, wasTruncated) = (buffer(false, count), buffer(false, count))
    (steps, lastSteps) = (buffer(0, count), buffer(0, count))
    random = buffer(PCG64(seed: seed), count)
    states = .allocate(capacity: count)
    for index in 0..<count {
      random[index] = PCG64(seed: seed &+ UInt64(index))
      states.initializeElement(at: index, to: world.initialState(after: nil, random: &random[index]))
      show(index, in: seen)
    }
  }

  deinit {
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

  public func observationSpace(of agent: Int) -> Space { world.observationSpace(of: agent) }
  public func actionSpace(of agent: Int) -> Space { world.actionSpace(of: agent) }
  public var observations: UnsafeBufferPointer<Float> { UnsafeBufferPointer(seen) }
  public var finalObservations: UnsafeBufferPointer<Float> { UnsafeBufferPointer(seenLast) }
  public var rewards: UnsafeBufferPointer<Double> { UnsafeBufferPointer(paid) }
  public var terminated: UnsafeBufferPointer<Bool> { UnsafeBufferPointer(hasTerminated) }
  public var truncated: UnsafeBufferPointer<Bool> { UnsafeBufferPointer(wasTruncated) }
  public var episodeReturns: UnsafeBufferPointer<Double> { UnsafeBufferPointer(lastSums) }
  public var episodeLengths: UnsafeBufferPointer<Int> { UnsafeBufferPointer(lastSteps) }

  public func reset(seed: UInt64) {
    for index in 0..<count {
      random[index] = PCG64(seed: seed &+ UInt64(index))
      states[index] = world.initialState(after: nil, random: &random[index])
      steps[index] = 0
      hasTerminated[index] = false
      wasTruncated[index] = false
      show(index, in: seen)
    }
    paid.update(repeating: 0)
    sums.update(repeating: 0)
  }

  public func step(_ actions: UnsafeBufferPointer<Float>) {
    precondition(
      actions.count == count * agents * actionWidth,
      "\(actions.count) numbers as actions of \(count) x \(agents) x \(actionWidth)")
    if threads == 1 {
      step(0..<count, actions)
    } else {
      nonisolated(unsafe) let (batch, actions) = (self, actions)
      DispatchQueue.concurrentPerform(iterations: threads) { part in
        batch.step(part * batch.count / batch.threads..<(part + 1) * batch.count / batch.threads, actions)
      }
    }
  }

  /// Steps the environments of a range, which no other thread touches meanwhile.
  private func step(_ range: Range<Int>, _ actions: UnsafeBufferPointer<Float>) {
    for index in range {
      let lane = index * agents..<(index + 1) * agents
      let terminated = world.step(
        &states[index],
        actions: UnsafeBufferPointer(
          rebasing: actions[lane.lowerBound * actionWidth..<lane.upperBound * actionWidth]),
        rewards: UnsafeMutableBufferPointer(rebasing: paid[lane]), random: &random[index])
      steps[index] += 1
      for place in lane { sums[place] += paid[place] }
      hasTerminated[index] = terminated
      wasTruncated[index] = steps[index] >= maximumSteps
      if terminated || wasTruncated[index] {
        show(index, in: seenLast)
        for place in lane {
          lastSums[place] = sums[place]
          sums[place] = 0
        }
        lastSteps[index] = steps[index]
        steps[index] = 0
        states[index] = world.initialState(after: states[index], random: &random[index])
      }
      show(index, in: seen)
    }
  }

  private func show(_ index: Int, in target: UnsafeMutableBufferPointer<Float>) {
    let first = index * agents * observationWidth
    for agent in 0..<agents {
      let start = first + agent * observationWidth
      if agent > 0, sharesObservation {
        (target.baseAddress! + start).update(from: target.baseAddress! + first, count: observationWidth)
      } else {
        world.observe(
          states[index], agent: agent,
          into: UnsafeMutableBufferPointer(rebasing: target[start..<start + observationWidth]))
      }
    }
  }
}
