import Foundation
import Rewards
import Testing

@testable import Worlds

@Suite struct StateGraphTests {
  @Test("States near a node belong to it; edges count both ways, never to themselves; changes are counted")
  func building() {
    var graph = StateGraph(width: 1, capacity: 10, radius: 0.5)
    var previous: Int?
    var nodes: [Int] = []
    for state in [0, 0.4, 1, 1.2, 0.1, 1.1] as [Float] {
      previous = graph.visit([state], after: previous).node
      nodes.append(previous!)
    }
    #expect(nodes == [0, 0, 1, 1, 0, 1] && graph.count == 2 && graph.edges == 1)
    #expect(graph[0, 1] == 3 && graph[1, 0] == 3 && graph[0, 0] == 0)
    #expect(graph.changes == 3 && graph.largestWeight == 3 && graph.neighbours(of: 1) == [0])
  }

  @Test("A full graph gives up its oldest or its least connected node with its edges")
  func replacing() {
    for (rule, lost) in [(StateGraph.Replacement.oldest, 0), (.leastConnected, 2)] {
      var graph = StateGraph(width: 1, capacity: 3, radius: 0.1, replacement: rule)
      var previous: Int?
      for state in [0, 1, 0, 1, 2] as [Float] { previous = graph.visit([state], after: previous).node }
      graph.clearChanges()
      let visit = graph.visit([7], after: 1)
      #expect(visit == .init(node: lost, isNew: true, hasReplaced: true), "\(rule)")
      // N - 1 for the node, 1 for its edge.
      #expect(graph.changes == 3 && graph.neighbours(of: lost) == [1] && graph[lost, 1] == 1)
    }
  }

  @Test("Laplacian spectra of a path and of a complete graph are the closed forms")
  func spectra() {
    let path = LaplacianSpectrum(
      adjacency: (0..<6).map { i in (0..<6).map { abs(i - $0) == 1 ? 1 : 0 } })
    for (k, value) in path.values.enumerated() {
      #expect(abs(value - (2 - 2 * cos(.pi * Double(k) / 6))) < 1e-12)
    }
    let complete = LaplacianSpectrum(adjacency: (0..<6).map { i in (0..<6).map { i == $0 ? 0 : 1 } })
    #expect(abs(complete.values[0]) < 1e-12 && complete.values.dropFirst().allSatisfy { abs($0 - 6) < 1e-12 })
    #expect(path.distance(to: path, count: 4) == 0)
    #expect(abs(path.distance(to: complete, count: 2) - (6 - path.values[1])) < 1e-12)
  }

  /// A corridor of 12 nodes walked up and down.
  static func corridor() -> StateGraph {
    var graph = StateGraph(width: 2, capacity: 20, radius: 0.04)
    var previous: Int?
    for lap in 0..<20 {
      for step in 0..<12 {
        let place = Float(lap % 2 == 0 ? step : 11 - step) / 12
        previous = graph.visit([place, 0.5], after: previous).node
      }
    }
    return graph
  }

  @Test("The encoder learns which nodes are neighbours, and its D stays within 0 and 1")
  func encoder() throws {
    let graph = Self.corridor()
    #expect(graph.count == 12 && graph.edges == 11)
    let encoder = ReachabilityEncoder(low: [0, 0], high: [1, 1], seed: 1)
    #expect(encoder.reachability([5], [5]) == 0 && !encoder.isTrained)
    let first = try #require(encoder.train(on: graph, batches: 1))
    let last = try #require(encoder.train(on: graph, batches: 800))
    // No vectors have products 1 with their neighbours and 0 with themselves, so the loss cannot vanish.
    #expect(last < first, "\(first), \(last)")
    func d(_ i: Int, _ j: Int) -> Double {
      encoder.reachability(encoder.codes([Float(i) / 12, 0.5]), encoder.codes([Float(j) / 12, 0.5]))
    }
    #expect(d(3, 4) > 0.7 && d(3, 9) < 0.3 && d(0, 11) < 0.2)
    #expect(abs(d(2, 7) - d(7, 2)) < 1e-6)
    #expect(encoder.reachability([100], [100]) == 1 && encoder.reachability([-1], [1]) == 0)
    #expect(encoder.train(on: StateGraph(width: 2, capacity: 3, radius: 1), batches: 5) == nil)
  }
}

@Suite struct GraphReachabilityTests {
  static func shaper(_ form: String, _ more: [(String, JSONValue)] = []) throws -> any TransitionShaper {
    try TransitionShapers.shaper(
      "graph_reachability",
      JSONObject(
        [
          ("form", .string(form)), ("goal", .array([.number(-0.8), .number(0.8)])), ("eps_d", .number(0.2)),
          ("beta", .number(0.01)), ("batches", .integer(20)), ("alpha", .number(0.5)),
        ] + more))
  }

