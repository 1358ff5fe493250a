import Foundation

/// A number that changes from one value to another over the steps of a run.
public struct Schedule: Sendable, Equatable {
  /// How it goes between `start` and `end`.
  public enum Form: String, Sendable, CaseIterable {
    case linear
    /// Half a cosine: flat at both ends.
    case cosine
    /// The first value before `end`, the second from `end` on.
    case step
  }

  public var from: Double
  public var to: Double
  /// The last step at which it is `from`.
  public var start: Int
  /// The first step at which it is `to`; nil: the last step of the run.
  public var end: Int?
  public var form: Form

  /// - Throws: `ParameterError` when `end` does not lie behind `start`.
  public init(
    from: Double, to: Double, start: Int = 0, end: Int? = nil, form: Form = .linear
  ) throws(ParameterError) {
    if let end, end <= start {
      throw ParameterError(parameter: "end", expected: "a step after start (\(start))", found: "\(end)")
    }
    self.from = from
    self.to = to
    self.start = start
    self.end = end
    self.form = form
  }

  /// The value at a step. Without `end` and outside a run it is `to`, the value that training ends with.
  public func value(at state: RunState) -> Double {
    let last = Double(end ?? state.maxSteps - 1)
    let width = last - Double(start)
    if width <= 0 { return end == nil && state.maxSteps > 0 && state.step < state.maxSteps - 1 ? from : to }
    let progress = min(max((Double(state.step) - Double(start)) / width, 0), 1)
    switch form {
    case .linear: return from + (to - from) * progress
    case .cosine: return to + (from - to) * 0.5 * (1 + cos(.pi * progress))
    case .step: return progress < 1 ? from : to
    }
  }

  /// The settings as a file writes them.
  public static let parameters = [
    Parameter("from", .number, range: -1e6...1e6, help: "the value at first"),
    Parameter("to", .number, range: -1e6...1e6, help: "the value in the end"),
    Parameter(
      "start", .integer, default: .integer(0), range: 0...1e9, help: "the last step with the first value"),
    Parameter(
      "end", .integer, default: .null, range: 1...1e9,
      help: "the first step with the last value; the run's last step when not given"),
    Parameter(
      "form", .choice(Form.allCases.map(\.rawValue)), default: .string("linear"), help: "how it goes between"),
  ]

  /// - Throws: `ParameterError` as the other initialiser does.
  public init(_ parameters: Parameters) throws(ParameterError) {
    try self.init(
      from: parameters.double("from"), to: parameters.double("to"), start: parameters.int("start"),
      end: parameters.optionalInt("end"), form: Form(rawValue: parameters.string("form")) ?? .linear)
  }

  /// The settings, as ``parameters`` declares them.
  public var settings: JSONObject {
    JSONObject([
      ("from", .number(from)), ("to", .number(to)), ("start", .integer(start)),
      ("end", end.map { .integer($0) } ?? .null), ("form", .string(form.rawValue)),
    ])
  }
}
