import Foundation

/// The element types of safetensors, with the names of the format.
public enum SafetensorsType: String, Sendable, CaseIterable {
  case f64 = "F64"
  case f32 = "F32"
  case f16 = "F16"
  case bf16 = "BF16"
  case i64 = "I64"
  case i32 = "I32"
  case i16 = "I16"
  case i8 = "I8"
  case u64 = "U64"
  case u32 = "U32"
  case u16 = "U16"
  case u8 = "U8"
  case bool = "BOOL"
  case f8e4m3 = "F8_E4M3"
  case f8e5m2 = "F8_E5M2"

  /// Bytes per element.
  public var size: Int {
    switch self {
    case .f64, .i64, .u64: 8
    case .f32, .i32, .u32: 4
    case .f16, .bf16, .i16, .u16: 2
    case .i8, .u8, .bool, .f8e4m3, .f8e5m2: 1
    }
  }
}

/// What is wrong with a safetensors file, or why one could not be written.
public struct SafetensorsError: Error, Equatable, CustomStringConvertible, LocalizedError {
  public var file: String
  /// The byte at which reading stopped; nil when the problem has no place.
  public var offset: Int?
  public var problem: String
  public var remedy: String

  public init(file: String, offset: Int? = nil, problem: String, remedy: String = SafetensorsError.download) {
    self.file = file
    self.offset = offset
    self.problem = problem
    self.remedy = remedy
  }

  /// The remedy for damaged files.
  public static let download = "The file is truncated or damaged: download or save it again."

  public var description: String {
    let place = offset.map { " at byte \($0)" } ?? ""
    return "\(file)\(place): \(problem). \(remedy)"
  }

  public var errorDescription: String? { description }
}

/// A safetensors file, mapped into memory. The header is checked in full when the file is opened: known types,
/// sizes that match the shapes, no gaps, no overlaps, nothing after the last tensor.
public struct SafetensorsFile: Sendable {
  /// One tensor: its type, its shape, and its bytes counted from the start of the file.
  public struct Entry: Sendable, Equatable {
    public var dtype: SafetensorsType
    public var shape: [Int]
    public var range: Range<Int>
  }

  public let path: String
  public let entries: [String: Entry]
  /// The strings under `__metadata__`.
  public let metadata: [String: String]
  private let map: MappedFile

  public init(path: String) throws(SafetensorsError) {
    do {
      map = try MappedFile(path: path)
    } catch {
      let reason = (error as? MappingFailure)?.reason ?? "\(error)"
      throw SafetensorsError(file: path, problem: reason, remedy: "Check the path of the weights.")
    }
    self.path = path
    (entries, metadata) = try SafetensorsHeader(file: path, bytes: map.bytes).parse()
  }

  /// Calls `body` with the bytes of a tensor: little endian, row major.
  public func withBytes<Result>(
    _ name: String, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    guard let entry = entries[name] else {
      throw SafetensorsError(
        file: path, problem: "there is no tensor '\(name)' among its \(entries.count)",
        remedy: "Check that the file holds a model of the expected architecture.")
    }
    return try withExtendedLifetime(map) {
      try body(UnsafeRawBufferPointer(rebasing: map.bytes[entry.range]))
    }
  }
}

/// The tensors of one model in one file or in several with an index (`model.safetensors.index.json`).
public struct SafetensorsModel: Sendable {
  /// Every tensor by name, with the file that holds it.
  public let files: [String: SafetensorsFile]

  /// Opens a `.safetensors` file, an `.index.json`, or a folder that has `model.safetensors` or its index.
  public init(path: String) throws(SafetensorsError) {
    var target = path
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      let single = path + "/model.safetensors"
      let index = single + ".index.json"
      target =
        !FileManager.default.fileExists(atPath: single) && FileManager.default.fileExists(atPath: index)
        ? index : single
    }
    guard target.hasSuffix(".json") else {
      let file = try SafetensorsFile(path: target)
      files = file.entries.mapValues { _ in file }
      return
    }
    guard let data = FileManager.default.contents(atPath: target) else {
      throw SafetensorsError(file: target, problem: "the file cannot be read", remedy: "Check the path.")
    }
    guard let index = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
      let weights = index["weight_map"] as? [String: String]
    else {
      throw SafetensorsError(file: target, problem: "expected a JSON object with a 'weight_map' of strings")
    }
    let folder = URL(fileURLWithPath: target).deletingLastPathComponent()
    var shards: [String: SafetensorsFile] = [:]
    var files: [String: SafetensorsFile] = [:]
    for (name, shard) in weights.sorted(by: { $0.key < $1.key }) {
      guard !shard.contains("/"), shard != ".." else {
        throw SafetensorsError(file: target, problem: "shard '\(shard)' lies outside the model's folder")
      }
      let file: SafetensorsFile
      if let open = shards[shard] {
        file = open
      } else {
        file = try SafetensorsFile(path: folder.appendingPathComponent(shard).path)
        shards[shard] = file
      }
      guard file.entries[name] != nil else {
        throw SafetensorsError(
          file: file.path, problem: "tensor '\(name)' is absent, but the index places it here")
      }
      files[name] = file
    }
    self.files = files
  }

  /// The entry of a tensor; nil when the model has none of that name.
  public func entry(_ name: String) -> SafetensorsFile.Entry? { files[name]?.entries[name] }

  /// Calls `body` with the bytes of a tensor.
  public func withBytes<Result>(
    _ name: String, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    guard let file = files[name] else {
      let place = files.values.first?.path ?? "the model"
      throw SafetensorsError(
        file: place, problem: "there is no tensor '\(name)' among the model's \(files.count)",
        remedy: "Check that it is a model of the expected architecture.")
    }
    return try file.withBytes(name, body)
  }
}
