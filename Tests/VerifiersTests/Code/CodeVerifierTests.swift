import Foundation
import Rewards
import Testing

@testable import Verifiers

@Suite(.enabled(if: Sandboxes.areAvailable), .serialized)
struct CodeVerifierTests {
  @Test func assertionsAreJudgedOneByOne() async throws {
    let verdict = try await Sandboxes.verdict(
      "def f(x):\n  if x == 2: raise ValueError('two')\n  return x if x < 4 else -x",
      "assert candidate(1) == 1", "assert candidate(2) == 2", "assert candidate(3) == 3",
      "for x in range(3, 6):\n  assert candidate(x) == x", "assert candidate(0) == 0, 'a message'")
    #expect(verdict.tests == [true, false, true, false, true])
    #expect(verdict.reason == "test 2 of 5: ValueError: two")
    #expect(verdict.passedCount == 3 && !verdict.isPassed && verdict.isJudged)
  }

  @Test func statementsThatCallTheCandidateAreTestsToo() async throws {
    let asserts = [
      "try:\n  candidate(-1)\n  assert False\nexcept ValueError:\n  pass",
      "close(candidate(4), 2)",
      "def inner(x):\n  return candidate(x)",
      "assert inner(9) == 3",
    ]
    let helper = "def close(a, b):\n  assert abs(a - b) < 1e-9\n"
    let test =
      helper + "def check(candidate):\n"
      + asserts.joined(separator: "\n").split(separator: "\n").map { "  \($0)\n" }.joined()
    func verdict(_ completion: String) async throws -> CodeVerdict {
      try await Sandboxes.verdict(
        CodeTask(prompt: "", completion: completion, tests: .function(test: test, entryPoint: "f")),
        Sandboxes.functions)
    }
    let right = try await verdict("import math\ndef f(x):\n  return math.sqrt(x)")
    #expect(right.tests == [true, true, true], "\(right)")
    let wrong = try await verdict("def f(x):\n  return 3")
    #expect(wrong.tests == [false, false, true], "\(wrong)")
  }

  @Test func anErrorBetweenTwoAssertionsOfALoopFailsTheLoop() async throws {
    let verdict = try await Sandboxes.verdict(
      "def f(x):\n  if x == 2: raise OverflowError('two')\n  return x",
      "assert candidate(0) == 0", "for x in range(4):\n  y = candidate(x)\n  assert y == x")
    #expect(verdict.tests == [true, false] && verdict.reason == "OverflowError: two", "\(verdict)")
    let before = try await Sandboxes.verdict(
      "def f(x):\n  if x == 2: raise OverflowError('two')\n  return x",
      "assert candidate(0) == 0", "y = candidate(2)", "assert y == 2", "assert candidate(1) == 1")
    #expect(before.tests == [true, false, false], "\(before)")
  }

  @Test func assertionsWithoutCheckWork() async throws {
    let task = CodeTask(
      prompt: "", completion: "def add(a, b):\n  return a + b",
      tests: .function(
        test: "assert add(1, 2) == 3\nassert add(1, 1) == 3\nassert add('a', 'b') == 'ab'", entryPoint: "add")
    )
    #expect(try await Sandboxes.verdict(task, Sandboxes.functions).tests == [true, false, true])
  }

  @Test func valuesKeepTheirTypes() async throws {
    let values = [
      "None", "True", "0", "-7", "10**5000", "-10**4400", "1.5", "0.1", "float('inf')", "1e-320", "2+3j",
      "''",
      "'\\ud800\\x00\\u00e9'", "b'\\x00\\xff'", "bytearray(b'ab')", "[]", "[1, [2, (3,)]]", "()", "{1, 2}",
      "set()",
      "frozenset({1})", "{}", "{'a': [1], (1, 2): {3: None}}", "range(1, 9, 2)",
    ]
    let echo = "def f(x, kind):\n  assert type(x).__name__ == kind\n  return x"
    let test =
      "def check(candidate):\n  import math\n"
      + values.map {
        "  v = \($0)\n  assert candidate(v, type(v).__name__) == v\n  assert type(candidate(v, type(v).__name__)) is type(v)\n"
      }.joined()
      + "  assert math.isnan(candidate(float('nan'), 'float'))\n  assert str(candidate(-0.0, 'float')) == '-0.0'\n"
    let verdict = try await Sandboxes.verdict(
      CodeTask(prompt: "", completion: echo, tests: .function(test: test, entryPoint: "f")),
      Sandboxes.functions)
    #expect(verdict.isPassed && verdict.tests.count == 2 * values.count + 2, "\(verdict.reason)")
  }

