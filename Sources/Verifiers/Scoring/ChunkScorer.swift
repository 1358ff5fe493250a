import Rewards

/// The lines that one chunk of a file became.
struct ScoredChunk: Sendable {
  var output: [UInt8]
  var rejected: [JSONLError]
  var counts: ScoreStream.Counts
  /// Byte offset in the file behind the chunk.
  var end: Int
}

/// Scores the lines of one chunk; many run at once.
struct ChunkScorer: Sendable {
  private let specification: RewardSpecification
  private let entries: [RewardEntry]
  /// The fast path; nil on the other.
  private let bytewise: BytewiseScorer?
  private let mapping: FieldMapping
  private let state: RunState
  private let scanner: JSONRowScanner
  private let keys: [[UInt8]]
  /// Chunks of the fast path that took too long and go on.
  private let stuck = StuckCalls()

  init(_ specification: RewardSpecification, isBytewise: Bool, mapping: FieldMapping, state: RunState) {
    self.specification = specification
    self.mapping = mapping
    self.state = state
    let entries = specification.entries
    self.entries = entries
    bytewise = isBytewise ? BytewiseScorer(specification) : nil
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
    guard let bytewise else { return try await scoreSamples(chunk) }
    // A chunk of the fast path takes milliseconds: no clock is read inside. One that takes longer than a single
    // sample may holds a sample that hangs, and is scored again with an eye on each.
    if !stuck.isFull {
      let seconds = entries.map(\.timeout).min() ?? RewardEntry.defaultTimeout
      switch await withTimeLimit(seconds: seconds, stuck: stuck, { try scoreBytes(chunk, bytewise) }) {
      case .finished(let scored): return scored
      case .threw(let error): throw error
      case .timedOut: break
      }
    }
    return try await scoreBytesWatched(chunk, bytewise)
  }

  // MARK: Bytes

  private func scoreBytes(_ chunk: JSONLChunk, _ scorer: BytewiseScorer) throws -> ScoredChunk {
    var result = Result(columns: entries.count, end: chunk.end)
    var outcomes = [Outcome](repeating: .scored(0), count: entries.count)
    try forEachSample(of: chunk, &result) { sample, line, result in
      for index in scorer.rewards.indices { outcomes[index] = scorer.rewards[index].outcome(of: sample) }
      try write(&outcomes, scorer, line: line, to: &result)
    }
    return result.chunk
  }

  /// The same lines as ``scoreBytes(_:_:)``, each sample with each reward's time limit.
  private func scoreBytesWatched(
    _ chunk: JSONLChunk, _ scorer: BytewiseScorer
  ) async throws -> ScoredChunk {
    var result = Result(columns: entries.count, end: chunk.end)
    var samples: [OwnedSampleBytes] = []
    var lines: [Int] = []
    try forEachSample(of: chunk, &result) { sample, line, _ in
      samples.append(OwnedSampleBytes(sample))
      lines.append(line)
    }
    let owned = samples
    var columns: [[Score]] = []
    for (entry, reward) in zip(entries, scorer.rewards) {
      columns.append(
        await entry.scores(count: owned.count) { index in
          Score(owned[index].withBytes { reward.outcome(of: $0) })
        })
    }
    try Task.checkCancellation()
    for (sample, line) in lines.enumerated() {
      var outcomes = columns.map { $0[sample].outcome }
      try write(&outcomes, scorer, line: line, to: &result)
    }
    return result.chunk
  }

  /// Visits the good lines of a chunk; the bad ones go to the result.
  private func forEachSample(
    of chunk: JSONLChunk, _ result: inout Result,
    _ body: (_ sample: SampleBytes, _ line: Int, _ result: inout Result) throws -> Void
  ) throws {
    let scratch = JSONScratch()
    var fields = [JSONRowScanner.Field](repeating: .init(), count: scanner.names.count)
    var visited = 0
    try chunk.forEachLine { line in
      visited += 1
      // A chunk that was given up on by mistake (a very short limit) must not go on for long.
      if visited & 0xFF == 0 { try Task.checkCancellation() }
      do {
        do throws(JSONError) {
          try scanner.scan(line.bytes, into: &fields)
        } catch {
          throw JSONLError(line: line.number, lineOffset: line.offset, error)
        }
        try body(try sample(line, fields, scratch), line.number, &result)
      } catch let error as JSONLError {
        result.reject(error)
      }
    } tooLong: {
      result.reject($0)
    }
  }

  /// Writes one line with its total; a value that is not finite becomes a failure.
  private func write(
    _ outcomes: inout [Outcome], _ scorer: BytewiseScorer, line: Int, to result: inout Result
  ) throws {
    let total: Double?
    do throws(ScoringError) {
      total = try scorer.total(&outcomes, row: 0..<outcomes.count, sample: line)
    } catch {
      throw ScoreStream.Stopped(line: line, reward: error.reward, reason: error.reason)
    }
    result.write(outcomes, total: total, line: line, keys: keys, entries: entries)
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

  private func scoreSamples(_ chunk: JSONLChunk) async throws -> ScoredChunk {
    var result = Result(columns: entries.count, end: chunk.end)
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
    for (sample, line) in lines.enumerated() {
      let outcomes = entries.indices.map { index -> Outcome in
        switch table.outcomes[sample * entries.count + index] {
        case .scored: return .scored(table[sample, index] ?? 0)
        case .abstained: return .abstained("")
        case .failed:
          let message = table.messages.first { $0.sample == sample && $0.reward == entries[index].name }
          return .failed(message?.text ?? "failed, as the first samples of this chunk say")
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
      return try JSONParser().parseObject(line.bytes)
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

    private let end: Int

    init(columns: Int, end: Int) {
      counts = ScoreStream.Counts(columns: columns)
      self.end = end
    }

    mutating func reject(_ error: JSONLError) {
      rejected.append(error)
      counts.rejected += 1
    }

    var chunk: ScoredChunk {
      ScoredChunk(output: writer.bytes, rejected: rejected, counts: counts, end: end)
    }

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
          if case .failed = outcome { counts.failures[index] += 1 } else { counts.timeOuts[index] += 1 }
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
        guard let reason = outcome.failure else { continue }
        if !isFirst { writer.raw(",") }
        isFirst = false
        writer.string(entries[index].name)
        writer.raw(":")
        writer.string(reason)
      }
    }
  }
}
