import Foundation
import Rewards
import Testing

private struct WrongFile: Sendable, CustomTestStringConvertible {
  var yaml: String
  var line: Int
  var column: Int
  var keyPath: String
  var suggestion: String?
  var testDescription: String { yaml }

  init(_ yaml: String, _ line: Int, _ column: Int, _ keyPath: String, _ suggestion: String? = nil) {
    self.yaml = yaml
    self.line = line
    self.column = column
    self.keyPath = keyPath
    self.suggestion = suggestion
  }

  static let all: [WrongFile] = [
    WrongFile("rewards:\n  - numbr: {scale: 1}\n", 2, 5, "rewards[0].numbr", "number"),
    WrongFile("rewards: [number, lenght]\n", 1, 19, "rewards[1]", "length"),
    WrongFile("rewards:\n  - number: {scal: 1}\n", 2, 14, "rewards[0].number.scal", "scale"),
    WrongFile("rewards:\n  - number: {scale: much}\n", 2, 21, "rewards[0].number.scale"),
    WrongFile("rewards:\n  - number: {scale: 11}\n", 2, 21, "rewards[0].number.scale"),
    WrongFile("rewards:\n  - number: {scale: .nan}\n", 2, 21, "rewards[0].number.scale"),
    WrongFile("rewards:\n  - number: {tags: think}\n", 2, 20, "rewards[0].number.tags"),
    WrongFile("rewards:\n  - number: {mode: strct}\n", 2, 20, "rewards[0].number.mode", "strict"),
    WrongFile("rewards:\n  - length: {target: 1.5}\n", 2, 22, "rewards[0].length.target"),
    WrongFile("rewards:\n  - length: {}\n", 2, 13, "rewards[0].length"),
    WrongFile("rewards:\n  - number: {}\n    wieght: 2\n", 3, 5, "rewards[0].wieght", "weight"),
    WrongFile("rewards:\n  - number: {weight: 1}\n    weight: 2\n", 2, 14, "rewards[0].number.weight"),
    WrongFile("rewards:\n  - number\n  - number\n", 3, 5, "rewards[1]"),
    WrongFile("rewards:\n  - name: 3\n    number: {}\n", 2, 11, "rewards[0].name"),
    WrongFile("rewards:\n  - number: {}\n    length: {target: 1}\n", 3, 5, "rewards[0].length"),
    WrongFile("rewards: []\n", 1, 10, "rewards"),
    WrongFile("rewards: number\n", 1, 10, "rewards"),
    WrongFile("combine: product\n", 1, 1, ""),
    WrongFile("reward: [number]\nrewards: [number]\n", 1, 1, "reward", "rewards"),
    WrongFile("rewards: [number]\ncombine: {gate: {on: numbr}}\n", 2, 22, "combine.gate.on", "number"),
    WrongFile("rewards: [number]\ncombine: {gate: {}}\n", 2, 17, "combine.gate"),
    WrongFile(
      "rewards: [number]\ncombine: {lexicographic: {order: [numbr]}}\n", 2, 35,
      "combine.lexicographic.order[0]", "number"),
    WrongFile("rewards: [number]\ncombine: weightd_sum\n", 2, 10, "combine", "weighted_sum"),
    WrongFile("rewards: [number]\nadvantage: grop\n", 2, 12, "advantage", "grpo"),
    WrongFile(
      "rewards: [number]\nadvantage: {grpo_lambda: {correct: nmber}}\n", 2, 36,
      "advantage.grpo_lambda.correct", "number"),
    WrongFile(
      "rewards: [number]\nadvantage: {gdpo: {whitening: tokn}}\n", 2, 31, "advantage.gdpo.whitening", "token"),
    WrongFile("rewards: [number]\ncombine: product\nadvantage: gdpo\n", 2, 10, "combine"),
    WrongFile("rewards:\n  - number: {weight: 2}\ncombine: product\n", 2, 22, "rewards[0].number.weight"),
    WrongFile(
      "rewards:\n  - number:\n    only_if: {reward: numbers}\n", 3, 23, "rewards[0].only_if.reward", "number"),
    WrongFile("rewards:\n  - number:\n    on_failure: penalty\n", 3, 17, "rewards[0].on_failure"),
    WrongFile("rewards:\n  - number:\n    penalty: -1\n", 3, 14, "rewards[0].penalty"),
    WrongFile("rewards:\n  - number:\n    timeout: 0\n", 3, 14, "rewards[0].timeout"),
    WrongFile(
      "rewards:\n  - number:\n    shape: [{clip: {low: 2, high: 1}}]\n", 3, 26, "rewards[0].shape[0].clip.low"
    ),
    WrongFile("rewards:\n  - number:\n    shape: [{clp: {}}]\n", 3, 14, "rewards[0].shape[0].clp", "clip"),
  ]
}

