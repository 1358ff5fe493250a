import Foundation

/// TensorBoard's event format: a file of length-prefixed, checksummed protobuf records.
public enum EventFile {
  /// The first record of every file.
  public static func versionRecord(time: Double) -> [UInt8] {
    var event = field(1, double: time)
    event += field(3, bytes: Array("brain.Event:2".utf8))
    return record(event)
  }

  /// One step's scalars, as one record.
  public static func record(step: Int, time: Double, scalars: [(tag: String, value: Double)]) -> [UInt8] {
    var summary: [UInt8] = []
    for scalar in scalars {
      let value = field(1, bytes: Array(scalar.tag.utf8)) + field(2, float: Float(scalar.value))
      summary += field(1, bytes: value)
    }
    var event = field(1, double: time)
    event += [0x10] + varint(UInt64(bitPattern: Int64(step)))
    event += field(5, bytes: summary)
    return record(event)
  }

  /// TensorBoard groups charts by the part before the first slash: `reward` becomes `train/reward`, and
  /// `eval_reward` becomes `eval/reward`.
  public static func tag(_ metric: String) -> String {
    if metric.hasPrefix("eval_") { return "eval/" + metric.dropFirst("eval_".count) }
    return metric.contains("/") ? metric : "train/" + metric
  }

  /// The name that TensorBoard looks for: unix time, host, process, and a number of its own.
  static func name(time: Double, unique: Int) -> String {
    var host = [CChar](repeating: 0, count: 256)
    let known = gethostname(&host, host.count - 1) == 0
    let bytes = host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    let label = known && !bytes.isEmpty ? String(decoding: bytes, as: UTF8.self) : "localhost"
    let seconds = String(max(0, Int(time)))
    let padded = String(repeating: "0", count: max(0, 10 - seconds.count)) + seconds
    return "events.out.tfevents.\(padded).\(label).\(getpid()).\(unique)"
  }

  /// CRC-32C (Castagnoli polynomial, reflected); of "123456789" it is e3069283.
  public static func crc32c(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in bytes { crc = table[Int((crc ^ UInt32(byte)) & 0xFF)] ^ (crc >> 8) }
    return ~crc
  }

  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { crc, _ in crc & 1 == 1 ? (crc >> 1) ^ 0x82F6_3B78 : crc >> 1 }
  }

  private static func record(_ data: [UInt8]) -> [UInt8] {
    let length = littleEndian(UInt64(data.count))
    return length + littleEndian(masked(crc32c(length))) + data + littleEndian(masked(crc32c(data)))
  }

  private static func masked(_ crc: UInt32) -> UInt32 { ((crc >> 15) | (crc << 17)) &+ 0xA282_EAD8 }

  private static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  private static func varint(_ value: UInt64) -> [UInt8] {
    var rest = value
    var bytes: [UInt8] = []
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }

  private static func field(_ number: UInt8, double value: Double) -> [UInt8] {
    [number << 3 | 1] + littleEndian(value.bitPattern)
  }

  private static func field(_ number: UInt8, float value: Float) -> [UInt8] {
    [number << 3 | 5] + littleEndian(value.bitPattern)
  }

  private static func field(_ number: UInt8, bytes: [UInt8]) -> [UInt8] {
    [number << 3 | 2] + varint(UInt64(bytes.count)) + bytes
  }
}
