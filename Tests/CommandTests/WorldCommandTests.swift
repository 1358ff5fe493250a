import Foundation
import Rewards
import Testing

/// The command stands beside the test's own executable.
private let command =
  Bundle.main.executableURL?.deletingLastPathComponent().appending(path: "laurel").path ?? ""

/// `laurel world` as a process: what it prints and how it exits.
@Suite(.serialized, .enabled(if: FileManager.default.isExecutableFile(atPath: command)))
struct WorldCommandTests {
  private struct Ending {
    var code: Int32
    var output: String
    var errors: String
  }

  private func run(_ arguments: String..., input: String = "") throws -> Ending {
    try run(arguments, input: input)
  }

  private func run(_ arguments: [String], input: String = "") throws -> Ending {
    let process = Process()
    let (stdin, stdout, stderr) = (Pipe(), Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: command)
    process.arguments = ["world"] + arguments
    (process.standardInput, process.standardOutput, process.standardError) = (stdin, stdout, stderr)
    try process.run()
    stdin.fileHandleForWriting.write(Data(input.utf8))
    try stdin.fileHandleForWriting.close()
    let output = String(decoding: stdout.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let errors = String(decoding: stderr.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return Ending(code: process.terminationStatus, output: output, errors: errors)
  }

  @Test func `list and show print one JSON value each`() throws {
    let list = try run("list", "--json")
    guard case .array(let kinds) = try JSONValue(json: list.output) else {
      Issue.record("no list: \(list.output)")
      return
    }
    #expect(list.code == 0 && kinds.count >= 20)
    let show = try run("show", "pendulum", "--set", "max_episode_steps=7", "--json")
    guard case .object(let object) = try JSONValue(json: show.output) else {
      Issue.record("no object: \(show.output)")
      return
    }
    #expect(object["max_episode_steps"] == .integer(7))
    #expect(try run("show", "pendulum").output.hasPrefix("pendulum: "))
  }

  @Test func `a wrong name, parameter or policy ends with 64 and the nearest name`() throws {
    let name = try run("show", "cartpol")
    #expect(name.code == 64 && name.errors.contains("did you mean cartpole?"))
    let parameter = try run("show", "cartpole", "--set", "max_steps=7")
    #expect(parameter.code == 64 && parameter.errors.contains("expected max_episode_steps"))
    let policy = try run("trace", "cartpole", "--policy", "rampe")
    #expect(policy.code == 64 && policy.errors.contains("did you mean ramp?"))
    let mode = try run("trace", "trustdilemma", "--policy", "ramp", "--reward-mode", "privat")
    #expect(mode.code == 64 && mode.errors.contains("did you mean \"private\"?"))
  }

  @Test func `a trace holds as many steps as the episode has, the same for the same seed`() throws {
    let arguments = ["trace", "trustdilemma", "--policy", "alternate", "--seed", "7", "--steps", "5"]
    func trace(_ form: String) throws -> Ending { try run(arguments + [form]) }
    let first = try trace("--json")
    guard case .object(let object) = try JSONValue(json: first.output),
      case .array(let steps)? = object["steps"]
    else {
      Issue.record("no object: \(first.output)")
      return
    }
    #expect(first.code == 0 && steps.count == 5 && object["policy"] == .string("alternate"))
    #expect(try trace("--json").output == first.output)
    #expect(try trace("--jsonl").output.split(separator: "\n").count == 5)
  }

  @Test func `a pipe answers a line for a line and ends with its input`() throws {
    let ending = try run(
      "pipe", "cartpole", input: "{\"reset\":{\"seed\":3}}\n{\"step\":[1]}\n{\"step\":[5]}\n")
    #expect(ending.code == 0)
    let lines = ending.output.split(separator: "\n")
    #expect(lines.count == 4 && lines[2].contains("\"rewards\":[1.0]") && lines[3].hasPrefix("{\"error\":"))
  }
}
