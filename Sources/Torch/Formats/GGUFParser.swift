/// Reads the header of a GGUF file; every length is checked against the bytes that are left before it is used.
struct GGUFParser {
  let file: String
  let bytes: UnsafeRawBufferPointer
  private(set) var offset = 0

  init(file: String, bytes: UnsafeRawBufferPointer) {
    self.file = file
    self.bytes = bytes
  }

  /// The whole header: metadata, then tensors with their checked ranges.
  mutating func parse() throws(GGUFError) -> (metadata: [String: GGUFValue], tensors: [GGUFTensorInfo]) {
    let magic = try integer(UInt32.self, "the magic bytes GGUF")
    guard magic == 0x4655_4747 else {
      throw GGUFError(
        file: file, offset: 0, problem: "the file does not begin with the magic bytes GGUF",
        remedy: "Give the path of a GGUF model; if it should be one, download it again.")
    }
    let version = try integer(UInt32.self, "the version")
    guard version == 2 || version == 3 else {
      let order = version.byteSwapped <= 3 ? " (a big-endian file)" : ""
      throw GGUFError(
        file: file, offset: 4, problem: "version \(version)\(order), expected 2 or 3 little endian",
        remedy: "Convert the model with a current llama.cpp, or download it again.")
    }
    let tensorCount = try count(minimumBytes: 24, "tensors")
    let pairCount = try count(minimumBytes: 13, "metadata keys")
    var metadata: [String: GGUFValue] = [:]
    for _ in 0..<pairCount {
      let start = offset
      let key = try string("a metadata key")
      let kind = try integer(UInt32.self, "the type of '\(key)'")
      let value = try self.value(kind: kind, key: key, depth: 0)
      guard metadata.updateValue(value, forKey: key) == nil else {
        throw fail(at: start, "metadata key '\(key)' occurs twice")
      }
    }
    let tensors = try self.tensors(count: tensorCount, metadata: metadata)
    return (metadata, tensors)
  }

  private mutating func tensors(
    count: Int, metadata: [String: GGUFValue]
  ) throws(GGUFError) -> [GGUFTensorInfo] {
    var alignment = 32
    if let declared = metadata["general.alignment"] {
      guard case .integer(let value) = declared, value > 0, value <= 1 << 20, value & (value - 1) == 0 else {
        throw fail(at: offset, "general.alignment must be a power of two")
      }
      alignment = value
    }
    var infos: [GGUFTensorInfo] = []
    var places: [Int] = []
    var names: Set<String> = []
    infos.reserveCapacity(count)
    for _ in 0..<count {
      let start = offset
      let (info, place) = try tensor()
      guard names.insert(info.name).inserted else {
        throw fail(at: start, "tensor '\(info.name)' occurs twice")
      }
      infos.append(info)
      places.append(start)
      guard place % alignment == 0 else {
        throw fail(at: start, "data of '\(info.name)' begins at \(place), not a multiple of \(alignment)")
      }
    }
    let dataStart = (offset + alignment - 1) / alignment * alignment
    for index in infos.indices {
      let (lower, upper) = (infos[index].range.lowerBound, infos[index].range.upperBound)
      let (end, overflow) = upper.addingReportingOverflow(dataStart)
      guard !overflow, end <= bytes.count else {
        throw fail(
          at: places[index],
          "tensor '\(infos[index].name)' needs \(upper - lower) bytes at data offset \(lower), "
            + "but the file ends at byte \(bytes.count)")
      }
      infos[index].range = (lower + dataStart)..<end
    }
    return infos
  }

  /// One tensor entry; its range still counts from the start of the data.
  private mutating func tensor() throws(GGUFError) -> (GGUFTensorInfo, place: Int) {
    let start = offset
    let name = try string("a tensor name")
    let rank = try integer(UInt32.self, "the number of dimensions of '\(name)'")
    guard rank <= 8 else {
      throw fail(at: start, "tensor '\(name)' has \(rank) dimensions, expected at most 8")
    }
    var shape: [Int] = []
    var elements = 1
    for _ in 0..<rank {
      let size = try integer(UInt64.self, "a dimension of '\(name)'")
      let (product, overflow) = elements.multipliedReportingOverflow(by: Int(clamping: size))
      guard !overflow, size <= UInt64(Int.max) else {
        throw fail(at: start, "the shape of tensor '\(name)' is too large")
      }
      shape.append(Int(size))
      elements = product
    }
    let code = try integer(UInt32.self, "the type of '\(name)'")
    guard let type = GGUFTensorType(rawValue: code) else {
      throw GGUFError(
        file: file, offset: start, problem: "tensor '\(name)' has ggml type \(code), which is not supported",
        remedy: "Use a file with types F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K or Q6_K.")
    }
    guard (shape.first ?? 1) % type.blockLength == 0 else {
      throw fail(
        at: start, "rows of '\(name)' have \(shape.first ?? 1) weights, not a multiple of \(type.blockLength)"
      )
    }
    let place = try integer(UInt64.self, "the offset of '\(name)'")
    let (size, sizeOverflow) = (elements / type.blockLength).multipliedReportingOverflow(by: type.blockBytes)
    let (end, endOverflow) = Int(clamping: place).addingReportingOverflow(size)
    guard !sizeOverflow, !endOverflow, place <= UInt64(Int.max) else {
      throw fail(at: start, "tensor '\(name)' lies beyond the end of the file")
    }
    let range = Int(place)..<end
    return (GGUFTensorInfo(name: name, shape: shape.reversed(), type: type, range: range), Int(place))
  }

