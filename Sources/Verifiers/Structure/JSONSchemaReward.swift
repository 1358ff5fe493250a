import Rewards

/// 1 when the completion is JSON that the schema accepts, else 0.
///
/// With ``isFenced`` the JSON is the inside of the last fence marked `json`; a completion without one
/// scores 0. Empty, broken, deeply nested or non-text input is no JSON and scores 0; a completion above 16
/// MiB, or one on which the schema needs more than ``JSONSchema/maxSteps`` checks, is `failed`. Range: {0,
/// 1}.
public struct JSONSchemaReward: BytewiseReward {
  public static let maxBytes = 16 << 20

  public let name: String
  public var maximum: Double? { 1 }
  public let schema: JSONSchema
  public let isFenced: Bool

  /// - Throws: `ParameterError` when the schema is wrong or uses an unsupported keyword.
  public init(
    name: String = "json_schema", schema: JSONValue, isFenced: Bool = false
  ) throws(ParameterError) {
    self.name = name
    self.schema = try JSONSchema(schema)
    self.isFenced = isFenced
  }

  public func outcome(of sample: SampleBytes) -> Outcome {
    guard sample.completion.count <= Self.maxBytes else {
      return .failed("the completion is longer than 16 MiB")
    }
    var text = sample.completion
    if isFenced {
      guard let fence = Self.fence(in: text) else { return .scored(0) }
      text = fence
    }
    guard let value = try? JSONParser().parse(text) else { return .scored(0) }
    switch schema.validate(value) {
    case .valid: return .scored(1)
    case .invalid: return .scored(0)
    case .tooCostly:
      return .failed("the schema needs more than \(JSONSchema.maxSteps) checks on this completion")
    }
  }

  private static func fence(in text: UTF8Bytes) -> UTF8Bytes? {
    guard let open = ASCII.findLast("```json", in: text),
      let close = ASCII.find([0x60, 0x60, 0x60], in: text, from: open + 7)
    else { return nil }
    return UTF8Bytes(rebasing: text[(open + 7)..<close])
  }
}
