import Foundation

/// How the states of worlds are kept in files. States that can be encoded are; those that are plain numbers in memory
/// are copied as they lie there.
enum WorldState<W: World> {
  /// - Throws: `StateArchiveError.notKept` for a state that is neither.
  static func bytes(of states: [W.State]) throws(StateArchiveError) -> Data {
    if states.isEmpty { return Data() }
    if let first = states.first as? any Encodable { return try encoded(first, of: states) }
    guard _isPOD(W.State.self) else {
      throw .notKept("the state of a \(W.self) cannot be kept in a file: make \(W.self).State Codable")
    }
    return states.withUnsafeBytes { Data($0) }
  }

  /// - Parameter like: As many states of the same world.
  static func states(of data: Data, like states: [W.State]) throws(StateArchiveError) -> [W.State] {
    if states.isEmpty, data.isEmpty { return [] }
    if let kind = W.State.self as? any Decodable.Type { return try decoded(kind, data, count: states.count) }
    guard _isPOD(W.State.self), data.count == states.count * MemoryLayout<W.State>.stride else {
      throw .wrongSize("environment.states")
    }
    var states = states
    _ = states.withUnsafeMutableBytes { data.copyBytes(to: $0) }
    return states
  }

  private static func encoded<First: Encodable>(
    _ first: First, of states: [W.State]
  ) throws(StateArchiveError) -> Data {
    let encoder = PropertyListEncoder()
    encoder.outputFormat = .binary
    do { return try encoder.encode(states.map { $0 as? First }) } catch {
      throw .notKept("the state of a \(W.self) cannot be kept in a file: \(error)")
    }
  }

  private static func decoded<Kind: Decodable>(
    _ kind: Kind.Type, _ data: Data, count: Int
  ) throws(StateArchiveError) -> [W.State] {
    guard let read = try? PropertyListDecoder().decode([Kind].self, from: data) as? [W.State],
      read.count == count
    else { throw .wrongSize("environment.states") }
    return read
  }
}

extension SingleEnvironment {
  public func save(in archive: inout StateArchive) throws(StateArchiveError) {
    archive.put("environment.world", "\(W.self) x \(agents)")
    archive.put("environment.steps", steps)
    archive.put("environment.over", [isOver])
    archive.put("environment.random", random)
    archive.put("environment.states", bytes: try WorldState<W>.bytes(of: state.map { [$0] } ?? []))
    archive.put("environment.count", state == nil ? 0 : 1)
  }

  public func restore(from archive: StateArchive) throws(StateArchiveError) {
    guard try archive.text("environment.world") == "\(W.self) x \(agents)" else {
      throw .otherSettings("environment")
    }
    let count = try archive.integer("environment.count")
    let isOver = try archive.flags("environment.over") != [false]
    let random = try archive.random("environment.random")
    var scratch = random
    let states = try WorldState<W>.states(
      of: archive.bytes("environment.states"),
      like: count == 0 ? [] : [world.initialState(after: nil, random: &scratch)])
    resume(
      states.first, steps: try archive.integer("environment.steps"), isOver: isOver, random: random)
  }
}
