import Foundation
import Testing

@testable import Language

/// The package folder, found from this file, and what the tokenizer tests read in it.
enum TokenizerFixtures {
  static let root: URL = {
    var folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    while folder.path != "/" && !FileManager.default.fileExists(atPath: folder.path + "/Package.swift") {
      folder.deleteLastPathComponent()
    }
    return folder
  }()
  static let folder = root.appendingPathComponent("Tests/LanguageTests/Fixtures")
  static let gguf = root.appendingPathComponent(".deps/models/SmolLM2-135M-Instruct.gguf").path
  static let miniLM = root.appendingPathComponent(".deps/models/all-MiniLM-L6-v2").path
  static var hasGGUF: Bool { FileManager.default.fileExists(atPath: gguf) }
  static var hasMiniLM: Bool { FileManager.default.fileExists(atPath: miniLM + "/tokenizer.json") }

  struct Row: Decodable {
    var text: String
    var bpe: [Int32]
    var wordpiece: [Int32]
    var tiny: [Int32]?
  }

  /// The lines that scripts/fixtures/make_tokenizer_fixtures.py wrote.
  static func rows() throws -> [Row] {
    try Data(contentsOf: folder.appendingPathComponent("tokenizers.jsonl")).split(separator: 0x0A).map {
      try JSONDecoder().decode(Row.self, from: Data($0))
    }
  }

  /// Writes a temporary GGUF file of string, integer-array and string-array keys, and gives its path to `body`.
  static func withGGUF(
    strings: [String: String] = [:], integers: [String: [Int32]] = [:], arrays: [String: [String]] = [:],
    _ body: (String) throws -> Void
  ) throws {
    var data = Data("GGUF".utf8)
    func append(_ value: some FixedWidthInteger) {
      withUnsafeBytes(of: value.littleEndian) { data.append(contentsOf: $0) }
    }
    func append(text: String) {
      append(UInt64(text.utf8.count))
      data.append(contentsOf: text.utf8)
    }
    append(UInt32(3))
    append(UInt64(0))
    append(UInt64(strings.count + integers.count + arrays.count))
    for (key, value) in strings {
      append(text: key)
      append(UInt32(8))
      append(text: value)
    }
    for (key, values) in integers {
      append(text: key)
      append(UInt32(9))
      append(UInt32(5))
      append(UInt64(values.count))
      for value in values { append(value) }
    }
    for (key, values) in arrays {
      append(text: key)
      append(UInt32(9))
      append(UInt32(8))
      append(UInt64(values.count))
      for value in values { append(text: value) }
    }
    let path = FileManager.default.temporaryDirectory.appendingPathComponent(
      "laurel-\(UUID().uuidString).gguf")
    defer { try? FileManager.default.removeItem(at: path) }
    try data.write(to: path)
    try body(path.path)
  }
}