  private mutating func value(kind: UInt32, key: String, depth: Int) throws(GGUFError) -> GGUFValue {
    switch kind {
    case 0...5, 10, 11:
      if kind == 10 {
        let wide = try integer(UInt64.self, "the value of '\(key)'")
        if wide > UInt64(Int.max) { return .unsigned(wide) }
        return .integer(Int(wide))
      }
      return .integer(try signed(kind, key))
    case 6, 12: return .number(try number(kind, key))
    case 7: return .bool(try integer(UInt8.self, "the value of '\(key)'") != 0)
    case 8: return .string(try string("the value of '\(key)'"))
    case 9: return try array(key: key, depth: depth)
    default: throw fail(at: offset - 4, "metadata key '\(key)' has value type \(kind), expected 0 to 12")
    }
  }

  private mutating func array(key: String, depth: Int) throws(GGUFError) -> GGUFValue {
    guard depth < 4 else { throw fail(at: offset, "arrays of '\(key)' are nested more than 4 deep") }
    let kind = try integer(UInt32.self, "the element type of '\(key)'")
    let sizes: [UInt32: Int] = [
      0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 8: 8, 9: 12, 10: 8, 11: 8, 12: 8,
    ]
    guard let size = sizes[kind] else {
      throw fail(at: offset - 4, "array '\(key)' has element type \(kind), expected 0 to 12")
    }
    let count = try self.count(minimumBytes: size, "elements of '\(key)'")
    switch kind {
    case 6, 12:
      return .numbers(try collect(count) { parser throws(GGUFError) in try parser.number(kind, key) })
    case 7:
      return .bools(
        try collect(count) { parser throws(GGUFError) in try parser.integer(UInt8.self, "a flag") != 0 })
    case 8:
      return .strings(
        try collect(count) { parser throws(GGUFError) in try parser.string("an element of '\(key)'") })
    case 9:
      return .arrays(
        try collect(count) { parser throws(GGUFError) in try parser.array(key: key, depth: depth + 1) })
    default:
      return .integers(try collect(count) { parser throws(GGUFError) in try parser.signed(kind, key) })
    }
  }

  private mutating func collect<Element>(
    _ count: Int, _ next: (inout GGUFParser) throws(GGUFError) -> Element
  ) throws(GGUFError) -> [Element] {
    var elements: [Element] = []
    elements.reserveCapacity(count)
    for _ in 0..<count { elements.append(try next(&self)) }
    return elements
  }

  private mutating func signed(_ kind: UInt32, _ key: String) throws(GGUFError) -> Int {
    let what = "the value of '\(key)'"
    switch kind {
    case 0: return Int(try integer(UInt8.self, what))
    case 1: return Int(try integer(Int8.self, what))
    case 2: return Int(try integer(UInt16.self, what))
    case 3: return Int(try integer(Int16.self, what))
    case 4: return Int(try integer(UInt32.self, what))
    case 5: return Int(try integer(Int32.self, what))
    case 10: return Int(clamping: try integer(UInt64.self, what))
    default: return Int(try integer(Int64.self, what))
    }
  }

  private mutating func number(_ kind: UInt32, _ key: String) throws(GGUFError) -> Double {
    if kind == 6 { return Double(Float(bitPattern: try integer(UInt32.self, "the value of '\(key)'"))) }
    return Double(bitPattern: try integer(UInt64.self, "the value of '\(key)'"))
  }

  private mutating func integer<I: FixedWidthInteger>(
    _: I.Type, _ what: @autoclosure () -> String
  ) throws(GGUFError) -> I {
    let size = MemoryLayout<I>.size
    guard bytes.count - offset >= size else {
      throw fail(at: offset, "the file ends where \(what()) should be")
    }
    defer { offset += size }
    return I(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: I.self))
  }

  /// A count of things that need at least `minimumBytes` each in what is left of the file.
  private mutating func count(minimumBytes: Int, _ what: String) throws(GGUFError) -> Int {
    let start = offset
    let value = try integer(UInt64.self, "the number of \(what)")
    guard value <= UInt64((bytes.count - offset) / minimumBytes) else {
      throw fail(at: start, "\(value) \(what) do not fit the \(bytes.count - offset) bytes that are left")
    }
    return Int(value)
  }

  private mutating func string(_ what: @autoclosure () -> String) throws(GGUFError) -> String {
    let start = offset
    let length = try integer(UInt64.self, "the length of \(what())")
    guard length <= UInt64(bytes.count - offset) else {
      throw fail(at: start, "\(what()) claims \(length) bytes, but only \(bytes.count - offset) are left")
    }
    defer { offset += Int(length) }
    return String(decoding: bytes[offset..<(offset + Int(length))], as: UTF8.self)
  }

  private func fail(at place: Int, _ problem: String) -> GGUFError {
    GGUFError(file: file, offset: place, problem: problem)
  }
}
