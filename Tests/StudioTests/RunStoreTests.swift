import Foundation
import GRDB
import Testing

@testable import Studio

@Suite("Run store")
struct RunStoreTests {
  @Test("What was appended is read back, in order, with NaN where a number was not finite")
  func roundTrip() throws {
    let scratch = try ScratchFolder()
    let store = try scratch.makeRun()
    let first = step(1, samples: [sample()])
    try store.append(step: first)
    try store.append(step: step(2, reward: 0.1 + 0.2))
    try store.append(samples: [sample(.before)], step: 0)

    let reader = try RunStore.open(folder: scratch.url, readOnly: true)
    let steps = try reader.steps()
    #expect(steps.map(\.step) == [1, 2])
    #expect(steps[0].metrics == first.metrics)
    #expect(steps[1].metrics["reward"] == 0.1 + 0.2)
    #expect(try reader.samples(phase: .train) == [sample()])
    #expect(try reader.samples(phase: .before, step: 0) == [sample(.before)])
    #expect(try reader.samples().count == 2)
    #expect(try reader.outcomes()["format"] == ["failed": 2])
    #expect(try reader.yaml() == "seed: 1\n")
    #expect(try reader.facts()["model"] == "model")
    #expect(try reader.progress() == .running)
  }

  @Test("Text with NUL, quotes, emoji and a megabyte of it survives whole")
  func hostileText() throws {
    let scratch = try ScratchFolder()
    let store = try scratch.makeRun()
    let texts = [
      "a\u{0}b", "'; DROP TABLE steps; --", "👩‍👩‍👧\u{202E}\u{7}", String(repeating: "x", count: 1 << 20), "",
    ]
    for (index, text) in texts.enumerated() {
      try store.append(samples: [sample(completion: text)], step: index)
    }
    #expect(try store.samples().map(\.completion) == texts)
  }

  @Test("metrics.jsonl holds one strict JSON object a line, with null for NaN")
  func jsonLines() throws {
    let scratch = try ScratchFolder()
    let store = try scratch.makeRun()
    try store.append(
      step: StepRecord(step: 7, time: 1.5, metrics: ["a\"\n": 1e-300, "b": .infinity, "c": -2]))
    let text = try scratch.text("metrics.jsonl")
    #expect(text == "{\"step\": 7, \"time\": 1.5, \"a\\\"\\n\": 1e-300, \"b\": null, \"c\": -2.0}\n")
    _ = try JSONSerialization.jsonObject(with: Data(text.utf8))
  }

  @Test("A torn last line, or a line that never came, is repaired when the run is opened for writing")
  func repair() throws {
    let scratch = try ScratchFolder()
    var store: RunStore? = try scratch.makeRun()
    for number in 1...3 { try store?.append(step: step(number)) }
    store = nil
    let whole = try scratch.text("metrics.jsonl")
    for damaged in [String(whole.dropLast(20)), whole + "{\"step\": 4, \"ti", "", String(whole.prefix(50))] {
      try damaged.write(
        to: scratch.url.appendingPathComponent("metrics.jsonl"), atomically: true, encoding: .utf8)
      let again = try RunStore.open(folder: scratch.url, readOnly: false)
      #expect(try scratch.text("metrics.jsonl") == whole)
      _ = again
    }
  }

  @Test("Truncating leaves no row, line or event past the step, and a resumed run has no doubles")
  func truncate() throws {
    let scratch = try ScratchFolder()
    let store = try scratch.makeRun()
    try store.append(samples: [sample(.before)], step: 0)
    for number in 1...5 { try store.append(step: step(number, samples: [sample()])) }
    try store.append(samples: [sample(.after)], step: 3)
    try store.finish(.failed, at: 200, message: "out of memory")
    try store.truncate(afterStep: 3)
    try store.append(step: step(4, reward: 0.75))

    #expect(try store.steps().map(\.step) == [1, 2, 3, 4])
    #expect(try store.samples().map(\.phase) == [.before, .train, .train, .train])
    #expect(try store.outcomes()["correct"] == ["scored": 4])
    #expect(try store.progress() == .running)
    let lines = try scratch.text("metrics.jsonl").split(separator: "\n")
    #expect(lines.count == 4)
    #expect(lines[3].contains("0.75"))
    let events = try FileManager.default.contentsOfDirectory(atPath: scratch.url.path)
      .filter { $0.hasPrefix("events.out.tfevents.") }
    #expect(events.count == 1)
    let bytes = try Data(contentsOf: scratch.url.appendingPathComponent(events[0]))
    let one = EventFile.record(
      step: 1, time: 0, scalars: ["reward", "kl", "loss"].map { ("train/" + $0, 0) })
    #expect(bytes.count == EventFile.versionRecord(time: 0).count + 4 * one.count)
  }

