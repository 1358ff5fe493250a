import Foundation
import Rewards

/// What a program earns by passing its tests, run in a sandbox; see ``CodeVerifier``.
///
/// - `all_or_nothing`: 1 when every test passes, else 0.
/// - `fraction`: the share of the tests that pass, 0 to 1.
/// - `verpo`: VeRPO's dense reward (arXiv 2601.03525), which reads the sample's group: all-or-nothing plus
///   `local_weight` times the difficulty-weighted credit of ``DifficultyWeights``. Its advantage is the distance from
///   the group's mean (`advantage: dr_grpo`). Parts: `outcome` and `local`.
///
/// A sample without tests, or whose tests are at fault, is `failed`, and so is the whole group under `verpo` when its
/// samples have different numbers of tests.
public struct CodeReward: Reward {
  public typealias Subject = Sample

  /// How passed tests become a number.
  public enum Credit: String, Sendable, CaseIterable {
    case allOrNothing = "all_or_nothing"
    case fraction
    case verpo
  }

  /// The columns that hold a sample's tests.
  public struct Fields: Sendable, Equatable {
    public var test = "test"
    public var entryPoint = "entry_point"
    /// Where it is present, a list of objects with `input` and `output`.
    public var cases = "cases"

    public init() {}
  }

  public let name: String
  public let verifier: CodeVerifier
  public let credit: Credit
  public let fields: Fields
  public let sharpness: Double
  public let localWeight: Double

  /// Under `verpo` the largest score depends on the group.
  public var maximum: Double? { credit == .verpo ? nil : 1 }
  public var readsGroups: Bool { credit == .verpo }

  public init(
    name: String = "code", verifier: CodeVerifier, credit: Credit = .allOrNothing, fields: Fields = Fields(),
    sharpness: Double = DifficultyWeights.defaultSharpness, localWeight: Double = 1
  ) {
    self.name = name
    self.verifier = verifier
    self.credit = credit
    self.fields = fields
    self.sharpness = sharpness
    self.localWeight = localWeight
  }

  public func score(_ batch: [Sample], state: RunState) async throws -> [Score] {
    let tasks = batch.map { sample in Result { () throws(CodeTaskError) in try task(for: sample) } }
    var verdicts = await verifier.verdicts(on: tasks.compactMap { try? $0.get() })[...]
    let results: [Result<CodeVerdict, CodeTaskError>] = tasks.map { task in
      task.flatMap { _ in
        guard let verdict = verdicts.popFirst() else { return .failure(CodeTaskError("there is no verdict")) }
        return verdict.isJudged ? .success(verdict) : .failure(CodeTaskError(verdict.reason))
      }
    }
    if credit == .verpo { return groupScores(results, groups: batch.map(\.group)) }
    return results.map { result in
      switch result {
      case .failure(let error): return .failed(error.reason)
      case .success(let verdict):
        let share = Double(verdict.passedCount) / Double(max(verdict.tests.count, 1))
        return Score(credit == .fraction ? share : verdict.isPassed ? 1 : 0, parts: ["tests_passed": share])
      }
    }
  }

  private func groupScores(_ results: [Result<CodeVerdict, CodeTaskError>], groups: [Int]) -> [Score] {
    var scores = [Score](repeating: .failed("not judged"), count: results.count)
    for (_, members) in Dictionary(grouping: results.indices, by: { groups[$0] }) {
      let judged = members.compactMap { index in (try? results[index].get()).map { (index, $0) } }
      let count = judged.map(\.1.tests.count).max() ?? 0
      // A program that takes its sandbox down has one failed test, whatever the number of tests.
      let rows = judged.map { _, verdict in
        verdict.passedCount == 0 ? [Bool](repeating: false, count: count) : verdict.tests
      }
      for index in members {
        if case .failure(let error) = results[index] { scores[index] = .failed(error.reason) }
      }
      guard rows.allSatisfy({ $0.count == count }) else {
        for (index, _) in judged { scores[index] = .failed("the samples of a group have different tests") }
        continue
      }
      let weights = DifficultyWeights(passes: rows, sharpness: sharpness)
      for ((index, verdict), row) in zip(judged, rows) {
        let outcome = verdict.isPassed ? 1.0 : 0
        let local = weights.credit(for: row)
        scores[index] = Score(outcome + localWeight * local, parts: ["outcome": outcome, "local": local])
      }
    }
    return scores
  }

