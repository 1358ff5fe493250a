import Foundation

/// Named numbers in one file: what a learned model or a stopped run needs to go on, bit for bit.
///
/// The file holds a mark, what kind of thing it is and in which version, the sections, and a checksum (FNV-1a of 64
/// bits) of everything before it; numbers are little-endian. It is written in one rename, so that a reader finds the
/// old file or the new one.
public struct StateArchive: Sendable {
  /// What the file is of, such as "dynamics model".
  public let kind: String
  /// Counts changes of the sections' meaning; a reader takes its own version only.
  public let version: Int
  private var sections: [(name: String, bytes: Data)] = []
  /// What stands before the names that are given: the parts within which this is.
  private var path = ""

  public init(kind: String, version: Int) {
    self.kind = kind
    self.version = version
  }

  // MARK: Sections

  public mutating func put(_ name: String, _ values: [Float]) { put(name, elements: values) }
  public mutating func put(_ name: String, _ values: [Double]) { put(name, elements: values) }
  public mutating func put(_ name: String, _ values: [Int]) { put(name, elements: values.map { Int64($0) }) }
  public mutating func put(_ name: String, _ value: Int) { put(name, [value]) }
  public mutating func put(_ name: String, _ value: Double) { put(name, [value]) }
  public mutating func put(_ name: String, _ text: String) { put(name, bytes: Data(text.utf8)) }
  public mutating func put(_ name: String, _ flags: [Bool]) {
    put(name, bytes: Data(flags.map { $0 ? 1 : 0 }))
  }
  public mutating func put(_ name: String, _ random: PCG64) { put(name, elements: random.words) }
  public mutating func put(_ name: String, _ randoms: [PCG64]) {
    put(name, elements: randoms.flatMap(\.words))
  }
  public mutating func put(_ name: String, _ network: DenseNetwork) {
    put(name, elements: Array(network.parameters))
  }

  /// - Precondition: No section of that name yet.
  public mutating func put(_ name: String, bytes: Data) {
    let name = path + name
    precondition(!sections.contains { $0.name == name }, "a section \"\(name)\" is there already")
    sections.append((name, bytes))
  }

  /// Lets something keep itself under a name of its own, so that several of a kind have room in one file.
  public mutating func put(
    part name: String, _ save: (inout StateArchive) throws(StateArchiveError) -> Void
  ) throws(StateArchiveError) {
    let outer = path
    path += name + "/"
    try save(&self)
    path = outer
  }

  /// What `put(part:_:)` kept under a name.
  public func part(_ name: String) -> StateArchive {
    var part = self
    part.path += name + "/"
    return part
  }

  private mutating func put<Element: BitwiseCopyable>(_ name: String, elements: [Element]) {
    put(name, bytes: elements.withUnsafeBytes { Data($0) })
  }

  /// Says with what settings the state goes; `require` asks for the same.
  public mutating func put(settings: String) { put("settings", settings) }

  /// - Parameter what: Whose settings they are.
  /// - Throws: `StateArchiveError.otherSettings` when the state was kept of others.
  public func require(settings: String, of what: String = "learner") throws(StateArchiveError) {
    guard try text("settings") == settings else { throw .otherSettings(what) }
  }

  public func contains(_ name: String) -> Bool { sections.contains { $0.name == path + name } }

  /// - Throws: `StateArchiveError.missing`.
  public func bytes(_ name: String) throws(StateArchiveError) -> Data {
    guard let section = sections.first(where: { $0.name == path + name }) else { throw .missing(path + name) }
    return section.bytes
  }

  public func floats(_ name: String) throws(StateArchiveError) -> [Float] { try elements(name, zero: 0) }
  public func doubles(_ name: String) throws(StateArchiveError) -> [Double] { try elements(name, zero: 0) }
  public func integers(_ name: String) throws(StateArchiveError) -> [Int] {
    try elements(name, zero: Int64(0)).map(Int.init)
  }
  public func text(_ name: String) throws(StateArchiveError) -> String {
    String(decoding: try bytes(name), as: UTF8.self)
  }
  public func flags(_ name: String) throws(StateArchiveError) -> [Bool] { try bytes(name).map { $0 != 0 } }
  public func random(_ name: String) throws(StateArchiveError) -> PCG64 {
    guard let random = PCG64(words: try elements(name, zero: UInt64(0))) else { throw .wrongSize(name) }
    return random
  }

  public func randoms(_ name: String) throws(StateArchiveError) -> [PCG64] {
    let words = try elements(name, zero: UInt64(0))
    let all = stride(from: 0, to: words.count, by: 6).map {
      PCG64(words: Array(words[$0..<min($0 + 6, words.count)]))
    }
    guard all.allSatisfy({ $0 != nil }) else { throw .wrongSize(name) }
    return all.compactMap { $0 }
  }

  /// One number of a section that holds just one.
  public func integer(_ name: String) throws(StateArchiveError) -> Int {
    let all = try integers(name)
    guard all.count == 1 else { throw .wrongSize(name) }
    return all[0]
  }

