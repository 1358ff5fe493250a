import Foundation

/// Parses and checks the JSON header of a safetensors file.
struct SafetensorsHeader {
  let file: String
  let bytes: UnsafeRawBufferPointer
  /// The format's own limit.
  static let longest = 100_000_000

  func parse() throws(SafetensorsError) -> ([String: SafetensorsFile.Entry], [String: String]) {
    guard bytes.count >= 8 else { throw fail(0, "\(bytes.count) bytes, expected at least 8") }
    let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    guard length <= UInt64(Self.longest) else {
      throw fail(0, "a header of \(length) bytes, expected at most 100 MB")
    }
    guard length <= UInt64(bytes.count - 8) else {
      throw fail(0, "a header of \(length) bytes does not fit the file's \(bytes.count) bytes")
    }
    let header = bytes[8..<(8 + Int(length))]
    guard header.first == UInt8(ascii: "{") else { throw fail(8, "the header does not begin with {") }
    guard let json = try? JSONSerialization.jsonObject(with: Data(header)) as? [String: Any] else {
      throw fail(8, "the header is not a JSON object")
    }
    var metadata: [String: String] = [:]
    var entries: [String: SafetensorsFile.Entry] = [:]
    for (name, value) in json {
      if name == "__metadata__" {
        guard let strings = value as? [String: String] else {
          throw fail(8, "__metadata__ is not a map of strings")
        }
        metadata = strings
      } else {
        entries[name] = try entry(name, value, dataStart: 8 + Int(length))
      }
    }
    try checkCoverage(entries, dataStart: 8 + Int(length))
    return (entries, metadata)
  }

  private func entry(
    _ name: String, _ value: Any, dataStart: Int
  ) throws(SafetensorsError) -> SafetensorsFile.Entry {
    guard let fields = value as? [String: Any], let kind = fields["dtype"] as? String,
      let shape = naturals(fields["shape"]), let offsets = naturals(fields["data_offsets"]),
      offsets.count == 2
    else {
      throw fail(8, "tensor '\(name)' lacks dtype, shape or data_offsets of natural numbers")
    }
    guard let dtype = SafetensorsType(rawValue: kind) else {
      let known = SafetensorsType.allCases.map(\.rawValue).joined(separator: ", ")
      throw SafetensorsError(
        file: file, offset: 8, problem: "tensor '\(name)' has dtype \(kind), which is not supported",
        remedy: "Convert it to one of \(known).")
    }
    var size = dtype.size
    for dimension in shape {
      let (product, overflow) = size.multipliedReportingOverflow(by: dimension)
      guard !overflow else { throw fail(8, "the shape of tensor '\(name)' is too large") }
      size = product
    }
    guard offsets[0] <= offsets[1], offsets[1] - offsets[0] == size else {
      throw fail(8, "tensor '\(name)' of shape \(shape) needs \(size) bytes, but data_offsets are \(offsets)")
    }
    guard offsets[1] <= bytes.count - dataStart else {
      throw fail(
        8, "tensor '\(name)' ends at data byte \(offsets[1]), but there are \(bytes.count - dataStart)")
    }
    return SafetensorsFile.Entry(
      dtype: dtype, shape: shape, range: (dataStart + offsets[0])..<(dataStart + offsets[1]))
  }

  private func checkCoverage(
    _ entries: [String: SafetensorsFile.Entry], dataStart: Int
  ) throws(SafetensorsError) {
    var end = dataStart
    let ordered = entries.sorted {
      ($0.value.range.lowerBound, $0.value.range.upperBound)
        < ($1.value.range.lowerBound, $1.value.range.upperBound)
    }
    for (name, entry) in ordered {
      guard entry.range.lowerBound == end else {
        let what = entry.range.lowerBound < end ? "overlaps the tensor before it" : "leaves a gap before it"
        throw fail(entry.range.lowerBound, "tensor '\(name)' \(what)")
      }
      end = entry.range.upperBound
    }
    guard end == bytes.count else { throw fail(end, "\(bytes.count - end) bytes follow the last tensor") }
  }

  /// An array of integers of at least zero; nil for anything else (booleans and fractions too).
  private func naturals(_ value: Any?) -> [Int]? {
    guard let array = value as? [Any] else { return nil }
    var result: [Int] = []
    for element in array {
      guard !(element is Bool), let number = element as? Int, number >= 0 else {
        // On Linux `1 as NSNumber` also casts to Bool, so look again at numbers.
        guard let number = element as? NSNumber, let exact = Int("\(number)"), exact >= 0 else { return nil }
        result.append(exact)
        continue
      }
      result.append(number)
    }
    return result
  }

  private func fail(_ place: Int, _ problem: String) -> SafetensorsError {
    SafetensorsError(file: file, offset: place, problem: problem)
  }
}
