import ArgumentParser
import Foundation
import Rewards
import Verifiers

struct ScoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score",
    abstract:
      "Score a JSONL file: one JSON line per good line, in order; bad lines are reported and left out.",
    discussion: """
      Exit code 0 when every line was scored, 1 when some were left out or a reward failed, 130 after Ctrl-C \
      (what was written are whole lines), 141 when the reader of the output went away.
      """)
  @Argument(help: "The specification (YAML), or a run file that holds one.") var rewards: String
  @Argument(help: "JSONL with completion, and prompt, reference, group where rewards want them; - for input.")
  var data: String
  @Option(help: "Chunks scored at a time; default: the processors.") var workers: Int?
  @Option(help: "The column with the completion.") var completion: String?
  @Option(help: "The column with the prompt.") var prompt: String?
  @Option(help: "The column with the reference answer.") var reference: String?
  @Option(help: "The column that samples of one prompt share.") var group: String?

  func validate() throws {
    if let workers, !(1...1024).contains(workers) { throw ValidationError("--workers is 1 to 1024") }
  }

  func run() async throws {
    let specification = try RewardSpecification(
      contentsOf: rewards, registry: .laurel, ignoring: RunFile.keys)
    var stream = ScoreStream(specification)
    if let workers { stream.workers = workers }
    if let completion { stream.mapping.completion = [completion] }
    if let prompt { stream.mapping.prompt = [prompt] }
    if let reference { stream.mapping.reference = [reference] }
    if let group { stream.mapping.group = [group] }
    // A reader that goes away is then an error of write(2), and the progress line can be cleared.
    _ = signal(SIGPIPE, SIG_IGN)
    noteUncountedTokens(specification)
    let tally = ScoreTally(path: data)
    do {
      let scoring = stream
      let counts = try await interruptible(report: { tally.end("interrupted: ") }) {
        try await scoring.run(
          path: tally.path, output: .standardOutput, rejected: tally.reject, written: tally.count)
      }
      tally.end()
      for (name, (failed, late)) in zip(specification.names, zip(counts.failures, counts.timeOuts))
      where failed + late > 0 {
        say("reward \"\(name)\": failed on \(failed) samples, no answer in time on \(late)")
      }
      if counts.scored + counts.rejected == 0 {
        throw ValidationFailure(
          "\(data): the data set is empty; write one JSON object per line, with a completion")
      }
      let hasFailed = (counts.failures + counts.timeOuts).contains { $0 > 0 }
      if counts.rejected > 0 || hasFailed { throw ExitCode.failure }
    } catch let error as FileError where error.path == ScoreStream.outputName {
      if error.code == EPIPE {
        tally.clear()
        throw ExitCode(128 + SIGPIPE)
      }
      tally.end("the output broke off: ")
      throw error
    }
  }

  /// A length in tokens without a token count is a length in characters: said, because thresholds then mean another
  /// thing.
  private func noteUncountedTokens(_ specification: RewardSpecification) {
    let counted = specification.entries.filter { $0.parameters?.values["unit"] == .string("tokens") }
    guard let first = counted.first, data != "-", let handle = FileHandle(forReadingAtPath: data),
      let start = try? handle.read(upToCount: 65_536),
      !String(decoding: start.prefix { $0 != 0x0A }, as: UTF8.self).contains("\"completion_tokens\"")
    else { return }
    say(
      "note: reward \"\(first.name)\" counts tokens, and \(data) has no completion_tokens: it counts characters instead (unit: words, characters or bytes says what is meant)"
    )
  }
}

/// How far the scoring of a file has come, told while it runs and when it ends.
private final class ScoreTally: @unchecked Sendable {
  let path: String
  private let progress: Progress
  private let began = Date()
  private let lock = NSLock()
  private var counts: ScoreStream.Counts?
  private var megabytes = 0.0

  init(path: String) {
    self.path = path
    let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size]) as? Int
    progress = Progress(total: size.map { Double($0) * 1e-6 }, unit: "MB")
  }

  func reject(_ error: JSONLError) {
    progress.line("\(error.message(file: path)); the line is left out")
  }

  func count(_ counts: ScoreStream.Counts, bytes: Int) {
    let more = lock.withLock {
      self.counts = counts
      defer { megabytes = Double(bytes) * 1e-6 }
      return Double(bytes) * 1e-6 - megabytes
    }
    progress.advance(by: more, note: "\(counts.scored) scored")
  }

  func clear() { progress.finish() }

  /// The last line: what was done.
  func end(_ start: String = "") {
    progress.finish()
    let counts = lock.withLock { self.counts }
    let scored = counts?.scored ?? 0
    let failures = (counts?.failures ?? []).reduce(0, +) + (counts?.timeOuts ?? []).reduce(0, +)
    let rate = Int(Double(scored) / max(-began.timeIntervalSinceNow, 1e-9))
    say(
      "\(start)\(scored) scored, \(counts?.rejected ?? 0) left out, \(failures) failures, \(rate) samples/s")
  }
}
