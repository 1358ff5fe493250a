import Rewards

/// What the fast path of scoring sees of one sample: UTF-8 that somebody else keeps alive, no allocation.
public struct SampleBytes {
  /// The reference answer as it stands in the data.
  public enum Reference {
    case absent
    /// Text, without quotes or escapes.
    case text(UTF8Bytes)
    /// A JSON number, as written.
    case number(UTF8Bytes)
    /// Null, a truth value, a list or an object: no bytewise reward reads one.
    case other
  }

  public var completion: UTF8Bytes
  public var reference: Reference
  /// Length in tokens; nil when no tokenizer was involved.
  public var completionTokens: Int?

  public init(completion: UTF8Bytes, reference: Reference = .absent, completionTokens: Int? = nil) {
    self.completion = completion
    self.reference = reference
    self.completionTokens = completionTokens
  }
}

/// A pointwise reward that needs only the bytes of completion and reference.
///
/// There is one implementation, ``outcome(of:)``; scoring a `Sample` goes through it. A conforming reward
/// allocates nothing on the usual path and costs time linear in the sample.
public protocol BytewiseReward: PointwiseReward where Subject == Sample {
  /// What the reward says about one sample.
  func outcome(of sample: SampleBytes) -> Outcome
}

extension BytewiseReward {
  public func score(_ subject: Sample, state: RunState) -> Score {
    Score(subject.withBytes { outcome(of: $0) })
  }
}

extension Sample {
  /// The sample as bytes, valid inside `body`.
  public func withBytes<Result>(_ body: (SampleBytes) -> Result) -> Result {
    var completion = completion
    return completion.withUTF8 { completion in
      var text: String
      let isNumber: Bool
      switch reference {
      case nil:
        return body(SampleBytes(completion: completion, completionTokens: completionTokens))
      case .string(let string):
        text = string
        isNumber = false
      case .integer(let value):
        text = String(value)
        isNumber = true
      case .number(let value):
        text = value.description
        isNumber = true
      default:
        return body(
          SampleBytes(completion: completion, reference: .other, completionTokens: completionTokens))
      }
      return text.withUTF8 { bytes in
        body(
          SampleBytes(
            completion: completion, reference: isNumber ? .number(bytes) : .text(bytes),
            completionTokens: completionTokens))
      }
    }
  }
}

/// A copy of a sample's bytes, for when its line may be gone before the reward has answered.
struct OwnedSampleBytes: Sendable {
  private enum Reference: Sendable { case absent, text([UInt8]), number([UInt8]), other }

  private let completion: [UInt8]
  private let reference: Reference
  private let completionTokens: Int?

  init(_ sample: SampleBytes) {
    completion = Array(sample.completion)
    completionTokens = sample.completionTokens
    switch sample.reference {
    case .absent: reference = .absent
    case .text(let bytes): reference = .text(Array(bytes))
    case .number(let bytes): reference = .number(Array(bytes))
    case .other: reference = .other
    }
  }

  /// The sample as bytes, valid inside `body`.
  func withBytes<Result>(_ body: (SampleBytes) -> Result) -> Result {
    completion.withUnsafeBufferPointer { completion in
      var sample = SampleBytes(completion: completion, completionTokens: completionTokens)
      switch reference {
      case .absent: break
      case .other: sample.reference = .other
      case .text(let bytes):
        return bytes.withUnsafeBufferPointer { bytes in
          sample.reference = .text(bytes)
          return body(sample)
        }
      case .number(let bytes):
        return bytes.withUnsafeBufferPointer { bytes in
          sample.reference = .number(bytes)
          return body(sample)
        }
      }
      return body(sample)
    }
  }
}