  /// The rewards of a walk of `steps` random steps in the U-maze: the world's and the shaped.
  static func walk(
    _ shaper: any TransitionShaper, steps: Int, discount: Double = 0.9
  ) throws -> (own: [Double], shaped: [Double], ends: [Bool]) {
    let world = PointRobot.uMaze(speed: 0.3, maximumSteps: 60)
    let environment = try ShapedEnvironment(
      world.anyEnvironment(seed: 5), shaper: shaper, discount: discount)
    var random = PCG64(seed: 3)
    var result: (own: [Double], shaped: [Double], ends: [Bool]) = ([], [], [])
    _ = environment.reset(seed: 5)
    for _ in 0..<steps {
      let step = try environment.step([Float(random.uniform(-1, 1)), Float(random.uniform(-1, 1))])
      result.own.append(environment.originalRewards[0])
      result.shaped.append(step.reward)
      result.ends.append(step.isLast)
      if step.isLast { _ = environment.reset(seed: nil) }
    }
    return result
  }

  @Test("The high form pays alpha D on top, from 0 to alpha, and the encoder is trained on the way")
  func high() throws {
    let walk = try Self.walk(Self.shaper("high"), steps: 400)
    let extra = zip(walk.own, walk.shaped).map { $1 - $0 }
    #expect(extra.allSatisfy { $0 >= 0 && $0 <= 0.5 } && extra.contains { $0 > 0.01 } && extra[0] == 0)
  }

  @Test("The low form is the negative square of the distance plus alpha D")
  func low() throws {
    let walk = try Self.walk(Self.shaper("low", [("alpha", .number(0))]), steps: 50)
    #expect(walk.shaped.allSatisfy { $0 <= 0 && $0 >= -2 * 1.8 * 1.8 - 0.01 })
    #expect(abs(walk.shaped[0] + 2.56) < 0.9)
  }

  @Test("The potential form telescopes over every episode whatever the encoder learns meanwhile")
  func potential() throws {
    let walk = try Self.walk(Self.shaper("potential"), steps: 600, discount: 1)
    var (sum, longest) = (0.0, 0.0)
    for (index, isLast) in walk.ends.enumerated() {
      let extra = walk.shaped[index] - walk.own[index]
      sum += extra
      longest = max(longest, abs(extra))
      // Phi of the last state less Phi of the first: within alpha.
      #expect(abs(sum) <= 0.5 + 1e-9)
      if isLast { sum = 0 }
    }
    #expect(longest > 0.001)
  }

  @Test("What does not fit is refused: states without distances, too few numbers, another discount, no goal")
  func refusals() throws {
    let numbered = ShapingSetting(observationSpace: .discrete(4), actionSpace: .discrete(2), discount: 0.9)
    let narrow = ShapingSetting(
      observationSpace: .box(-1, 1, width: 1), actionSpace: .discrete(2), discount: 0.9)
    var shaper = try Self.shaper("high")
    #expect(throws: ShapingError.self) { try shaper.begin(numbered) }
    #expect(throws: ShapingError.observationWidth(needed: 2, found: 1)) { try shaper.begin(narrow) }
    var other = try Self.shaper("potential", [("discount", .number(0.5))])
    let wide = ShapingSetting(
      observationSpace: .box(-1, 1, width: 2), actionSpace: .discrete(2), discount: 0.9)
    #expect(throws: ShapingError.discountMismatch(shaper: 0.5, learner: 0.9)) { try other.begin(wide) }
    #expect(throws: ParameterError.self) { try TransitionShapers.shaper("graph_reachability") }
    #expect(throws: ParameterError.self) { try Self.shaper("high", [("eps_d", .number(0))]) }
  }

  @Test("The U-maze is blocked by its wall and ends at its goal")
  func maze() throws {
    let world = try WorldRegistry.standard.world("umaze", JSONObject([("speed", .number(0.5))]))
    let environment = world.anyEnvironment(seed: 1)
    _ = environment.reset(seed: 1)
    for _ in 0..<4 { _ = try environment.step([0, 1]) }
    #expect(try environment.step([0, 1]).observation[1] < 0)
    var last: Transition?
    for action in [[1, 0], [1, 0], [1, 0], [0, 1], [0, 1], [-1, 0], [-1, 0], [-1, 0]] as [[Float]] {
      last = try environment.step(action)
    }
    #expect(last?.terminated == true && last!.reward > 0)
  }
}
