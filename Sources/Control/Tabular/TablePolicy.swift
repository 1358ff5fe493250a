import Worlds

/// A table as a policy: the best action of each numbered (or binned) state.
public struct TablePolicy {
  public let table: StateActionTable
  private let key: StateKey

  /// - Throws: `ShapingError` when the world's states cannot be numbered so, or the table is of another size.
  public init(_ table: StateActionTable, world: some World, bins: Int?) throws(ShapingError) {
    key = try StateKey(world.observationSpace(of: 0), bins: bins)
    guard case .discrete(let actions) = world.actionSpace(of: 0) else {
      throw .parameter("a table needs actions that are choices")
    }
    guard table.states == key.count, table.actions == actions else {
      throw .parameter(
        "a table of \(table.states) states and \(table.actions) actions; the world has \(key.count) and \(actions)"
      )
    }
    self.table = table
  }

  public func act(_ observation: [Float]) -> [Float] {
    [Float(table.best(observation.withUnsafeBufferPointer { key($0) }))]
  }
}
