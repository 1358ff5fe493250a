import Foundation
import Rewards

/// MagicGUI's reward for one step on a screen: form, accuracy, and distance to the target (arXiv 2508.03700).
///
/// - `format`: 1 when the completion is exactly one legal call, else -1 (and nothing else counts).
/// - `accuracy`: 2 when the step is right (``GUIActionMatch``), 1 when only its type is, else 0.
/// - `spatial`: w exp(-d^2 / 2 sigma^2) for an action of the right type that has points, d the distance in shares of
///   the screen (for a drag that of the worse end), else 0.
/// - `total`: their sum, in [-1, 3 + w]. `success`: 1 for a right step, else 0.
///
/// The paper names the composite and publishes the conditions of a right step; the lower tiers and the spatial term
/// are reconstructions. 0.14 of the screen is a disc over 6 % of it: neighbours nearer than that are both right.
///
/// - Empty, huge or broken completions are no call: -1. Pixel coordinates, capitals, several calls and prose around
///   the call are no call either. Linear time.
/// - The reference is the logged action as text, or an object with `action` and the target's `box` ([x1, y1, x2, y2]
///   in thousandths, its centre is the target); anything else is `failed`.
public struct GUIActionReward: PointwiseReward {
  public typealias Subject = Sample

  public enum Component: String, Sendable, CaseIterable { case total, format, accuracy, spatial, success }

  public let name: String
  public let component: Component
  /// w, the weight of the spatial term; 0 leaves it out.
  public let spatialWeight: Double
  /// sigma, in shares of the screen.
  public let spatialDeviation: Double
  /// A plan may stand before the action: text that begins with `plan:`, the action on a line of its own at the end.
  public let allowsPlan: Bool
  public let part: AnswerPart

  public var maximum: Double? {
    switch component {
    case .total: 3 + spatialWeight
    case .format, .success: 1
    case .accuracy: 2
    case .spatial: spatialWeight
    }
  }

  /// - Throws: `ParameterError` when the weight is negative or the deviation not positive.
  public init(
    name: String = "gui_action", component: Component = .total, spatialWeight: Double = 1,
    spatialDeviation: Double = 0.1, allowsPlan: Bool = false, part: AnswerPart = .whole
  ) throws(ParameterError) {
    guard 0...1e6 ~= spatialWeight else {
      throw ParameterError(
        parameter: "spatial_weight", expected: "a number from 0 to 1000000", found: "\(spatialWeight)")
    }
    guard 1e-6...1e6 ~= spatialDeviation else {
      throw ParameterError(
        parameter: "spatial_sigma", expected: "a number from 0.000001 to 1000000",
        found: "\(spatialDeviation)")
    }
    self.name = name
    self.component = component
    self.spatialWeight = spatialWeight
    self.spatialDeviation = spatialDeviation
    self.allowsPlan = allowsPlan
    self.part = part
  }

  public func score(_ sample: Sample, state: RunState) -> Score {
    guard let target = Self.target(sample.reference) else {
      return .failed("the reference is no action")
    }
    let text = part.text(in: sample.completion).map { allowsPlan ? Self.withoutPlan($0) : $0[...] }
    let action = text.flatMap { GUIAction(String($0)) }
    var parts = ["format": action == nil ? -1.0 : 1, "accuracy": 0, "spatial": 0, "success": 0]
    if let action, action.kind == target.kind {
      let isRight = GUIActionMatch.isRight(action, target)
      parts["accuracy"] = isRight ? 2 : 1
      parts["success"] = isRight ? 1 : 0
      if !action.points.isEmpty {
        let distance = GUIActionMatch.squaredDistance(action, target) / 1e6
        parts["spatial"] = spatialWeight * exp(-distance / (2 * spatialDeviation * spatialDeviation))
      }
    }
    let total = (parts["format"] ?? 0) + (parts["accuracy"] ?? 0) + (parts["spatial"] ?? 0)
    return component == .total ? Score(total, parts: parts) : Score(parts[component.rawValue] ?? total)
  }

  static func withoutPlan(_ text: String) -> Substring {
    let trimmed = text.drop(while: \.isWhitespace)
    guard trimmed.hasPrefix("plan:"), let end = trimmed.lastIndex(where: { !$0.isWhitespace }) else {
      return text[...]
    }
    guard let line = trimmed[...end].lastIndex(where: \.isNewline) else { return text[...] }
    return trimmed[line...end]
  }

  /// The logged action, its point moved to the centre of the target's box when there is one.
  static func target(_ reference: JSONValue?) -> GUIAction? {
    switch reference {
    case .string(let text)?: return GUIAction(text, allowsSpaces: true)
    case .object(let object)?:
      guard case .string(let text)? = object["action"], var action = GUIAction(text, allowsSpaces: true)
      else {
        return nil
      }
      guard let box = object["box"] else { return action }
      if case .null = box { return action }
      guard action.points.count == 1, let numbers = BoxText.quadruples(of: box)?.first,
        numbers.allSatisfy({ 0...1000 ~= $0 })
      else { return nil }
      action.points = [.init(x: (numbers[0] + numbers[2]) / 2, y: (numbers[1] + numbers[3]) / 2)]
      return action
    default: return nil
    }
  }
}

extension RewardKind {
  static let guiAction = RewardKind(
    name: "gui_action",
    help: "MagicGUI's reward for one step on a screen: form, accuracy, distance to the target.",
    parameters: [
      choice("component", default: GUIActionReward.Component.total, help: "the part that is the reward"),
      Parameter(
        "spatial_weight", .number, default: .number(1), range: 0...1e6,
        help: "largest value of the spatial term; 0 leaves it out"),
      Parameter(
        "spatial_sigma", .number, default: .number(0.1), range: 1e-6...1e6,
        help: "its width, in shares of the screen"),
      Parameter(
        "plan", .bool, default: .bool(false), help: "a plan may stand before the action, from plan: on"),
      AnswerPart.parameter,
    ],
    make: { name, parameters in
      try GUIActionReward(
        name: name, component: parameters.word("component", or: .total),
        spatialWeight: parameters.double("spatial_weight"),
        spatialDeviation: parameters.double("spatial_sigma"), allowsPlan: parameters.bool("plan"),
        part: parameters.answerPart())
    })
}
