import Rewards

/// Mixed-R1's reward: each prompt's type picks the rule for what stands in `<answer>` (arXiv 2505.24164).
///
/// - `matching`: ``ChoiceAnswer`` (the column `options` may list the options' texts), {0, 1}.
/// - `chart`: ``ChartAnswer``, {0, 1} or dense in [0, 1].
/// - `iou`: boxes paired by overlap, the largest first; sum of IoU / the larger number of boxes, [0, 1].
/// - `open`: a ``TextSimilarity`` to the reference, [0, 1]. The paper's is ``EmbeddingSimilarity`` over the policy's
///   own embedding table, the laurel command's over the word embeddings of all-MiniLM-L6-v2; without one such samples
///   are `failed`.
///
/// To it is added the format weight where the completion is `<think>...</think><answer>...</answer>` and nothing
/// else. Range: [0, 1 + the weight].
///
/// - An empty, broken or huge completion, or one without an answer tag, scores 0. Linear time but for boxes and
///   similarities.
/// - A type that is missing or unknown, or a reference that does not fit the type, is `failed`.
public struct MixedTaskReward: PointwiseReward {
  public typealias Subject = Sample

  public enum TaskType: String, Sendable, CaseIterable { case matching, chart, iou, open }

  public let name: String
  public var maximum: Double? { 1 + formatWeight }
  public let formatWeight: Double
  /// The column that holds the prompt's type.
  public let typeColumn: String
  public let isChartDense: Bool
  public let similarity: (any TextSimilarity)?
  private let format: FormatReward
  private let answer: AnswerPart
  private let boxes: BoxReward

  /// - Throws: `ParameterError` when the weight is not in [0, 1000000].
  public init(
    name: String = "mixed_task", formatWeight: Double = 0.5, typeColumn: String = "type",
    isChartDense: Bool = false,
    similarity: (any TextSimilarity)? = nil
  ) throws(ParameterError) {
    guard 0...1e6 ~= formatWeight else {
      throw ParameterError(
        parameter: "format_weight", expected: "a number from 0 to 1000000", found: "\(formatWeight)")
    }
    self.name = name
    self.formatWeight = formatWeight
    self.typeColumn = typeColumn
    self.isChartDense = isChartDense
    self.similarity = similarity
    format = try FormatReward(tags: ["think", "answer"], allowsEmpty: true)
    answer = try AnswerPart(tag: "answer")
    boxes = try BoxReward(matching: .greedy, part: answer)
  }

  public func score(_ sample: Sample, state: RunState) throws -> Score {
    guard case .string(let word)? = sample.columns[typeColumn], let type = TaskType(rawValue: word) else {
      let names = TaskType.allCases.map(\.rawValue).joined(separator: ", ")
      return .failed("the column \(typeColumn) is not one of \(names)")
    }
    let outcome = try outcome(of: sample, type)
    guard let value = outcome.value else { return Score(outcome) }
    let form = format.score(sample, state: RunState()).outcome.value ?? 0
    return Score(value + formatWeight * form, parts: [type.rawValue: value, "format": form])
  }

  private func outcome(of sample: Sample, _ type: TaskType) throws -> Outcome {
    if type == .iou { return boxes.score(sample, state: RunState()).outcome }
    guard case .success(let references) = TextReferences.read(sample.reference), references.count == 1 else {
      return .failed("the reference is not one text")
    }
    if type == .open, similarity == nil {
      return .failed(
        "nothing is set to compare open answers by: score them with the laurel command, which has an embedding table"
      )
    }
    guard let text = answer.text(in: sample.completion) else { return .scored(0) }
    switch type {
    case .matching:
      var options: [String] = []
      if let column = sample.columns["options"], case .success(let texts) = TextReferences.read(column) {
        options = texts
      }
      return .scored(ChoiceAnswer.score(text, reference: references[0], options: options))
    case .chart: return .scored(ChartAnswer.score(text, reference: references[0], isDense: isChartDense))
    case .open, .iou:
      let value = try similarity?.similarity(of: text, to: references[0]) ?? 0
      return .scored(min(1, max(0, value)))
    }
  }
}

extension RewardKind {
  static func mixedTask(openAnswers similarity: (any TextSimilarity)?) -> RewardKind {
    RewardKind(
      name: "mixed_task",
      help: "Mixed-R1's reward: choices, chart values, boxes or open text, by each prompt's type, plus form.",
      parameters: [
        Parameter(
          "format_weight", .number, default: .number(0.5), range: 0...1e6,
          help: "added where the completion is <think>...</think><answer>...</answer>"),
        Parameter(
          "type_column", .string, default: .string("type"),
          help: "the column with matching, chart, iou or open"),
        Parameter(
          "chart_dense", .bool, default: .bool(false),
          help: "chart numbers earn by distance instead of 5 % or nothing"),
      ],
      make: { name, parameters in
        try MixedTaskReward(
          name: name, formatWeight: parameters.double("format_weight"),
          typeColumn: parameters.string("type_column"), isChartDense: parameters.bool("chart_dense"),
          similarity: similarity)
      })
  }
}
