import Foundation

/// Why foreign code cannot be run.
public struct SandboxError: Error, Sendable, Equatable, CustomStringConvertible {
  public var reason: String
  /// What the user can do about it.
  public var remedy: String

  public var description: String { "no sandbox: \(reason); \(remedy)" }
}

/// What programs in a sandbox may use.
public struct SandboxLimits: Sendable, Equatable {
  /// Megabytes of memory: of address space for Python, resident for commands.
  public var memoryMegabytes = 512
  /// Megabytes that a program may write to files, one or all together.
  public var fileMegabytes = 16
  /// Processes and threads at a time, for commands; Python programs have one process.
  public var processes = 64
  /// Bytes of output that are read of one case; a program that writes more has failed it.
  public var outputBytes = 1 << 16

  public init() {}
}

/// How a sandbox is set up: the command line that starts its server, found once.
///
/// The server runs in bubblewrap with pid, user, network, IPC, UTS and cgroup namespaces of its own, no
/// capabilities, no environment, a read-only root that holds `/usr`, the libraries and ``readOnlyFolders``, and a
/// small private `/tmp`. Started by root, it first becomes an unprivileged user, for whom the process limit holds.
/// Programs are further confined inside: see `Python/confinement.py`.
public struct Sandbox: Sendable {
  public let limits: SandboxLimits
  /// True when the server runs as an ordinary process, because the user has asked for it.
  public let isUnsafe: Bool
  /// The executable and its arguments.
  let command: [String]

  /// The interpreters that are looked for, in this order.
  static let interpreters = [
    "/usr/bin/python3", "/usr/local/bin/python3", "/opt/homebrew/bin/python3", "/opt/local/bin/python3",
  ]
  static let folders = ["/usr/bin", "/bin", "/usr/local/bin", "/usr/sbin"]

  /// - Parameters:
  ///   - python: the interpreter (3.9 or later); nil takes the system's.
  ///   - readOnlyFolders: further folders that programs may read.
  ///   - runsCommands: programs may start others, and see the sandbox's `/proc`.
  /// - Throws: ``SandboxError`` when bubblewrap or Python is missing.
  public init(
    limits: SandboxLimits = SandboxLimits(), python: String? = nil, readOnlyFolders: [String] = [],
    runsCommands: Bool = false, isUnsafe: Bool = false
  ) throws(SandboxError) {
    self.limits = limits
    self.isUnsafe = isUnsafe
    guard let python = python ?? Self.interpreters.first(where: Self.isExecutable) else {
      throw SandboxError(
        reason: "no python3 in /usr/bin or /usr/local/bin", remedy: "install python3, or name one")
    }
    guard Self.isExecutable(python) else {
      throw SandboxError(reason: "\(python) cannot be executed", remedy: "name a Python interpreter")
    }
    let server = [
      python, "-I", "-c", SandboxServer.program(limits, runsCommands: runsCommands, isUnsafe: isUnsafe),
    ]
    if isUnsafe {
      command = server
      return
    }
    #if os(Linux)
      command =
        try Self.bubblewrap() + Self.walls(limits, python, readOnlyFolders, runsCommands: runsCommands)
        + server
    #else
      throw SandboxError(
        reason: "there is none for this system (bubblewrap needs Linux)", remedy: "run unsafely, or on Linux")
    #endif
  }

  /// The words that start bubblewrap as an unprivileged user.
  /// - Throws: ``SandboxError`` when it is missing.
  static func bubblewrap() throws(SandboxError) -> [String] {
    guard let bubblewrap = find("bwrap") else {
      throw SandboxError(
        reason: "bubblewrap is not installed",
        remedy: "install it (Debian: apt-get install bubblewrap), or run unsafely")
    }
    var words: [String] = []
    if geteuid() == 0 {
      guard let setpriv = find("setpriv") else {
        throw SandboxError(
          reason: "setpriv, with which root becomes an unprivileged user, is not installed",
          remedy: "install util-linux, run as another user, or run unsafely")
      }
      words = [setpriv, "--reuid", "65534", "--regid", "65534", "--clear-groups"]
    }
    return words + [bubblewrap]
  }

  /// Shows the system's programs and libraries, to be read.
  static var system: [String] {
    var words = ["--ro-bind", "/usr", "/usr"]
    for folder in ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"] {
      if let target = try? FileManager.default.destinationOfSymbolicLink(atPath: folder) {
        words += ["--symlink", target, folder]
      } else {
        words += ["--ro-bind-try", folder, folder]
      }
    }
    for path in ["/etc/ld.so.cache", "/etc/alternatives"] { words += ["--ro-bind-try", path, path] }
    return words
  }

  private static func walls(
    _ limits: SandboxLimits, _ python: String, _ readOnlyFolders: [String], runsCommands: Bool
  ) -> [String] {
    var words = ["--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv"]
    words += ["--hostname", "sandbox"] + system
    var readable = readOnlyFolders
    if !python.hasPrefix("/usr/") {
      readable.append(URL(filePath: python).deletingLastPathComponent().deletingLastPathComponent().path)
      let target = URL(filePath: python).resolvingSymlinksInPath()
      readable.append(target.deletingLastPathComponent().deletingLastPathComponent().path)
    }
    for folder in readable where folder != "/" { words += ["--ro-bind", folder, folder] }
    if runsCommands { words += ["--proc", "/proc"] }
    words += ["--dev", "/dev", "--remount-ro", "/dev"]
    words += [
      "--size", String(limits.fileMegabytes << 20), "--tmpfs", "/tmp", "--remount-ro", "/", "--chdir", "/tmp",
    ]
    let path = (folders + readOnlyFolders.flatMap { [$0 + "/bin", $0] }).joined(separator: ":")
    return words + ["--setenv", "PATH", path, "--setenv", "LANG", "C.UTF-8", "--setenv", "HOME", "/tmp"]
  }

  static func find(_ name: String) -> String? {
    folders.map { "\($0)/\(name)" }.first(where: isExecutable)
  }

  static func isExecutable(_ path: String) -> Bool { access(path, X_OK) == 0 }
}