@Suite struct SpecificationTests {
  private func failure(_ yaml: String) -> SpecificationError? {
    do {
      _ = try RewardSpecification(yaml: yaml, file: "r.yaml", registry: testRegistry())
      return nil
    } catch { return error }
  }

  private let full = """
    rewards:
      - number: {scale: 2, weight: 0.5, tags: [think, "on"]}
      - name: short
        length:
          target: 200
        timeout: 20
        on_failure: penalty
        penalty: -1
        only_if: {reward: number, at_least: 2}
        shape:
          - clip: {low: -1, high: 1}
          - center
    combine: {gate: {on: number, at_least: 1}}
    advantage:
      grpo_lambda: {fraction: 0.5, correct: number}
    """

  @Test("Every part of a specification is read")
  func reads() throws {
    let specification = try RewardSpecification(yaml: full, registry: testRegistry())
    #expect(specification.names == ["number", "short"])
    let (first, second) = (specification.entries[0], specification.entries[1])
    #expect(first.weight == 0.5)
    #expect(first.parameters?.double("scale") == 2)
    #expect(first.parameters?.strings("tags") == ["think", "on"])
    #expect(second.reward.name == "short")
    #expect(second.timeout == 20)
    #expect(second.onFailure == .penalty(-1))
    #expect(second.condition == RewardCondition(reward: "number", atLeast: 2))
    #expect(second.shapers.map(\.kind) == ["clip", "center"])
    #expect((specification.combiner.part as? Gate)?.reward == "number")
    #expect((specification.estimator.part as? LengthSwitchedAdvantage)?.selection == .topFraction(0.5))
  }

  @Test("The resolved file reads back to itself")
  func resolved() throws {
    let first = try RewardSpecification(yaml: full, registry: testRegistry()).resolvedYAML
    #expect(try RewardSpecification(yaml: first, registry: testRegistry()).resolvedYAML == first)
    #expect(first.contains("\"alpha\": 0.2"))
  }

  @Test("A bare name is enough, and the defaults are weighted_sum and grpo")
  func defaults() throws {
    let specification = try RewardSpecification(yaml: "rewards: [number]", registry: testRegistry())
    #expect(specification.combiner.kind == "weighted_sum")
    #expect(specification.estimator.kind == "grpo")
  }

