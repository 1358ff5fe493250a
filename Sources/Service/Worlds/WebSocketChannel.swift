import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOWebSocket

/// A connection that speaks HTTP/1.1 until it asks, at `/ws`, to become a WebSocket.
struct WebSocketChannel: ServerChildChannel, HTTPChannelHandler {
  /// One end of an open WebSocket.
  typealias Frames = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>

  enum Language: Sendable {
    case http(NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>)
    case webSocket(Frames)
  }

  struct Value: ServerChildChannelValue {
    let channel: any Channel
    /// What the connection becomes with its first request.
    let chosen: EventLoopFuture<Language>
  }

  let responder: HTTPChannelHandler.Responder
  let limits: WorldLimits
  /// Whether a request may become a WebSocket.
  let admits: @Sendable (HTTPRequestHead) -> Bool
  /// Talks until the connection ends.
  let converse: @Sendable (Frames, Logger) async throws -> Void

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    channel.eventLoop.makeCompletedFuture {
      let upgrader = NIOTypedWebSocketServerUpgrader<Language>(
        maxFrameSize: limits.messageBytes,
        shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture(HTTPHeaders()) },
        upgradePipelineHandler: { [limits] channel, _ in
          channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(
              NIOWebSocketFrameAggregator(
                minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: 1024,
                maxAccumulatedFrameSize: limits.messageBytes))
            try Self.addEnd(to: pipeline, limits, closes: Self.closing(.goingAway))
            return .webSocket(try NIOAsyncChannel(wrappingChannelSynchronously: channel))
          }
        })
      var configuration = NIOUpgradableHTTPServerPipelineConfiguration(
        upgradeConfiguration: NIOTypedHTTPServerUpgradeConfiguration(
          upgraders: [upgrader],
          notUpgradingCompletionHandler: { [limits] channel in
            channel.eventLoop.makeCompletedFuture {
              let pipeline = channel.pipeline.syncOperations
              try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
              try Self.addEnd(to: pipeline, limits, closes: nil)
              return .http(
                try NIOAsyncChannel(
                  wrappingChannelSynchronously: channel,
                  configuration: .init(isOutboundHalfClosureEnabled: true)))
            }
          }))
      configuration.enablePipelining = false
      configuration.enableErrorHandling = false
      configuration.decoderConfiguration.maxHeaderFieldSize = 16 << 10
      configuration.decoderConfiguration.maxHeaderListSize = 64 << 10
      configuration.decoderConfiguration.maxHeaderFieldCount = 200
      let chosen = try channel.pipeline.syncOperations.configureUpgradableHTTPServerPipeline(
        configuration: configuration)
      let decoder = try channel.pipeline.syncOperations.handler(
        type: ByteToMessageHandler<HTTPRequestDecoder>.self)
      try channel.pipeline.syncOperations.addHandler(UpgradeGate(admits: admits), position: .after(decoder))
      return Value(channel: channel, chosen: chosen)
    }
  }

  private static func addEnd(
    to pipeline: ChannelPipeline.SynchronousOperations, _ limits: WorldLimits, closes: WebSocketFrame?
  ) throws {
    try pipeline.addHandler(
      IdleStateHandler(allTimeout: .milliseconds(Int64(limits.idleSeconds * 1000))))
    try pipeline.addHandler(ConnectionEndHandler(farewell: closes))
  }

  /// The frame that closes a WebSocket.
  static func closing(_ code: WebSocketErrorCode) -> WebSocketFrame {
    var data = ByteBuffer()
    data.write(webSocketErrorCode: code)
    return WebSocketFrame(fin: true, opcode: .connectionClose, data: data)
  }

  func handle(value: Value, logger: Logger) async {
    do {
      switch try await value.chosen.get() {
      case .http(let channel): await handleHTTP(asyncChannel: channel, logger: logger)
      case .webSocket(let frames): try await converse(frames, logger)
      }
    } catch {
      // The peer went away, or what it sent is neither HTTP nor a WebSocket.
      logger.trace("connection ended", metadata: ["reason": "\(error)"])
      value.channel.close(promise: nil)
    }
  }
}

/// Takes the wish to become a WebSocket out of a request that may not, so that the router answers it and says why.
/// (The upgrade handler itself would drop the request.) It looks at a connection's first request, as that does.
private final class UpgradeGate: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  private let admits: (HTTPRequestHead) -> Bool
  private var isPassed = false

  init(admits: @escaping (HTTPRequestHead) -> Bool) { self.admits = admits }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isPassed, case .head(var head) = Self.unwrapInboundIn(data) else {
      return context.fireChannelRead(data)
    }
    isPassed = true
    if !(head.headers.contains(name: "Sec-WebSocket-Key")
      && head.headers.first(name: "Sec-WebSocket-Version") == "13" && admits(head))
    {
      head.headers.remove(name: "Upgrade")
    }
    context.fireChannelRead(Self.wrapInboundOut(.head(head)))
  }
}

/// Closes a connection on which nothing happens, and every connection when the service shuts down.
private final class ConnectionEndHandler: ChannelDuplexHandler {
  typealias InboundIn = NIOAny
  typealias OutboundIn = NIOAny
  typealias OutboundOut = WebSocketFrame
  /// What a WebSocket says before it is closed.
  private let farewell: WebSocketFrame?

  init(farewell: WebSocketFrame?) { self.farewell = farewell }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is IdleStateHandler.IdleStateEvent || event is ChannelShouldQuiesceEvent {
      if let farewell { context.writeAndFlush(Self.wrapOutboundOut(farewell), promise: nil) }
      context.close(promise: nil)
    } else {
      context.fireUserInboundEventTriggered(event)
    }
  }
}
