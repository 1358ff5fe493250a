import Foundation
import Language
import Rewards

/// Credit assignment in a run: rewards of single tokens in place of one for the whole response.
public struct CreditSettings: Sendable, Equatable {
  public var unit: TextUnit
  public var method: CreditMethod
  public var blank: TextBlank
  /// Random orders, where credits are sampled.
  public var orders: Int
  /// The share of the reward that goes by credit; the rest comes at the end.
  public var alpha: Double

  public init(
    unit: TextUnit = .span, method: CreditMethod = .shapley, blank: TextBlank = .space, orders: Int = 50,
    alpha: Double = 1
  ) {
    (self.unit, self.method, self.blank, self.orders, self.alpha) = (unit, method, blank, orders, alpha)
  }
}

/// What a step's credits were like.
public struct CreditReport: Sendable, Equatable {
  /// Mean number of units of a response.
  public var units: Double
  /// Responses that kept one advantage for all tokens, because a part of them could not be scored.
  public var leftOut: Int
  /// What makes credits doubtful, each sentence once.
  public var warnings: [String]
}

/// Divides the advantages of a step's completions among their tokens.
struct TokenCredit {
  let settings: CreditSettings
  let rewards: RewardSpecification
  let tokenizer: any Tokenizer

  /// - Parameters:
  ///   - samples: All completions of the step, group after group, with `count` of each prompt.
  ///   - ids: Their tokens.
  /// - Returns: [group][completion][token], and how it went.
  func advantages(
    _ samples: [Sample], ids: [[Int]], table: RewardTable, advantages: [Double], count: Int, state: RunState
  ) async throws -> (values: [[[Double]]], report: CreditReport) {
    let assigner = try CreditAssigner(
      rewards, unit: settings.unit, blank: settings.blank, method: settings.method, orders: settings.orders,
      state: state)
    let seed = state.seed &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(state.step) &* 0xBF58_476D_1CE4_E5B9
    let results = try await assigner.credits(
      of: samples, seeds: samples.indices.map { seed &+ UInt64($0) })
    var (units, leftOut, warnings) = (0, 0, [String]())
    let responses = samples.indices.map { index in
      var credits: [Double]?
      var places = [Int](repeating: 0, count: ids[index].count)
      switch results[index] {
      case .success(let result):
        credits = result.credits.values
        places = TokenPlaces(ids[index], tokenizer: tokenizer).units(result.units)
        units += result.units.count
        for warning in result.credits.warnings where !warnings.contains(warning) { warnings.append(warning) }
      case .failure: leftOut += 1
      }
      return TokenAdvantages.Response(
        total: table.totals[index], advantage: advantages[index], credits: credits, units: places)
    }
    let values = stride(from: 0, to: responses.count, by: count).map {
      TokenAdvantages.values(Array(responses[$0..<min($0 + count, responses.count)]), alpha: settings.alpha)
    }
    let known = max(samples.count - leftOut, 1)
    return (
      values, CreditReport(units: Double(units) / Double(known), leftOut: leftOut, warnings: warnings)
    )
  }
}

/// Where the tokens of a completion begin in its text.
struct TokenPlaces {
  /// Offsets in the UTF-8 of the decoded text; a token that is no text (an end mark) stands at the end.
  let starts: [Int]

  init(_ ids: [Int], tokenizer: any Tokenizer) {
    var bytes: [UInt8] = []
    let ends = ids.map { id in
      let isText = !tokenizer.decode([Int32(id)]).isEmpty
      let start = bytes.count
      if isText { bytes += tokenizer.tokenBytes(Int32(id)) ?? [] }
      return isText ? start : Int.max
    }
    // Bytes that are no UTF-8 become a longer mark in the text: then every beginning is counted anew.
    let isValid = String(validating: bytes, as: UTF8.self) != nil
    starts =
      isValid
      ? ends : ends.map { $0 == .max ? $0 : String(decoding: bytes[..<$0], as: UTF8.self).utf8.count }
  }

  /// The unit in which each token begins; the last one for what stands behind the text.
  func units(_ units: TextUnits) -> [Int] {
    var (unit, end) = (0, units.units.first?.text.utf8.count ?? 0)
    return starts.map { start in
      while start >= end, unit < units.count - 1 {
        unit += 1
        end += units.units[unit].text.utf8.count
      }
      return unit
    }
  }
}
