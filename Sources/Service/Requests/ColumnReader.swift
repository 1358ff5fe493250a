import Rewards
import Verifiers

/// Reads the columns of a request as bytes, in one walk and without building a tree: the way of every request that
/// the fast path can score.
///
/// It accepts what ``NativeDialect`` accepts and reads the same from it, but looks only at the columns that rewards
/// over bytes read; the lengths of other lists are not checked.
struct ColumnReader: Sendable {
  private let mapping: FieldMapping
  private let scanner: JSONColumnScanner
  private let references: Range<Int>
  private let tokens: Range<Int>
  private let tokenIDs: Int
  private let rows: Int

  init(mapping: FieldMapping, limit: Int) {
    self.mapping = mapping
    let names =
      ["completions"] + mapping.reference + mapping.completionTokens + [NativeDialect.tokenIDs, "samples"]
    references = 1..<1 + mapping.reference.count
    tokens = references.upperBound..<references.upperBound + mapping.completionTokens.count
    tokenIDs = tokens.upperBound
    rows = tokenIDs + 1
    scanner = JSONColumnScanner(names: names, maxCells: limit)
  }

  /// Calls `use` with the samples, whose bytes live until it returns; nil when the request holds rows, not columns.
  ///
  /// - Throws: ``ServiceError``, or what `use` throws.
  func withSamples<Result>(
    of body: UTF8Bytes, _ use: ([SampleBytes]) throws -> Result
  ) throws -> Result? {
    let table: JSONColumnScanner.Columns
    do throws(JSONError) {
      table = try scanner.scan(body)
    } catch {
      throw error.expected.hasSuffix("elements in a list")
        ? ServiceError.tooManySamples(scanner.maxCells) : ServiceError(error)
    }
    guard case .list(let completions) = table.columns[0] else {
      if table.columns[0] == .absent, table.columns[rows] != .absent { return nil }
      if table.columns[0] == .absent {
        throw ServiceError.missing("completions", "a list", present: table.keys)
      }
      throw ServiceError.column(
        "completions", "\"completions\" is no list", remedy: "send one value per sample")
    }
    // The text of every string fits into as many bytes as it was written with.
    let scratch = JSONScratch()
    scratch.prepare(capacity: body.count)
    defer { withExtendedLifetime(scratch) {} }
    let references = try lists(self.references, table, completions.count)
    let tokens = try lists(self.tokens, table, completions.count)
    let ids = try lists(tokenIDs..<tokenIDs + 1, table, completions.count)
    var samples: [SampleBytes] = []
    samples.reserveCapacity(completions.count)
    for (row, cell) in completions.enumerated() {
      var sample = SampleBytes(completion: try completion(table.cells[cell], row, body, scratch))
      sample.reference = reference(first(references, row, table), body, scratch)
      if let tokens = first(tokens, row, table) {
        sample.completionTokens = try count(tokens, row, body)
      } else if let ids = first(ids, row, table) {
        sample.completionTokens = try length(ids, row, body)
      }
      samples.append(sample)
    }
    return try use(samples)
  }

  /// The lists among some of the columns: where each begins.
  private func lists(
    _ range: Range<Int>, _ table: JSONColumnScanner.Columns, _ count: Int
  ) throws(ServiceError) -> [Int] {
    var starts: [Int] = []
    for index in range {
      guard case .list(let cells) = table.columns[index] else { continue }
      guard cells.count == count else {
        throw .length(scanner.names[index], cells.count, of: count, "completions")
      }
      starts.append(cells.lowerBound)
    }
    return starts
  }

  /// The first value of a row that is not null.
  private func first(
    _ lists: [Int], _ row: Int, _ table: JSONColumnScanner.Columns
  ) -> JSONRowScanner.Field? {
    for start in lists {
      let cell = table.cells[start + row]
      if cell.kind != .null { return cell }
    }
    return nil
  }

  private func completion(
    _ cell: JSONRowScanner.Field, _ row: Int, _ body: UTF8Bytes, _ scratch: JSONScratch
  ) throws(ServiceError) -> UTF8Bytes {
    if cell.kind == .string { return scratch.text(of: cell, in: body) }
    // Messages: a tree is built for this one.
    let raw = UTF8Bytes(rebasing: body[cell.range])
    let value: JSONValue
    do throws(JSONError) { value = try JSONParser().parse(raw) } catch { throw ServiceError(error) }
    do throws(JSONLError.Reason) {
      guard value != .null else { throw .missingField(mapping.completion[0], present: []) }
      return scratch.copy(try FieldMapping.completionText(value, of: mapping.completion[0]))
    } catch {
      throw ServiceError(error, sample: row)
    }
  }

  private func reference(
    _ cell: JSONRowScanner.Field?, _ body: UTF8Bytes, _ scratch: JSONScratch
  ) -> SampleBytes.Reference {
    switch cell?.kind {
    case nil, .absent?, .null?: .absent
    case .string?: .text(cell.map { scratch.text(of: $0, in: body) } ?? UTF8Bytes(start: nil, count: 0))
    case .number?:
      .number(cell.map { UTF8Bytes(rebasing: body[$0.range]) } ?? UTF8Bytes(start: nil, count: 0))
    case .bool?, .array?, .object?: .other
    }
  }

  private func count(_ cell: JSONRowScanner.Field, _ row: Int, _ body: UTF8Bytes) throws(ServiceError) -> Int
  {
    let text = String(decoding: UTF8Bytes(rebasing: body[cell.range]), as: UTF8.self)
    if cell.kind == .number, let count = Int(text), count >= 0 { return count }
    throw wrongLength(row, text)
  }

  /// The length of a list of numbers.
  private func length(_ cell: JSONRowScanner.Field, _ row: Int, _ body: UTF8Bytes) throws(ServiceError) -> Int
  {
    let raw = UTF8Bytes(rebasing: body[cell.range])
    if cell.kind == .number { return try count(cell, row, body) }
    guard cell.kind == .array, raw.count >= 2 else {
      throw wrongLength(row, String(decoding: raw.prefix(40), as: UTF8.self))
    }
    let inside = raw[1..<raw.count - 1]
    var commas = 0
    var isEmpty = true
    for byte in inside {
      switch byte {
      case 0x2C: commas += 1
      case 0x20, 0x09, 0x0A, 0x0D: break
      case 0x22, 0x5B, 0x7B: throw wrongLength(row, "a list of something else than numbers")
      default: isEmpty = false
      }
    }
    return isEmpty ? 0 : commas + 1
  }

  private func wrongLength(_ row: Int, _ found: String) -> ServiceError {
    let name = mapping.completionTokens.first ?? "completion_tokens"
    return ServiceError(
      .wrongType(field: name, expected: "an integer of at least 0", found: found), sample: row)
  }
}
