import Foundation
import Logging
import Rewards

/// Logs one JSON object a line: `time`, `level`, `message`, then the metadata.
public struct JSONLogHandler: LogHandler {
  public var metadata: Logger.Metadata = [:]
  public var logLevel: Logger.Level = .info
  private let write: @Sendable ([UInt8]) -> Void

  /// - Parameter write: takes whole lines; called from any thread.
  public init(_ write: @escaping @Sendable ([UInt8]) -> Void = Self.standardError) { self.write = write }

  /// Lines to standard error, each in one write.
  public static let standardError: @Sendable ([UInt8]) -> Void = { line in
    _ = line.withUnsafeBytes { Foundation.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    var writer = JSONWriter()
    writer.raw("{\"time\":")
    writer.string(Date.now.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    writer.raw(",\"level\":")
    writer.string(event.level.rawValue)
    writer.raw(",\"message\":")
    writer.string("\(event.message)")
    let all = metadata.merging(event.metadata ?? [:]) { $1 }
    for (key, value) in all.sorted(by: { $0.key < $1.key }) where key != "hb.request.id" {
      writer.raw(",")
      writer.string(key)
      writer.raw(":")
      writer.string("\(value)")
    }
    writer.raw("}\n")
    write(writer.bytes)
  }
}
