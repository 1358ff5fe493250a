import Rewards
import Testing

@testable import Verifiers

@Suite struct LinearPatternTests {
  static let cases: [(String, String, Bool, Bool)] = [
    ("a", "xay", true, false), ("^a$", "a", true, true), ("^a$", "ab", false, false), ("", "", true, true),
    ("a|bc|", "bc", true, true), ("(ab)+c?", "ababc", true, true), ("a{2,3}", "aaaa", true, false),
    ("a{2}", "a", false, false), ("a{,2}", "a{,2}", true, true), ("[^a-c\\d]+", "xyz", true, true),
    ("[^a-c\\d]", "a1", false, false), ("[]x]", "]", true, true), ("[a-]", "-", true, true),
    ("[\\W]", "_", false, false),
    ("\\bcat\\b", "a cat.", true, false), ("\\bcat\\b", "cats", false, false), (".", "é", true, true),
    ("\\u00e9", "é", true, true), ("(?:a|b)*?c", "abac", true, true), ("(a*)*b", "aab", true, true),
    ("a.c", "a\nc", true, true), ("\\{\\}", "{}", true, true), ("(|a)+", "aa", true, true),
  ]

  @Test(arguments: cases)
  func patternsMatchAsUsual(_ pattern: String, _ text: String, _ part: Bool, _ whole: Bool) throws {
    let pattern = try LinearPattern(pattern)
    #expect(pattern.matches(text) == part)
    #expect(pattern.matches(text, whole: true) == whole)
  }

  @Test(arguments: [
    "(?=a)", "(?<n>a)", "(?i)a", "\\1", "(", ")", "[a", "*a", "a**", "[z-a]", "a{3,2}", "\\", "\\q",
    "a{9999}",
    "((a{100}){100}){100}", "((((((){2000}){2000}){2000}){2000}){2000}){2000}", "\\u12",
  ])
  func whatNeedsBacktrackingOrIsWrongIsRefused(_ pattern: String) {
    #expect(throws: ParameterError.self) { try LinearPattern(pattern) }
  }

  @Test func caseIsFoldedInClassesToo() throws {
    #expect(try LinearPattern("[a-c]X", ignoresCase: true).matches("Bx", whole: true))
    #expect(try !LinearPattern("[^a]", ignoresCase: true).matches("A"))
  }

  @Test func classicBacktrackingBombsAreLinear() throws {
    let text = String(repeating: "a", count: 50_000) + "!"
    let start = ContinuousClock.now
    for pattern in ["(a+)+$", "(a|aa)+$", "(.*a){12}$"] {
      #expect(try !LinearPattern(pattern).matches(text), "\(pattern)")
    }
    #expect(ContinuousClock.now - start < .seconds(30))
    let reward = try RegexReward(pattern: "a")
    guard case .failed = Sample(completion: String(repeating: "b", count: 1 << 21)).withBytes(reward.outcome)
    else {
      Issue.record("a huge completion must fail")
      return
    }
  }
}
