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
    archive.put("environment.states", bytes: try WorldState<W>.bytes(of: Array(batch.states)))
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
    let states = try WorldState<W>.states(
      of: archive.bytes("environment.states"), like: Array(batch.states))
    try Self.fill(batch.states, states)
  }

  private static func fill<Element>(
    _ target: UnsafeMutableBufferPointer<Element>, _ values: [Element]
  ) throws(StateArchiveError) {
    guard values.count == target.count else { throw .wrongSize("environment") }
    for index in values.indices { target[index] = values[index] }
  }
}
