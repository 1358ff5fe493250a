import Rewards
import Testing

@testable import Verifiers

@Suite struct JSONSchemaTests {
  func verdict(_ schema: String, _ value: String) throws -> JSONSchema.Verdict {
    try JSONSchema(JSONValue(json: schema)).validate(JSONValue(json: value))
  }

  static let cases: [(String, [String], [String])] = [
    (
      #"{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"],"additionalProperties":false}"#,
      [#"{"a":1}"#, #"{"a":1.0}"#], [#"{}"#, #"{"a":"1"}"#, #"{"a":1,"b":2}"#, "[]"]
    ),
    (
      #"{"type":["string","null"],"minLength":2,"maxLength":3,"pattern":"^é"}"#, [#""éa""#, "null"],
      [#""é""#, #""éabc""#, #""ab""#, "1"]
    ),
    (
      #"{"items":{"minimum":1,"maximum":2},"minItems":1,"maxItems":2}"#, ["[1,2]", "{}"],
      ["[]", "[0]", "[1,1,1]"]
    ),
    (#"{"enum":[1,"a",null]}"#, ["1", "1.0", #""a""#, "null"], ["2", "true"]),
    (#"{"const":{"a":[1]}}"#, [#"{"a":[1]}"#], ["{}"]),
    (#"{"anyOf":[{"type":"string"},{"minimum":5}],"not":{"const":7}}"#, [#""x""#, "6"], ["4", "7"]),
    (#"{"oneOf":[{"minimum":1},{"minimum":5}]}"#, ["2"], ["6", "0"]),
    (#"{"allOf":[{"minimum":1},{"maximum":5}]}"#, ["2"], ["6"]),
    (
      ##"{"$ref":"#/$defs/tree","$defs":{"tree":{"properties":{"next":{"$ref":"#/$defs/tree"}},"required":["v"]}}}"##,
      [#"{"v":1}"#, #"{"v":1,"next":{"v":2}}"#], [#"{"v":1,"next":{}}"#]
    ),
    ("true", ["1"], []), ("false", [], ["1"]),
  ]

  @Test(arguments: cases)
  func valuesAreAcceptedAndRefused(_ schema: String, _ valid: [String], _ invalid: [String]) throws {
    for value in valid { #expect(try verdict(schema, value) == .valid, "\(value)") }
    for value in invalid {
      let verdict = try verdict(schema, value)
      #expect(verdict != .valid && verdict != .tooCostly, "\(value)")
    }
  }

  @Test(arguments: [
    #"{"patternProperties":{}}"#, #"{"type":"text"}"#, #"{"$ref":"http://x"}"#, ##"{"$ref":"#/nowhere"}"##,
    "1",
    #"{"pattern":"(?=a)"}"#, #"{"properties":{"a":{"minimun":1}}}"#, #"{"minLength":-1}"#, #"{"anyOf":[]}"#,
  ])
  func aSchemaThatCannotBeAppliedIsRefused(_ schema: String) throws {
    let value = try JSONValue(json: schema)
    #expect(throws: ParameterError.self) { try JSONSchema(value) }
  }

  @Test func endlessSchemasAreStopped() throws {
    #expect(try verdict(##"{"$ref":"#"}"##, "1") == .tooCostly)
    #expect(try verdict(##"{"anyOf":[{"$ref":"#"},{"$ref":"#"}]}"##, "1") == .tooCostly)
  }

  @Test func theRewardReadsFencesAndGivesBrokenJSONNothing() throws {
    let schema = try JSONValue(json: #"{"type":"object"}"#)
    let plain = try JSONSchemaReward(schema: schema)
    let fenced = try JSONSchemaReward(schema: schema, isFenced: true)
    #expect(value(plain, " {} ") == 1)
    #expect(value(plain, "") == 0)
    #expect(value(plain, "{") == 0)
    #expect(value(plain, String(repeating: "[", count: 100_000)) == 0)
    #expect(value(fenced, "Here:\n```json\n{\"a\": 1}\n```\n") == 1)
    #expect(value(fenced, "{}") == 0)
    #expect(value(fenced, "```json\n{}") == 0)
  }
}
