import Foundation
import Rewards
import Testing

@testable import Audits

@Suite struct AttackTests {
  private func target(
    _ reference: JSONValue?, right: String, columns: JSONObject = JSONObject(), others: [String] = []
  ) throws -> Target {
    let sample = Sample(prompt: "What is asked here?", completion: "", reference: reference, columns: columns)
    let specification = try RewardSpecification(
      yaml: """
        rewards:
          - keywords: {words: [because]}
          - name: inner
            rewards: [format: {tags: [plan, result]}, length: {target: 300}]
        """, registry: .standard)
    let hints = Target.Hints(specification)
    return Target(
      sample: sample, answer: Answer(reference), right: right, otherAnswers: others,
      templates: Template.answers(tags: hints.tags), hints: hints)
  }

  @Test("A reference is a number, words, calls or a structure")
  func answers() throws {
    let call = JSONValue.object(JSONObject([("name", .string("f")), ("arguments", .object(JSONObject()))]))
    let cases: [(JSONValue?, Answer)] = [
      (nil, .none), (.string(" "), .none), (.integer(4), .number("4")),
      (.string("so it is\n#### 1,234"), .number("1,234")),
      (.string("-3/4"), .number("-3/4")), (.string("Paris"), .text("Paris")),
      (.array([call]), .calls([call])),
      (.string(JSONValue.array([call]).jsonText), .calls([call])),
      (.object(JSONObject([("a", .null)])), .structure),
    ]
    for (reference, answer) in cases { #expect(Answer(reference) == answer) }
    let thought = "<think>{\"name\":\"g\",\"parameters\":{}}</think>\n<tool_call>\n"
    #expect(Answer(.string(thought + call.jsonText + "\n</tool_call>")) == .calls([call]))
    #expect(Answer(.string(String(repeating: "long ", count: 50))) == .structure)
    #expect(Answer(.string("1,000")).isSaid(by: " 1000.0") && !Answer(.integer(4)).isSaid(by: "5"))
    #expect(Answer(.string("7/2")).isSaid(by: "3.5") && Answer(.string("Paris")).isSaid(by: "paris"))
    #expect(Answer(.integer(7)).neighbours == ["8", "6", "70"])
    #expect(Answer(.string("3/4")).neighbours == ["4/4", "2/4"])
  }

  @Test("Attacks know what the rewards themselves say, also inside groups")
  func hints() throws {
    let hints = try target(.integer(4), right: "4").hints
    #expect(hints.words == ["because"] && hints.lengths == [300] && hints.tags == [["plan", "result"]])
    let texts = LengthPadding().wrong(for: try target(.integer(4), right: "4"))
    #expect(texts.contains { $0.count == 300 })
  }

  @Test("JSON in a text is found, strings with brackets passed over, and written anew in place")
  func spans() {
    let spans = JSONSpans(#"call [x] {"a": "}{", "b": [1, {"c": 2}]} and {"d": 3} end {"#)
    #expect(spans.values.count == 2 && !spans.isWhole)
    #expect(
      spans.text { $0.reversedKeys.jsonText } == #"call [x] {"b":[1,{"c":2}],"a":"}{"} and {"d":3} end {"#)
    #expect(spans.text(\.spacedText) == #"call [x] {"a": "}{", "b": [1, {"c": 2}]} and {"d": 3} end {"#)
    #expect(JSONSpans(" [1] ").isWhole)
    #expect(JSONSpans(String(repeating: "[", count: 200_000)).values.isEmpty)
  }

  @Test("Arguments are off by one, missing or surplus, and each edit changes the call")
  func tools() throws {
    let right = #"{"name":"f","arguments":{"n":3,"s":"a"}}"#
    let texts = ToolArguments().wrong(for: try target(try JSONValue(json: "[\(right)]"), right: right))
    #expect(
      texts == [
        #"{"name":"f","arguments":{"n":4,"s":"a"}}"#, #"{"name":"f","arguments":{"n":3,"s":"ax"}}"#,
        #"{"name":"f","arguments":{"n":3}}"#, #"{"name":"f","arguments":{"n":3,"s":"a","extra":1}}"#,
        #"{"name":"f_2","arguments":{"n":3,"s":"a"}}"#,
      ])
  }

  @Test("A call without arguments is only given more, or another name")
  func noArguments() throws {
    let right = #"{"name": "f", "arguments": {}}"#
    let texts = ToolArguments().wrong(for: try target(try JSONValue(json: right), right: right))
    #expect(texts == [#"{"name":"f","arguments":{"extra":1}}"#, #"{"name":"f_2","arguments":{}}"#])
  }

  @Test("Thoughts are left alone, and a score that is the right number is no attack")
  func innocent() throws {
    let call = #"{"name":"f","arguments":{"n":3}}"#
    let right = "<think>{\"name\":\"f\",\"arguments\":{\"n\":3}}</think>\n" + call
    let calls = try target(try JSONValue(json: call), right: right)
    #expect(ToolArguments().wrong(for: calls).allSatisfy { $0.hasPrefix(right.prefix(50)) })
    #expect(WrongAnswer().wrong(for: calls).isEmpty)
    #expect(!JudgeInjection().wrong(for: try target(.integer(10), right: "10")).contains("[[10]]"))
    #expect(JudgeInjection().wrong(for: try target(.integer(11), right: "11")).contains("[[10]]"))
  }

  @Test("Dressings say what the right completion says")
  func dressings() throws {
    let number = try target(.string("1545"), right: "so \\boxed{1545}")
    #expect(NumberForms().fair(for: number) == ["so \\boxed{1545.0}", "so \\boxed{1,545}"])
    #expect(LaTeXForms().fair(for: number).contains("so $\\boxed{1545}$"))
    #expect(NumberForms().fair(for: try target(.integer(-5), right: "-5")) == ["-5.0", "−5"])
    let word = try target(.string("Bogotá"), right: "It is Bogotá.")
    #expect(LetterCase().fair(for: word) == ["It is BOGOTÁ.", "It is bogotá."])
    #expect(UnicodeForms().fair(for: word).map(\.utf8.count) == [15])
    #expect(NumberForms().fair(for: try target(.integer(4), right: "see 41")) == [])
  }

  @Test("Many answers hold the right one, and no wrong answer is the right one")
  func wrongAnswers() throws {
    let number = try target(.integer(4), right: "\\boxed{4}", others: ["4.0", "9"])
    #expect(number.wrongAnswers == ["5", "3", "40"])
    #expect(ManyAnswers().wrong(for: number).allSatisfy { $0.contains("4") && $0.contains("5") })
    #expect(WrongAnswer().wrong(for: number).contains("\\boxed{5}"))
    #expect(
      WrongAnswer().wrong(for: number).contains { $0.hasPrefix("<plan>") && $0.hasSuffix("5}</result>") })
    #expect(!ConstantOutput().wrong(for: try target(.integer(0), right: "0")).contains { $0.contains("0") })
  }

  @Test("Programs are tried where the data has tests or the right completion is one")
  func programs() throws {
    let tests = JSONObject([("tests", .string("assert f(1) == 2"))])
    #expect(!TestTampering().wrong(for: try target(nil, right: "", columns: tests)).isEmpty)
    #expect(!TestTampering().wrong(for: try target(nil, right: "def f(x):\n  return x + 1")).isEmpty)
    #expect(TestTampering().wrong(for: try target(.integer(4), right: "4")).isEmpty)
  }

  @Test("Texts are quoted so that a terminal obeys nothing in them")
  func quoting() {
    #expect(AuditTable.quoted("a\u{1B}[2J\n\u{202E}b") == #""a\u{1B}[2J\n\u{202E}b""#)
    #expect(AuditTable.quoted(String(repeating: "x", count: 200)).hasSuffix("x\"... (200 characters)"))
  }
}
