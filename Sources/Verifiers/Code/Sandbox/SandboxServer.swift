import Rewards

/// The server's program: the files of `Python`, which are compiled into this module, as one argument of
/// `python -c`.
enum SandboxServer {
  /// In the order in which they can be imported.
  private static let modules: [(name: String, source: [UInt8])] = [
    ("wire", PackageResources.wire_py),
    ("peer", PackageResources.peer_py),
    ("confinement", PackageResources.confinement_py),
    ("candidate", PackageResources.candidate_py),
    ("cases", PackageResources.cases_py),
    ("nursery", PackageResources.nursery_py),
    ("assertions", PackageResources.assertions_py),
    ("evaluator", PackageResources.evaluator_py),
    ("server", PackageResources.server_py),
  ]

  static func program(_ limits: SandboxLimits, runsCommands: Bool, isUnsafe: Bool) -> String {
    // A list of pairs of strings reads the same in JSON and in Python: the sources are plain ASCII.
    let sources = JSONValue.array(
      modules.map { .array([.string($0.name), .string(String(decoding: $0.source, as: UTF8.self))]) })
    return """
      import sys, types
      for name, source in \(sources.jsonText):
          module = sys.modules[name] = types.ModuleType(name)
          exec(compile(source, name + '.py', 'exec'), vars(module))
      sys.modules['server'].serve(\(resourceLimits(limits, runsCommands, isUnsafe).jsonText), \(isUnsafe ? "False" : "True"))
      """
  }

  /// The limits by their `RLIMIT_` names. Run-times of other languages reserve more addresses than they use: for
  /// commands the server watches what is resident.
  private static func resourceLimits(_ limits: SandboxLimits, _ runsCommands: Bool, _ isUnsafe: Bool)
    -> JSONValue
  {
    var values = JSONObject([
      ("FSIZE", .integer(limits.fileMegabytes << 20)), ("NOFILE", .integer(64)), ("CORE", .integer(0)),
    ])
    if !runsCommands {
      values["AS"] = .integer(limits.memoryMegabytes << 20)
    } else if !isUnsafe {
      // Outside a sandbox this would count all of the user's processes.
      values["NPROC"] = .integer(limits.processes)
    }
    return .object(values)
  }
}
