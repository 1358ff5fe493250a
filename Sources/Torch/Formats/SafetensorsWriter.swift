import Foundation

/// Writes safetensors files so that a crash, a kill or a full disk leaves the previous file as it was: the bytes
/// go to a temporary file in the same folder, are flushed to the disk, and take the name in one rename.
public enum SafetensorsWriter {
  /// One tensor to write; its bytes are borrowed until `write` returns.
  public struct Tensor {
    public var name: String
    public var dtype: SafetensorsType
    public var shape: [Int]
    public var bytes: UnsafeRawBufferPointer

    public init(name: String, dtype: SafetensorsType, shape: [Int], bytes: UnsafeRawBufferPointer) {
      self.name = name
      self.dtype = dtype
      self.shape = shape
      self.bytes = bytes
    }
  }

  /// Writes `tensors` to `path`, ordered by descending element size, then by name. `__metadata__` gets
  /// `format: pt` unless `metadata` says otherwise, because some readers refuse files without it.
  public static func write(
    _ path: String, tensors: [Tensor], metadata: [String: String] = [:]
  ) throws(SafetensorsError) {
    let ordered = tensors.sorted { a, b in
      a.dtype.size != b.dtype.size
        ? a.dtype.size > b.dtype.size : a.name.unicodeScalars.lexicographicallyPrecedes(b.name.unicodeScalars)
    }
    let header = try header(path, ordered, metadata)
    let file = try AtomicFile(path: path)
    try file.append(header)
    for tensor in ordered { try file.append(tensor.bytes) }
    try file.commit()
  }

  /// The length of the header and the header.
  private static func header(
    _ path: String, _ tensors: [Tensor], _ metadata: [String: String]
  ) throws(SafetensorsError) -> [UInt8] {
    var strings = metadata
    if strings["format"] == nil { strings["format"] = "pt" }
    let pairs = strings.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
    var text = "{\"__metadata__\":{\(pairs.joined(separator: ","))}"
    var names: Set<String> = []
    var offset = 0
    for tensor in tensors {
      let expected = tensor.shape.reduce(tensor.dtype.size, *)
      guard tensor.bytes.count == expected else {
        throw SafetensorsError(
          file: path,
          problem: "tensor '\(tensor.name)' has \(tensor.bytes.count) bytes, its shape needs \(expected)",
          remedy: "Pass contiguous bytes of the declared type.")
      }
      guard tensor.name != "__metadata__", names.insert(tensor.name).inserted else {
        throw SafetensorsError(
          file: path, problem: "tensor name '\(tensor.name)' is reserved or occurs twice",
          remedy: "Rename it.")
      }
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      text += ",\(quoted(tensor.name)):{\"dtype\":\"\(tensor.dtype.rawValue)\",\"shape\":[\(shape)],"
      text += "\"data_offsets\":[\(offset),\(offset + expected)]}"
      offset += expected
    }
    text += "}"
    var bytes = Array(text.utf8)
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - bytes.count % 8) % 8))
    let length = UInt64(bytes.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) } + bytes
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
