import Foundation
import Rewards
import Testing

@testable import Verifiers

/// Bad lines in a file that is scored: each is told with file, line, what is wrong and what to do, and takes
/// nothing from the lines around it. Every test runs the path over bytes and the path over samples.
@Suite struct BadLinesTests {
  private static let good = Data(#"{"completion": "7", "answer": 7}"#.utf8)

  /// The messages about `bad` as the second of three lines, after the two good ones were found scored.
  private func messages(
    _ bad: Data, lineEnd: String = "\n", maxLineBytes: Int = 64 << 20, chunkBytes: Int = 1 << 20
  ) async throws -> [[String]] {
    let data = Self.good + Data(lineEnd.utf8) + bad + Data(lineEnd.utf8) + Self.good
    var messages: [[String]] = []
    for combiner: any Combiner in [WeightedSum(), MinimumOfRewards()] as [any Combiner] {
      let specification = RewardSpecification(
        [RewardEntry(try AnswerReward())], combiner: NamedPart(kind: "", part: combiner))
      let stream = ScoreStream(specification, maxLineBytes: maxLineBytes, chunkBytes: chunkBytes)
      #expect(stream.isBytewise == (combiner is WeightedSum))
      let run = try await ScoreStreamTests().run(data, stream)
      #expect(
        run.lines
          == [1, 3].map { "{\"line\":\($0),\"score\":1.0,\"rewards\":{\"answer\":1.0},\"errors\":{}}" })
      #expect(run.counts.scored == 2 && run.counts.rejected == 1)
      messages.append(run.rejected.map { $0.message(file: "d.jsonl") })
    }
    return messages
  }

  private func expect(_ bad: Data, _ message: String) async throws {
    #expect(try await messages(bad) == [[message], [message]])
  }

  private func expect(_ bad: String, _ message: String) async throws {
    try await expect(Data(bad.utf8), message)
  }

  private let whole = "write one complete JSON object per line (in Python: json.dumps(row, allow_nan=False))"

