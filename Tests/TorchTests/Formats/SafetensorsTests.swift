import Foundation
import Testing
import Torch

@Suite struct SafetensorsTests {
  private func sample(at path: String, value: Float = 1.5) throws {
    let floats: [Float] = [value, -2, 3, 4, 5, 6]
    let integers: [Int64] = [1, -1]
    try floats.withUnsafeBytes { first in
      try integers.withUnsafeBytes { second in
        try SafetensorsWriter.write(
          path,
          tensors: [
            .init(name: "weight \"q\" é", dtype: .f32, shape: [2, 3], bytes: first),
            .init(name: "ids", dtype: .i64, shape: [2], bytes: second),
            .init(
              name: "empty", dtype: .bool, shape: [0, 4], bytes: UnsafeRawBufferPointer(start: nil, count: 0)),
            .init(
              name: "scalar", dtype: .f32, shape: [], bytes: UnsafeRawBufferPointer(rebasing: first[0..<4])),
          ], metadata: ["step": "12"])
      }
    }
  }

  private func inFolder(_ body: (String) throws -> Void) throws {
    let folder = try FormatFixtures.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
  }

  @Test func whatIsWrittenIsReadBack() throws {
    try inFolder { folder in
      try sample(at: folder + "/a.safetensors")
      let file = try SafetensorsFile(path: folder + "/a.safetensors")
      #expect(file.metadata == ["format": "pt", "step": "12"])
      #expect(file.entries.count == 4)
      #expect(file.entries["weight \"q\" é"]?.shape == [2, 3])
      #expect(file.entries["empty"]?.shape == [0, 4] && file.entries["scalar"]?.shape == [])
      let values = try file.withBytes("weight \"q\" é") { Array($0.bindMemory(to: Float.self)) }
      #expect(values == [1.5, -2, 3, 4, 5, 6])
      let ids = try file.withBytes("ids") { Array($0.bindMemory(to: Int64.self)) }
      #expect(ids == [1, -1])
      #expect(throws: SafetensorsError.self) { try file.withBytes("absent") { _ in } }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.safetensors"])
    }
  }

  @Test func everyTruncationAndFlippedHeaderByteThrowsOrReads() throws {
    try inFolder { folder in
      let path = folder + "/a.safetensors"
      try sample(at: path)
      let whole = try Data(contentsOf: URL(fileURLWithPath: path))
      for length in 0..<whole.count {
        try whole.prefix(length).write(to: URL(fileURLWithPath: path))
        #expect(throws: SafetensorsError.self) { try SafetensorsFile(path: path) }
      }
      for offset in 0..<whole.count {
        for pattern: UInt8 in [0x01, 0x10, 0xFF] {
          var bytes = whole
          bytes[offset] ^= pattern
          try bytes.write(to: URL(fileURLWithPath: path))
          if let file = try? SafetensorsFile(path: path) {
            for name in file.entries.keys { try file.withBytes(name) { _ = $0.reduce(0, &+) } }
          }
        }
      }
    }
  }

  @Test(arguments: [
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, "gap"),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
      "overlaps"
    ),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, "follow the last"),
    (#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, "needs 12 bytes"),
    (#"{"a":{"dtype":"F4","shape":[2],"data_offsets":[0,8]}}"#, "not supported"),
    (#"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, "natural"),
    (#"{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}"#, "natural"),
    (#"{"a":{"dtype":"F32","shape":[4611686018427387904,8],"data_offsets":[0,8]}}"#, "too large"),
    (#"[1]"#, "begin with"), (#"{"a""#, "JSON"), (#"{"__metadata__":{"a":1}}"#, "map of strings"),
  ])
  func aBrokenRuleIsNamed(header: String, reason: String) throws {
    try inFolder { folder in
      var data = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
      data.append(contentsOf: header.utf8)
      data.append(Data(count: 8))
      try data.write(to: URL(fileURLWithPath: folder + "/a.safetensors"))
      do throws(SafetensorsError) {
        _ = try SafetensorsFile(path: folder + "/a.safetensors")
        Issue.record("no error")
      } catch {
        #expect(error.description.contains(reason))
      }
    }
  }

  @Test func aFailedWriteKeepsThePreviousFileAndLeavesNoTemporaryFile() throws {
    try inFolder { folder in
      let path = folder + "/a.safetensors"
      try sample(at: path)
      let before = try Data(contentsOf: URL(fileURLWithPath: path))
      #expect(throws: SafetensorsError.self) {
        try SafetensorsWriter.write(
          path,
          tensors: [
            .init(name: "a", dtype: .f32, shape: [9], bytes: UnsafeRawBufferPointer(start: nil, count: 0))
          ])
      }
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.safetensors"])
      #expect(throws: SafetensorsError.self) { try sample(at: folder + "/none/a.safetensors") }
    }
  }

  @Test func shardsAreFoundThroughTheIndex() throws {
    try inFolder { folder in
      try sample(at: folder + "/one.safetensors")
      let index =
        #"{"metadata":{"total_size":44},"weight_map":{"ids":"one.safetensors","scalar":"one.safetensors"}}"#
      try index.write(toFile: folder + "/model.safetensors.index.json", atomically: true, encoding: .utf8)
      let model = try SafetensorsModel(path: folder)
      #expect(model.files.count == 2 && model.entry("ids")?.shape == [2])
      #expect(try model.withBytes("scalar") { $0.loadUnaligned(as: Float.self) } == 1.5)
    }
  }

  @Test(.enabled(if: FormatFixtures.hasMiniLM, "run scripts/setup to fetch the model"))
  func theSentenceModelOpens() throws {
    let file = try SafetensorsFile(path: FormatFixtures.miniLM)
    #expect(file.entries["embeddings.word_embeddings.weight"]?.shape == [30522, 384])
    #expect(file.entries["embeddings.position_ids"]?.dtype == .i64)
  }
}
