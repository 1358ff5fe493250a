import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOWebSocket
import Worlds

/// The WebSocket sessions of one world: each has an environment of its own, and there are only so many.
final class WorldConversations: Sendable {
  let world: any World
  let limits: WorldLimits
  private let active = NIOLockedValueBox(0)

  init(_ world: any World, limits: WorldLimits) {
    self.world = world
    self.limits = limits
  }

  /// The sessions that are open.
  var count: Int { active.withLockedValue { $0 } }

  /// Talks with one client until it closes, goes away or breaks the protocol.
  func converse(_ frames: WebSocketChannel.Frames, _ logger: Logger) async throws {
    let isTaken = active.withLockedValue { count in
      guard count < limits.sessions else { return false }
      count += 1
      return true
    }
    defer { if isTaken { active.withLockedValue { $0 -= 1 } } }
    try await frames.executeThenClose { inbound, outbound in
      guard isTaken else {
        let problem = OpenEnvProblem.capacity(active: count, maximum: limits.sessions)
        try await outbound.write(Self.text(problem.message))
        try await outbound.write(WebSocketChannel.closing(.unexpectedServerError))
        return
      }
      logger.debug("session opened")
      defer { logger.debug("session closed") }
      try await answer(inbound, outbound)
    }
  }

  private func answer(
    _ inbound: NIOAsyncChannelInboundStream<WebSocketFrame>,
    _ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>
  ) async throws {
    let session = OpenEnvSession(world)
    for try await frame in inbound {
      switch frame.opcode {
      case .text, .binary:
        let answer = session.answer(to: frame.unmaskedData.readableBytesView)
        if let message = answer.message { try await outbound.write(Self.text(message)) }
        if answer.closes { return try await outbound.write(WebSocketChannel.closing(.normalClosure)) }
      case .ping:
        try await outbound.write(WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData))
      case .connectionClose:
        var data = frame.unmaskedData
        let code = data.readSlice(length: 2) ?? ByteBuffer()
        return try await outbound.write(WebSocketFrame(fin: true, opcode: .connectionClose, data: code))
      default: continue
      }
    }
  }

  private static func text(_ bytes: [UInt8]) -> WebSocketFrame {
    WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(bytes: bytes))
  }
}
