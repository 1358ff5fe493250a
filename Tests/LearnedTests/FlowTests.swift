import Foundation
import Numeric
import Rewards
import Testing
import Worlds

@testable import Learned

@Suite struct FlowTests {
  static func graph(_ form: String, _ objects: [(JSONValue, [Double])]) throws -> ConstructionGraph {
    let list = objects.map { object, values in
      JSONValue.object(
        JSONObject([("object", object), ("objectives", .array(values.map(JSONValue.number)))]))
    }
    let world = try WorldRegistry.standard.world(
      "objects", JSONObject([("list", .array(list)), ("form", .string(form))]))
    return try #require(world as? any ConstructionWorld).construction
  }

  static func words(_ texts: [(String, Double)]) -> [(JSONValue, [Double])] {
    texts.map { (.string($0), [$1]) }
  }

  /// One objective on the cells of a grid, all of which are objects with two parents inside.
  static func cells(_ size: Int) -> ConstructionGraph {
    let grid = Hypergrid(size: size, exponent: 1).construction
    return ConstructionGraph(
      states: grid.states, choiceNames: grid.choiceNames, objectiveNames: ["r"], child: grid.child,
      objectives: { [0.1 + Double($0 / size) + 2 * Double($0 % size)] }, name: grid.name)
  }

  func plain(_ graph: ConstructionGraph) -> GFlowNet {
    var settings = GFlowNet.Settings()
    settings.beta = 1
    settings.stopLogit = 0
    return GFlowNet(
      graph, conditions: FlowConditions(.preferences, objectives: 1, count: 5), settings: settings, seed: 1)
  }