  /// One number of a section that holds just one.
  public func double(_ name: String) throws(StateArchiveError) -> Double {
    let all = try doubles(name)
    guard all.count == 1 else { throw .wrongSize(name) }
    return all[0]
  }

  /// As many numbers as `count`.
  public func doubles(_ name: String, count: Int) throws(StateArchiveError) -> [Double] {
    let all = try doubles(name)
    guard all.count == count else { throw .wrongSize(name) }
    return all
  }

  /// As many numbers as `count`.
  public func integers(_ name: String, count: Int) throws(StateArchiveError) -> [Int] {
    let all = try integers(name)
    guard all.count == count else { throw .wrongSize(name) }
    return all
  }

  /// Puts a section's numbers in place of a network's parameters.
  /// - Throws: `StateArchiveError.wrongSize` for a network of another form.
  public func restore(_ name: String, into network: DenseNetwork) throws(StateArchiveError) {
    try restore(name, into: network.parameters)
  }

  /// - Throws: `StateArchiveError.wrongSize` when there are not as many numbers.
  public func restore(
    _ name: String, into target: UnsafeMutableBufferPointer<Float>
  ) throws(StateArchiveError) {
    let values = try floats(name)
    guard values.count == target.count else { throw .wrongSize(name) }
    for index in values.indices { target[index] = values[index] }
  }

  private func elements<Element: BitwiseCopyable>(
    _ name: String, zero: Element
  ) throws(StateArchiveError) -> [Element] {
    let bytes = try bytes(name)
    let size = MemoryLayout<Element>.stride
    guard bytes.count % size == 0 else { throw .wrongSize(name) }
    var values = [Element](repeating: zero, count: bytes.count / size)
    _ = values.withUnsafeMutableBytes { bytes.copyBytes(to: $0) }
    return values
  }

  // MARK: File

  private static let mark = Data("laurel state\n".utf8)

  /// Writes the file in one rename.
  /// - Throws: What Foundation says when it cannot be written.
  public func write(to path: String) throws {
    var data = Self.mark
    func add(_ number: Int) {
      withUnsafeBytes(of: UInt64(number).littleEndian) { data.append(contentsOf: $0) }
    }
    func add(_ bytes: Data) {
      add(bytes.count)
      data.append(bytes)
    }
    add(version)
    add(Data(kind.utf8))
    add(sections.count)
    for section in sections {
      add(Data(section.name.utf8))
      add(section.bytes)
    }
    withUnsafeBytes(of: Self.checksum(data).littleEndian) { data.append(contentsOf: $0) }
    try data.write(to: URL(fileURLWithPath: path), options: .atomic)
  }

  /// Reads a file.
  /// - Throws: `StateArchiveError` for a file that is none, is broken, or is of another kind or version.
  public init(path: String, kind: String, version: Int) throws(StateArchiveError) {
    let data: Data
    do { data = try Data(contentsOf: URL(fileURLWithPath: path)) } catch { throw .unreadable(path) }
    guard data.starts(with: Self.mark), data.count >= Self.mark.count + 8 else { throw .noArchive(path) }
    let end = data.count - 8
    var reader = Reader(data: data, place: end, end: data.count)
    guard let sum = reader.number(), UInt64(bitPattern: Int64(sum)) == Self.checksum(data[..<end]) else {
      throw .broken(path)
    }
    reader = Reader(data: data, place: Self.mark.count, end: end)
    guard let found = reader.number(), let name = reader.block() else { throw .broken(path) }
    let foundKind = String(decoding: name, as: UTF8.self)
    guard foundKind == kind else { throw .otherKind(path, found: foundKind, expected: kind) }
    guard found == version else { throw .otherVersion(path, found: found, expected: version) }
    self.init(kind: kind, version: version)
    guard let count = reader.number(), count >= 0 else { throw .broken(path) }
    for _ in 0..<count {
      guard let name = reader.block(), let bytes = reader.block() else { throw .broken(path) }
      sections.append((String(decoding: name, as: UTF8.self), Data(bytes)))
    }
  }

  private struct Reader {
    let data: Data
    var place: Int
    let end: Int

    mutating func number() -> Int? {
      guard place + 8 <= end else { return nil }
      var value: UInt64 = 0
      _ = withUnsafeMutableBytes(of: &value) { data.copyBytes(to: $0, from: place..<place + 8) }
      place += 8
      return Int(truncatingIfNeeded: Int64(bitPattern: UInt64(littleEndian: value)))
    }

    mutating func block() -> Data? {
      guard let size = number(), size >= 0, size <= end - place else { return nil }
      defer { place += size }
      return data[place..<place + size]
    }
  }

  /// FNV-1a of 64 bits.
  public static func checksum(_ data: Data) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    data.withUnsafeBytes { bytes in
      for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }
    return hash
  }
}
