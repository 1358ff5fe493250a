import Foundation
import Testing

@testable import laurel

@Suite struct OutputFileTests {
  /// A folder that is gone afterwards.
  private func inFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

  @Test func `a missing folder and a folder in the file's place are found before the work`() throws {
    try inFolder { folder in
      #expect(throws: ValidationFailure.self) { try OutputFile(folder + "/none/a.json") }
      #expect(throws: ValidationFailure.self) { try OutputFile(folder) }
      #expect(throws: Never.self) { try OutputFile(folder + "/a.json") }
    }
  }

  @Test func `what is read is not replaced`() throws {
    try inFolder { folder in
      let (file, link) = (folder + "/data.jsonl", folder + "/link")
      try Data("{}".utf8).write(to: URL(fileURLWithPath: file))
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file)
      for path in [file, link] {
        let error = #expect(throws: ValidationFailure.self) { try OutputFile(path, sparing: [file]) }
        #expect(error?.description.contains("would replace what is read") == true)
      }
      #expect(throws: Never.self) { try OutputFile(folder + "/other", sparing: [file]) }
    }
  }

  @Test func `a link stays a link, and what it leads to is written`() throws {
    try inFolder { folder in
      let (file, link) = (folder + "/file", folder + "/link")
      try Data("old".utf8).write(to: URL(fileURLWithPath: file))
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file)
      try OutputFile(link).write(Data("new".utf8))
      #expect(try text(file) == "new")
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == file)
    }
  }

  @Test func `a pipe is written to, not replaced`() throws {
    try inFolder { folder in
      let path = folder + "/pipe"
      #expect(mkfifo(path, 0o600) == 0)
      let reader = open(path, O_RDONLY | O_NONBLOCK)
      defer { close(reader) }
      let file = try OutputFile(path)
      #expect(file.isSpecial)
      try file.write(Data("x".utf8))
      var byte: UInt8 = 0
      #expect(read(reader, &byte, 1) == 1 && byte == 0x78)
      #expect(file.isSpecial)
    }
  }

  @Test func `the old file stays until the new one is whole`() throws {
    try inFolder { folder in
      let path = folder + "/credits.jsonl"
      try Data("old".utf8).write(to: URL(fileURLWithPath: path))
      let file = try OutputFile(path)
      var handle = try file.open()
      #expect(file.abandon() == nil)
      #expect(try text(path) == "old")
      handle = try file.open()
      try handle.write(contentsOf: Data("half".utf8))
      #expect(file.abandon() == path + ".partial")
      #expect(try text(path) == "old")
      handle = try file.open()
      try handle.write(contentsOf: Data("new".utf8))
      try file.finish()
      #expect(try text(path) == "new")
      #expect(!FileManager.default.fileExists(atPath: path + ".partial"))
    }
  }

  @Test func `a taken folder gets a number`() throws {
    try inFolder { folder in
      #expect(firstFreeFolder(folder) == folder + "-2")
      #expect(firstFreeFolder(folder + "/a") == folder + "/a")
    }
  }

  @Test func `what the system says is passed on`() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try Data("a".utf8).write(to: folder)
    defer { try? FileManager.default.removeItem(at: folder) }
    let below = folder.appendingPathComponent("x")
    let error = #expect(throws: (any Error).self) {
      try FileManager.default.createDirectory(at: below, withIntermediateDirectories: true)
    }
    #expect(error?.reason == "Not a directory")
  }
}
