import Rewards

/// The lines that one chunk of a file became.
struct ScoredChunk: Sendable {
  var output: [UInt8]
  var rejected: [JSONLError]
  var counts: ScoreStream.Counts
}

/// Scores the lines of one chunk; many run at once.
struct ChunkScorer: Sendable {
  private let specification: RewardSpecification
  private let entries: [RewardEntry]
  /// The rewards of the fast path; nil on the other.
  private let bytewise: [any BytewiseReward]?
  private let mapping: FieldMapping
  private let state: RunState
  private let scanner: JSONRowScanner
  private let keys: [[UInt8]]

  init(_ specification: RewardSpecification, isBytewise: Bool, mapping: FieldMapping, state: RunState) {
    self.specification = specification
    self.mapping = mapping
    self.state = state
    let entries = specification.entries
    self.entries = entries
    bytewise = isBytewise ? entries.compactMap { $0.reward as? any BytewiseReward } : nil
    scanner = JSONRowScanner(names: mapping.completion + mapping.reference + mapping.completionTokens)
    keys = entries.indices.map { index in
      var writer = JSONWriter()
      if index > 0 { writer.raw(",") }
      writer.string(entries[index].name)
      writer.raw(":")
      return writer.bytes
    }
  }

  /// - Throws: ``ScoreStream/Stopped`` when a reward fails under `on_failure: stop`.
  func score(_ chunk: JSONLChunk) async throws -> ScoredChunk {
    if let bytewise { try scoreBytes(chunk, bytewise) } else { try await scoreSamples(chunk) }
  }

  // MARK: Bytes

  private func scoreBytes(_ chunk: JSONLChunk, _ rewards: [any BytewiseReward]) throws -> ScoredChunk {
    var result = Result(columns: entries.count)
    let scratch = JSONScratch()
    var fields = [JSONRowScanner.Field](repeating: .init(), count: scanner.names.count)
    var outcomes = [Outcome](repeating: .scored(0), count: entries.count)
    try chunk.forEachLine { line in
      do {
        do throws(JSONError) {
          try scanner.scan(line.bytes, into: &fields)
        } catch {
          throw JSONLError(line: line.number, lineOffset: line.offset, error)
        }
        let sample = try sample(line, fields, scratch)
        for index in rewards.indices { outcomes[index] = rewards[index].outcome(of: sample) }
        let total = try total(outcomes, line: line.number)
        result.write(outcomes, total: total, line: line.number, keys: keys, entries: entries)
      } catch let error as JSONLError {
        result.reject(error)
      }
    } tooLong: {
      result.reject($0)
    }
    return result.chunk
  }

  private func sample(
    _ line: JSONLLine, _ fields: [JSONRowScanner.Field], _ scratch: JSONScratch
  ) throws -> SampleBytes {
    let row = line.bytes
    let referenceStart = mapping.completion.count
    let tokensStart = referenceStart + mapping.reference.count
    func first(_ range: Range<Int>) -> Int? {
      range.first { fields[$0].kind != .absent && fields[$0].kind != .null }
    }
    guard let place = first(0..<referenceStart) else {
      throw failure(line, .missingField(mapping.completion[0], present: try parsed(line).keys))
    }
    scratch.prepare(capacity: row.count)
    var sample: SampleBytes
    switch fields[place].kind {
    case .string: sample = SampleBytes(completion: scratch.text(of: fields[place], in: row))
    default:
      // Messages: the tree is built for this field only.
      let raw = UTF8Bytes(rebasing: row[fields[place].range])
      do throws(JSONLError.Reason) {
        guard let value = try? JSONParser().parse(raw) else {
          throw FieldMapping.wrongType(mapping.completion[place], "text", .null)
        }
        let text = try FieldMapping.completionText(value, of: mapping.completion[place])
        sample = SampleBytes(completion: scratch.copy(text))
      } catch {
        throw failure(line, error)
      }
    }
    if let place = first(referenceStart..<tokensStart) {
      switch fields[place].kind {
      case .string: sample.reference = .text(scratch.text(of: fields[place], in: row))
      case .number: sample.reference = .number(UTF8Bytes(rebasing: row[fields[place].range]))
      default: sample.reference = .other
      }
    }
    if let place = first(tokensStart..<fields.count) {
      let raw = UTF8Bytes(rebasing: row[fields[place].range])
      guard fields[place].kind == .number, let count = Int(String(decoding: raw, as: UTF8.self)), count >= 0
      else {
        let value = (try? JSONParser().parse(raw)) ?? .string(String(decoding: raw, as: UTF8.self))
        throw failure(line, FieldMapping.wrongType(scanner.names[place], "an integer of at least 0", value))
      }
      sample.completionTokens = count
    }
    return sample
  }

