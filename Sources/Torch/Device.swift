import CTorch

/// Where tensors live: `cpu`, `cuda`, `cuda:1`, `mps`.
public struct Device: Sendable, Hashable, CustomStringConvertible {
  public let description: String

  public static let cpu = Device(unchecked: "cpu")

  private init(unchecked name: String) { description = name }

  /// - Throws: `TorchError` when the installed torch cannot use that device.
  public init(_ name: String) throws {
    let kind = name.split(separator: ":").first.map(String.init) ?? name
    guard ["cpu", "cuda", "mps"].contains(kind) else {
      throw TorchError("unknown device '\(name)': expected cpu, cuda, cuda:N or mps")
    }
    guard ct_has_device(kind) == 1 else {
      throw TorchError(
        "device '\(name)' is not available with the installed torch \(Torch.version); use cpu, or run scripts/setup on a machine that has it"
      )
    }
    description = name
  }

  /// `cuda` where there is one, else `mps`, else `cpu`.
  public static var best: Device {
    for kind in ["cuda", "mps"] where ct_has_device(kind) == 1 { return Device(unchecked: kind) }
    return .cpu
  }

  public var isCPU: Bool { description == "cpu" }
}

/// Element types, numbered as torch's `ScalarType`.
public enum DType: Int32, Sendable, CaseIterable {
  case uint8 = 0
  case int32 = 3
  case int64 = 4
  case float16 = 5
  case float32 = 6
  case float64 = 7
  case bool = 11
  case bfloat16 = 15

  public var byteCount: Int {
    switch self {
    case .uint8, .bool: 1
    case .float16, .bfloat16: 2
    case .int32, .float32: 4
    case .int64, .float64: 8
    }
  }
}

/// The library as a whole: version, threads, seeds, recording of gradients.
public enum Torch {
  public static var version: String { String(cString: ct_version()) }

  /// Threads that operators on the CPU use.
  public static var threads: Int { Int(ct_threads()) }

  public static func setThreads(_ count: Int) throws { try checked(ct_set_threads(Int32(count))) }

  /// Seeds torch's own generators (`randn` and friends).
  public static func manualSeed(_ seed: UInt64) throws { try checked(ct_manual_seed(seed)) }

  /// Asks for deterministic kernels where torch has them (same seed, same bits).
  public static func setDeterministic(_ on: Bool) throws { try checked(ct_set_deterministic(on ? 1 : 0)) }

  /// True when this processor multiplies bfloat16 matrices in hardware.
  public static var hasFastBFloat16: Bool { ct_has_fast_bfloat16() == 1 }

  /// Runs `body` without recording for autograd. The mode belongs to the thread, so `body` must not suspend.
  public static func withoutGrad<R>(_ body: () throws -> R) rethrows -> R {
    let before = ct_set_grad_enabled(0)
    defer { _ = ct_set_grad_enabled(before) }
    return try body()
  }
}
