import ArgumentParser
import Foundation
import Rewards
import Verifiers

struct ScoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score",
    abstract:
      "Score a JSONL file: one JSON line per good line, in order; bad lines are reported and left out.",
    discussion: "Exit code 0 when every line was scored, 1 when some were left out or a reward failed.")
  @Argument(help: "The specification (YAML).") var rewards: String
  @Argument(help: "JSONL with completion, and prompt, reference, group where rewards want them.") var data:
    String

  func run() async throws {
    let specification = try RewardSpecification(contentsOf: rewards, registry: .standard)
    guard let handle = FileHandle(forReadingAtPath: data) else {
      throw ValidationFailure("cannot read \(data): no such file, or no permission")
    }
    var isClean = true
    var batch: [(line: Int, sample: Sample)] = []
    var number = 0
    var rest = Data()
    func take(_ line: Data) {
      number += 1
      if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { return }
      do {
        batch.append((number, try Self.sample(line)))
      } catch {
        isClean = false
        say("\(data):\(number): \(error); the line is left out")
      }
    }
    while let chunk = try handle.read(upToCount: 1 << 20), !chunk.isEmpty {
      rest += chunk
      var start = rest.startIndex
      while let end = rest[start...].firstIndex(of: 0x0A) {
        take(rest[start..<end])
        start = rest.index(after: end)
      }
      rest = Data(rest[start...])
      if batch.count >= 1024 {
        isClean = try await flush(&batch, specification) && isClean
      }
    }
    if !rest.isEmpty { take(rest) }
    isClean = try await flush(&batch, specification) && isClean
    if !isClean { throw ExitCode.failure }
  }

  private static func sample(_ line: Data) throws -> Sample {
    guard let text = String(data: line, encoding: .utf8) else {
      throw ValidationFailure("the line is not UTF-8")
    }
    guard case .object(let row) = try JSONValue(json: text) else {
      throw ValidationFailure("not a JSON object")
    }
    guard case .string(let completion)? = row["completion"] else {
      throw ValidationFailure("the field completion is missing or not a string")
    }
    var sample = Sample(completion: completion, reference: nil, columns: row)
    if case .string(let prompt)? = row["prompt"] { sample.prompt = prompt }
    for key in ["reference", "answer", "solution", "ground_truth"] where sample.reference == nil {
      sample.reference = row[key]
    }
    if case .integer(let group)? = row["group"] { sample.group = group }
    return sample
  }

  private func flush(
    _ batch: inout [(line: Int, sample: Sample)], _ specification: RewardSpecification
  ) async throws -> Bool {
    if batch.isEmpty { return true }
    let table = try await specification.score(batch.map(\.sample))
    var text = ""
    for (row, item) in batch.enumerated() {
      let values = table.names.map { name in
        (name, (table.column(name)?[row]).map(JSONValue.number) ?? .null)
      }
      text +=
        JSONValue.object(
          JSONObject([
            ("line", .integer(item.line)), ("score", table.totals[row].map(JSONValue.number) ?? .null),
            ("rewards", .object(JSONObject(values))),
          ])
        ).jsonText + "\n"
    }
    FileHandle.standardOutput.write(Data(text.utf8))
    batch.removeAll(keepingCapacity: true)
    return table.outcomes.allSatisfy { $0 == .scored || $0 == .abstained }
  }
}
