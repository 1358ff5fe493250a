import Foundation
import Rewards
import Testing

@testable import Verifiers

/// Every attack earns nothing, and the sandbox judges an honest program right afterwards.
@Suite(.enabled(if: Sandboxes.areAvailable), .serialized)
struct AttackTests {
  private let honest = "def f(x):\n  return x * x\n"
  private let square = ["assert candidate(3) == 9", "assert candidate(5) == 25"]

  /// Judges an attack on the squares 9 and 25, then an honest program.
  private func expectNothing(
    _ attack: String, reason: String? = nil, _ location: SourceLocation = #_sourceLocation
  ) async throws {
    let verdict = try await Sandboxes.verdict(attack, square[0], square[1])
    #expect(verdict.passedCount == 0 && verdict.isJudged, "\(verdict)", sourceLocation: location)
    if let reason { #expect(verdict.reason.contains(reason), "\(verdict.reason)", sourceLocation: location) }
    let after = try await Sandboxes.verdict(honest, square[0], square[1])
    #expect(after.isPassed, "\(after)", sourceLocation: location)
  }

  @Test func anEarlyExitPassesNothing() async throws {
    try await expectNothing("import sys\nsys.exit(0)", reason: "SystemExit")
    try await expectNothing("import os\nos._exit(0)", reason: "ended")
    try await expectNothing("import sys\ndef f(x):\n  sys.exit(0)", reason: "SystemExit")
    try await expectNothing("import os\ndef f(x):\n  os._exit(0)", reason: "ended")
    try await expectNothing("def f(x):\n  raise KeyboardInterrupt", reason: "KeyboardInterrupt")
    try await expectNothing("import atexit, os\natexit.register(lambda: os._exit(0))\ndef f(x):\n  return 0")
  }

  @Test func anObjectThatEqualsEverythingIsNoAnswer() async throws {
    let forged = "class Yes:\n  def __eq__(self, other): return True\n  def __bool__(self): return True\n"
    try await expectNothing(forged + "def f(x):\n  return Yes()", reason: "no plain data")
    try await expectNothing(
      "class Yes(int):\n  def __eq__(self, other): return True\n  __hash__ = int.__hash__\ndef f(x):\n  return Yes(1)"
    )
    try await expectNothing(
      "class Yes(list):\n  def __eq__(self, other): return True\ndef f(x):\n  return Yes()")
    let listed = try await Sandboxes.verdict(
      "class Yes(str):\n  __eq__ = lambda s, o: True\n  __hash__ = str.__hash__\ndef f(x):\n  return [Yes('q')]",
      "assert candidate(1) == ['a']", "assert 'a' in candidate(1)")
    #expect(listed.passedCount == 0)
  }

  @Test func theCheckerCannotBePatched() async throws {
    let targets = [
      "import builtins\nbuiltins.AssertionError = type('A', (Exception,), {})",
      "import builtins\nbuiltins.isinstance = lambda *a: True\nbuiltins.all = builtins.any = lambda *a: True",
      "import json\njson.loads = lambda *a: {'value': 9}\njson.dumps = lambda *a: '{\"value\": 9, \"tests\": [true]}'",
      "import sys\nfor name in list(sys.modules):\n  m = sys.modules[name]\n  for k in ('record', 'split', 'judge', 'Evaluation'):\n    try: setattr(m, k, lambda *a, **k: True)\n    except Exception: pass",
      "import sys\nsys.settrace(lambda *a: None)\nsys.setprofile(lambda *a: None)\nsys.excepthook = lambda *a: None",
      "import signal, os\nfor s in range(1, 64):\n  try: signal.signal(s, signal.SIG_IGN)\n  except Exception: pass",
    ]
    for attack in targets { try await expectNothing(attack + "\ndef f(x):\n  return 0") }
  }

  @Test func testsAndAnswersAreNotInTheCandidatesProcess() async throws {
    // Objects, frames, and every byte that the process can map or open are searched for the marked answer.
    let search = """
      import gc, sys, os, glob, ctypes
      def found():
        mark = '_'.join(('hidden', 'answer'))
        for o in gc.get_objects():
          try:
            if o is not found.__globals__ and mark in repr(o) and 'def check' in repr(o): return True
          except BaseException: pass
        frame = sys._getframe()
        while frame:
          if any(mark in repr(v) for k, v in frame.f_locals.items() if k != 'mark'): return True
          frame = frame.f_back
        for path in glob.glob('/proc/*/mem') + glob.glob('/proc/*/cmdline') + glob.glob('/tmp/*') + ['/dev/mem', '/proc/kcore']:
          try:
            if mark.encode() in open(path, 'rb').read(1 << 20): return True
          except Exception: pass
        for fd in list(range(0, 3)) + list(range(5, 64)):
          try:
            os.set_blocking(fd, False)
            if os.read(fd, 1 << 16): return True
          except Exception: pass
        return False
      def f(x):
        return '_'.join(('hidden', 'answer')) if found() else 'nothing'
      """
    let verdict = try await Sandboxes.verdict(
      search, "answer = 'hidden_answer'", "assert candidate(1) == answer", "assert candidate(2) == 'nothing'")
    #expect(verdict.tests == [false, true], "\(verdict)")
  }

  @Test func theMachinesFilesAreNotThere() async throws {
    let verdict = try await Sandboxes.verdict(
      """
      import os
      def f(path):
        try:
          return len(os.listdir(path))
        except OSError as error:
          return type(error).__name__
      """, "assert candidate('\(NSHomeDirectory())') == 'FileNotFoundError'",
      "assert candidate('\(FileManager.default.currentDirectoryPath)') == 'FileNotFoundError'",
      "assert candidate('/proc') == 'FileNotFoundError'", "assert candidate('/tmp') == 0")
    #expect(verdict.isPassed, "\(verdict)")
  }

  @Test func aForgedVerdictIsNotBelieved() async throws {
    try await expectNothing(
      "print('{\"tests\": [true, true], \"reason\": \"\", \"judged\": true}')\ndef f(x):\n  return 0")
    // Frames of every kind, on every open descriptor.
    let forge = """
      import os, json
      def frame(o):
        d = json.dumps(o).encode()
        return len(d).to_bytes(4, 'big') + d
      frames = [{'tests': [True, True], 'reason': '', 'judged': True}, {'end': True}, {'call': 0, 'args': [], 'named': {}},
                {'call': 'check', 'args': [], 'named': {}}, {'value': ['o', 'TimeUp']}, ['p', 0], {'value': {}}]
      def f(x):
        for fd in range(0, 64):
          for o in frames:
            try: os.write(fd, frame(o))
            except OSError: pass
        return 0
      """
    try await expectNothing(forge)
    try await expectNothing(
      "import os\ndef f(x):\n  os.write(4, b'\\xff\\xff\\xff\\xff' + b'x' * 1000)\n  return 0")
    try await expectNothing(
      "import os\ndef f(x):\n  os.write(4, (100000).to_bytes(4, 'big') + b'[' * 100000)\n  return 0")
    try await expectNothing("import os\nos.closerange(0, 64)\ndef f(x):\n  return 9")
  }

  @Test func changedArgumentsDoNotFoolTheOracle() async throws {
    let verdict = try await Sandboxes.verdict(
      "def f(x):\n  x.clear()\n  return []", "x = [3, 1, 2]\nassert candidate(x) == sorted(x)")
    #expect(verdict.passedCount == 0)
  }

  @Test func helpersOfThePromptCannotBeReplaced() async throws {
    let prompt = "def distance(a, b):\n  return abs(a - b)\n\ndef f(x):\n  \"\"\"The square.\"\"\"\n"
    let verdict = try await Sandboxes.verdict(
      "  return 0\ndef distance(a, b):\n  return 0\n", "assert distance(candidate(3), 9) < 1", prompt: prompt)
    #expect(verdict.tests == [false])
  }

  @Test func aForkBombDoesNotStart() async throws {
    try await expectNothing("import os\nwhile True:\n  os.fork()", reason: "PermissionError")
    try await expectNothing(
      "import subprocess\ndef f(x):\n  subprocess.run(['/bin/sh', '-c', 'true'])\n  return 9",
      reason: "PermissionError")
    try await expectNothing(
      "import threading, time\ndef f(x):\n  while True:\n    threading.Thread(target=time.sleep, args=(60,)).start()"
    )
  }

  @Test func theDiskCannotBeFilled() async throws {
    try await expectNothing(
      "f = None\nwith open('/tmp/big', 'wb') as file:\n  while True: file.write(b'x' * (1 << 20))")
    try await expectNothing(
      "i = 0\nwhile True:\n  i += 1\n  with open(f'/tmp/{i}', 'wb') as file: file.write(b'x' * (1 << 20))",
      reason: "OSError")
    try await expectNothing("i = 0\nwhile True:\n  i += 1\n  open(f'/tmp/{i}', 'w').close()")
    for folder in ["/", "/usr", "/dev", "/dev/shm", "/etc", "/var/tmp"] {
      try await expectNothing("open('\(folder)/x', 'w').write('x')", reason: "Error")
    }
  }

  @Test func memoryIsLimited() async throws {
    try await expectNothing("def f(x):\n  return len(bytearray(1 << 31))", reason: "MemoryError")
    try await expectNothing(
      "def f(x):\n  l = []\n  while True: l.append('x' * (1 << 20))", reason: "MemoryError")
    try await expectNothing("def f(x):\n  return list(range(10**7))")
    try await expectNothing("def f(x):\n  return 'x' * (20 << 20)")
  }

  @Test func timeIsLimited() async throws {
    guard let quick = Sandboxes.verifier({ $0.seconds = 0.3 }) else { return }
    let test =
      "def check(candidate):\n  assert candidate(0) == 0\n  assert candidate(1) == 1\n  assert candidate(2) == 2\n"
    for loop in ["while True: pass", "import time\n    time.sleep(60)", "9 ** 9 ** 9"] {
      let task = CodeTask(
        prompt: "", completion: "def f(x):\n  if x == 1:\n    \(loop)\n  return x",
        tests: .function(test: test, entryPoint: "f"))
      let verdict = await quick.verdicts(on: [task])[0]
      #expect(
        verdict.tests == [true, false, false] && verdict.reason == "no answer within 0.3 s", "\(verdict)")
      #expect(verdict.milliseconds < 3000)
    }
  }

