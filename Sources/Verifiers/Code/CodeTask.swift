/// A program to check, and what it is checked with.
public struct CodeTask: Sendable, Equatable {
  /// How a program is tested.
  public enum Tests: Sendable, Equatable {
    /// Python that calls the function `entryPoint`: HumanEval's `check(candidate)`, or assertions that name it.
    case function(test: String, entryPoint: String)
    /// A whole program that reads standard input and writes standard output.
    case cases([CodeCase])
  }

  /// What the completion continues; in Python it may also define helpers for the tests.
  public var prompt: String
  /// The model's answer; of one with fenced code only that is read.
  public var completion: String
  public var tests: Tests

  public init(prompt: String, completion: String, tests: Tests) {
    self.prompt = prompt
    self.completion = completion
    self.tests = tests
  }

  /// The number of tests where it is known without running anything.
  var caseCount: Int? {
    if case .cases(let cases) = tests { cases.count } else { nil }
  }
}

/// An input and the output that it must give.
public struct CodeCase: Sendable, Equatable {
  public var input: String
  public var output: String

  public init(input: String, output: String) {
    self.input = input
    self.output = output
  }

  /// Whether a program's output is right: white space at the ends of lines and at the end does not count.
  func accepts(_ text: String) -> Bool { Self.lines(of: text) == Self.lines(of: output) }

  private static func lines(of text: String) -> [ArraySlice<UInt8>] {
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    var lines = Array(text.utf8).split(separator: 0x0A, omittingEmptySubsequences: false).map { line in
      line.prefix(upTo: line.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? line.startIndex)
    }
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }
}

/// What the tests said about a program.
public struct CodeVerdict: Sendable, Equatable {
  /// One a test, in order; empty when the tests could not even be counted.
  public var tests: [Bool]
  /// Why the first failed test failed, or why nothing could be judged; empty when all passed.
  public var reason: String
  /// False when the tests or the sandbox are at fault, not the program.
  public var isJudged: Bool
  /// From the sandbox's taking the program to its verdict.
  public var milliseconds: Double

  public init(tests: [Bool], reason: String = "", isJudged: Bool = true, milliseconds: Double = 0) {
    self.tests = tests
    self.reason = reason
    self.isJudged = isJudged
    self.milliseconds = milliseconds
  }

  /// All tests passed, and there were some.
  public var isPassed: Bool { isJudged && !tests.isEmpty && tests.allSatisfy { $0 } }
  public var passedCount: Int { tests.count { $0 } }
}
