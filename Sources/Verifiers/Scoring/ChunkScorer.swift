import Rewards

/// The lines that one chunk of a file became.
struct ScoredChunk: Sendable {
  var output: [UInt8]
  var rejected: [JSONLError]
  var counts: ScoreStream.Counts
}

/// Scores the lines of one chunk; many run at once.
struct ChunkScorer: Sendable {
  private let columns: [ScoreStream.Column]
  private let bytewise: [any BytewiseReward]
  private let mapping: FieldMapping
  private let state: RunState
  private let scanner: JSONRowScanner
  private let keys: [[UInt8]]

  init(columns: [ScoreStream.Column], mapping: FieldMapping, state: RunState) {
    self.columns = columns
    self.mapping = mapping
    self.state = state
    bytewise = columns.compactMap { $0.reward as? any BytewiseReward }
    scanner = JSONRowScanner(names: mapping.completion + mapping.reference + mapping.completionTokens)
    keys = columns.indices.map { index in
      var writer = JSONWriter()
      if index > 0 { writer.raw(",") }
      writer.string(columns[index].name)
      writer.raw(":")
      return writer.bytes
    }
  }

  func score(_ chunk: JSONLChunk) async -> ScoredChunk {
    bytewise.count == columns.count ? scoreBytes(chunk) : await scoreSamples(chunk)
  }

  // MARK: Bytes

  private func scoreBytes(_ chunk: JSONLChunk) -> ScoredChunk {
    var result = Result(columns: columns.count)
    let scratch = JSONScratch()
    var fields = [JSONRowScanner.Field](repeating: .init(), count: scanner.names.count)
    var outcomes = [Outcome](repeating: .scored(0), count: columns.count)
    chunk.forEachLine { line in
      do {
        do throws(JSONError) {
          try scanner.scan(line.bytes, into: &fields)
        } catch {
          throw JSONLError(line: line.number, lineOffset: line.offset, error)
        }
        let sample = try sample(line, fields, scratch)
        for index in bytewise.indices { outcomes[index] = bytewise[index].outcome(of: sample) }
        write(outcomes, line: line.number, into: &result)
      } catch {
        result.reject(error, line)
      }
    } tooLong: { result.reject($0) }
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

  // MARK: Samples

  private func scoreSamples(_ chunk: JSONLChunk) async -> ScoredChunk {
    var result = Result(columns: columns.count)
    var samples: [Sample] = []
    var lines: [Int] = []
    // Bad lines are collected in order apart from the good ones: both streams keep their own order.
    chunk.forEachLine { line in
      do {
        let row = try parsed(line)
        do throws(JSONLError.Reason) {
          samples.append(try mapping.sample(from: row))
          lines.append(line.number)
        } catch {
          throw failure(line, error)
        }
      } catch {
        result.reject(error, line)
      }
    } tooLong: { result.reject($0) }
    var scores: [[Score]] = []
    for column in columns { scores.append(await score(samples, column.reward)) }
    for (index, line) in lines.enumerated() {
      write(scores.map { $0[index].outcome }, line: line, into: &result)
    }
    return result.chunk
  }

  private func score(_ samples: [Sample], _ reward: any Reward<Sample>) async -> [Score] {
    let reason: String
    do {
      let scores = try await reward.score(samples, state: state)
      if scores.count == samples.count { return scores }
      reason = "the reward gave \(scores.count) scores for \(samples.count) samples"
    } catch {
      reason = "\(error)"
    }
    return [Score](repeating: .failed(reason), count: samples.count)
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

    mutating func reject(_ error: any Error, _ line: JSONLLine) {
      let unknown = JSONError(kind: .syntax, offset: 0, expected: "a row", found: "\(error)")
      reject(error as? JSONLError ?? JSONLError(line: line.number, lineOffset: line.offset, unknown))
    }

    var chunk: ScoredChunk { ScoredChunk(output: writer.bytes, rejected: rejected, counts: counts) }
  }

  private func write(_ outcomes: [Outcome], line: Int, into result: inout Result) {
    var total = 0.0
    var isPresent = false
    var hasFailed = false
    for (column, outcome) in outcomes.enumerated() {
      switch outcome {
      case .scored(let value):
        total += columns[column].weight * value
        isPresent = true
      case .abstained: result.counts.abstentions[column] += 1
      case .failed, .timedOut:
        result.counts.failures[column] += 1
        hasFailed = true
      }
    }
    result.counts.scored += 1
    result.writer.raw("{\"line\":")
    result.writer.integer(line)
    result.writer.raw(",\"score\":")
    isPresent && !hasFailed ? result.writer.number(total) : result.writer.raw("null")
    result.writer.raw(",\"rewards\":{")
    for (column, outcome) in outcomes.enumerated() {
      result.writer.raw(keys[column])
      if let value = outcome.value { result.writer.number(value) } else { result.writer.raw("null") }
    }
    result.writer.raw("},\"errors\":{")
    if hasFailed { writeErrors(outcomes, into: &result.writer) }
    result.writer.raw("}}\n")
  }

  private func writeErrors(_ outcomes: [Outcome], into writer: inout JSONWriter) {
    var isFirst = true
    for (column, outcome) in outcomes.enumerated() {
      let reason: String
      switch outcome {
      case .failed(let text): reason = text
      case .timedOut(let seconds): reason = "no answer within \(seconds) s"
      case .scored, .abstained: continue
      }
      if !isFirst { writer.raw(",") }
      isFirst = false
      writer.string(columns[column].name)
      writer.raw(":")
      writer.string(reason)
    }
  }
}
