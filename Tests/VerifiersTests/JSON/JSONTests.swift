import Foundation
import Rewards
import Testing

@Suite struct JSONTests {
  @Test(arguments: [
    "", " ", "nul", "NaN", "Infinity", "-", "01", "1.", ".5", "1e", "+1", "[1,]", "{\"a\":1,}", "{a:1}",
    "{\"a\"}",
    "[1 2]", "\"\u{1}\"", "\"\\x\"", "\"\\u12\"", "\"\\ud83d\"", "\"\\ude00\"", "\"\\ud83d\\u0041\"", "1 2",
    "\"a",
    "[", "{\"a\":", "'a'", "1e999", "//x", "[\u{00A0}1]",
  ])
  func whatIsNotJSONIsRefused(_ text: String) {
    #expect(throws: JSONError.self) { try JSONValue(json: text) }
  }

  @Test func errorsTellOffsetAndExpectation() {
    #expect(throws: JSONError(kind: .syntax, offset: 6, expected: "':' after the key", found: "'1'")) {
      try JSONValue(json: "{\"a\"  1}")
    }
  }

  @Test func valuesReadBackAsWritten() throws {
    let text = #"{"a":[1,-2,3.5,true,false,null,"x\n\"\\\u0001é😀"],"b":{},"c":[],"d":1e-07}"#
    let value = try JSONValue(json: text)
    #expect(try JSONValue(json: value.jsonText) == value)
    #expect(value.jsonText == text)
    #expect(JSONValue.number(.nan).jsonText == "null")
  }

  @Test func numbersAreWrittenAsSwiftDescribesThem() {
    var random = SplitMix(state: 7)
    func text(_ value: Double) -> String { JSONValue.number(value).jsonText }
    var values: [Double] = [
      1e9, 999_999_999.9999, 1e-4, -1e-4, 5e-5, 1e15, 0.1 + 0.2, 1 - 0.415, -2.5, 1e22, 123_456,
    ]
    for _ in 0..<20_000 {
      let whole = Int.random(in: -20_000_000...20_000_000, using: &random)
      values += [Double(whole) / 1e4, Double(whole) / 1e3, Double(whole) * 1e-4, Double(whole) / 3]
      values.append(1 - abs(200 - Double(whole % 400)) / 200)
    }
    for value in values where value != 0 { #expect(text(value) == value.description) }
  }

  @Test func numbersKeepTheirKind() throws {
    func same(_ text: String, _ value: JSONValue) throws -> Bool {
      switch (try JSONValue(json: text), value) {
      case (.integer(let a), .integer(let b)): a == b
      case (.number(let a), .number(let b)): a == b
      default: false
      }
    }
    #expect(try same("9223372036854775807", .integer(.max)))
    #expect(try same("-9223372036854775808", .integer(.min)))
    #expect(try same("9223372036854775808", .number(9_223_372_036_854_775_808)))
    #expect(try same("1.0", .number(1)))
    #expect(try same("-0", .integer(0)))
  }

  @Test func theLastOfDuplicateKeysWinsInTheFirstPlace() throws {
    #expect(try JSONValue(json: #"{"a":1,"b":2,"a":3}"#).jsonText == #"{"a":3,"b":2}"#)
  }

  @Test func surrogatesBecomeOneCharacterAndInvalidUTF8IsRefused() throws {
    #expect(try JSONValue(json: "\"\\ud83d\\ude00\"") == .string("😀"))
    for bytes: [UInt8] in [
      [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82], [0xF4, 0x90, 0x80, 0x80],
    ] {
      #expect { try JSONParser().parse([0x22] + bytes + [0x22]) } throws: { error in
        (error as? JSONError)?.kind == .invalidUTF8 && (error as? JSONError)?.offset == 1
      }
    }
  }

  @Test func depthAndKeysAreLimited() {
    let deep = String(repeating: "[", count: 100_000)
    #expect { try JSONValue(json: deep) } throws: { ($0 as? JSONError)?.kind == .limit }
    #expect(throws: JSONError.self) { try JSONParser(maxKeys: 1).parse("{\"a\":1,\"b\":2}") }
  }

  @Test func theRowScannerFindsFieldsWithoutATree() throws {
    let scanner = JSONRowScanner(names: ["a", "b", "c"])
    var fields = [JSONRowScanner.Field](repeating: .init(), count: 3)
    var row = #" {"x":{"a":[1]},"a":"one\ntwo","\u0062":-1.5e3,"a":"é\t"} "#
    let texts = try row.withUTF8 { bytes in
      try scanner.scan(bytes, into: &fields)
      let scratch = JSONScratch()
      scratch.prepare(capacity: bytes.count)
      return [
        String(decoding: scratch.text(of: fields[0], in: bytes), as: UTF8.self),
        String(decoding: bytes[fields[1].range], as: UTF8.self),
      ]
    }
    #expect(texts == ["é\t", "-1.5e3"])
    #expect(fields.map(\.kind) == [.string, .number, .absent])
    var broken = #"{"x":[1,]}"#
    #expect(throws: JSONError.self) { try broken.withUTF8 { try scanner.scan($0, into: &fields) } }
  }
}