  @Test(
    "Trajectory balance learns to stop in proportion to the reward, however many ways lead to an object",
    arguments: ["cells", "sequence", "set"])
  func proportional(form: String) throws {
    let objects = Self.words([("", 0.5), ("ab", 1), ("ba", 2), ("aab", 3), ("c", 0.25), ("abc", 4)])
    let graph =
      switch form {
      case "cells": Self.cells(4)
      case "set": try Self.graph("set", objects.filter { $0.0 != .string("ba") })
      default: try Self.graph("sequence", objects)
      }
    let flow = plain(graph)
    #expect(flow.conditions.count == 1 && flow.train(updates: 1500) < 1e-3)
    let rewards = (0..<graph.states).map { graph.objectives($0)?[0] ?? 0 }
    let total = rewards.reduce(0, +)
    for (probability, reward) in zip(flow.distribution(0), rewards) {
      #expect(abs(probability - reward / total) < 0.01)
    }
    for (share, reward) in zip(flow.target(0), rewards) { #expect(abs(share - reward / total) < 1e-9) }
    #expect(FlowMetrics.totalVariation([flow.distribution(0)], [flow.target(0)]) < 0.02)
    // Z is the sum of all rewards.
    #expect(abs(exp(Double(flow.parameters.partitions[0])) / total - 1) < 0.02)
    var random = PCG64(seed: 2)
    var counts = [Double](repeating: 0, count: graph.states)
    for _ in 0..<20_000 { counts[flow.sample(0, random: &random)] += 1 }
    for (count, reward) in zip(counts, rewards) { #expect(abs(count / 20_000 - reward / total) < 0.02) }
  }

  @Test("The same seed gives the same flow, and each condition draws its own objects")
  func conditioned() throws {
    let grid = Hypergrid(size: 6)
    var settings = GFlowNet.Settings()
    settings.beta = 10
    settings.learningRate = 0.1
    func flow(_ seed: UInt64) -> GFlowNet {
      let flow = GFlowNet(
        grid.construction, conditions: FlowConditions(.goals, objectives: 2, count: 4, cosine: 0.9),
        settings: settings, seed: seed)
      flow.train(updates: 300)
      return flow
    }
    let (one, same, other) = (flow(3), flow(3), flow(4))
    #expect(one.parameters.logits == same.parameters.logits)
    #expect(one.parameters.logits != other.parameters.logits)
    let metrics = FlowMetrics(grid.construction)
    let distributions = (0..<4).map(one.distribution)
    #expect(metrics.correlation(distributions, one.conditions) > 0.8)
    #expect(distributions.allSatisfy { abs($0.reduce(0, +) - 1) < 1e-9 })
  }

  @Test("Reports count updates, walks and steps, and may end the training")
  func reports() {
    let flow = plain(Self.cells(3))
    var seen: [GFlowNet.Progress] = []
    flow.train(updates: 100, every: 10) {
      seen.append($0)
      return seen.count < 3
    }
    #expect(seen.map(\.updates) == [10, 20, 30] && seen.allSatisfy { $0.loss.isFinite })
    // Hindsight replays three tenths of every batch but a part of the first, when nothing is remembered yet.
    #expect(seen[2].walks - seen[1].walks == 10 * 44)
    #expect(seen[2].steps > seen[2].walks)
  }

  @Test("Conditions are directions of unit length or weights that sum to 1")
  func conditions() {
    let goals = FlowConditions(.goals, objectives: 3, count: 50, seed: 2)
    #expect(goals.vectors.allSatisfy { abs($0.reduce(0) { $0 + $1 * $1 } - 1) < 1e-12 })
    let preferences = FlowConditions(.preferences, objectives: 3, count: 4000, seed: 2)
    #expect(preferences.vectors.allSatisfy { abs($0.reduce(0, +) - 1) < 1e-12 && $0.min()! >= 0 })
    // Dirichlet(1): P(w_1 < 1/2) = 1 - (1/2)^2.
    let share = Double(preferences.vectors.count { $0[0] < 0.5 }) / 4000
    #expect(abs(share - 0.75) < 0.03)
    #expect(preferences.reward(0, [1, 1, 1]) > 0.999)
    #expect(FlowConditions(.goals, objectives: 1, count: 9).reward(0, [0.3]) == 0.3)
    let pair = FlowConditions(.goals, objectives: 2, count: 2)
    #expect(abs(pair.vectors[0][0] - cos(.pi / 8)) < 1e-12 && pair.reward(0, [0, 1]) == 0)
  }

  @Test("Tab-GS asks less for what was never met between a quarter and three quarters, then stays")
  func goalTable() {
    var table = GoalTable(conditions: 2, unreachedWeight: 0.1)
    table.reach(0)
    table.adjust(progress: 0.2)
    #expect(table.weights == [1, 1])
    table.adjust(progress: 0.5)
    #expect(table.weights == [1, 0.1])
    var random = PCG64(seed: 1)
    let drawn = (0..<11_000).count { _ in table.draw(&random) == 1 }
    #expect(abs(drawn - 1000) < 150)
    table.reach(1)
    table.adjust(progress: 0.8)
    #expect(table.weights == [1, 0.1])
    table.adjust(progress: 0.6)
    #expect(table.weights == [1, 1])
  }

  @Test("A flow that was kept in the middle ends with the bits of one that never stopped")
  func resume() throws {
    let grid = Hypergrid(size: 5)
    func flow() -> GFlowNet {
      var settings = GFlowNet.Settings()
      (settings.beta, settings.batchSize, settings.replay, settings.unreachedWeight) = (8, 8, 50, 0.2)
      return GFlowNet(
        grid.construction, conditions: FlowConditions(.goals, objectives: 2, count: 4, cosine: 0.9),
        settings: settings, seed: 3)
    }
    let whole = flow()
    whole.train(updates: 40)
    let first = flow()
    first.train(updates: 40, every: 15) { $0.updates < 15 }
    #expect(first.updates == 15)
    var archive = StateArchive(kind: "flow", version: 1)
    first.save(in: &archive)
    let second = flow()
    try second.restore(from: archive)
    second.train(updates: 40)
    #expect(second.parameters.logits == whole.parameters.logits)
    #expect(second.parameters.partitions == whole.parameters.partitions && second.updates == 40)
    let other = GFlowNet(
      Hypergrid(size: 4).construction,
      conditions: FlowConditions(.goals, objectives: 2, count: 4, cosine: 0.9), seed: 3)
    #expect(throws: StateArchiveError.self) { try other.restore(from: archive) }
  }

  @Test("Objectives too small for beta are told of")
  func flat() throws {
    let graph = try Self.graph(
      "sequence", [(.string("a"), [0.3, 0]), (.string("b"), [0, 0.9]), (.string("c"), [0, 0.2])])
    let flow = GFlowNet(
      graph, conditions: FlowConditions(.goals, objectives: 2, count: 3, cosine: 0.9), seed: 1)
    // 60 log 0.3 is below -60; nothing lies in the middle.
    #expect(flow.flatConditions == [0])
    #expect(FlowMetrics.totalVariation([[1, 0], [0.5, 0.5]], [[0, 1], [0.5, 0.5]]) == 0.5)
  }

  @Test("Goals that nothing meets are found out and become rare")
  func unreachable() throws {
    let graph = try Self.graph(
      "sequence", [(.string("aa"), [1, 0.05]), (.string("ab"), [0.9, 0.1]), (.string("b"), [0.2, 0])])
    let flow = GFlowNet(
      graph, conditions: FlowConditions(.goals, objectives: 2, count: 4), seed: 1)
    var reached: [Int] = []
    flow.train(updates: 200, every: 100) {
      reached.append($0.reached)
      return true
    }
    #expect(flow.isReached == [true, false, false, false] && reached == [1, 1])
  }

  @Test("The front, its entropy, distance and correlation are those worked out by hand")
  func metrics() throws {
    let graph = try Self.graph(
      "sequence",
      [
        (.string("a"), [4, 0]), (.string("b"), [0, 3]), (.string("c"), [1, 0]), (.string("d"), [0, 0]),
        (.string("e"), [4, 0]), (.string("f"), [2, 2]),
      ])
    let states = Dictionary(
      uniqueKeysWithValues: graph.objects.map { state -> (String, Int) in
        guard case .string(let name) = graph.name(state) else { return ("", state) }
        return (name, state)
      })
    // c lies under a, d has nothing, e equals a.
    #expect(Set(graph.front) == Set(["a", "b", "f"].compactMap { states[$0] }))
    let metrics = FlowMetrics(graph)
    func distribution(_ shares: [String: Double]) -> [Double] {
      var result = [Double](repeating: 0, count: graph.states)
      for (name, share) in shares { result[states[name]!] = share }
      return result
    }
    // c counts at f (distance sqrt 5 against 3), d nowhere.
    let one = distribution(["a": 0.5, "d": 0.5])
    let other = distribution(["b": 0.5, "c": 0.25, "f": 0.25])
    let shares = [0.5, 0.5, 0.5].map { $0 / 1.5 }
    #expect(abs(metrics.entropy([one, other]) - shares.reduce(0) { $0 - $1 * log($1) }) < 1e-12)
    let distance = metrics.generationalDistance([states["a"]!, states["a"]!])
    #expect(abs(distance - (0 + 5 + 8.0.squareRoot()) / 3) < 1e-12)
    let exact = [distribution(["a": 1]), distribution(["b": 1])]
    let conditions = FlowConditions(.goals, objectives: 2, count: 2)
    #expect(abs(metrics.correlation(exact, conditions) - 1) < 1e-12)
    #expect(abs(metrics.correlation(exact.reversed(), conditions) + 1) < 1e-12)
    #expect(metrics.correlation([exact[0], exact[0]], conditions).isNaN)
  }
}