  @Test func functionsIteratorsAndThePromptsClassesCross() async throws {
    let callbacks = try await Sandboxes.verdict(
      "def f(g, xs):\n  return [g(x) for x in xs]", "assert candidate(lambda x: x + 1, [1, 2]) == [2, 3]")
    #expect(callbacks.isPassed, "\(callbacks)")
    let closures = try await Sandboxes.verdict(
      "def f(n):\n  return lambda x: x + n", "assert candidate(3)(4) == 7")
    #expect(closures.isPassed, "\(closures)")
    // Calls that were made ahead do not get between a returned function and its answer.
    let mapped = try await Sandboxes.verdict(
      "def f(n):\n  return lambda x: x + n", "assert list(map(candidate(3), [1, 2])) == [4, 5]",
      "assert missing(candidate(1)) == 1", "assert list(map(candidate(4), [1])) == [5]")
    #expect(mapped.tests == [true, false, true], "\(mapped)")
    let iterators = try await Sandboxes.verdict(
      "def f(n):\n  for i in range(n): yield i", "assert list(candidate(3)) == [0, 1, 2]",
      "assert candidate(3) != [0, 1, 2]", "assert next(candidate(2)) == 0")
    #expect(iterators.isPassed, "\(iterators)")
    let prompt = """
      class Node:
        def __init__(self, value, next=None):
          self.value, self.next = value, next

      def f(node):
        ''' Reverses a list. '''

      """
    let nodes = try await Sandboxes.verdict(
      "  last = None\n  while node:\n    node.next, last, node = last, node, node.next\n  return last\n",
      "r = candidate(Node(1, Node(2, Node(3))))",
      "assert (r.value, r.next.value, r.next.next.value) == (3, 2, 1)",
      "assert r.next.next.next is None", prompt: prompt)
    #expect(nodes.isPassed && nodes.tests.count == 2, "\(nodes)")
  }

  @Test func aFunctionThatReturnsNothingMayChangeItsArguments() async throws {
    let verdict = try await Sandboxes.verdict(
      "def f(x):\n  x.sort()", "x = [3, 1, 2]\ncandidate(x)\nassert x == [1, 2, 3]")
    #expect(verdict.isPassed, "\(verdict)")
  }

  @Test func aTestAtFaultIsNotJudged() async throws {
    let function = "def f(x):\n  return x"
    for test in [
      "assert candidate(", "x = 1",
      "def check(candidate):\n  import nosuchmodule\n  assert candidate(1) == 1",
      "class Odd: pass\ndef check(candidate):\n  assert candidate(Odd()) == 1",
    ] {
      let verdict = try await Sandboxes.verdict(
        CodeTask(prompt: "", completion: function, tests: .function(test: test, entryPoint: "f")),
        Sandboxes.functions)
      #expect(!verdict.isJudged && !verdict.reason.isEmpty, "\(test): \(verdict)")
    }
  }

  @Test func programsThatAreNoneFailEveryTest() async throws {
    for completion in [
      "def f(x:\n", "", "def g(x):\n  return x", "import nosuchmodule", "\0", "return 1",
      "def f(x):\n" + String(repeating: "(", count: 5000),
    ] {
      let verdict = try await Sandboxes.verdict(
        completion, "assert candidate(1) == 1", "assert candidate(2) == 2")
      #expect(verdict.tests == [false, false] && verdict.isJudged && !verdict.reason.isEmpty, "\(verdict)")
    }
  }

  @Test func fencedCodeIsTaken() async throws {
    let answer =
      "Here it is:\n```python\ndef f(x):\n  return x\n```\nand its use:\n```python\nprint(f(2))\n```\n"
    #expect(try await Sandboxes.verdict(answer, "assert candidate(1) == 1").isPassed)
    #expect(CompletionCode.extract(from: "  return 1\n", entryPoint: "f") == "  return 1\n")
    #expect(CompletionCode.extract(from: "```\na = 1", entryPoint: nil) == "a = 1")
    #expect(CompletionCode.extract(from: answer, entryPoint: nil) == "print(f(2))\n")
  }

