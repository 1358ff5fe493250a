import Foundation
import Rewards
import Testing

@testable import Worlds

@Suite struct ConstructionTests {
  func table(_ lines: String, _ form: ObjectTable.Form = .sequence) throws -> ObjectTable {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).jsonl")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(lines.utf8).write(to: file)
    return try ObjectTable(jsonl: file.path, form)
  }

  /// The states by what they are called.
  func states(_ graph: ConstructionGraph) -> [String: Int] {
    Dictionary(uniqueKeysWithValues: (0..<graph.states).map { (graph.name($0).jsonText, $0) })
  }

  @Test func `sequences share their beginnings and are reached in one way`() throws {
    let graph = try table(
      """
      {"object": "ab", "objectives": {"cost": 1, "benefit": 2}, "id": 7}

      {"object": ["a", "c"], "objectives": {"benefit": 0, "cost": 4}}
      """
    ).graph()
    #expect(graph.states == 4 && graph.choiceNames == ["a", "b", "c"] && graph.depth == 2)
    #expect(graph.objectiveNames == ["benefit", "cost"] && graph.parents == [0, 1, 1, 1])
    let states = states(graph)
    let start = try #require(states[#"["a"]"#])
    #expect(graph.child(0, 0) == start && graph.child(0, 1) == nil && graph.objectives(start) == nil)
    #expect(graph.child(start, 1) == states[#""ab""#])
    #expect(graph.objectives(try #require(states[#"["a","c"]"#])) == [0, 4])
  }

  @Test func `a set is reached in every order`() throws {
    let graph = try table(
      """
      {"object": ["x", "y", "z"], "objectives": [1]}
      {"object": "yy", "objectives": [2]}
      """, .set
    ).graph()
    // The eight subsets of xyz, and yy.
    #expect(graph.states == 9)
    let states = states(graph)
    #expect(graph.parents[try #require(states[#"["x","y","z"]"#])] == 3)
    #expect(graph.parents[try #require(states[#""yy""#])] == 1)
    var ways = [Int](repeating: 0, count: graph.states)
    ways[0] = 1
    for state in 0..<graph.states {
      for choice in 0..<graph.choices {
        if let next = graph.child(state, choice) { ways[next] += ways[state] }
      }
    }
    #expect(ways[try #require(states[#"["x","y","z"]"#])] == 6)
  }

  @Test func `a table of all cells is the hypergrid`() throws {
    let grid = Hypergrid(size: 4).construction
    let lines = (0..<16).map { cell in
      "{\"object\": [\(cell / 4), \(cell % 4)], \"objectives\": [\(grid.objectives(cell)![0]), \(grid.objectives(cell)![1])]}"
    }
    let graph = try table(lines.shuffled().joined(separator: "\n"), .grid).graph()
    let states = states(graph)
    #expect(graph.states == 16 && graph.choices == 2)
    for cell in 0..<16 {
      let state = try #require(states[grid.name(cell).jsonText])
      #expect(graph.objectives(state) == grid.objectives(cell) && graph.parents[state] == grid.parents[cell])
      for choice in 0..<2 {
        #expect(
          graph.child(state, choice).map { graph.name($0).jsonText }
            == grid.child(cell, choice).map { grid.name($0).jsonText })
      }
    }
  }

  @Test(arguments: [
    ("{\"object\": \"ab\"}", "line 2", "expected {\"object\": ..."),
    ("{\"object\": \"ab\", \"objectives\": [1]}", "line 2", "those of line 1 are 1, 2"),
    ("{\"object\": \"ab\", \"objectives\": [1, -2]}", "line 2", "objective 2 must be a number from 0"),
    ("{\"object\": \"ab\", \"objectives\": \"high\"}", "line 2", "must be a list of numbers"),
    ("{\"object\": \"a\", \"objectives\": [1, 0]}", "line 2", "the object of line 1 again"),
    ("{\"object\": [1], \"objectives\": [1, 0]}", "line 2", "must be a text or a list of texts"),
    ("{\"object\": ", "line 2", "broken JSON"),
  ])
  func `a wrong line is said with its number`(_ line: String, _ place: String, _ words: String) {
    let error = #expect(throws: ObjectTableError.self) {
      try table("{\"object\": \"a\", \"objectives\": [1, 0]}\n" + line)
    }
    #expect(error?.place == place && error?.message.contains(words) == true, "\(String(describing: error))")
  }

  @Test func `a table that cannot be used is refused as a whole`() throws {
    for (text, form, words) in [
      ("", ObjectTable.Form.sequence, "no object"),
      ("{\"object\": \"a\", \"objectives\": [0, 0]}", .sequence, "nothing to prefer"),
      ("{\"object\": \"a\", \"objectives\": [1]}", .grid, "a list of counts"),
      (
        "{\"object\": [1], \"objectives\": [1]}\n{\"object\": [1, 2], \"objectives\": [1]}", .grid, "2 counts"
      ),
    ] {
      let error = #expect(throws: ObjectTableError.self) { try table(text, form) }
      #expect(error?.message.contains(words) == true, "\(String(describing: error))")
    }
    let missing = #expect(throws: ObjectTableError.self) {
      try ObjectTable(jsonl: "/no/such/file.jsonl", .set)
    }
    #expect(missing?.place == "" && missing?.message.contains("check the path") == true)
    let huge = try table("{\"object\": [2000, 2000], \"objectives\": [1]}", .grid)
    let error = #expect(throws: ObjectTableError.self) { try huge.graph() }
    #expect(error?.place == "line 1" && error?.message.contains("1000000 partial objects") == true)
  }

  @Test func `the worlds pay for what was finished, and what cannot be done changes nothing`() throws {
    let world = try WorldRegistry.standard.world("objects")
    let environment = world.anyEnvironment(seed: 1)
    _ = environment.reset(seed: 1)
    // Stopping at nothing, and b, with which no word begins.
    for action: Float in [2, 1] {
      let step = try environment.step([action])
      #expect(step.observation == [0] && !step.isLast)
    }
    for action: Float in [0, 0, 1] { _ = try environment.step([action]) }
    let last = try environment.step([2])
    #expect(last.terminated && last.reward == 0.5)
    #expect(environment.info["object"] == .string("aab"))
    let ppo = try #require(world as? ObjectWorld)
    #expect(WorldChecker.problems(of: ppo).isEmpty)
    for (key, value) in [("goal", JSONValue.array([.number(0), .number(0)])), ("weights", .integer(1))] {
      let error = #expect(throws: ParameterError.self) {
        try WorldRegistry.standard.world("objects", JSONObject([(key, value)]))
      }
      #expect(error?.message.contains("a list of 2 numbers") == true)
    }
  }

  @Test func `a focus region pays the sum on its axis, a fifth of it at its border, nothing outside`() {
    let region = FocusRegion(direction: [3, 4])
    #expect(abs(region.reward([0.3, 0.4]) - 0.7) < 1e-9)
    #expect(region.reward([0, 0]) == 0 && region.reward([1, 0]) == 0)
    let angle = atan2(4.0, 3.0) + acos(0.98) - 1e-9
    let border = [cos(angle), sin(angle)]
    #expect(abs(region.reward(border) - 0.2 * (border[0] + border[1])) < 1e-6)
  }

  @Test func `the hypergrid can be named, and pays when one stops`() throws {
    let world = try WorldRegistry.standard.world(
      "hypergrid", JSONObject([("size", .integer(9)), ("goal", .array([.number(1), .number(0)]))]))
    let environment = world.anyEnvironment(seed: 1)
    _ = environment.reset(seed: 1)
    for _ in 0..<4 { #expect(try environment.step([0]).reward == 0) }
    let last = try environment.step([2])
    #expect(last.terminated && abs(last.reward - 0.5) < 1e-9)
    #expect(throws: ParameterError.self) {
      try WorldRegistry.standard.world("hypergrid", JSONObject([("goal", .array([.number(0), .number(0)]))]))
    }
  }
}