  /// The weighted sum with each reward's failure rule; nil where the sample is left out or every reward abstained.
  private func total(_ outcomes: [Outcome], line: Int) throws -> Double? {
    var total = 0.0
    var isPresent = false
    var isLeftOut = false
    for (index, outcome) in outcomes.enumerated() {
      switch outcome {
      case .scored(let value):
        total += entries[index].weight * value
        isPresent = true
      case .abstained: break
      case .failed, .timedOut:
        switch entries[index].onFailure {
        case .leaveOut: isLeftOut = true
        case .penalty(let value):
          total += entries[index].weight * value
          isPresent = true
        case .stop:
          throw ScoreStream.Stopped(
            line: line, reward: entries[index].name, reason: Result.reason(outcome) ?? "")
        }
      }
    }
    return isPresent && !isLeftOut ? total : nil
  }

  // MARK: Samples

  private func scoreSamples(_ chunk: JSONLChunk) async throws -> ScoredChunk {
    var result = Result(columns: entries.count)
    var samples: [Sample] = []
    var lines: [Int] = []
    // Bad lines are collected in order apart from the good ones: both streams keep their own order.
    try chunk.forEachLine { line in
      do {
        let row = try parsed(line)
        do throws(JSONLError.Reason) {
          samples.append(try mapping.sample(from: row))
          lines.append(line.number)
        } catch {
          throw failure(line, error)
        }
      } catch let error as JSONLError {
        result.reject(error)
      }
    } tooLong: {
      result.reject($0)
    }
    let table: RewardTable
    do {
      table = try await specification.score(samples, state: state)
    } catch let error as ScoringError {
      throw ScoreStream.Stopped(line: lines[error.sample], reward: error.reward, reason: error.reason)
    }
    let messages = Dictionary(
      table.messages.map { ("\($0.sample) \($0.reward)", $0.text) }, uniquingKeysWith: { $1 })
    for (sample, line) in lines.enumerated() {
      let outcomes = entries.indices.map { index -> Outcome in
        let text = messages["\(sample) \(entries[index].name)"]
        switch table.outcomes[sample * entries.count + index] {
        case .scored: return .scored(table[sample, index] ?? 0)
        case .abstained: return .abstained(text ?? "")
        case .failed: return .failed(text ?? "failed, as the first samples of this chunk say")
        case .timedOut: return .timedOut(seconds: entries[index].timeout)
        }
      }
      result.write(outcomes, total: table.totals[sample], line: line, keys: keys, entries: entries)
    }
    return result.chunk
  }

  // MARK: Common

  private func parsed(_ line: JSONLLine) throws(JSONLError) -> JSONObject {
    do throws(JSONError) {
      guard case .object(let row) = try JSONParser().parse(line.bytes) else {
        throw JSONError(kind: .syntax, offset: 0, expected: "a JSON object '{'", found: "another value")
      }
      return row
    } catch {
      throw JSONLError(line: line.number, lineOffset: line.offset, error)
    }
  }

  private func failure(_ line: JSONLLine, _ reason: JSONLError.Reason) -> JSONLError {
    JSONLError(line: line.number, offset: line.offset, reason: reason)
  }

  private struct Result {
    var writer = JSONWriter()
    var rejected: [JSONLError] = []
    var counts: ScoreStream.Counts

    init(columns: Int) { counts = ScoreStream.Counts(columns: columns) }

    mutating func reject(_ error: JSONLError) {
      rejected.append(error)
      counts.rejected += 1
    }

    var chunk: ScoredChunk { ScoredChunk(output: writer.bytes, rejected: rejected, counts: counts) }

    mutating func write(
      _ outcomes: [Outcome], total: Double?, line: Int, keys: [[UInt8]], entries: [RewardEntry]
    ) {
      counts.scored += 1
      writer.raw("{\"line\":")
      writer.integer(line)
      writer.raw(",\"score\":")
      if let total { writer.number(total) } else { writer.raw("null") }
      writer.raw(",\"rewards\":{")
      var hasFailed = false
      for (index, outcome) in outcomes.enumerated() {
        writer.raw(keys[index])
        switch outcome {
        case .scored(let value): writer.number(value)
        case .abstained:
          counts.abstentions[index] += 1
          writer.raw("null")
        case .failed, .timedOut:
          counts.failures[index] += 1
          hasFailed = true
          writer.raw("null")
        }
      }
      writer.raw("},\"errors\":{")
      if hasFailed { writeErrors(outcomes, entries) }
      writer.raw("}}\n")
    }

    private mutating func writeErrors(_ outcomes: [Outcome], _ entries: [RewardEntry]) {
      var isFirst = true
      for (index, outcome) in outcomes.enumerated() {
        guard let reason = Self.reason(outcome) else { continue }
        if !isFirst { writer.raw(",") }
        isFirst = false
        writer.string(entries[index].name)
        writer.raw(":")
        writer.string(reason)
      }
    }

    static func reason(_ outcome: Outcome) -> String? {
      switch outcome {
      case .failed(let text): text
      case .timedOut(let seconds): "no answer within \(seconds) s"
      case .scored, .abstained: nil
      }
    }
  }
}
