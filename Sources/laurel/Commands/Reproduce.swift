import ArgumentParser
import Foundation
import Recipes
import Rewards
import Shelf
import Studio

struct Reproduce: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run a paper's claim against its baseline, and judge it by the paper's own rule.",
    discussion: """
      laurel reproduce --list                 the 68 systems and where each stands
      laurel reproduce heron                  run one; its number, 14, names it too
      laurel reproduce heron --scale quick --seed 1 --json out.json

      Writes a page and result.json to runs/reproduce/SLUG-SCALE-seedS. Exit code 0 when the claim holds, 1 when it \
      does not, 2 when it could not run, 130 after Ctrl-C.
      """)
  @Argument(help: "A slug, a number (14) or an arXiv number.") var system: String?
  @Flag(help: "List the systems.") var list = false
  @Flag(help: "With --list: as docs/papers.md.") var markdown = false
  @Option(
    defaultAsFlag: "-",
    help: ArgumentHelp("Write JSON to a file; without one to the standard output.", valueName: "file"))
  var json: String?
  @Option(help: "quick, full or gpu; default: the quickest that the recipe has.") var scale: String?
  @Option(help: "Everything random follows from it.") var seed: UInt64 = 1
  @Option(help: "Threads; default: the processors. The numbers do not depend on them.") var threads: Int?
  @Option(help: "Break the method on purpose; the claim must then fail. A wrong name lists them.")
  var fault: String?
  @Option(help: "The folder for the page and result.json.") var output: String?

  func run() throws {
    do {
      if list { return try printList(.standard) }
      try reproduce(on: .standard)
    } catch let code as ExitCode {
      throw code
    } catch {
      say("Error: \(error)")
      throw ExitCode(2)
    }
  }

  // MARK: The list

  func printList(_ shelf: Shelf) throws {
    if let system { throw ValidationFailure("--list lists all systems: leave '\(system)' out") }
    if markdown {
      print(shelf.markdown, terminator: "")
    } else if let json {
      try write(shelf.json, to: json)
    } else {
      print(ReproductionText.list(shelf))
    }
  }

  /// - Parameter path: `-` for the standard output.
  private func write(_ value: JSONValue, to path: String) throws {
    guard path != "-" else { return print(value.jsonText) }
    try OutputFile(path).write(Data((value.jsonText + "\n").utf8))
  }

  // MARK: One system

  func reproduce(on shelf: Shelf) throws {
    if markdown { throw ValidationFailure("--markdown goes with --list") }
    guard let system else {
      throw ValidationFailure("which system? laurel reproduce --list names them")
    }
    let threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
    guard (1...1024).contains(threads) else { throw ValidationFailure("--threads is 1 to 1024") }
    let request = try ReproductionRequest(system, scale: scale, seed: seed, fault: fault, on: shelf)
    let folder = output ?? "runs/reproduce/\(request.folderName)"
    let isNew = !FileManager.default.fileExists(atPath: folder)
    try makeFolder(folder)
    do { if let json, json != "-" { _ = try OutputFile(json) } } catch {
      if isNew { rmdir(folder) }
      throw error
    }

    let reproduction: Reproduction
    do { reproduction = try run(request, threads: threads) } catch {
      if isNew { rmdir(folder) }
      throw error
    }
    tell(ReproductionText.outcome(reproduction))

    let page = folder + "/report.html"
    try RecipePage(reproduction).write(to: page)
    try write(reproduction.json, to: folder + "/result.json")
    if let json { try write(reproduction.json, to: json) }
    tell("page: \(page)")
    if !reproduction.result.holds { throw ExitCode(1) }
  }

  /// Before the run, so that a folder that cannot be written costs no time.
  private func makeFolder(_ path: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw ValidationFailure("cannot make the folder \(path): \(error.reason)")
    }
    guard FileManager.default.isWritableFile(atPath: path) else {
      throw ValidationFailure("the folder \(path) cannot be written: choose another with --output")
    }
  }

  private func run(_ request: ReproductionRequest, threads: Int) throws -> Reproduction {
    let progress = Progress(total: 1, unit: nil)
    defer { progress.finish() }
    return try interruptible(
      announce: { progress.line("stopping; Ctrl-C again ends it at once") },
      report: {
        progress.finish()
        say("interrupted: nothing was written")
      }
    ) { isCancelled in
      // Who reads this may press Ctrl-C already.
      tell(ReproductionText.introduction(request) + "\n")
      return try request.run(
        threads: threads, progress: { progress.reach($0, note: $1) }, isCancelled: isCancelled)
    }
  }

  /// The words go to the standard error when the standard output holds JSON. They appear at once, in a file too.
  private func tell(_ text: String) {
    if json == "-" { return say(text) }
    print(text)
    fflush(nil)
  }
}
