import Numeric
import Rewards

/// Parameters that several learners share, under the field's names.
enum LearnerParameters {
  static func common(gamma: Double = 0.99, widths: [Int] = [128, 128], activation: DenseActivation = .relu)
    -> [Parameter]
  {
    [
      Parameter(
        "seed", .integer, default: .integer(1), range: 0...2_147_483_647, help: "of everything random"),
      Parameter("gamma", .number, default: .number(gamma), range: 0...1, help: "discount"),
      Parameter(
        "net_arch", .json, default: .array(widths.map { .integer($0) }),
        help: "hidden widths, a list of integers"),
      Parameter(
        "activation", .choice(DenseActivation.allCases.map(\.rawValue)),
        default: .string(activation.rawValue),
        help: "hidden layers"),
    ]
  }

  static func number(_ name: String, _ value: Double, _ range: ClosedRange<Double>, _ help: String)
    -> Parameter
  {
    Parameter(name, .number, default: .number(value), range: range, help: help)
  }

  static func integer(_ name: String, _ value: Int, _ range: ClosedRange<Double>, _ help: String) -> Parameter
  {
    Parameter(name, .integer, default: .integer(value), range: range, help: help)
  }

  static func learningRate(_ value: Double) -> Parameter {
    number("learning_rate", value, 0...1, "of Adam")
  }

  static func maxGradNorm(_ value: Double) -> Parameter {
    number("max_grad_norm", value, 1e-6...1e6, "gradients are clipped to it")
  }

  static func entropy(_ value: Double) -> Parameter {
    number("ent_coef", value, -1...1, "weight of the entropy")
  }

  static func teamReward(_ value: Bool) -> Parameter {
    Parameter(
      "team_reward", .bool, default: .bool(value),
      help: "true: everybody learns from the sum of all rewards; false: from his own")
  }

  static func logStdInit(_ value: Double) -> Parameter {
    number("log_std_init", value, -3...0.5, "log standard deviation of box actions at the start, before tanh")
  }

  static let bins = integer("action_bins", 11, 2...4_096, "levels of each number of a box action")
}

extension Parameters {
  /// `net_arch`.
  func widths() throws(ParameterError) -> [Int] {
    let wrong = ParameterError(
      parameter: "net_arch", expected: "a list of widths from 1 to 65536, such as [128, 128]",
      found: json("net_arch").summary)
    guard case .array(let items) = json("net_arch") else { throw wrong }
    var widths: [Int] = []
    for item in items {
      guard case .integer(let width) = item, (1...65_536).contains(width) else { throw wrong }
      widths.append(width)
    }
    return widths
  }

  var activation: DenseActivation { DenseActivation(rawValue: string("activation")) ?? .relu }
  var seed: UInt64 { UInt64(int("seed")) }

  /// Everything in one line, by which a kept state knows its own settings.
  var line: String { JSONValue.object(values).jsonText }
}
