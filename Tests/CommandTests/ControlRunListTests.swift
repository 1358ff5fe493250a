import Foundation
import Testing

@testable import laurel

@Suite struct ControlRunListTests {
  @Test func `control runs are listed with their state`() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    func run(_ name: String, summary: String?) throws {
      let own = folder.appendingPathComponent(name)
      try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
      try Data("world: cartpole\n".utf8).write(to: own.appendingPathComponent("run.yaml"))
      if let summary { try Data(summary.utf8).write(to: own.appendingPathComponent("summary.json")) }
    }
    try run("a", summary: #"{"steps": 10, "after": {"total": 2.5}, "interrupted": false}"#)
    try run("b", summary: #"{"steps": 7, "after": {"total": 1}, "interrupted": true}"#)
    try run("c", summary: nil)
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("other"), withIntermediateDirectories: true)
    let runs = ControlRunEntry.runs(in: folder)
    #expect(runs.map(\.state) == ["finished", "broken off", "not finished"])
    #expect(runs.map(\.steps) == [10, 7, nil])
    #expect(runs[0].line.hasSuffix("a  finished  10 steps  return 2.500"))
  }
}
