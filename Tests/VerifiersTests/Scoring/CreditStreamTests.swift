import Foundation
import Rewards
import Testing

@testable import Verifiers

/// The number of good words; no number for a text with the word `broken` in it.
private struct GoodWords: PointwiseReward {
  typealias Subject = Sample
  let name = "good"

  func score(_ sample: Sample, state: RunState) throws -> Score {
    let words = sample.completion.split(separator: " ")
    return words.contains("broken") ? Score(.nan) : Score(Double(words.count { $0 == "good" }))
  }
}

@Suite struct CreditStreamTests {
  private func run(
    _ text: String, method: CreditMethod = .shapley, stop: Bool = false, alpha: Double = 1
  ) async throws -> (lines: [JSONObject], told: [String], counts: CreditStream.Counts) {
    let folder = FileManager.default.temporaryDirectory.appending(path: "\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (input, output) = (folder.appending(path: "in"), folder.appending(path: "out"))
    try Data(text.utf8).write(to: input)
    try Data().write(to: output)
    let handle = try FileHandle(forWritingTo: output)
    let entry = RewardEntry(GoodWords(), onFailure: stop ? .stop : .leaveOut)
    let assigner = try CreditAssigner(
      RewardSpecification([entry]), unit: .token, method: method, orders: 20)
    var told: [String] = []
    let counts = try await CreditStream(assigner, alpha: alpha).run(
      path: input.path, output: handle, rejected: { told.append("\($0)") },
      dropped: { told.append("line \($0): \($1)") })
    try handle.close()
    let lines = try String(contentsOf: output, encoding: .utf8).split(separator: "\n").map { line in
      var text = String(line)
      return try text.withUTF8 { try JSONParser().parseObject($0) }
    }
    return (lines, told, counts)
  }

  private func numbers(_ line: JSONObject, _ key: String) -> [Double] {
    guard case .array(let units)? = line["units"] else { return [] }
    return units.compactMap { unit in
      guard case .object(let object) = unit else { return nil }
      switch object[key] {
      case .number(let number)?: return number
      case .integer(let number)?: return Double(number)
      default: return nil
      }
    }
  }

  static let rows = """
    {"completion": "a good word"}
    {"text": "no completion"}

    {"completion": "good broken good"}
    {"completion": "word"}
    """

  @Test("Good lines come out in order with units and credits; bad ones are reported with their line")
  func lines() async throws {
    let (lines, told, counts) = try await run(Self.rows, alpha: 0.5)
    #expect(lines.map { $0["line"] } == [.integer(1), .integer(5)])
    #expect(numbers(lines[0], "credit") == [0, 1, 0] && numbers(lines[0], "start") == [0, 2, 7])
    #expect(numbers(lines[0], "reward") == [0, 0.5, 0.5] && numbers(lines[0], "end") == [2, 7, 11])
    #expect(lines[0]["method"] == .string("shapley") && lines[0]["score"] == .integer(1))
    #expect(told.count == 2 && told[0].hasPrefix("line 2, byte ") && told[1].hasPrefix("line 4: "))
    #expect(told[1].contains("good: the reward returned nan"))
    #expect(counts.credited == 2 && counts.rejected == 1 && counts.dropped == 1 && counts.warnings.isEmpty)
  }

  @Test("Credits of a long response are sampled, with standard errors, the same in every file")
  func sampled() async throws {
    let long = Array(repeating: "good word", count: 10).joined(separator: " ")
    let alone = try await run("{\"completion\": \"\(long)\"}").lines
    let after = try await run("{\"completion\": \"\(long)\"}\n{\"completion\": \"good\"}").lines
    #expect(alone[0]["method"] == .string("sampled shapley"))
    #expect(numbers(alone[0], "standard_error").count == 20)
    #expect(numbers(alone[0], "credit").enumerated().allSatisfy { abs($1 - ($0 % 2 == 0 ? 1 : 0)) < 1e-9 })
    #expect(JSONValue.object(alone[0]) == .object(after[0]))
  }

  @Test("on_failure: stop ends the run at the line")
  func stop() async throws {
    let error = await #expect(throws: ScoreStream.Stopped.self) { try await run(Self.rows, stop: true) }
    #expect(error?.line == 4)
  }
}