@Suite struct JSONLReaderTests {
  /// Numbers, offsets and texts of the lines of a file, and the lines that are too long.
  func lines(_ data: Data, maxLineBytes: Int = 64 << 20, chunkBytes: Int) throws -> ([String], [JSONLError]) {
    let url = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).jsonl")
    try data.write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    let reader = try JSONLReader(path: url.path, maxLineBytes: maxLineBytes, chunkBytes: chunkBytes)
    var found: [String] = []
    var errors: [JSONLError] = []
    try reader.forEachLine {
      found.append("\($0.number)@\($0.offset):\(String(decoding: $0.bytes, as: UTF8.self))")
    } tooLong: {
      errors.append($0)
    }
    return (found, errors)
  }

  @Test(arguments: [16, 17, 19, 23, 1 << 20])
  func lineEndsMarksAndBlanksAreHandledAtEveryChunkSize(_ chunkBytes: Int) throws {
    let text = "\u{FEFF}one\r\n\n  \r\ntwo is a longer line than a chunk\nthree"
    let (found, errors) = try lines(Data(text.utf8), chunkBytes: chunkBytes)
    #expect(found == ["1@3:one", "4@13:two is a longer line than a chunk", "5@47:three"])
    #expect(errors.isEmpty)
    #expect(try lines(Data(), chunkBytes: chunkBytes).0.isEmpty)
    #expect(try lines(Data("a\n".utf8), chunkBytes: chunkBytes).0 == ["1@0:a"])
  }

  @Test(arguments: [16, 64, 1 << 20])
  func aLineAboveTheLimitIsReportedAndPassedOver(_ chunkBytes: Int) throws {
    let long = String(repeating: "x", count: 200_000)
    let (found, errors) = try lines(
      Data("a\n\(long)\nb\n\(long)".utf8), maxLineBytes: 100, chunkBytes: chunkBytes)
    #expect(found == ["1@0:a", "3@200003:b"])
    #expect(errors.map(\.line) == [2, 4])
    #expect(errors.first?.reason == .lineTooLong(bytes: 200_000, limit: 100))
  }

  @Test func aLineOfTenMegabytesIsRead() throws {
    let (found, errors) = try lines(
      Data(repeating: 0x61, count: 10_000_000) + Data("\nb".utf8), chunkBytes: 1 << 20)
    #expect(found.count == 2 && errors.isEmpty)
  }

  /// This once crashed in debug builds.
  @Test func anErrorThrownByTheClosureComesOutAndTheFileIsLeftInOrder() throws {
    struct Enough: Error, Equatable { var line: Int }
    let url = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).jsonl")
    defer { try? FileManager.default.removeItem(at: url) }
    let long = String(repeating: "x", count: 200)
    try Data((0..<2000).map { "line \($0)\n" }.joined().utf8 + Data("\(long)\n".utf8)).write(to: url)
    for chunkBytes in [16, 4096, 1 << 20] {
      for wanted in [1, 2, 500, 2000] {
        let reader = try JSONLReader(path: url.path, chunkBytes: chunkBytes)
        var seen = 0
        #expect(throws: Enough(line: wanted)) {
          try reader.forEachLine { line in
            seen += 1
            if line.number == wanted { throw Enough(line: wanted) }
          }
        }
        #expect(seen == wanted)
      }
      // The second closure may throw too; by default it does.
      let reader = try JSONLReader(path: url.path, maxLineBytes: 100, chunkBytes: chunkBytes)
      #expect(throws: JSONLError.self) { try reader.forEachLine { _ in } }
      let other = try JSONLReader(path: url.path, maxLineBytes: 100, chunkBytes: chunkBytes)
      #expect(throws: Enough(line: 2001)) {
        try other.forEachLine { _ in
        } tooLong: {
          throw Enough(line: $0.line)
        }
      }
    }
  }

  @Test func aMissingFileIsATypedError() {
    #expect(throws: FileError.self) { try JSONLReader(path: "/nowhere/at/all.jsonl") }
  }
}
