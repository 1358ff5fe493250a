import Foundation
import Testing

@testable import Numeric

@Suite struct StateArchiveTests {
  private func withFile<Value>(_ body: (String) throws -> Value) rethrows -> Value {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("state-\(UInt64.random(in: 0 ... .max))").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
  }

  @Test func everythingComesBackBitForBit() throws {
    var random = PCG64(seed: 4)
    _ = random.integer(below: 10)  // half of a word is kept for the next draw
    var archive = StateArchive(kind: "thing", version: 3)
    archive.put("floats", [Float.pi, -.infinity, .leastNonzeroMagnitude])
    archive.put("doubles", [0.1, -0.0, .nan])
    archive.put("integers", [Int.min, -1, .max])
    archive.put("flags", [true, false])
    archive.put("text", "Grüße")
    archive.put("random", random)
    archive.put("empty", [Double]())
    try withFile { path in
      try archive.write(to: path)
      let read = try StateArchive(path: path, kind: "thing", version: 3)
      #expect(try read.floats("floats") == [Float.pi, -.infinity, .leastNonzeroMagnitude])
      #expect(try read.doubles("doubles").map(\.bitPattern) == [0.1, -0.0, Double.nan].map(\.bitPattern))
      #expect(try read.integers("integers") == [Int.min, -1, .max])
      #expect(try read.flags("flags") == [true, false] && read.text("text") == "Grüße")
      #expect(try read.doubles("empty").isEmpty)
      var restored = try read.random("random")
      for _ in 0..<5 { #expect(restored.integer(below: 1000) == random.integer(below: 1000)) }
      #expect(throws: StateArchiveError.missing("other")) { try read.floats("other") }
      #expect(throws: StateArchiveError.wrongSize("floats")) { try read.doubles("floats") }
    }
  }

  @Test func partsHaveNamesOfTheirOwn() throws {
    func keep(_ value: Double) -> (inout StateArchive) throws(StateArchiveError) -> Void {
      { (archive: inout StateArchive) throws(StateArchiveError) in archive.put("value", value) }
    }
    var archive = StateArchive(kind: "thing", version: 1)
    archive.put("value", 1.5)
    try archive.put(part: "a", keep(2.5))
    try archive.put(part: "b") { (part: inout StateArchive) throws(StateArchiveError) in
      try part.put(part: "a", keep(3.5))
      part.put("counts", [1, 2])
    }
    archive.put("after", 7)
    try withFile { path in
      try archive.write(to: path)
      let read = try StateArchive(path: path, kind: "thing", version: 1)
      #expect(try read.double("value") == 1.5 && read.integer("after") == 7)
      #expect(try read.part("a").double("value") == 2.5)
      #expect(try read.part("b").part("a").double("value") == 3.5)
      #expect(read.part("b").contains("counts") && !read.contains("counts"))
      #expect(throws: StateArchiveError.missing("b/value")) { try read.part("b").double("value") }
      #expect(throws: StateArchiveError.wrongSize("counts")) {
        try read.part("b").integers("counts", count: 3)
      }
    }
  }

  @Test func aChangedOrOtherFileIsRefused() throws {
    var archive = StateArchive(kind: "thing", version: 3)
    archive.put("numbers", (0..<100).map(Double.init))
    try withFile { path in
      #expect(throws: StateArchiveError.unreadable(path)) {
        try StateArchive(path: path, kind: "thing", version: 3)
      }
      try archive.write(to: path)
      #expect(throws: StateArchiveError.otherVersion(path, found: 3, expected: 4)) {
        try StateArchive(path: path, kind: "thing", version: 4)
      }
      #expect(throws: StateArchiveError.otherKind(path, found: "thing", expected: "run")) {
        try StateArchive(path: path, kind: "run", version: 3)
      }
      let whole = try Data(contentsOf: URL(fileURLWithPath: path))
      for cut in [whole.dropLast(1), whole.dropLast(100)] {
        try cut.write(to: URL(fileURLWithPath: path))
        #expect(throws: StateArchiveError.broken(path)) {
          try StateArchive(path: path, kind: "thing", version: 3)
        }
      }
      var changed = whole
      changed[whole.count / 2] ^= 1
      try changed.write(to: URL(fileURLWithPath: path))
      #expect(throws: StateArchiveError.broken(path)) {
        try StateArchive(path: path, kind: "thing", version: 3)
      }
      try Data("something else".utf8).write(to: URL(fileURLWithPath: path))
      #expect(throws: StateArchiveError.noArchive(path)) {
        try StateArchive(path: path, kind: "thing", version: 3)
      }
    }
  }

  @Test func adamGoesOnWhereItWas() throws {
    func learner() -> (DenseNetwork, Adam) {
      var random = PCG64(seed: 1)
      let network = DenseNetwork(widths: [2, 3, 1], random: &random)
      return (network, Adam(network, learningRate: 0.01))
    }
    func step(_ one: (DenseNetwork, Adam), _ count: Int) {
      for index in 0..<count {
        _ = one.0.forward([Float(index), 1], rows: 1)
        one.0.backward([Float(index), 1], rows: 1, outputGradient: [1])
        one.1.step()
      }
    }
    let (whole, first, second) = (learner(), learner(), learner())
    step(whole, 3)
    step(whole, 3)
    step(first, 3)
    var archive = StateArchive(kind: "thing", version: 1)
    archive.put("network", first.0)
    first.1.save("adam", in: &archive)
    try archive.restore("network", into: second.0)
    try second.1.restore("adam", from: archive)
    step(second, 3)
    #expect(Array(second.0.parameters) == Array(whole.0.parameters))
    var random = PCG64(seed: 1)
    let other = DenseNetwork(widths: [2, 4, 1], random: &random)
    #expect(throws: StateArchiveError.wrongSize("network")) { try archive.restore("network", into: other) }
  }
}
