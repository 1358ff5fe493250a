import Foundation
import Rewards

@testable import Verifiers

/// The verifiers that the tests share: a sandbox that is warm is warm for all.
enum Sandboxes {
  static let functions = verifier { $0.seconds = 2 }
  static let commands = verifier {
    $0.seconds = 2
    $0.command = "sh {file}"
    $0.fileExtension = ".sh"
    $0.limits.memoryMegabytes = 64
    $0.limits.processes = 24
  }

  static let areAvailable: Bool = {
    if functions != nil { return true }
    print("skipped: no sandbox can be set up here")
    return false
  }()

  static func verifier(_ change: (inout CodeOptions) -> Void) -> CodeVerifier? {
    var options = CodeOptions()
    options.workers = 1
    options.limits.memoryMegabytes = 128
    options.limits.fileMegabytes = 8
    change(&options)
    return try? CodeVerifier(options: options)
  }

  /// What becomes of `completion`, which defines `f`, under `asserts`.
  static func verdict(
    _ completion: String, _ asserts: String..., prompt: String = "", entryPoint: String = "f"
  ) async throws -> CodeVerdict {
    let test = "def check(candidate):\n" + asserts.map { $0.indented }.joined()
    return try await verdict(
      CodeTask(
        prompt: prompt, completion: completion, tests: .function(test: test, entryPoint: entryPoint)),
      functions)
  }

  static func verdict(_ task: CodeTask, _ verifier: CodeVerifier?) async throws -> CodeVerdict {
    guard let verifier else { throw SandboxError(reason: "no sandbox", remedy: "skip") }
    return await verifier.verdicts(on: [task])[0]
  }
}

extension String {
  fileprivate var indented: String {
    split(separator: "\n").map { "  \($0)\n" }.joined()
  }
}
