import Foundation

/// How running environments are kept in a file, so that they go on bit for bit.
extension BatchEnvironment {
  public func save(in archive: inout StateArchive) throws(StateArchiveError) {
    archive.put("environment.world", "\(W.self), \(count) x \(agents)")
    archive.put("environment.observations", Array(batch.seen))
    archive.put("environment.steps", Array(batch.steps))
    archive.put("environment.sums", Array(batch.sums))
    archive.put("environment.last.sums", Array(batch.lastSums))
    archive.put("environment.last.steps", Array(batch.lastSteps))
    archive.put("environment.random", Array(batch.random))
    archive.put("environment.states", bytes: try Self.bytes(of: batch.states))
  }

  public func restore(from archive: StateArchive) throws(StateArchiveError) {
    guard try archive.text("environment.world") == "\(W.self), \(count) x \(agents)" else {
      throw .otherSettings("environment")
    }
    try archive.restore("environment.observations", into: batch.seen)
    forgetCopies()
    try Self.fill(batch.steps, archive.integers("environment.steps"))
    try Self.fill(batch.sums, archive.doubles("environment.sums"))
    try Self.fill(batch.lastSums, archive.doubles("environment.last.sums"))
    try Self.fill(batch.lastSteps, archive.integers("environment.last.steps"))
    try Self.fill(batch.random, archive.randoms("environment.random"))
    try Self.restore(archive.bytes("environment.states"), into: batch.states)
  }

  private static func fill<Element>(
    _ target: UnsafeMutableBufferPointer<Element>, _ values: [Element]
  ) throws(StateArchiveError) {
    guard values.count == target.count else { throw .wrongSize("environment") }
    for index in values.indices { target[index] = values[index] }
  }

  /// States that can be encoded are; those that are plain numbers in memory are copied as they lie there.
  private static func bytes(of states: UnsafeMutableBufferPointer<W.State>) throws(StateArchiveError) -> Data
  {
    if let first = states.first as? any Encodable {
      return try encoded(first, of: states)
    }
    guard _isPOD(W.State.self) else {
      throw .notKept("the state of a \(W.self) cannot be kept in a file: make \(W.self).State Codable")
    }
    return Data(UnsafeRawBufferPointer(UnsafeBufferPointer(states)))
  }

  private static func encoded<First: Encodable>(
    _ first: First, of states: UnsafeMutableBufferPointer<W.State>
  ) throws(StateArchiveError) -> Data {
    let encoder = PropertyListEncoder()
    encoder.outputFormat = .binary
    do { return try encoder.encode(states.map { $0 as? First }) } catch {
      throw .notKept("the state of a \(W.self) cannot be kept in a file: \(error)")
    }
  }

  private static func restore(
    _ data: Data, into states: UnsafeMutableBufferPointer<W.State>
  ) throws(StateArchiveError) {
    if let kind = W.State.self as? any Decodable.Type { return try decode(kind, data, into: states) }
    guard _isPOD(W.State.self), data.count == states.count * MemoryLayout<W.State>.stride else {
      throw .wrongSize("environment.states")
    }
    _ = data.copyBytes(to: UnsafeMutableRawBufferPointer(states))
  }

  private static func decode<Kind: Decodable>(
    _ kind: Kind.Type, _ data: Data, into states: UnsafeMutableBufferPointer<W.State>
  ) throws(StateArchiveError) {
    guard let read = try? PropertyListDecoder().decode([Kind].self, from: data), read.count == states.count
    else {
      throw .wrongSize("environment.states")
    }
    for (index, state) in read.enumerated() {
      guard let state = state as? W.State else { throw .wrongSize("environment.states") }
      states[index] = state
    }
  }
}
