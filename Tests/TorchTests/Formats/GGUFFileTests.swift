import Foundation
import Testing
import Torch

/// The package folder, found from this file, and what the tests read in it.
enum FormatFixtures {
  static let root: URL = {
    var folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    while folder.path != "/" && !FileManager.default.fileExists(atPath: folder.path + "/Package.swift") {
      folder.deleteLastPathComponent()
    }
    return folder
  }()
  static let fixtures = root.appendingPathComponent("Tests/TorchTests/Fixtures")
  static let gguf = root.appendingPathComponent(".deps/models/SmolLM2-135M-Instruct.gguf").path
  static let miniLM = root.appendingPathComponent(".deps/models/all-MiniLM-L6-v2/model.safetensors").path
  static var hasGGUF: Bool { FileManager.default.fileExists(atPath: gguf) }
  static var hasMiniLM: Bool { FileManager.default.fileExists(atPath: miniLM) }

  /// A new folder that the caller removes.
  static func temporaryFolder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("laurel-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }
}

@Suite struct GGUFFileTests {
  let fixture = FormatFixtures.fixtures.appendingPathComponent("quantized.gguf").path

  @Test func everyWeightTypeEqualsTheGGUFPackageBitForBit() throws {
    let file = try GGUFFile(path: fixture)
    let raw = try Data(contentsOf: FormatFixtures.fixtures.appendingPathComponent("quantized.expected.bin"))
    let expected = raw.withUnsafeBytes { Array($0.bindMemory(to: UInt32.self)) }
    var start = 0
    for info in file.tensors {
      #expect(info.shape == [3, 256])
      let values = try file.dequantize(info.name).map(\.bitPattern)
      #expect(values == Array(expected[start..<(start + 768)]), "\(info.name)")
      start += 768
    }
    #expect(start == expected.count && file.tensors.count == 11)
  }

  @Test func metadataOfEveryTypeIsRead() throws {
    let file = try GGUFFile(path: fixture)
    #expect(file.string("general.architecture") == "llama")
    #expect(file.string("test.string") == "naïve 漢字 🙂")
    #expect(file.integer("test.u8") == 200 && file.integer("test.i8") == -100)
    #expect(file.integer("test.u16") == 60000 && file.integer("test.i16") == -30000)
    #expect(file.integer("test.u32") == 4_000_000_000 && file.integer("test.i32") == -2_000_000_000)
    #expect(file.metadata["test.u64"] == .unsigned(.max) && file.integer("test.i64") == .min)
    #expect(file.number("test.f32") == Double(Float(0.1)) && file.number("test.f64") == 0.1)
    #expect(file.bool("test.bool") == true && file.metadata["test.bools"] == .bools([true, false]))
    #expect(file.strings("test.strings") == ["a", "", "é"])
    #expect(file.integers("test.integers") == [1, -2, 3] && file.numbers("test.numbers") == [0.5, -1.5])
    #expect(file.integer("test.string") == nil)
  }

  @Test func anAbsentKeyOrTensorIsNamed() throws {
    let file = try GGUFFile(path: fixture)
    #expect(throws: GGUFError.self) { try file.required("llama.block_count", file.integer) }
    do {
      _ = try file.dequantize("output.weight")
      Issue.record("no error")
    } catch {
      #expect("\(error)".contains("output.weight") && "\(error)".contains("quantized.gguf"))
    }
  }

  @Test func aMissingFileOrAnotherFormatIsExplained() throws {
    #expect(throws: GGUFError.self) { try GGUFFile(path: "/nonexistent/model.gguf") }
    #expect(throws: GGUFError.self) { try GGUFFile(path: #filePath) }
    #expect(throws: GGUFError.self) { try GGUFFile(path: FormatFixtures.root.path) }
  }

  @Test func everyTruncationThrowsAndNeverCrashes() throws {
    let whole = try Data(contentsOf: URL(fileURLWithPath: fixture))
    let folder = try FormatFixtures.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("cut.gguf")
    // The last tensor (Q6_K) may be followed by padding, so stop before its end.
    let end = try GGUFFile(path: fixture).tensors.map(\.range.upperBound).max() ?? 0
    for length in Array(0..<2200) + stride(from: 2200, to: end, by: 97) {
      try whole.prefix(length).write(to: path)
      #expect(throws: GGUFError.self) { try GGUFFile(path: path.path) }
    }
  }

  @Test func flippedBytesThrowOrGiveAReadableFile() throws {
    let whole = try Data(contentsOf: URL(fileURLWithPath: fixture))
    let folder = try FormatFixtures.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("flipped.gguf")
    var refused = 0
    for offset in 0..<1900 {
      for pattern: UInt8 in offset % 8 == 0 ? [0x01, 0x80, 0xFF] : [0xFF >> (offset % 8)] {
        var bytes = whole
        bytes[offset] ^= pattern
        try bytes.write(to: path)
        do throws(GGUFError) {
          let file = try GGUFFile(path: path.path)
          // Every tensor for some offsets, one for the rest: de-quantising is what takes the time.
          for info in file.tensors.prefix(offset % 64 == 0 ? .max : 1) where info.type.canDequantize {
            _ = try file.dequantize(info.name)
          }
        } catch {
          refused += 1
          #expect(error.file == path.path && !error.remedy.isEmpty)
        }
      }
    }
    #expect(refused > 500)
  }

  @Test(.enabled(if: FormatFixtures.hasGGUF, "run scripts/setup to fetch the model"))
  func theInstructModelHasItsPublishedShape() throws {
    let file = try GGUFFile(path: FormatFixtures.gguf)
    #expect(file.tensors.count == 272)
    #expect(file.tensors.map(\.range.lowerBound).min() == 1_785_664)
    #expect(file.tensor("token_embd.weight")?.shape == [49152, 576])
    #expect(file.tensor("blk.0.attn_k.weight")?.shape == [192, 576])
    #expect(file.tensors.filter { $0.type == .q4_1 }.count == 210)
    #expect(try file.required("llama.rope.freq_base", file.number) == 100000)
    #expect(file.strings("tokenizer.ggml.tokens")?.count == 49152)
    let embedding = try file.dequantize("token_embd.weight")
    #expect(embedding.count == 49152 * 576 && embedding.allSatisfy(\.isFinite))
  }
}