  @Test func wholeProgramsAreJudgedByTheirOutput() async throws {
    let cases = [
      CodeCase(input: "2 3\n", output: "5"), CodeCase(input: "1 1\n", output: "2\n\n"),
      CodeCase(input: "0 4\n", output: "5"),
    ]
    func verdict(_ program: String) async throws -> CodeVerdict {
      try await Sandboxes.verdict(
        CodeTask(prompt: "Add two numbers.", completion: program, tests: .cases(cases)), Sandboxes.functions)
    }
    let sum = try await verdict("a, b = map(int, input().split())\nprint(a + b, ' ')")
    #expect(sum.tests == [true, true, false] && sum.reason == "test 3 of 3: another output", "\(sum)")
    let main = try await verdict(
      "import sys\nif __name__ == '__main__':\n  print(sum(map(int, sys.stdin.read().split())))\n  sys.exit(0)"
    )
    #expect(main.tests == [true, true, false])
    #expect(try await verdict("print(5)\nraise ValueError").reason == "test 1 of 3: exit status 1")
    #expect(
      try await verdict("while True: print('5' * 1000)").reason
        == "test 1 of 3: more than 65536 bytes of output")
    #expect(try await verdict("import os\nos.fork()\nprint(5)").passedCount == 0)
    #expect(try await verdict("print(5)\nimport os\nos.kill(os.getppid(), 9)").passedCount == 0)
  }

  @Test func otherLanguagesRunThroughACommand() async throws {
    func verdict(_ program: String) async throws -> CodeVerdict {
      try await Sandboxes.verdict(
        CodeTask(
          prompt: "", completion: program,
          tests: .cases([CodeCase(input: "2 3", output: "5"), CodeCase(input: "4 4", output: "8")])),
        Sandboxes.commands)
    }
    let sum = "read a b\necho $((a + b))\n"
    #expect(try await verdict(sum).isPassed)
    #expect(try await verdict("echo 5").tests == [true, false])
    // Attacks: a fork bomb, killing the judge, memory that is spread, a process that stays behind, a full disk.
    for attack in [
      "bomb() { bomb | bomb & }; bomb; sleep 5", "kill -9 -1", "kill -9 $PPID; kill -9 1 2 3 4 5",
      "for i in 1 2 3 4; do (x=$(head -c 40000000 /dev/zero | tr '\\0' x); sleep 3) & done; wait; echo 5",
      "cat /dev/zero > /tmp/a; cat /dev/zero > /tmp/b; echo 6", "yes 5",
    ] {
      let failed = try await verdict(attack)
      #expect(failed.passedCount == 0 && failed.isJudged, "\(attack): \(failed)")
      #expect(try await verdict(sum).isPassed, "after \(attack)")
    }
    #expect(try await verdict("setsid sleep 100 > /dev/null 2>&1 & read a b; echo $((a + b))").isPassed)
    #expect(
      try await verdict("grep -q sleep /proc/[0-9]*/comm && exit 1; read a b; echo $((a + b))").isPassed)
  }

  @Test func withoutASandboxItRefuses() throws {
    #expect(throws: SandboxError.self) { try Sandbox(python: "/nonexistent/python3") }
    // A wall that cannot be built.
    var options = CodeOptions()
    options.readOnlyFolders = ["/nonexistent"]
    let error = #expect(throws: SandboxError.self) { try CodeVerifier(options: options) }
    #expect(error?.reason.contains("nonexistent") == true, "\(String(describing: error))")
  }

  @Test func unsafeRunsHaveNoWallsButTheSameVerdicts() async throws {
    let verifier = try #require(Sandboxes.verifier { $0.isUnsafe = true })
    let test = "def check(candidate):\n  assert candidate(2) == 4\n  assert candidate(3) == 9\n"
    for (completion, tests) in [
      ("def f(x):\n  return x * x", [true, true]), ("def f(x):\n  return 2 * x", [true, false]),
      ("import os\nos._exit(0)", [false, false]),
    ] {
      let task = CodeTask(prompt: "", completion: completion, tests: .function(test: test, entryPoint: "f"))
      #expect(await verifier.verdicts(on: [task])[0].tests == tests)
    }
    let cases = CodeTask(
      prompt: "", completion: "print(input())", tests: .cases([CodeCase(input: "a", output: "a")]))
    #expect(await verifier.verdicts(on: [cases])[0].isPassed)
  }

  @Test func humanEvalsSolutionsPassAndMutantsFail() async throws {
    guard let path = SharedData.path("humaneval-a.jsonl.gz"), let verifier = Sandboxes.functions else {
      return SharedData.skip("humaneval-a.jsonl.gz")
    }
    let rows = try HumanEval.rows(path)
    let right = await verifier.verdicts(on: rows.map { $0.task($0.solution) })
    #expect(rows.count == 82 && right.count(where: \.isPassed) == 82)
    for (row, verdict) in zip(rows, right) where !verdict.isPassed { Issue.record("\(row.name): \(verdict)") }
    let wrong = await verifier.verdicts(on: rows.map { $0.task("    return None\n") })
    #expect(wrong.allSatisfy { $0.isJudged && !$0.isPassed })
    #expect(zip(right, wrong).allSatisfy { $0.tests.count == $1.tests.count })
  }
}

/// A row of HumanEval.
struct HumanEval {
  var name, prompt, solution, test, entryPoint: String

  func task(_ completion: String) -> CodeTask {
    CodeTask(prompt: prompt, completion: completion, tests: .function(test: test, entryPoint: entryPoint))
  }

  static func rows(_ path: String) throws -> [HumanEval] {
    let gunzip = Process()
    let output = Pipe()
    gunzip.executableURL = URL(filePath: "/usr/bin/env")
    gunzip.arguments = ["gzip", "-dc", path]
    gunzip.standardOutput = output
    try gunzip.run()
    let bytes = [UInt8](output.fileHandleForReading.readDataToEndOfFile())
    return try bytes.split(separator: 0x0A).map { line in
      guard case .object(let row) = try JSONParser().parse(line) else {
        throw SandboxError(reason: "row", remedy: "")
      }
      func text(_ name: String) -> String { if case .string(let text)? = row[name] { text } else { "" } }
      return HumanEval(
        name: text("task_id"), prompt: text("prompt"), solution: text("canonical_solution"),
        test: text("test"),
        entryPoint: text("entry_point"))
    }
  }
}
