import Foundation
import Rewards
import Testing

@testable import Evolution

@Suite struct ExplorationPlanTests {
  private struct Wrong: Error {
    let what: String
    init(_ what: String) { self.what = what }
  }

  private func plan(_ yaml: String) throws -> ExplorationPlan {
    try ExplorationPlan(yaml: yaml, file: "plan.yaml")
  }

  @Test func readsAnArmAndItsDefaults() throws {
    let plan = try plan("problem: arm")
    #expect(
      plan.subjectName == "arm" && plan.method.name == "serene" && plan.budget == 20_000 && plan.seed == 1)
    #expect(plan.parameters["sigma"] == .number(0.05))
    guard case .arm(let arm) = plan.subject else { throw Wrong("no arm") }
    #expect(arm.genomeLength == 20 && arm.objective == ArmProblem.twoAreas && arm.viewWidth == 0)
    let views = try self.plan("{problem: arm, method: taxons}")
    guard case .arm(let seen) = views.subject else { throw Wrong("no arm") }
    #expect(seen.viewWidth == 32 * 32)
  }

  @Test func searchesAWorldByItsSignals() throws {
    let plan = try plan(
      """
      problem:
        world: {mountaincar-continuous: {}}
        descriptor: mean
        observe: [0]
        steps: 20
      method: {novelty: {population: 10}}
      budget: 60
      seed: 3
      """)
    #expect(plan.descriptor.map(\.name) == ["mean observation 0"])
    let found = try plan.run()
    #expect(found.evaluations == 60 && !found.isStopped && found.curve.last?.evaluations == 60)
    #expect(found.json == (try plan.run()).json)
  }

  @Test(arguments: [
    ("method: novelty", "the key \"problem\" is missing"),
    ("problem: arn", "did you mean \"arm\""),
    ("problem: {arm: {joints: 0}}", "plan.yaml:1:25: problem.arm.joints"),
    ("problem: {arm: {areas: [{x: 1}]}}", "a list of {x, y, radius}"),
    (
      "problem: {arm: {objective: smoothness, areas: [{x: 0, y: 0, radius: 1}]}}",
      "areas go with objective: areas"
    ),
    ("problem: {world: mountaincar, observe: [7]}", "problem.observe"),
    ("problem: {world: cartpol}", "did you mean \"cartpole\""),
    ("problem: {world: cartpole}", "unbounded: give low and high"),
    ("{problem: arm, method: {novelty: {sigm: 1}}}", "did you mean \"sigma\""),
    ("{problem: arm, method: noveltee}", "did you mean \"novelty\""),
    ("{problem: arm, budget: 50}", "less than the population of 100"),
    ("{problem: arm, name: a/b}", "a name without '/'"),
  ])
  func aWrongPlanIsAnsweredWithItsPlace(yaml: String, message: String) {
    let error = #expect(throws: SpecificationError.self) { try plan(yaml) }
    #expect(error.map { "\($0)".contains(message) } == true, "\(error.map { "\($0)" } ?? "")")
  }

  @Test(arguments: ["serene", "map_elites", "cma_es", "cma_me", "random"])
  func aStoppedSearchGivesWhatItFound(method: String) throws {
    let found = try plan("{problem: arm, method: \(method), budget: 4000}").run { $0 < 0.25 }
    #expect(found.isStopped && found.evaluations == 1000 && found.coverage > 0)
    #expect(found.curve.last?.evaluations == 1000 && !found.archive.isEmpty)
  }

  @Test func optionsLieOverAPlan() throws {
    func override(
      _ text: String, problem: String? = nil, _ values: [String] = [], world: [String] = [],
      method: String? = nil,
      _ methodValues: [String] = []
    ) throws -> String {
      guard case .object(var object) = try JSONValue(json: text) else { return "" }
      func list(_ words: [String]) -> JSONObject {
        JSONObject(words.map { ($0.split(separator: "=").first.map(String.init) ?? "", .integer(1)) })
      }
      try object.override(
        problem: problem, list(values), world: list(world), method: method, list(methodValues))
      return JSONValue.object(object).jsonText
    }
    #expect(
      try override("{}", problem: "arm", ["joints="], method: "novelty")
        == #"{"problem":{"arm":{"joints":1}},"method":{"novelty":{}}}"#)
    #expect(
      try override(#"{"problem":{"world":"p","observe":[0]}}"#, ["steps="], world: ["a="])
        == #"{"problem":{"world":{"p":{"a":1}},"observe":[0],"steps":1}}"#)
    #expect(
      try override(#"{"problem":"arm","method":{"serene":{"sigma":2}}}"#, [], method: nil, ["chunk="])
        == #"{"problem":"arm","method":{"serene":{"sigma":2,"chunk":1}}}"#)
    #expect(throws: ParameterError.self) { try override(#"{"problem":"arm"}"#, world: ["a="]) }
    #expect(throws: ParameterError.self) { try override("{}", ["steps="]) }
  }

  @Test func theMapHoldsTheBestOfEachCell() {
    func elite(_ x: Double, _ y: Double, _ fitness: Double) -> Elite {
      Elite(genome: [0], fitness: fitness, behaviour: [x, y])
    }
    let found = Exploration(
      evaluations: 4, coverage: 0, uniformity: 0, best: nil, bestInArea: [], rewarding: 0, curve: [],
      archive: [elite(0.1, 0.1, 1), elite(0.2, 0.2, 3), elite(0.9, 0.1, 2)], rewarded: [elite(0.1, 0.9, 4)],
      warnings: [])
    let map = found.map(over: [0...1, 0...1], cells: 2)
    #expect(map[0][0] == 4 && map[0][1].isNaN && map[1] == [3, 2])
  }

  @Test func theArchiveIsAFileOfLines() throws {
    let found = try plan("{problem: {arm: {joints: 3}}, method: {random: {population: 5}}, budget: 5}").run()
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("archive-\(UInt64.random(in: 0 ... .max)).jsonl").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try found.writeArchive(to: path)
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == found.archive.count)
    guard case .object(let first) = try JSONValue(json: String(lines[0])) else {
      throw Wrong("no object")
    }
    #expect(first["genome"] == .array(found.archive[0].genome.map(JSONValue.number)))
    #expect(first["fitness"] == .number(found.archive[0].fitness))
  }
}
