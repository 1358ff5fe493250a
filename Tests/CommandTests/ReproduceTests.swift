import ArgumentParser
import Foundation
import Shelf
import Testing

@testable import laurel

/// The command as a process: `--list` and what it says when there is nothing to run.
@Suite(.serialized, .enabled(if: FileManager.default.isExecutableFile(atPath: laurelPath)))
struct ReproduceProcessTests {
  private func run(_ arguments: String...) throws -> (code: Int32, output: String, errors: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: laurelPath)
    process.arguments = ["reproduce"] + arguments
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let text = try output.fileHandleForReading.readToEnd() ?? Data()
    let said = try errors.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (
      process.terminationStatus, String(decoding: text, as: UTF8.self), String(decoding: said, as: UTF8.self)
    )
  }

  @Test func `--list names all 68 systems, as text, JSON and Markdown`() throws {
    let text = try run("--list")
    #expect(text.code == 0 && text.output.split(separator: "\n").count == 70)
    #expect(text.output.contains("\n68 systems: "))
    let json = try run("--list", "--json")
    let rows = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]]
    #expect(rows?.count == 68 && rows?[54]["slug"] as? String == "gdpo")
    let markdown = try run("--list", "--markdown")
    #expect(markdown.output.hasPrefix("# The papers\n") && markdown.code == 0)
  }

  @Test func `what cannot run ends with code 2 and a remedy`() throws {
    for (arguments, message) in [
      ("gdop", "no system is called 'gdop'; did you mean 'gdpo'?"),
      ("0000.00000", "no system is called '0000.00000'"),
    ] {
      let ending = try run(arguments)
      #expect(ending.code == 2 && ending.errors.hasPrefix("Error: " + message))
    }
    let none = try run()
    #expect(none.code == 2 && none.errors.hasPrefix("Error: which system?"))
  }
}

/// The command in this process, with a recipe whose end is known.
@Suite struct ReproduceTests {
  /// The exit code, and the files that were written.
  private func run(_ arguments: [String], in folder: URL) throws -> Int32 {
    let command = try #require(
      try Reproduce.parseAsRoot(["barfi", "--output", folder.path] + arguments) as? Reproduce)
    do { try command.reproduce(on: Shelf([Coin()])) } catch let code as ExitCode { return code.rawValue }
    return 0
  }

  @Test func `the exit code is the verdict, and page and result lie in the folder`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    let out = folder.appending(path: "out.json")
    #expect(try run(["--scale", "quick", "--seed", "1", "--json", out.path], in: folder) == 0)
    let json = try String(contentsOf: out, encoding: .utf8)
    #expect(json.hasPrefix(#"{"slug":"barfi","scale":"quick","seed":1,"holds":true"#))
    #expect(try String(contentsOf: folder.appending(path: "result.json"), encoding: .utf8) == json)
    let page = try String(contentsOf: folder.appending(path: "report.html"), encoding: .utf8)
    #expect(page.contains("claim holds"))
    #expect(try run(["--fault", "tails"], in: folder) == 1)
    #expect(throws: ReproductionError.self) { try run(["--scale", "gpu"], in: folder) }
    #expect(throws: ValidationFailure.self) { try run(["--threads", "0"], in: folder) }
    #expect(throws: ValidationFailure.self) { try run([], in: URL(fileURLWithPath: "/dev/null/x")) }
  }

  @Test func `--json takes a file after a system, and none after --list`() throws {
    let list = try #require(try Reproduce.parseAsRoot(["--list", "--json"]) as? Reproduce)
    #expect(list.list && list.json == "-")
    let one = try #require(
      try Reproduce.parseAsRoot(["gdpo", "--scale", "quick", "--seed", "1", "--json", "out.json"])
        as? Reproduce)
    #expect(one.system == "gdpo" && one.json == "out.json" && one.seed == 1)
  }

  @Test func `a signal tells work that does not await to stop`() throws {
    var code: Int32?
    do {
      try interruptible(grace: nil, report: {}) { isCancelled in
        kill(getpid(), SIGTERM)
        for _ in 0..<5000 where !isCancelled() { usleep(1000) }
        throw RecipeCancelled()
      }
    } catch let exit as ExitCode { code = exit.rawValue }
    #expect(code == 143)
  }
}
