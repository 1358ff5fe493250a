import ArgumentParser
import Evolution
import Foundation
import Rewards
import Studio
import Worlds

struct Explore: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Search for many different behaviours instead of one best (quality-diversity).",
    discussion: """
      A plan names a problem (the planar arm or any world with one agent), a method and a budget:

        problem: {world: mountaincar-continuous, observe: [0, 1]}
        method: {serene: {population: 50}}
        budget: 20000

      It comes from a file, from options, or from a file with options over it. The run's folder gets archive.jsonl \
      (fitness, behaviour and genome of all that was kept), metrics.json, plan.yaml and report.html. Ctrl-C keeps what was \
      found until then. laurel explore --keys lists methods and parameters.
      """)
  @Argument(help: "The plan (YAML).") var file: String?
  @Option(help: "arm, or a world of laurel world list, in place of the file's problem.") var problem: String?
  @Option(
    name: .customLong("problem-set"), parsing: .upToNextOption,
    help: "The problem's parameters, each NAME=VALUE.") var problemValues: [String] = []
  @Option(
    name: .customLong("world-set"), parsing: .upToNextOption,
    help: "The world's own parameters, each NAME=VALUE.") var worldValues: [String] = []
  @Option(help: "The method in place of the file's.") var method: String?
  @Option(
    name: .customLong("set"), parsing: .upToNextOption, help: "The method's parameters, each NAME=VALUE.")
  var methodValues: [String] = []
  @Option(help: "Evaluations.") var budget: Int?
  @Option(help: "Of everything random.") var seed: Int?
  @Option(help: "The run's folder; default runs/explore/NAME-METHOD-seedS.") var output: String?
  @Flag(help: "List methods and parameters, and stop.") var keys = false

  func run() throws {
    if keys { return printKeys() }
    guard file != nil || problem != nil else {
      throw ValidationError("which problem? give a plan's file, or --problem arm, or --problem WORLD")
    }
    let (text, plan) = try plan()
    let folder =
      output
      ?? firstFreeFolder(
        "runs/explore/\(plan.name == "exploration" ? plan.subjectName : plan.name)-\(plan.method.name)-seed\(plan.seed)"
      )
    if let output, FileManager.default.fileExists(atPath: output) {
      throw ValidationFailure("\(output) exists already: choose another --output")
    }
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw ValidationFailure("cannot make the folder \(folder): \(error.reason)")
    }
    let began = Date()
    let found = try search(plan)
    do {
      try found.writeArchive(to: folder + "/archive.jsonl")
      for (name, content) in [
        ("metrics.json", JSONValue.object(found.measures).jsonText + "\n"), ("plan.yaml", text),
      ] {
        try Data(content.utf8).write(to: URL(fileURLWithPath: folder + "/" + name), options: .atomic)
      }
    } catch {
      throw ValidationFailure("cannot write into \(folder): \(error.reason)")
    }
    try report(found, plan, text, -began.timeIntervalSinceNow).write(to: folder + "/report.html")
    for warning in found.warnings { say(warning) }
    say(
      String(
        format: "%d evaluations: coverage %.3f, best %@, %d rewarded, %d kept", found.evaluations,
        found.coverage,
        found.best.map { String(format: "%.4g", $0.fitness) } ?? "none", found.rewarding,
        found.archive.count + found.rewarded.count))
    print("page: \(folder)/report.html")
    if found.isStopped { throw ExitCode(130) }
  }

  private func search(_ plan: ExplorationPlan) throws -> Exploration {
    let progress = Progress(total: Double(plan.budget), unit: "evaluations")
    defer { progress.finish() }
    return try interruptible(
      grace: nil,
      announce: { progress.line("stopping; what was found is kept (Ctrl-C again ends it at once)") },
      report: {}
    ) { isCancelled in
      try plan.run { share in
        progress.reach(share * Double(plan.budget))
        return !isCancelled()
      }
    }
  }

  /// The file's plan with the options over it.
  private func plan() throws -> (text: String, plan: ExplorationPlan) {
    let isFileAlone =
      problem == nil && method == nil && budget == nil && seed == nil && problemValues.isEmpty
      && worldValues.isEmpty
      && methodValues.isEmpty
    if let file, isFileAlone {
      let read = try ExplorationPlan(YAMLValue(contentsOf: file))
      return (try String(contentsOfFile: file, encoding: .utf8), read)
    }
    var object = JSONObject()
    if let file {
      let root = try YAMLValue(contentsOf: file)
      _ = try ExplorationPlan(root)  // its mistakes are told with its lines
      if case .object(let read) = root.json { object = read }
    }
    do {
      try object.override(
        problem: problem, JSONObject(settings: problemValues), world: JSONObject(settings: worldValues),
        method: method, JSONObject(settings: methodValues))
    } catch { throw ValidationError("\(error)") }
    if let budget { object["budget"] = .integer(budget) }
    if let seed { object["seed"] = .integer(seed) }
    let text = JSONValue.object(object).jsonText + "\n"
    return (text, try ExplorationPlan(yaml: text, file: "the options"))
  }

  private func report(
    _ found: Exploration, _ plan: ExplorationPlan, _ text: String, _ seconds: Double
  ) -> ExplorationReport {
    func points(_ elites: [Elite]) -> [ExplorationReport.Point] {
      elites.map { (x: $0.behaviour[0], y: $0.behaviour.count > 1 ? $0.behaviour[1] : 0) }
    }
    let cells = 30
    func middles(_ axis: Int) -> [Double] {
      guard plan.descriptor.count > axis else { return [] }
      let range = plan.descriptor[axis].range
      let width = (range.upperBound - range.lowerBound) / Double(cells)
      return (0..<cells).map { range.lowerBound + (Double($0) + 0.5) * width }
    }
    return ExplorationReport(
      name: plan.name, problem: plan.subjectName, method: plan.method.name, seed: Int(plan.seed),
      evaluations: found.evaluations, budget: plan.budget, seconds: seconds, coverage: found.coverage,
      uniformity: found.uniformity, best: found.best?.fitness, rewarded: found.rewarding,
      axes: plan.descriptor.map(\.name),
      groups: [("archive", points(found.archive)), ("rewarded", points(found.rewarded))],
      map: found.map(over: plan.descriptor.map(\.range), cells: cells), columns: middles(0), rows: middles(1),
      curve: found.curve.map { ($0.evaluations, $0.coverage) }, warnings: found.warnings, yaml: text)
  }

  private func printKeys() {
    func list(_ title: String, _ parameters: [Parameter]) {
      print(title)
      for one in parameters {
        let value = one.default.map { $0 == .null ? "none" : $0.jsonText } ?? "required"
        print("  \(one.name) (\(value)): \(one.expectation). \(one.help)")
      }
    }
    list("plan: problem, method, and", ExplorationPlan.settings)
    list("problem: arm", ArmProblem.parameters)
    list(
      "problem: world (a name of laurel world list, or the name with its parameters), and",
      QualityDiversity.worldParameters)
    for method in QualityDiversity.methods {
      list("method: \(method.name): \(method.help)", method.parameters)
    }
  }
}
