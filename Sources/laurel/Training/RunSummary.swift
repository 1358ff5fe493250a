import Foundation
import Rewards
import Studio

/// What `laurel train --summary` writes: the run in a few numbers.
struct RunSummary {
  var seed: UInt64
  var names: [String]
  /// On the held-out prompts.
  var before: [SampleRecord]
  var after: [SampleRecord]
  /// The largest total that a completion can get; nil when a reward states none.
  var maximum: Double?
  var steps: Int
  /// Of this process, from start to end.
  var seconds: Double

  var json: String {
    JSONValue.object(
      JSONObject([
        ("seed", .integer(Int(seed))), ("before", part(before)), ("after", part(after)),
        ("maximum", maximum.map { .number($0) } ?? .null), ("steps", .integer(steps)),
        ("seconds", .number(seconds)), ("peak_memory_bytes", .integer(Self.peakMemory)),
      ])
    ).jsonText
  }

  private func part(_ records: [SampleRecord]) -> JSONValue {
    func number(_ values: [Double?]) -> JSONValue {
      let mean = RunMetrics.mean(values)
      return mean.isFinite ? .number(mean) : .null
    }
    let components = names.map { name in
      (name, number(records.map { record in record.components.first { $0.name == name }?.value }))
    }
    return .object(
      JSONObject([
        ("total", number(records.map(\.total))), ("components", .object(JSONObject(components))),
      ]))
  }

  /// The most memory that this process had at once, in bytes.
  private static var peakMemory: Int {
    var usage = rusage()
    #if canImport(Glibc)
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      return usage.ru_maxrss * 1024
    #else
      getrusage(RUSAGE_SELF, &usage)
      return usage.ru_maxrss
    #endif
  }
}
