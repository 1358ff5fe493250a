import Foundation
import Testing

/// The command stands beside the test's own executable.
let laurelPath =
  Bundle.main.executableURL?.deletingLastPathComponent().appending(path: "laurel").path ?? ""

/// The command itself, as a process: what it prints and how it exits when its world misbehaves.
@Suite(.serialized, .enabled(if: FileManager.default.isExecutableFile(atPath: laurelPath)))
struct ScoreCommandTests {
  private struct Ending {
    var code: Int32
    var isSignal: Bool
    var errors: String
  }

  /// Runs `command score` by way of a shell, which sets up files and pipes.
  private func run(
    _ script: String, lines: String = "",
    rewards: String = "rewards: [{length: {target: 3, unit: characters}}]"
  ) throws -> Ending {
    let folder = FileManager.default.temporaryDirectory.appending(path: "\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(rewards.utf8).write(to: folder.appending(path: "r.yaml"))
    try Data(lines.utf8).write(to: folder.appending(path: "d.jsonl"))
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/bash")
    shell.arguments = ["-c", "score() { '\(laurelPath)' score \"$@\"; }\n" + script]
    shell.currentDirectoryURL = folder
    let errors = folder.appending(path: "errors")
    try Data().write(to: errors)
    shell.standardError = try FileHandle(forWritingTo: errors)
    try shell.run()
    shell.waitUntilExit()
    return Ending(
      code: shell.terminationStatus, isSignal: shell.terminationReason == .uncaughtSignal,
      errors: try String(contentsOf: errors, encoding: .utf8))
  }

  private let good = String(repeating: "{\"completion\": \"abc\"}\n", count: 200_000)

  @Test func `good lines end with code 0, a bad one is told and ends with code 1`() throws {
    let whole = try run("score r.yaml d.jsonl > out && wc -l < out | grep -q 200000", lines: good)
    #expect(whole.code == 0)
    #expect(whole.errors.hasPrefix("200000 scored, 0 left out, 0 failures, "))
    let bad = try run("score r.yaml d.jsonl", lines: "{\"completion\": \"a\"}\n{\"completon\": 1}\n")
    #expect(bad.code == 1)
    #expect(
      bad.errors.hasPrefix(
        "d.jsonl, line 2, byte 20: no field 'completion' (did you mean 'completon'?); the row has completon; "
          + "rename the column that holds it to 'completion', or map the field to it; the line is left out\n")
    )
    let mapped = try run("score r.yaml d.jsonl --completion text", lines: "{\"text\": \"a\"}\n")
    #expect(mapped.code == 0)
  }

  @Test func `an empty file is an error with a remedy`() throws {
    let ending = try run("score r.yaml d.jsonl")
    #expect(ending.code == 1)
    #expect(
      ending.errors.hasSuffix(
        "Error: d.jsonl: the data set is empty; write one JSON object per line, with a completion\n"))
  }

  @Test func `tokens that the data does not count are said to be characters`() throws {
    let ending = try run(
      "score r.yaml d.jsonl", lines: "{\"completion\": \"abc\"}\n",
      rewards: "rewards: [{length: {target: 3}}]")
    #expect(ending.code == 0)
    #expect(ending.errors.contains("counts characters instead"))
  }

  @Test func `a reader that goes away ends it quietly`() throws {
    let ending = try run("score r.yaml d.jsonl | head -1 > /dev/null; exit ${PIPESTATUS[0]}", lines: good)
    #expect(ending.code == 141)
    #expect(ending.errors == "")
    let errors = try run("score r.yaml d.jsonl 2>&1 > /dev/null | true; exit ${PIPESTATUS[0]}", lines: good)
    #expect(errors.code == 0 && !errors.isSignal)
  }

  @Test(.enabled(if: access("/dev/full", W_OK) == 0))
  func `a full disk is named`() throws {
    let ending = try run("score r.yaml d.jsonl > /dev/full", lines: good)
    #expect(ending.code == 1)
    #expect(ending.errors.hasPrefix("the output broke off: 0 scored, "))
    #expect(
      ending.errors.hasSuffix(
        "Error: the output: no space left on device; free some space, or write elsewhere\n"))
  }

  @Test func `Ctrl-C says how many lines were scored, and the output ends with a whole line`() throws {
    // The input never ends: the run can only be ended by the signal. With job control (-m) a shell's
    // background job does not ignore it.
    let script = """
      set -m
      '\(laurelPath)' score r.yaml - < <(while cat d.jsonl; do :; done 2> /dev/null) > out &
      while [ ! -s out ]; do sleep 0.05; done
      kill -INT $!
      wait $!
      code=$?
      [ "$(tail -c 1 out | od -An -tx1 | tr -d ' ')" = 0a ] || exit 9
      exit $code
      """
    let ending = try run(script, lines: good)
    #expect(ending.code == 130)
    let scored = try #require(ending.errors.firstMatch(of: /interrupted: (\d+) scored, 0 left out/))
    #expect(Int(scored.1) ?? 0 > 0)
  }

  @Test func `Ctrl-C ends it while it waits for input`() throws {
    // A process that listens catches SIGTERM (15); where the system does not show that, time must do.
    let script = """
      mkfifo pipe
      '\(laurelPath)' score r.yaml - < pipe > out &
      exec 3> pipe
      if [ -r /proc/self/status ]; then
        for _ in {1..600}; do
          caught=$(awk '/^SigCgt/ {print $2}' /proc/$!/status)
          (( 0x$caught & 0x4000 )) && break
          sleep 0.05
        done
        sleep 0.2
      else
        sleep 5
      fi
      kill -TERM $!
      wait $!
      """
    let ending = try run(script)
    #expect(ending.code == 143)
    #expect(ending.errors.contains("interrupted: 0 scored"))
  }
}