  @Test("A line that breaks off, is no JSON or no object")
  func broken() async throws {
    try await expect(
      #"{"completion": "7", "#,
      "d.jsonl, line 2, byte 53: broken JSON: expected a key in double quotes, found the end; \(whole)")
    try await expect(
      #"{"completion": NaN}"#, "d.jsonl, line 2, byte 48: broken JSON: expected a value, found 'N'; \(whole)")
    try await expect(
      "[1]", "d.jsonl, line 2, byte 33: broken JSON: expected a JSON object '{', found '['; \(whole)")
  }

  @Test("A line of only NUL bytes, as a crash can leave it")
  func nul() async throws {
    try await expect(
      Data(count: 100),
      "d.jsonl, line 2, byte 33: broken JSON: expected a JSON object '{', found byte 0x0; \(whole)")
  }

  @Test("A missing field, with the field that was probably meant")
  func missing() async throws {
    try await expect(
      #"{"completon": "7", "answer": 7}"#,
      "d.jsonl, line 2, byte 33: no field 'completion' (did you mean 'completon'?); "
        + "the row has completon, answer; rename the column that holds it to 'completion', or map the field to it"
    )
    try await expect(
      "{}",
      "d.jsonl, line 2, byte 33: no field 'completion'; the row has none; "
        + "rename the column that holds it to 'completion', or map the field to it")
  }

  @Test("A field of the wrong type")
  func wrongType() async throws {
    try await expect(
      #"{"completion": 7}"#,
      "d.jsonl, line 2, byte 33: 'completion' is 7, expected text or a list of messages with role and content; "
        + "write text or a list of messages with role and content there, or map the field to another column")
    try await expect(
      #"{"completion": "7", "completion_tokens": "many"}"#,
      "d.jsonl, line 2, byte 33: 'completion_tokens' is \"many\", expected an integer of at least 0; "
        + "write an integer of at least 0 there, or map the field to another column")
  }

  @Test("Invalid UTF-8")
  func encoding() async throws {
    try await expect(
      Data(#"{"completion": "caf"#.utf8) + [0xE9] + Data(#""}"#.utf8),
      "d.jsonl, line 2, byte 52: invalid UTF-8: byte 0xE9; save the file as UTF-8 (iconv -f LATIN1 -t UTF-8)")
  }

  @Test("A line above the limit is skipped without being held, whatever the chunk size")
  func tooLong() async throws {
    let long = Data(repeating: 0x61, count: 200_000)
    for chunkBytes in [64, 1 << 20] {
      let message =
        "d.jsonl, line 2, byte 33: the line has 200000 bytes, more than the limit of 100; "
        + "raise the line limit, or shorten the row"
      #expect(
        try await messages(long, maxLineBytes: 100, chunkBytes: chunkBytes) == [[message], [message]])
    }
  }

  @Test("A row of 10 MB is scored like any other")
  func longRow() async throws {
    let text = String(repeating: "word ", count: 2_000_000)
    let run = try await ScoreStreamTests().run(
      "{\"completion\": \"\(text)7\", \"answer\": 7}\n",
      ScoreStream(RewardSpecification([RewardEntry(try AnswerReward())])))
    #expect(run.counts.scored == 1 && run.counts.rejected == 0)
    #expect(run.lines.first?.hasPrefix("{\"line\":1,\"score\":1.0,") == true)
  }

  @Test(
    "Windows line ends and a byte order mark change no message's line, and bytes count from the file's start")
  func lineEnds() async throws {
    let message = "d.jsonl, line 2, byte 34: broken JSON: expected a JSON object '{', found '['; \(whole)"
    #expect(try await messages(Data("[".utf8), lineEnd: "\r\n") == [[message], [message]])
    let stream = ScoreStream(RewardSpecification([RewardEntry(try AnswerReward())]))
    let marked = try await ScoreStreamTests().run(
      [0xEF, 0xBB, 0xBF] + Self.good + Data("\r\n[\r\n".utf8), stream)
    #expect(marked.counts.scored == 1)
    #expect(marked.rejected.map { $0.message(file: "d.jsonl") } == [message.replacing("34", with: "37")])
  }

  @Test("An empty file, and one of blank lines, give no line and no error")
  func empty() async throws {
    let stream = ScoreStream(RewardSpecification([RewardEntry(try AnswerReward())]))
    for text in ["", "\n\n", "\r\n \t\r\n", "\u{FEFF}"] {
      let run = try await ScoreStreamTests().run(text, stream)
      #expect(run.lines.isEmpty && run.rejected.isEmpty)
      #expect(run.counts.scored == 0 && run.counts.rejected == 0)
    }
  }

  @Test("A file that is not there, and a folder in place of one")
  func files() async throws {
    let stream = ScoreStream(RewardSpecification([RewardEntry(try AnswerReward())]))
    let null = try #require(FileHandle(forWritingAtPath: "/dev/null"))
    for (path, message) in [
      ("/no/such/file.jsonl", "/no/such/file.jsonl: no such file or directory; check the path"),
      ("/", "/: is a directory; give a file"),
    ] {
      let error = await #expect(throws: FileError.self) {
        try await stream.run(path: path, output: null, rejected: { _ in })
      }
      #expect(error?.description == message)
    }
  }

  @Test("A full disk, and a reader that has gone, are named", .enabled(if: access("/dev/full", W_OK) == 0))
  func output() async throws {
    let stream = ScoreStream(RewardSpecification([RewardEntry(try AnswerReward())]))
    let input = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).jsonl")
    try Self.good.write(to: input)
    defer { try? FileManager.default.removeItem(at: input) }
    let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
    let error = await #expect(throws: FileError.self) {
      try await stream.run(path: input.path, output: full, rejected: { _ in })
    }
    #expect(
      error?.description
        == "the output: no space left on device; free some space, or write elsewhere")
    let pipe = Pipe()
    try pipe.fileHandleForReading.close()
    let handler = signal(SIGPIPE, SIG_IGN)
    defer { signal(SIGPIPE, handler) }
    let gone = await #expect(throws: FileError.self) {
      try await stream.run(path: input.path, output: pipe.fileHandleForWriting, rejected: { _ in })
    }
    #expect(gone?.code == EPIPE)
  }
}
