import Hummingbird

/// Reads the body of a request within the limits.
enum RequestReader {
  /// The length that the request announces; nil when it announces none.
  ///
  /// - Throws: ``ServiceError`` 413 when it is above the limit.
  static func length(of request: Request, _ limits: ServiceLimits) throws(ServiceError) -> Int? {
    guard let text = request.headers[.contentLength], let length = Int(text), length >= 0 else { return nil }
    if length > limits.bodyBytes { throw tooLong(limits) }
    return length
  }

  /// - Throws: ``ServiceError`` 413 when the body is above the limit, 408 when it came too slowly, 400 when it broke off
  ///   or its chunks are no chunks.
  static func body(
    of request: Request, length: Int?, _ limits: ServiceLimits
  ) async throws(ServiceError) -> ByteBuffer {
    do {
      return try await collected(request, length, limits)
    } catch let error as ServiceError {
      throw error
    } catch {
      throw ServiceError(.badRequest, "the body cannot be read: \(error)", remedy: "send valid HTTP/1.1")
    }
  }

  private static func collected(
    _ request: Request, _ length: Int?, _ limits: ServiceLimits
  ) async throws -> ByteBuffer {
    let deadline = ContinuousClock.now + .seconds(limits.readSeconds)
    var body = ByteBuffer()
    for try await var part in request.body {
      if body.readableBytes + part.readableBytes > limits.bodyBytes { throw tooLong(limits) }
      if body.readableBytes == 0 {
        body = part
        body.reserveCapacity(max(length ?? 0, part.readableBytes))
      } else {
        body.writeBuffer(&part)
      }
      // A connection on which nothing comes is closed as idle; this is for one that drips.
      if ContinuousClock.now > deadline {
        throw ServiceError(
          .requestTimeout, "the body did not come within \(limits.readSeconds) s",
          remedy: "send the same request again, on a faster connection or in smaller batches")
      }
    }
    return body
  }

  private static func tooLong(_ limits: ServiceLimits) -> ServiceError {
    ServiceError(
      .contentTooLarge, "the body has more than \(limits.bodyBytes) bytes",
      remedy: "send smaller batches, or start the service with a larger --max-body-mb")
  }
}
