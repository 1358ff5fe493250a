extension JSONLReader {
  /// Visits every line as a JSON object, in order.
  ///
  /// - Parameters:
  ///   - body: may throw a `JSONLError.Reason`, which counts as a bad line.
  ///   - rejected: called for each bad line, in order; the others are not touched by it.
  /// - Throws: `FileError` when the file cannot be read; what else `body` throws.
  public func forEachRow(
    _ body: (_ row: JSONObject, _ line: Int) throws -> Void, rejected: (JSONLError) -> Void
  ) throws {
    let parser = JSONParser()
    try forEachLine(
      { line in
        do {
          guard case .object(let row) = try parser.parse(line.bytes) else {
            throw JSONLError.Reason.wrongType(field: "row", expected: "a JSON object", found: "another value")
          }
          try body(row, line.number)
        } catch let error as JSONError {
          rejected(JSONLError(line: line.number, lineOffset: line.offset, error))
        } catch let reason as JSONLError.Reason {
          rejected(JSONLError(line: line.number, offset: line.offset, reason: reason))
        }
      }, tooLong: rejected)
  }
}
