/// What one service takes on. Beyond a limit a request gets a clear answer at once, and nothing else suffers.
public struct ServiceLimits: Sendable, Equatable {
  /// Bytes of one request's body; above: 413.
  public var bodyBytes = 16 << 20
  /// Samples of one request; above: 413.
  public var samples = 16_384
  /// Requests that are scored at the same time; the others wait.
  public var scoring = 64
  /// Requests that may wait; above: 429.
  public var waiting = 4096
  /// Bytes of all bodies held at the same time; above: 429.
  public var heldBytes = 512 << 20
  /// Open connections; above, new ones stay in the system's queue.
  public var connections = 4096
  /// Seconds for reading one body; above: 408.
  public var readSeconds = 30.0
  /// Seconds that a request may wait for its turn; above: 503.
  public var waitSeconds = 60.0
  /// Seconds for scoring one request; above: 504.
  public var scoreSeconds = 110.0
  /// Seconds without traffic after which a connection is closed.
  public var idleSeconds = 120.0

  public init() {}
}
