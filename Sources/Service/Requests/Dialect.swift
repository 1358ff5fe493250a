import Rewards
import Verifiers

/// What a request asks: samples, and where the run stands.
struct ScoreRequest: Sendable {
  var samples: [Sample] = []
  var state = RunState()
  /// Samples that cannot be scored for a reason of their own, by index.
  var refused: [Int: String] = [:]
}

/// The shape in which one kind of trainer asks and wants to be answered.
protocol Dialect: Sendable {
  /// Whether every sample needs a number, also one that could not be scored: a trainer that breaks without.
  var needsNumbers: Bool { get }

  /// Reads a request.
  /// - Throws: ``ServiceError`` 422 for a shape that is wrong.
  func request(_ body: JSONObject) throws(ServiceError) -> ScoreRequest

  /// Writes the answer.
  func response(_ batch: ScoredBatch, of served: ServedSpecification) -> [UInt8]
}

extension Dialect {
  /// The keys under which the two numbers-only dialects tell what a number hides.
  static var flags: [String] { ["unscored", "failed", "abstained"] }

  /// The flags of one sample, in the order of ``flags``: 1 when it has no total, and on how many rewards it failed
  /// (or timed out) and abstained.
  static func flags(of sample: Int, in batch: ScoredBatch) -> [Double] {
    let width = batch.names.count
    var failed = 0
    var abstained = 0
    for outcome in batch.outcomes[sample * width..<(sample + 1) * width] {
      switch outcome {
      case .scored: break
      case .abstained: abstained += 1
      case .failed, .timedOut: failed += 1
      }
    }
    return [batch.totals[sample] == nil ? 1 : 0, Double(failed), Double(abstained)]
  }

  /// The key of a reward beside keys that the dialect has for itself.
  static func key(_ reward: String, beside reserved: [String]) -> String {
    reserved.contains(reward) ? "reward_" + reward : reward
  }
}

extension JSONObject {
  /// The list under a key.
  /// - Throws: ``ServiceError`` 422 with the nearest key that is there.
  func list(_ key: String) throws(ServiceError) -> [JSONValue] {
    switch self[key] {
    case .array(let elements)?: return elements
    case nil: throw .missing(key, "a list", present: keys)
    case let other?:
      throw .column(
        key, "\"\(key)\" is \(other.summary), expected a list", remedy: "send one value per sample")
    }
  }

  /// The text under a key.
  func text(_ key: String) throws(ServiceError) -> String {
    switch self[key] {
    case .string(let text)?: return text
    case nil: throw .missing(key, "text", present: keys)
    case let other?:
      throw .column(key, "\"\(key)\" is \(other.summary), expected text", remedy: "send text")
    }
  }
}

extension ServiceError {
  static func missing(_ key: String, _ expected: String, present: [String]) -> ServiceError {
    let near = nearestName(to: key, in: present).map { " (did you mean \"\($0)\"?)" } ?? ""
    let found = present.isEmpty ? "nothing" : present.prefix(16).joined(separator: ", ")
    return .column(
      key, "no \"\(key)\"\(near); the request has \(found)", remedy: "send \(expected) under \"\(key)\"")
  }

  static func length(_ key: String, _ count: Int, of expected: Int, _ other: String) -> ServiceError {
    .column(
      key, "\"\(key)\" has \(count) values, \"\(other)\" \(expected)", remedy: "send one value per sample")
  }

  static func tooManySamples(_ limit: Int) -> ServiceError {
    ServiceError(
      .contentTooLarge, "more than \(limit) samples in one request", remedy: "send smaller batches")
  }
}
