import Rewards

/// A retrieval measure (nDCG, MRR, recall, precision, MAP) of the ranked list in the completion.
///
/// - Range: [0, 1]. A completion in which no list can be read, or an empty one, scores 0.
/// - Naming a document again earns nothing and takes a rank. Documents without a judgement are not relevant. Listing
///   everything earns full recall without a cutoff: set one.
/// - The reference is an object from id to grade, a list of relevant ids, or one id. Without a relevant document the
///   reward abstains; anything else is `failed`, and so are grades above 64 with exponential gain.
/// - Linear in the completion.
public struct RankingReward: PointwiseReward {
  public typealias Subject = Sample

  public let name: String
  public var maximum: Double? { 1 }
  public let measure: RankingMeasure
  public let form: RankedList.Form
  public let part: AnswerPart

  public init(
    name: String = "ranking", measure: RankingMeasure, form: RankedList.Form = .json,
    part: AnswerPart = .whole
  ) {
    self.name = name
    self.measure = measure
    self.form = form
    self.part = part
  }

  public func score(_ sample: Sample, state: RunState) -> Score {
    guard let judgements = RelevanceJudgements(sample.reference) else {
      return .failed("the reference is neither an object from id to grade nor a list of ids")
    }
    if measure.gain == .exponential, judgements.grades.values.contains(where: { $0 > 64 }) {
      return .failed("the reference has a grade above 64")
    }
    let list = part.text(in: sample.completion).flatMap { RankedList($0, form: form) } ?? RankedList(ids: [])
    guard let value = measure.value(of: list, against: judgements) else {
      return .abstained("the reference has no relevant document")
    }
    return Score(value)
  }
}

extension RewardKind {
  static let ranking = RewardKind(
    name: "ranking",
    help: "A retrieval measure of the ranked ids in the completion, from 0 to 1, as trec_eval's.",
    parameters: [
      choice("measure", default: RankingMeasure.Kind.ndcg, help: "the measure"),
      Parameter(
        "k", .integer, default: .integer(10), range: 0...1e9, help: "ranks that count; 0 for the whole list"),
      choice("gain", default: RankingMeasure.Gain.linear, help: "nDCG: what a grade is worth"),
      Parameter(
        "relevant_from", .number, default: .number(1), range: 1e-9...1e9,
        help: "smallest grade that is relevant, for all measures but nDCG"),
      choice("format", default: RankedList.Form.json, help: "how the completion writes the list"),
      AnswerPart.parameter,
    ],
    make: { name, parameters in
      let cutoff = parameters.int("k")
      return RankingReward(
        name: name,
        measure: RankingMeasure(
          parameters.word("measure", or: .ndcg), cutoff: cutoff == 0 ? nil : cutoff,
          gain: parameters.word("gain", or: .linear), relevantFrom: parameters.double("relevant_from")),
        form: parameters.word("format", or: .json), part: try parameters.answerPart())
    })
}
