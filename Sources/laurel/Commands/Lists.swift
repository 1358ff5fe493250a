import ArgumentParser
import Foundation
import Rewards
import Studio
import Tasks
import Torch
import Verifiers
import Worlds

struct RewardsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rewards", abstract: "What a specification can name, with parameters.")
  @Argument(help: "One of the names.") var name: String?

  func run() throws {
    let registry = Registry.laurel
    let sections: [(String, [any RegisteredKind])] = [
      ("rewards", registry.rewardKinds), ("shapers (shape:)", registry.shaperKinds),
      ("combiners (combine:)", registry.combinerKinds),
      ("advantage estimators (advantage:)", registry.advantageKinds),
      ("shaping rules of control runs (shaping:)", TransitionShapers.kinds),
    ]
    if let name {
      let kinds = sections.flatMap(\.1).filter { $0.name == name }
      guard !kinds.isEmpty else {
        let nearest =
          nearestName(to: name, in: sections.flatMap(\.1).map(\.name)).map { "; did you mean \($0)?" } ?? ""
        throw ValidationFailure("there is no '\(name)'\(nearest)")
      }
      for kind in kinds {
        print("\(kind.name): \(kind.help)")
        for parameter in kind.parameters { print("  " + Self.line(parameter)) }
        if kind is RewardKind {
          print("every reward also takes: " + RewardSpecification.sharedKeys.joined(separator: ", "))
        }
      }
      return
    }
    for (title, kinds) in sections {
      print(title)
      for kind in kinds {
        print("  \(kind.name.padding(toLength: 24, withPad: " ", startingAt: 0))\(kind.help)")
      }
    }
  }
}

extension RewardsCommand {
  /// `name [default]: what it may be. What it does`
  /// The settings that an option NAME=VALUE takes, for a command's help.
  static func settings(_ option: String, _ parameters: [Parameter]) -> String {
    "\n\nSettings, for \(option) NAME=VALUE:\n" + parameters.map { "  " + line($0) }.joined(separator: "\n")
  }

  static func line(_ parameter: Parameter) -> String {
    let value =
      switch parameter.default {
      case nil: "(needed)"
      case .null?: "(optional)"
      case let value?: "[\(value.jsonText)]"
      }
    return "\(parameter.name) \(value): \(parameter.expectation). \(parameter.help)"
  }
}

struct TasksCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tasks", abstract: "The tasks that a run file can name, with options.")

  func run() throws {
    for kind in TaskRegistry.kinds {
      print("\(kind.name): \(kind.help)")
      for parameter in kind.parameters {
        print("  \(parameter.name) (\(parameter.defaultValue.jsonText)): \(parameter.help)")
      }
    }
  }
}

struct Runs: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "The runs beneath a folder.")
  @Argument var folder = "runs"

  func run() throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
      throw ValidationFailure("there is no folder \(folder): give the folder that holds the runs")
    }
    let runs = RunList.runs(beneath: URL(fileURLWithPath: folder))
    let control = ControlRunEntry.runs(in: URL(fileURLWithPath: folder))
    if runs.isEmpty, control.isEmpty { say("no runs beneath \(folder)") }
    for run in runs {
      let reward = run.lastReward.map { String(format: "reward %.3f", $0) } ?? "no reward yet"
      let steps = run.maxSteps.map { "\(run.steps)/\($0) steps" } ?? "\(run.steps) steps"
      let state = run.problem.map { "\($0)" } ?? run.state.map { "\($0)" } ?? "unknown"
      print("\(run.folder.path)  \(run.name)  \(state)  \(steps)  \(reward)")
    }
    for run in control { print(run.line) }
  }
}

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write a run's report.html anew; of a control run, which wrote it at its end, say where it is.")
  @Argument(help: "The run's folder.") var folder: String

  func run() throws {
    if ControlRunFile.isControl(path: folder + "/run.yaml") {
      let page = folder + "/report.html"
      guard FileManager.default.fileExists(atPath: page) else {
        throw ValidationFailure(
          "\(folder) holds a control run that is not finished: its page is written at its end")
      }
      return print(page)
    }
    let store = try RunStore.open(folder: URL(fileURLWithPath: folder), readOnly: true)
    print(try Report.write(store).path)
  }
}

struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "What is installed, and whether it computes rightly.")

  func run() throws {
    print("torch        \(Torch.version)")
    print("device       \(Device.best)")
    print("processors   \(ProcessInfo.processInfo.activeProcessorCount), torch uses \(Torch.threads) threads")
    print("bfloat16     \(Torch.hasFastBFloat16 ? "in hardware" : "not in hardware: float32 is used")")
    let model = try? ModelFiles.find(ModelFiles.defaultName)
    print("model        \(model ?? "missing: run scripts/setup")")
    print("mathematics  \(MathVerifier.engine ?? "no exact engine: run scripts/setup, then build again")")
    let size = 1024
    let a = try Tensor.full([size, size], 0.5)
    let clock = ContinuousClock()
    var product = try a.matmul(a)
    let elapsed = try clock.measure { for _ in 0..<5 { product = try a.matmul(a) } }
    let isRight = try product.narrow(0, 0, 1).narrow(1, 0, 1).item() == Double(size) / 4
    let seconds = Double(elapsed.components.attoseconds) * 1e-18 + Double(elapsed.components.seconds)
    print(
      "self-test    \(isRight ? "right" : "WRONG"), \(Int(10e-9 * pow(Double(size), 3) / seconds)) GFLOP/s in float32"
    )
    if !isRight || model == nil { throw ExitCode.failure }
  }
}
