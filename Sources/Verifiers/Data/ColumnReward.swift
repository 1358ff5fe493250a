import Rewards

/// The number that a column of the data holds: scores made elsewhere, a confidence, a flag.
///
/// - A number counts as it is, true as 1 and false as 0. A list of numbers counts as the scores of the
///   completion's steps: the reward is their sum, and the shapers `clip_steps` and `delta` can read them.
/// - A column that is missing, null or holds anything else is `failed`: it is never 0.
/// - Range: what the column holds. The completion plays no part.
public struct ColumnReward: PointwiseReward {
  public typealias Subject = Sample

  public let name: String
  public let column: String

  public init(name: String = "column", column: String) {
    self.name = name
    self.column = column
  }

  public func score(_ sample: Sample, state: RunState) -> Score {
    switch sample.columns[column] {
    case .integer(let value)?: return Score(Double(value))
    case .number(let value)?: return Score(value)
    case .bool(let value)?: return Score(value ? 1 : 0)
    case .array(let items)?:
      var steps: [Double] = []
      for item in items {
        switch item {
        case .integer(let value): steps.append(Double(value))
        case .number(let value): steps.append(value)
        default: return .failed("the column \"\(column)\" holds a list with \(item.summary) in it")
        }
      }
      return Score(steps: steps)
    case let value:
      return .failed("the column \"\(column)\" holds \(value?.summary ?? "nothing"), not a number")
    }
  }
}

extension RewardKind {
  static let column = RewardKind(
    name: "column", help: "The number in a column of the data; a list counts as the scores of steps.",
    parameters: [Parameter("column", .string, help: "the column's name")],
    make: { name, parameters in ColumnReward(name: name, column: parameters.string("column")) })
}
