import Foundation

/// A model in GGUF format (version 2 or 3, little endian), mapped into memory.
///
/// Opening reads the header only. A file that is cut short or damaged gives a `GGUFError`, never a crash.
public struct GGUFFile: Sendable {
  /// The path that was opened.
  public let path: String
  public let metadata: [String: GGUFValue]
  /// In the order of the file.
  public let tensors: [GGUFTensorInfo]
  private let map: MappedFile
  private let indices: [String: Int]

  public init(path: String) throws(GGUFError) {
    do {
      map = try MappedFile(path: path)
    } catch {
      let reason = (error as? MappingFailure)?.reason ?? "\(error)"
      throw GGUFError(file: path, problem: reason, remedy: "Check the path of the model.")
    }
    self.path = path
    var parser = GGUFParser(file: path, bytes: map.bytes)
    (metadata, tensors) = try parser.parse()
    indices = Dictionary(uniqueKeysWithValues: tensors.enumerated().map { ($1.name, $0) })
  }

  /// The tensor called `name`; nil when the file has none.
  public func tensor(_ name: String) -> GGUFTensorInfo? {
    indices[name].map { tensors[$0] }
  }

  /// Calls `body` with the stored bytes of a tensor (blocks as in the file, not de-quantised).
  public func withTensorBytes<Result>(
    _ name: String, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    let info = try require(name)
    return try withExtendedLifetime(map) {
      try body(UnsafeRawBufferPointer(rebasing: map.bytes[info.range]))
    }
  }

  /// The weights of a tensor as Float, row major in the order of `GGUFTensorInfo.shape`.
  public func dequantize(_ name: String) throws(GGUFError) -> [Float] {
    let info = try require(name)
    var failure: GGUFError?
    let values = [Float](unsafeUninitializedCapacity: info.count) { buffer, filled in
      do throws(GGUFError) {
        try dequantize(name, into: UnsafeMutableBufferPointer(rebasing: buffer[..<info.count]))
        filled = info.count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return values
  }

  /// Writes the weights of a tensor to `destination`, whose count must be the tensor's. Large tensors use every
  /// core. Each value equals what ggml's reference arithmetic gives in Float.
  public func dequantize(
    _ name: String, into destination: UnsafeMutableBufferPointer<Float>
  ) throws(GGUFError) {
    let info = try require(name)
    precondition(
      destination.count == info.count, "\(name) has \(info.count) weights, not \(destination.count)")
    guard info.type.canDequantize else {
      throw GGUFError(
        file: path, offset: info.range.lowerBound,
        problem: "tensor '\(name)' is stored as \(info.type), which cannot be de-quantised",
        remedy: "Use a file with types F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K or Q6_K.")
    }
    guard let target = destination.baseAddress, let start = map.bytes.baseAddress, info.count > 0 else {
      return
    }
    withExtendedLifetime(map) {
      GGUFDequantization.run(
        type: info.type, blocks: start + info.range.lowerBound,
        blockCount: info.count / info.type.blockLength, into: target)
    }
  }

  private func require(_ name: String) throws(GGUFError) -> GGUFTensorInfo {
    if let info = tensor(name) { return info }
    throw GGUFError(
      file: path, problem: "there is no tensor '\(name)' among its \(tensors.count)",
      remedy: "Check that the file holds a model of the expected architecture.")
  }
}

// MARK: - Typed metadata

extension GGUFFile {
  /// The integer at `key`; nil when the key is absent or holds something else.
  public func integer(_ key: String) -> Int? {
    if case .integer(let value)? = metadata[key] { value } else { nil }
  }

  /// The number at `key`, integers included.
  public func number(_ key: String) -> Double? {
    switch metadata[key] {
    case .number(let value): value
    case .integer(let value): Double(value)
    default: nil
    }
  }

  public func bool(_ key: String) -> Bool? {
    if case .bool(let value)? = metadata[key] { value } else { nil }
  }

  public func string(_ key: String) -> String? {
    if case .string(let value)? = metadata[key] { value } else { nil }
  }

  public func strings(_ key: String) -> [String]? {
    if case .strings(let value)? = metadata[key] { value } else { nil }
  }

  public func integers(_ key: String) -> [Int]? {
    if case .integers(let value)? = metadata[key] { value } else { nil }
  }

  public func numbers(_ key: String) -> [Double]? {
    if case .numbers(let value)? = metadata[key] { value } else { nil }
  }

  /// The value that `get` reads at `key`, or an error that names the key: `try file.required("k", file.integer)`.
  public func required<Value>(
    _ key: String, _ get: (String) -> Value?
  ) throws(GGUFError) -> Value {
    if let value = get(key) { return value }
    let problem = metadata[key] == nil ? "is absent" : "is not a \(Value.self)"
    throw GGUFError(
      file: path, problem: "metadata key '\(key)' \(problem)",
      remedy: "The model may be of another architecture, or converted by an old tool: convert it again.")
  }
}
