import Foundation

extension DType {
  /// The same type under safetensors' name.
  var safetensorsType: SafetensorsType {
    switch self {
    case .uint8: .u8
    case .int32: .i32
    case .int64: .i64
    case .float16: .f16
    case .float32: .f32
    case .float64: .f64
    case .bool: .bool
    case .bfloat16: .bf16
    }
  }

  /// nil for types that no tensor here has.
  init?(_ type: SafetensorsType) {
    guard let match = DType.allCases.first(where: { $0.safetensorsType == type }) else { return nil }
    self = match
  }
}

/// Named tensors in safetensors files.
public enum TensorFile {
  /// Writes the tensors in one go: the file appears when it is complete, or the previous one stays.
  public static func write(
    _ path: String, _ tensors: [(name: String, tensor: Tensor)], metadata: [String: String] = [:]
  ) throws {
    var buffers: [UnsafeMutableRawBufferPointer] = []
    defer { for buffer in buffers { buffer.deallocate() } }
    var entries: [SafetensorsWriter.Tensor] = []
    for (name, tensor) in tensors {
      let shape = tensor.shape
      let buffer = UnsafeMutableRawBufferPointer.allocate(
        byteCount: shape.reduce(tensor.dtype.byteCount, *), alignment: 64)
      buffers.append(buffer)
      try tensor.copy(to: buffer)
      entries.append(
        SafetensorsWriter.Tensor(
          name: name, dtype: tensor.dtype.safetensorsType, shape: shape,
          bytes: UnsafeRawBufferPointer(buffer)))
    }
    try SafetensorsWriter.write(path, tensors: entries, metadata: metadata)
  }

  /// Fills the tensors from a file that must hold exactly these, in these shapes and types. Nothing is written
  /// into any of them unless all of them fit.
  /// - Throws: `SafetensorsError` that names the tensor.
  public static func read(_ path: String, into tensors: [(name: String, tensor: Tensor)]) throws {
    let file = try SafetensorsFile(path: path)
    let remedy =
      "The file belongs to another configuration (other rank, targets or model): use the one it was made with."
    for (name, tensor) in tensors {
      guard let entry = file.entries[name] else {
        throw SafetensorsError(file: path, problem: "tensor '\(name)' is missing", remedy: remedy)
      }
      guard entry.shape == tensor.shape, entry.dtype == tensor.dtype.safetensorsType else {
        throw SafetensorsError(
          file: path,
          problem:
            "tensor '\(name)' is \(entry.dtype.rawValue) \(entry.shape), expected \(tensor.dtype.safetensorsType.rawValue) \(tensor.shape)",
          remedy: remedy)
      }
    }
    let known = Set(tensors.map(\.name))
    if let extra = file.entries.keys.sorted().first(where: { !known.contains($0) }) {
      throw SafetensorsError(file: path, problem: "tensor '\(extra)' has no place here", remedy: remedy)
    }
    for (name, tensor) in tensors { try file.withBytes(name) { try tensor.copy(from: $0) } }
  }
}

extension SafetensorsModel {
  /// A tensor of the model in the type of the file.
  /// - Throws: `SafetensorsError` when it is missing, has another shape, or a type that tensors here lack.
  public func tensor(_ name: String, _ shape: [Int]) throws -> Tensor {
    guard let entry = entry(name), let file = files[name] else {
      // withBytes throws the error that names the file.
      return try withBytes(name) { try Tensor(bytes: $0, dtype: .float32, shape: shape) }
    }
    guard entry.shape == shape, let dtype = DType(entry.dtype) else {
      throw SafetensorsError(
        file: file.path,
        problem: "tensor '\(name)' is \(entry.dtype.rawValue) \(entry.shape), expected \(shape)",
        remedy: "config.json and the weights do not belong together: download both again.")
    }
    return try file.withBytes(name) { try Tensor(bytes: $0, dtype: dtype, shape: shape) }
  }
}
