import Foundation
import Rewards
import Testing

@testable import Verifiers

@Suite(.enabled(if: ExactEngine.isAvailable, "the exact engine is not built in"))
struct MathVerifierTests {
  /// The time limit is generous here: tests share their machine.
  func verifier(_ change: (inout MathOptions) -> Void = { _ in }) throws -> MathVerifier {
    var options = MathOptions()
    options.seconds = 2
    change(&options)
    return try MathVerifier(options: options)
  }

  @Test func equalAnswersAreEqualInBothOrders() throws {
    let verifier = try verifier()
    for (a, b) in MathPairs.equal {
      #expect(verifier.compare(a, b).verdict == .equal, "\(a) | \(b)")
      #expect(verifier.compare(b, a).verdict == .equal, "\(b) | \(a)")
    }
  }

  @Test func differentAnswersAreNeverEqual() throws {
    let verifier = try verifier()
    for (a, b) in MathPairs.different {
      #expect(verifier.compare(a, b).verdict != .equal, "\(a) | \(b)")
      #expect(verifier.compare(b, a).verdict != .equal, "\(b) | \(a)")
    }
  }

  @Test(arguments: [
    "1/0", #"\log 0"#, "0/0", #"\tan 90^\circ"#, "0^{-1}", "(-1)!", #"\frac{1}{\sqrt2\sqrt2-2}"#,
  ])
  func whatHasNoValueEqualsNothing(_ text: String) throws {
    let verifier = try verifier()
    for other in [text, "0", "1", #"\infty"#] {
      #expect(verifier.compare(text, other).verdict != .equal, "\(text) | \(other)")
      #expect(verifier.compare("(1, \(text))", "(1, \(other))").verdict != .equal)
    }
  }

  @Test func whatHasNoValueIsUnparsable() throws {
    let verifier = try verifier()
    for (a, b) in [("1/0", "1/0"), ("1/0", "5"), (#"\log 0"#, #"\log 0"#), ("(1, 0/0)", "(1, 0/0)")] {
      let result = verifier.compare(a, b)
      #expect(
        result.verdict == .unparsable && result.reason.hasSuffix("has no value"), "\(a) | \(b): \(result)")
    }
    #expect(verifier.compare(#"\sqrt{2}"#, "1").verdict == .different)
  }