  @Test("A specification can be part of a larger file")
  func part() throws {
    let run = try YAMLValue(yaml: "model: x\nrewards: [number]\nmax_steps: 3\n", file: "run.yaml")
    let mapping = try run.mapping()
    try mapping.requireKeys(["model", "max_steps"] + RewardSpecification.keys)
    #expect(try mapping.int("max_steps", in: 1...10) == 3)
    #expect(try mapping.double("beta", default: 0.1) == 0.1)
    #expect(
      try RewardSpecification(node: run.node, file: "run.yaml", registry: testRegistry()).names == ["number"])
    let wrong = try YAMLValue(yaml: "model: x\nrewards: [numbr]\n", file: "run.yaml")
    let error = #expect(throws: SpecificationError.self) {
      try RewardSpecification(node: wrong.node, file: wrong.file, registry: testRegistry())
    }
    #expect(error?.file == "run.yaml" && error?.line == 2 && error?.column == 11)
  }

  @Test(
    "An error reads as file, line, column, key path, what is wrong and what was probably meant",
    arguments: [
      (
        "rewards:\n  - numbr: {scale: 1}\n",
        "2:5: rewards[0].numbr: unknown reward \"numbr\"; known: number, length; did you mean \"number\"?"
      ),
      (
        "rewards:\n  - number: {scale: much}\n",
        "2:21: rewards[0].number.scale: expected a number from 0 to 10, found \"much\""
      ),
      (
        "rewards:\n  - number: {scale: 11}\n",
        "2:21: rewards[0].number.scale: expected a number from 0 to 10, found 11"
      ),
      (
        "rewards:\n  - number: {scale: [1]}\n",
        "2:21: rewards[0].number.scale: expected a number from 0 to 10, found a list"
      ),
      (
        "rewards:\n  - name: 3\n    number:\n", "2:11: rewards[0].name: expected a string, found 3 (quote it)"
      ),
      (
        "rewards:\n  - number: {mode: yes}\n",
        "2:20: rewards[0].number.mode: expected one of strict, loose, found \"yes\""
      ),
      (
        "rewards:\n  - number: {scal: 1}\n",
        "2:14: rewards[0].number.scal: unknown key \"scal\"; expected one of scale, tags, mode, name, weight, "
          + "timeout, on_failure, penalty, only_if, only_where, shape; did you mean \"scale\"?"
      ),
      (
        "rewards: [number]\nadvntage: grpo\n",
        "2:1: advntage: unknown key \"advntage\"; expected one of rewards, combine, advantage, tests; "
          + "did you mean \"advantage\"?"
      ),
      (
        "rewards:\n  - number:\n    timeout: soon\n",
        "3:14: rewards[0].timeout: expected a number from 0.001 to 1000000, found \"soon\""
      ),
      ("combine: product\n", "1:1: the key \"rewards\" is missing"), ("", "1:1: the file is empty"),
    ])
  func wording(_ yaml: String, _ text: String) {
    #expect(failure(yaml)?.description == "r.yaml:" + text)
  }

  @Test("A file that is not there, is a folder or is not UTF-8 is named, with what to do")
  func unreadable() throws {
    func message(_ path: String) -> String? {
      do {
        _ = try RewardSpecification(contentsOf: path, registry: testRegistry())
        return nil
      } catch { return "\(error)" }
    }
    #expect(message("/no/such.yaml") == "/no/such.yaml: no such file or directory; check the path")
    #expect(message("/") == "/: is a directory; give a file")
    let path = NSTemporaryDirectory() + "\(UUID()).yaml"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try (Data("rewards:\n- n".utf8) + [0xE9]).write(to: URL(fileURLWithPath: path))
    #expect(message(path) == "\(path):2:4: byte 0xE9 is not UTF-8; save the file as UTF-8")
    try Data("rewards: [number]".utf8).write(to: URL(fileURLWithPath: path))
    #expect(message(path) == nil)
  }

  @Test("Wrong files give line, column, key path and the nearest name", arguments: WrongFile.all)
  fileprivate func wrongFiles(_ wrong: WrongFile) throws {
    let error = try #require(failure(wrong.yaml))
    #expect(error.line == wrong.line, "\(error)")
    #expect(error.column == wrong.column, "\(error)")
    #expect(error.keyPath == wrong.keyPath, "\(error)")
    #expect(error.suggestion == wrong.suggestion, "\(error)")
  }

  @Test("Syntax errors, repeated keys and empty files are refused")
  func syntax() throws {
    let open = try #require(failure("rewards:\n  - number: {scale: 1\n"))
    #expect(open.message.hasPrefix("not valid YAML"))
    #expect(open.line > 1)
    let twice = try #require(failure("rewards: [number]\nrewards: [number]\n"))
    #expect(twice.message.contains("\"rewards\""), "\(twice)")
    #expect(failure("")?.message == "the file is empty")
  }
}
