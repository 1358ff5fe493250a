import Policies
import Rewards

/// `credit:` of a run file.
extension CreditSettings {
  static let parameters = [
    Parameter(
      "units", .choice(TextUnit.allCases.map(\.rawValue)), default: .string("span"),
      help: "the parts of a response"),
    Parameter(
      "method", .choice(CreditMethod.allCases.map(\.rawValue)), default: .string("shapley"),
      help: "exact up to 12 parts, sampled beyond; owen: sentences join as wholes"),
    Parameter(
      "blank", .choice(TextBlank.allCases.map(\.rawValue)), default: .string("space"),
      help: "what takes the place of a part that is left out"),
    Parameter(
      "orders", .integer, default: .integer(50), range: 2...1e6,
      help: "random orders, where credits are sampled"),
    Parameter(
      "alpha", .number, default: .number(1), range: 0...1,
      help: "share of the reward that goes by credit; the rest comes at the end"),
  ]

  fileprivate init(_ values: Parameters) {
    self.init(
      unit: TextUnit(rawValue: values.string("units")) ?? .span,
      method: CreditMethod(rawValue: values.string("method")) ?? .shapley,
      blank: TextBlank(rawValue: values.string("blank")) ?? .space, orders: values.int("orders"),
      alpha: values.double("alpha"))
  }

  var json: JSONObject {
    JSONObject([
      ("units", .string(unit.rawValue)), ("method", .string(method.rawValue)),
      ("blank", .string(blank.rawValue)),
      ("orders", .integer(orders)), ("alpha", .number(alpha)),
    ])
  }
}

extension RunFile {
  /// - Throws: `SpecificationError` also for rewards and estimators whose advantages cannot be divided.
  static func credit(_ root: YAMLMapping, _ rewards: RewardSpecification) throws -> CreditSettings? {
    guard let place = root["credit"], place.json != .null else { return nil }
    if (try? root.string("method", default: "")) == Method.sft.rawValue {
      throw place.error("method: sft learns from demonstrations, and divides no rewards: leave credit out")
    }
    let settings = CreditSettings(
      try place.mapping("a mapping such as {units: sentence}").parameters(CreditSettings.parameters))
    guard TokenAdvantages.estimators.contains(rewards.estimator.kind) else {
      throw place.error(
        "advantage: \(rewards.estimator.kind) gives no advantages that credit could divide: use one of \(TokenAdvantages.estimators.joined(separator: ", "))"
      )
    }
    do { _ = try CreditAssigner(rewards) } catch { throw place.error("\(error)") }
    return settings
  }
}