  static let hostile: [(String, String)] = [
    ("9^{9^{9^{9}}}", "9^{9^{9^{9}}}+1"), ("9^{9^{9}}", "5"), ("99999999!", "99999998!"),
    ("2^{999999999}", "7"),
    (#"\sqrt[7]{1+\sqrt[5]{2+\sqrt[3]{3}}}"#, #"\sqrt[7]{1+\sqrt[5]{2+\sqrt[3]{4}}}"#),
    (
      (2...30).map { "\\sqrt[5]{\($0)}" }.joined(separator: "+"),
      (2...30).reversed().map { "\\sqrt[5]{\($0)}" }.joined(separator: "+") + "+0"
    ),
    ("(x+y+z+w)^{60}", "(w+x+y+z)^{60}+1-1"), (String(repeating: "(", count: 2_000), "1"),
    (String(repeating: "9", count: 3_900), "1"), (String(repeating: "{", count: 1_000), "}"),
    (String(repeating: "1\\frac{", count: 200), "1"), (String(repeating: "1,", count: 500), "1"),
    (String(repeating: "\\pm 1", count: 200), "1"), (String(repeating: "x^", count: 500) + "2", "x"),
    ("\\sqrt{\(String(repeating: "9", count: 300))}", "3"), (".\\text{=[e½ \\circ\\boxed{\\cup%%or", "."),
    ("\\binom{1000000}{500000}", "1"), ("\\sin(10^{10000})", "0"), ("1e9999", "1e-9999"),
  ]

  /// What some work gives, and its shortest time of at most four, of which one below the limit is enough: a pause of the
  /// machine does not come each time.
  private func shortest<Value>(below limit: Duration, _ work: () -> Value) -> (value: Value, time: Duration) {
    let clock = ContinuousClock()
    let start = clock.now
    let value = work()
    var time = clock.now - start
    for _ in 0..<3 where time >= limit { time = min(time, clock.measure { _ = work() }) }
    return (value, time)
  }

  @Test(arguments: hostile.indices)
  func hostileAnswersEndInTime(_ index: Int) throws {
    let verifier = try MathVerifier()
    let (a, b) = Self.hostile[index]
    let (result, time) = shortest(below: .milliseconds(400)) { verifier.compare(a, b) }
    #expect(result.verdict != .equal || index == 5 || index == 6, "\(a)")
    // 20 ms by design; the rest is what a busy machine may add.
    #expect(time < .milliseconds(400), "\(a.prefix(60)): \(time)")
  }

  /// Deterministic, from a linear congruential generator: no crash, no hang, and no answer different from itself.
  @Test func randomExpressionsEndAndDoNotDifferFromThemselves() throws {
    let verifier = try MathVerifier()
    var state: UInt64 = 12
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    func expression(_ depth: Int) -> String {
      let leaves = ["x", "y", "\\pi", "e", "i", "2", "17", "0", "3.25", "\\frac{2}{3}"]
      if depth == 0 { return leaves[random(leaves.count)] }
      let a = expression(depth - 1)
      let b = expression(random(depth))
      let forms = [
        "\(a)+\(b)", "\(a)-\(b)", "(\(a))(\(b))", "\\frac{\(a)}{\(b)}", "(\(a))^{\(b)}", "\\sqrt{\(a)}",
        "\\sqrt[3]{\(a)}",
        "\\sin(\(a))", "\\ln(\(a))", "|\(a)|", "(\(a))!", "e^{\(a)}", "\\arctan(\(a))",
        "\\lfloor \(a) \\rfloor",
      ]
      return forms[random(forms.count)]
    }
    for _ in 0..<400 {
      let text = expression(1 + random(4))
      let ((same, other), time) = shortest(below: .milliseconds(800)) {
        (verifier.compare(text, text), verifier.compare(text, "\(text)+1"))
      }
      #expect(other.verdict != .equal, "\(text)")
      #expect(time < .milliseconds(800), "\(text)")
      if same.verdict == .different { #expect(same.reason == "the values differ") }
    }
  }

  @Test func questionsAreAnsweredFromManyThreads() async throws {
    let verifier = try verifier()
    await withTaskGroup(of: Bool.self) { group in
      for index in 1...200 {
        group.addTask {
          let text = "\\sqrt{\(index)}+\\sqrt{\(index + 1)}"
          let square = "\\sqrt{\(2 * index + 1)+2\\sqrt{\(index * (index + 1))}}"
          return verifier.compare(text, square).verdict == .equal
            && verifier.compare(text, "\(index)").verdict == .different
        }
      }
      for await isRight in group { #expect(isRight) }
    }
  }

  @Test func conventionsCanBeSet() throws {
    #expect(try verifier { $0.percent = .fraction }.compare("50\\%", "50").verdict == .different)
    #expect(try verifier { $0.percent = .stripped }.compare("50\\%", "0.5").verdict == .different)
    #expect(try verifier { $0.tolerance = 0.02 }.compare("0.33", "1/3").verdict == .equal)
    #expect(try verifier { $0.tolerance = 0.02 }.compare("3.14", "\\pi").verdict == .equal)
    #expect(try verifier { $0.tolerance = 0.001 }.compare("0.3", "1/3").verdict == .different)
  }

  @Test func everyReferenceOfTheBenchmarkEqualsItself() throws {
    let name = "rewardmath/experiments_test_filtered.json"
    guard let path = SharedData.path(name) else { return SharedData.skip(name) }
    guard case .array(let rows) = try JSONParser().parse(Data(contentsOf: URL(filePath: path))) else {
      throw CocoaError(.fileReadCorruptFile)
    }
    let verifier = try verifier()
    var count = 0
    for case .object(let row) in rows {
      guard case .string(let answer)? = row["answer"] else { continue }
      #expect(verifier.compare(answer, answer).verdict == .equal, "\(answer)")
      count += 1
    }
    #expect(count == 991)
  }
}