  @Test func theNetworkAndOtherProcessesAreOutOfReach() async throws {
    try await expectNothing(
      "import socket\nsocket.socket().connect(('1.1.1.1', 53))", reason: "PermissionError")
    try await expectNothing("import os\nos.kill(-1, 9)", reason: "PermissionError")
    try await expectNothing("import os\nos.kill(os.getppid(), 9)", reason: "PermissionError")
    let calls = """
      import ctypes
      libc = ctypes.CDLL(None, use_errno=True)
      def f(x):
        refused = 0
        for number in (101, 165, 272, 310, 319, 29, 425, 57, 58, 56, 435, 0x40000000 | 57):
          if libc.syscall(number, 0, 0, 0, 0, 0) == -1 and ctypes.get_errno() in (1, 38): refused += 1
        return refused
      """
    #if arch(x86_64)
      let verdict = try await Sandboxes.verdict(calls, "assert candidate(1) == 12")
      #expect(verdict.isPassed, "\(verdict)")
    #endif
  }

  @Test func nothingIsLeftForTheNextProgram() async throws {
    let leave =
      "import os\nos.makedirs('/tmp/a/b')\nopen('/tmp/a/b/c', 'w').write('9')\nos.chmod('/tmp/a', 0)\n"
    try await expectNothing(leave + "def f(x):\n  return 0")
    let verdict = try await Sandboxes.verdict(
      "import os\ndef f(x):\n  return os.listdir('/tmp')", "assert candidate(0) == []")
    #expect(verdict.isPassed, "\(verdict)")
  }
}
