import Rewards
import Testing

@Suite struct ColumnScannerTests {
  private func scan(_ text: String, maxCells: Int = 100) throws -> (JSONColumnScanner.Columns, [UInt8]) {
    let bytes = Array(text.utf8)
    let scanner = JSONColumnScanner(names: ["a", "b"], maxCells: maxCells)
    return (try bytes.withUnsafeBufferPointer { try scanner.scan($0) }, bytes)
  }

  @Test("Lists are found at the top and under columns; the last of two counts; the rest is passed over")
  func columns() throws {
    let (table, bytes) = try scan(
      #" {"x": [1, {"a": [9]}], "a": ["p", 2 ,null], "columns": {"b": [[1, 2], {}], "columns": {"a": []}}} "#)
    guard case .list(let a) = table.columns[0], case .list(let b) = table.columns[1] else {
      Issue.record("\(table)")
      return
    }
    let texts = table.cells.map { String(decoding: bytes[$0.range], as: UTF8.self) }
    #expect(a.map { texts[$0] } == ["p", "2", "null"])
    #expect(a.map { table.cells[$0].kind } == [.string, .number, .null])
    #expect(b.map { texts[$0] } == ["[1, 2]", "{}"])
    #expect(table.keys == ["x", "a", "columns", "b", "columns"])
    let (twice, _) = try scan(#"{"a": [1], "a": [2, 3], "b": 7}"#)
    #expect(twice.columns[0] == .list(1..<3))
    guard case .single(let single) = twice.columns[1] else { return }
    #expect(single.kind == .number)
  }

  @Test(
    "What the parser refuses, the scanner refuses at the same byte",
    arguments: [
      "", "{", #"{"a"}"#, #"{"a":[1,]}"#, #"{"a":[1 2]}"#, #"{"a":["\x"]}"#, #"{"columns":{"a":[01]}}"#,
      #"{"a":[1]} x"#, #"{"a":[tru]}"#, #"{"columns":{"b":[{]}}"#,
    ])
  func refused(_ text: String) {
    let parsed = #expect(throws: JSONError.self) { try JSONParser().parse(text) }
    let scanned = #expect(throws: JSONError.self) { try scan(text) }
    if text != "" { #expect(scanned?.offset == parsed?.offset) }
  }

  @Test("A list is bounded before it is held")
  func bounded() throws {
    let error = #expect(throws: JSONError.self) { try scan(#"{"a":[1,2,3]}"#, maxCells: 2) }
    #expect(error?.kind == .limit)
    _ = try scan(#"{"x":[1,2,3],"a":[1,2]}"#, maxCells: 2)
  }
}
