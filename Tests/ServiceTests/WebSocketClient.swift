import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket
import Rewards

/// A WebSocket for tests: asks one message, waits for one answer.
struct WebSocketClient {
  typealias Frames = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>

  /// What the server made of the request.
  private struct Opening: Sendable {
    /// nil when it refused.
    var frames: Frames?
    var channel: any Channel
  }

  /// How the server ended the connection, in place of an answer.
  struct Closed: Error, Equatable { var code: Int? }

  /// What a test does with an open connection.
  struct Talk {
    var inbound: NIOAsyncChannelInboundStream<WebSocketFrame>.AsyncIterator
    let outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>

    mutating func ask(_ text: String) async throws -> JSONObject {
      try await send(Array(text.utf8))
      return try await next()
    }

    func send(_ bytes: [UInt8], _ opcode: WebSocketOpcode = .text, fin: Bool = true) async throws {
      try await outbound.write(
        WebSocketFrame(fin: fin, opcode: opcode, maskKey: .random(), data: ByteBuffer(bytes: bytes)))
    }

    /// The next message.
    /// - Throws: ``Closed`` when the server closes.
    mutating func next() async throws -> JSONObject {
      while let frame = try await inbound.next() {
        if frame.opcode == .connectionClose {
          var data = frame.data
          throw Closed(code: data.readInteger(as: UInt16.self).map(Int.init))
        }
        guard frame.opcode == .text,
          case .object(let object) = try JSONParser().parse(frame.data.readableBytesView)
        else { continue }
        return object
      }
      throw Closed(code: nil)
    }
  }

  /// Connects to `ws://127.0.0.1:port/path`.
  /// - Returns: nil when the server refuses to become a WebSocket.
  @discardableResult
  static func talk<Result: Sendable>(
    port: Int, path: String = "/ws", headers: [(String, String)] = [],
    _ body: (inout Talk) async throws -> Result
  ) async throws -> Result? {
    let future: EventLoopFuture<Opening> = try await ClientBootstrap(
      group: .singletonMultiThreadedEventLoopGroup
    )
    .connect(host: "127.0.0.1", port: port) { channel in
      channel.eventLoop.makeCompletedFuture {
        let upgrader = NIOTypedWebSocketClientUpgrader<Opening>(
          upgradePipelineHandler: { channel, _ in
            channel.eventLoop.makeCompletedFuture {
              Opening(frames: try Frames(wrappingChannelSynchronously: channel), channel: channel)
            }
          })
        var fields = HTTPHeaders([("Host", "127.0.0.1")])
        fields.add(contentsOf: headers)
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: path, headers: fields)
        let configuration = NIOTypedHTTPClientUpgradeConfiguration(
          upgradeRequestHead: head, upgraders: [upgrader],
          notUpgradingCompletionHandler: { channel in
            channel.close(promise: nil)
            return channel.eventLoop.makeSucceededFuture(Opening(frames: nil, channel: channel))
          })
        return try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(
          configuration: .init(upgradeConfiguration: configuration))
      }
    }
    let opening = try await future.get()
    guard let frames = opening.frames else {
      try? await opening.channel.close()
      return nil
    }
    return try await frames.executeThenClose { inbound, outbound in
      var talk = Talk(inbound: inbound.makeAsyncIterator(), outbound: outbound)
      return try await body(&talk)
    }
  }
}
