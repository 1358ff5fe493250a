import Hummingbird
import Rewards

/// An answer other than 200: what is wrong, where, and what to do about it.
///
/// As JSON: `{"error","where","remedy","request_id"}`. The status says whose turn it is: 4xx the caller's (429: the
/// same request, later), 5xx the service's.
public struct ServiceError: Error, Sendable, Equatable {
  public var status: HTTPResponse.Status
  /// What is wrong.
  public var error: String
  /// Where in the request; empty when it is the request as a whole.
  public var place: String
  public var remedy: String
  /// Seconds after which the same request may succeed.
  public var retryAfter: Int?

  public init(
    _ status: HTTPResponse.Status, _ error: String, at place: String = "", remedy: String,
    retryAfter: Int? = nil
  ) {
    self.status = status
    self.error = error
    self.place = place
    self.remedy = remedy
    self.retryAfter = retryAfter
  }

  /// The body of the response.
  func json(requestID: String) -> [UInt8] {
    var writer = JSONWriter()
    writer.raw("{\"error\":")
    writer.string(error)
    writer.raw(",\"where\":")
    writer.string(place)
    writer.raw(",\"remedy\":")
    writer.string(remedy)
    writer.raw(",\"request_id\":")
    writer.string(requestID)
    writer.raw("}\n")
    return writer.bytes
  }
}

extension ServiceError {
  /// A body that is not JSON, or goes past a limit of its reader.
  init(_ error: JSONError) {
    let isLimit = error.kind == .limit
    self.init(
      isLimit ? .contentTooLarge : .badRequest,
      isLimit
        ? "past a limit: expected \(error.expected)"
        : "broken JSON: expected \(error.expected), found \(error.found)",
      at: "byte \(error.offset)",
      remedy: isLimit
        ? "send smaller batches"
        : "send one JSON object in UTF-8 (in Python: json.dumps(body, allow_nan=False))")
  }

  /// A sample of a batch that cannot be read.
  init(_ reason: JSONLError.Reason, sample: Int) {
    let error = JSONLError(line: sample, offset: 0, reason: reason)
    self.init(.unprocessableContent, error.explanation, at: "sample \(sample)", remedy: error.remedy)
  }

  /// A reward that fails under `on_failure: stop`.
  init(_ error: ScoringError) {
    self.init(
      .unprocessableContent, "reward \"\(error.reward)\" failed: \(error.reason)",
      at: "sample \(error.sample)", remedy: "leave the sample out, or set on_failure in the specification")
  }

  /// A column that does not fit.
  static func column(_ name: String, _ problem: String, remedy: String) -> ServiceError {
    ServiceError(.unprocessableContent, problem, at: name, remedy: remedy)
  }
}
