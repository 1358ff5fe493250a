/// What a service of worlds takes on.
public struct WorldLimits: Sendable, Equatable {
  /// WebSocket sessions at the same time; above: CAPACITY_REACHED.
  public var sessions = 256
  /// Open connections; above, new ones stay in the system's queue.
  public var connections = 1024
  /// Bytes of one message or body; above, 1009 or 413.
  public var messageBytes = 1 << 20
  /// Seconds without traffic after which a connection is closed; clients ping every 20 s.
  public var idleSeconds = 120.0
  /// Seconds for reading one body; above: 408.
  public var readSeconds = 30.0

  public init() {}
}