  @Test("A step takes further metrics, but never the same metric twice")
  func duplicates() throws {
    let scratch = try ScratchFolder()
    let store = try scratch.makeRun()
    try store.append(step: step(1))
    try store.append(step: StepRecord(step: 1, time: 102, metrics: ["eval_reward": 1]))
    #expect(try store.steps()[0].metrics.names == ["reward", "kl", "loss", "eval_reward"])
    #expect {
      try store.append(step: step(1, samples: [sample()]))
    } throws: { error in
      (error as? RunStoreError)?.kind == .duplicateMetrics(step: 1, names: ["reward", "kl", "loss"])
    }
    #expect(try store.samples().isEmpty)
  }

  @Test("A full disk is named as such, leaves the step out whole, and the run goes on once there is room")
  func diskFull() throws {
    let scratch = try ScratchFolder()
    let store = try scratch.makeRun()
    let pool = try #require(store.reader as? DatabasePool)
    let pages = try pool.writeWithoutTransaction { db -> Int in
      let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
      try db.execute(sql: "PRAGMA max_page_count = \(pages)")
      return pages
    }
    let big = step(1, samples: [sample(completion: String(repeating: "x", count: 100_000))])
    #expect {
      try store.append(step: big)
    } throws: { error in
      (error as? RunStoreError)?.kind == .diskFull && "\(error)".contains("Free some space")
    }
    #expect(try store.steps().isEmpty)
    #expect(try scratch.text("metrics.jsonl").isEmpty)
    try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA max_page_count = \(pages + 1000)") }
    try store.append(step: big)
    #expect(try store.steps().count == 1)
  }

  @Test("Wrong folders are refused with the path and the remedy")
  func wrongFolders() throws {
    let scratch = try ScratchFolder()
    #expect(throws: RunStoreError.self) { try RunStore.open(folder: scratch.url, readOnly: true) }
    var store: RunStore? = try scratch.makeRun()
    store = nil
    #expect(store == nil)
    #expect { try scratch.makeRun() } throws: { ($0 as? RunStoreError)?.kind == .alreadyARun }

    let reader = try RunStore.open(folder: scratch.url, readOnly: true)
    #expect { try reader.append(step: step(1)) } throws: { ($0 as? RunStoreError)?.kind == .readOnly }
    #expect(try reader.progress() == .interrupted)

    let file = scratch.url.appendingPathComponent("run.yaml").appendingPathComponent("below")
    #expect {
      _ = try RunStore.create(folder: file, yaml: "", info: RunInfo(name: "x", started: 0))
    } throws: {
      ($0 as? RunStoreError)?.kind == .notWritable && "\($0)".contains(file.path)
    }
    try Data("not a database".utf8).write(to: scratch.url.appendingPathComponent("laurel.sqlite"))
    #expect {
      try RunStore.open(folder: scratch.url, readOnly: true)
    } throws: {
      ($0 as? RunStoreError)?.kind == .damaged
    }
  }

  @Test("A run from a newer Laurel is refused, for reading and for writing")
  func newerSchema() throws {
    let scratch = try ScratchFolder()
    var store: RunStore? = try scratch.makeRun()
    let pool = try #require(store?.reader as? DatabasePool)
    try pool.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99: future')") }
    try pool.close()
    store = nil
    for readOnly in [true, false] {
      #expect {
        try RunStore.open(folder: scratch.url, readOnly: readOnly)
      } throws: {
        ($0 as? RunStoreError)?.kind == .newerSchema
      }
    }
  }

  @Test("The list of runs has the newest first, its last reward, and names what cannot be read")
  func list() throws {
    let scratch = try ScratchFolder()
    for (name, started) in [("old", 1.0), ("new", 2.0)] {
      let store = try RunStore.create(
        folder: scratch.url.appendingPathComponent("suite/\(name)"), yaml: "",
        info: RunInfo(name: name, maxSteps: 9, started: started))
      try store.append(step: step(1, reward: started))
      if name == "old" { try store.finish(.finished, at: 3) }
    }
    let broken = scratch.url.appendingPathComponent("broken")
    try FileManager.default.createDirectory(at: broken, withIntermediateDirectories: true)
    try Data("noise that is no database".utf8).write(to: broken.appendingPathComponent("laurel.sqlite"))
    let runs = RunList.runs(beneath: scratch.url)
    #expect(runs.map(\.name) == ["new", "old", "broken"])
    #expect(runs.map(\.state) == [.interrupted, .finished, nil])
    #expect(runs.map(\.lastReward) == [2, 1, nil])
    #expect(runs[0].maxSteps == 9)
    #expect(runs[2].problem?.kind == .damaged)
  }
}