  private func task(for sample: Sample) throws(CodeTaskError) -> CodeTask {
    if let cases = sample.columns[fields.cases] {
      return CodeTask(
        prompt: sample.prompt, completion: sample.completion,
        tests: .cases(try CodeCase.list(cases, fields.cases)))
    }
    guard case .string(let test)? = sample.columns[fields.test] else {
      throw CodeTaskError("the sample has neither a text in '\(fields.test)' nor '\(fields.cases)'")
    }
    guard case .string(let entryPoint)? = sample.columns[fields.entryPoint] else {
      throw CodeTaskError("the sample has no text in '\(fields.entryPoint)'")
    }
    return CodeTask(
      prompt: sample.prompt, completion: sample.completion,
      tests: .function(test: test, entryPoint: entryPoint))
  }
}

/// Why a row is no task.
struct CodeTaskError: Error, Sendable, Equatable {
  var reason: String

  init(_ reason: String) { self.reason = reason }
}

extension CodeCase {
  /// Reads a list of objects with the texts `input` and `output`.
  static func list(_ value: JSONValue, _ field: String) throws(CodeTaskError) -> [CodeCase] {
    guard case .array(let items) = value, !items.isEmpty else {
      throw CodeTaskError("'\(field)' is no list with a case in it")
    }
    var cases: [CodeCase] = []
    for item in items {
      guard case .object(let object) = item, case .string(let input)? = object["input"],
        case .string(let output)? = object["output"]
      else { throw CodeTaskError("a case in '\(field)' is no object with the texts input and output") }
      cases.append(CodeCase(input: input, output: output))
    }
    return cases
  }
}

extension RewardKind {
  static let code = RewardKind(
    name: "code",
    help:
      "What a program earns by passing tests in a sandbox: Python functions, or any language by a command.",
    parameters: [
      choice(
        "credit", default: CodeReward.Credit.allOrNothing,
        help: "all tests or nothing, their share, or VeRPO's weights by difficulty in the group"),
      Parameter("test", .string, default: .string("test"), help: "column with the Python test"),
      Parameter(
        "entry_point", .string, default: .string("entry_point"), help: "column with the function's name"),
      Parameter(
        "cases", .string, default: .string("cases"),
        help: "column with input and output pairs for whole programs; wins over test"),
      Parameter(
        "time_limit", .number, default: .number(5), range: 0.01...600,
        help: "seconds for one function's tests, or for one case"),
      Parameter(
        "memory", .integer, default: .integer(512), range: 32...65536, help: "megabytes for one program"),
      Parameter(
        "output_limit", .integer, default: .integer(1 << 16), range: 1...8_000_000,
        help: "bytes of output that are read of a case"),
      Parameter(
        "workers", .integer, default: .integer(0), range: 0...256,
        help: "sandboxes at a time; 0 is one a core"),
      Parameter(
        "command", .string, default: .null,
        help: "shell command for other languages, with {file} for the program, such as `node {file}`"),
      Parameter(
        "build", .string, default: .null, help: "shell command to run once before, such as a compiler"),
      Parameter("extension", .string, default: .string(".py"), help: "ending of the program's file"),
      Parameter("python", .string, default: .null, help: "path of the Python interpreter"),
      Parameter("paths", .strings, default: .array([]), help: "further folders that programs may read"),
      Parameter(
        "sharpness", .number, default: .number(DifficultyWeights.defaultSharpness), range: 0...100,
        help: "verpo: how much more a hard test weighs (the paper's a)"),
      Parameter(
        "local_weight", .number, default: .number(1), range: 0...1e6,
        help: "verpo: weight of the tests' credit beside the outcome (the paper's b)"),
      Parameter(
        "unsafe", .bool, default: .bool(false),
        help: "run without a sandbox: a program can then do all that this process can"),
    ],
    make: { name, parameters in
      var options = CodeOptions()
      options.seconds = parameters.double("time_limit")
      options.limits.memoryMegabytes = parameters.int("memory")
      options.limits.outputBytes = parameters.int("output_limit")
      options.workers = parameters.int("workers")
      options.command = parameters.optionalString("command")
      options.build = parameters.optionalString("build")
      options.fileExtension = parameters.string("extension")
      options.python = parameters.optionalString("python")
      options.readOnlyFolders = parameters.strings("paths")
      options.isUnsafe = parameters.bool("unsafe")
      guard options.command != nil || options.build == nil else {
        throw ParameterError(parameter: "build", expected: "a command beside it", found: "none")
      }
      var fields = CodeReward.Fields()
      fields.test = parameters.string("test")
      fields.entryPoint = parameters.string("entry_point")
      fields.cases = parameters.string("cases")
      return CodeReward(
        name: name, verifier: try CodeVerifier(options: options),
        credit: parameters.word("credit", or: .allOrNothing), fields: fields,
        sharpness: parameters.double("sharpness"), localWeight: parameters.double("local_weight"))
    })
}
