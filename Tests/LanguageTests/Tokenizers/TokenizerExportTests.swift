import Foundation
import Testing
import Torch

@testable import Language

@Suite(
  .enabled(if: FileManager.default.fileExists(atPath: RealModel.path), "run scripts/setup for the model"))
struct TokenizerExportTests {
  @Test func `the exported tokenizer gives the ids of the GGUF file's on every line of the fixture`() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("laurel-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = try GGUFFile(path: RealModel.path)
    try TokenizerExport.write(file, folder: folder.path)
    let original = try BytePairTokenizer(gguf: file)
    let exported = try BytePairTokenizer(tokenizerJSON: folder.path + "/tokenizer.json")
    #expect(exported.eosToken == original.eosToken)
    #expect(exported.beginToken == original.beginToken)
    for row in try TokenizerFixtures.rows() {
      #expect(exported.encode(row.text) == original.encode(row.text))
    }
  }
}
