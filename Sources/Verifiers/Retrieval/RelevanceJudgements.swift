import Foundation
import Rewards

/// How relevant each document is to one query (TREC's qrels).
public struct RelevanceJudgements: Sendable, Equatable {
  /// The grade of each judged document; a document that is not judged has grade 0.
  public var grades: [String: Double]

  public init(grades: [String: Double]) { self.grades = grades }

  /// A JSON object from id to grade, a list of relevant ids, or one relevant id; nil for anything else.
  public init?(_ reference: JSONValue?) {
    switch reference {
    case .object(let object)?:
      var grades: [String: Double] = [:]
      for (id, value) in zip(object.keys, object.values) {
        switch value {
        case .integer(let grade): grades[id] = Double(grade)
        case .number(let grade) where grade.isFinite: grades[id] = grade
        case .bool(let isRelevant): grades[id] = isRelevant ? 1 : 0
        default: return nil
        }
      }
      self.grades = grades
    case .array(let items)?:
      let ids = items.compactMap(RankedList.id)
      guard ids.count == items.count else { return nil }
      grades = Dictionary(ids.map { ($0, 1) }) { first, _ in first }
    case let value?:
      guard let id = RankedList.id(value) else { return nil }
      grades = [id: 1]
    case nil: return nil
    }
  }

  /// The grades of `list` in order. A document counts where it occurs first: again, it is worth nothing.
  func grades(of list: RankedList, cutoff: Int?) -> [Double] {
    var seen: Set<String> = []
    return list.ids.prefix(cutoff ?? list.ids.count).map { seen.insert($0).inserted ? grades[$0] ?? 0 : 0 }
  }
}

/// A measure of a ranked list against relevance judgements, with the formula of trec_eval 9.
public struct RankingMeasure: Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable {
    /// DCG / the largest possible DCG, DCG = sum of gain(grade at rank r) / log2(r + 1) (Jarvelin and Kekalainen
    /// 2002). Grades below 0 gain nothing.
    case ndcg
    /// 1 / the rank of the first relevant document.
    case mrr
    /// Relevant documents found / relevant documents.
    case recall
    /// Relevant documents found / the cutoff (without a cutoff: / the length of the list).
    case precision
    /// Sum over the relevant documents found of the precision at their rank / relevant documents.
    case map
  }
  /// What a grade gains in nDCG.
  public enum Gain: String, Sendable, CaseIterable {
    /// The grade (trec_eval).
    case linear
    /// 2^grade - 1 (Burges et al. 2005).
    case exponential
  }

  public var kind: Kind
  /// Ranks that count; nil for all.
  public var cutoff: Int?
  public var gain: Gain
  /// The smallest grade that is relevant, for all but nDCG.
  public var relevantFrom: Double

  public init(_ kind: Kind, cutoff: Int? = nil, gain: Gain = .linear, relevantFrom: Double = 1) {
    precondition(cutoff ?? 1 > 0, "a cutoff is positive")
    self.kind = kind
    self.cutoff = cutoff
    self.gain = gain
    self.relevantFrom = relevantFrom
  }

  /// The measure in [0, 1]; nil when no document is relevant. Linear in the list, n log n in the judgements.
  public func value(of list: RankedList, against judgements: RelevanceJudgements) -> Double? {
    let found = judgements.grades(of: list, cutoff: cutoff)
    if kind == .ndcg {
      let best = judgements.grades.values.sorted(by: >).prefix(cutoff ?? judgements.grades.count)
      let ideal = discounted(best)
      return ideal > 0 ? min(1, discounted(found) / ideal) : nil
    }
    let relevant = judgements.grades.values.count { $0 >= relevantFrom }
    guard relevant > 0 else { return nil }
    var hits = 0
    var precisions = 0.0
    var firstHit: Int?
    for (index, grade) in found.enumerated() where grade >= relevantFrom {
      hits += 1
      precisions += Double(hits) / Double(index + 1)
      if firstHit == nil { firstHit = index + 1 }
    }
    switch kind {
    case .mrr: return firstHit.map { 1 / Double($0) } ?? 0
    case .recall: return Double(hits) / Double(relevant)
    case .precision: return Double(hits) / Double(max(1, cutoff ?? found.count))
    case .map, .ndcg: return precisions / Double(relevant)
    }
  }

  private func discounted(_ grades: some Collection<Double>) -> Double {
    var sum = 0.0
    for (index, grade) in grades.enumerated() where grade > 0 {
      sum += (gain == .linear ? grade : exp2(grade) - 1) / log2(Double(index + 2))
    }
    return sum
  }
}
