import Foundation

/// How alike two texts are, from 0 to 1. A higher room can bring one that has a model.
public protocol TextSimilarity: Sendable {
  /// - Throws: when the texts cannot be compared; the score is then `failed`.
  func similarity(of text: String, to reference: String) throws -> Double
}

/// Bidirectional max-average similarity of two token sequences by their embeddings (BMAS, Mixed-R1, arXiv 2505.24164).
///
/// With S_ij the cosine of the embeddings of token i of one text and token j of the other:
/// BMAS = 1/2 (mean over i of max over j of S_ij + mean over j of max over i of S_ij), the first term like a
/// precision, the second like a recall. The formula is the direct reading of the paper's name for it.
///
/// - Range: [-1, 1]; 1 for equal multisets of tokens, 0 when a side is empty. Order and negation are invisible, and
///   unrelated texts in one language score far above 0: compare within a group, not with a threshold.
/// - Cost: (different tokens of one side) x (of the other) x width; both sides are cut at ``maxTokens``.
public struct BidirectionalMaxAverage: Sendable {
  /// One row a token, `width` numbers each, of length 1 (a row of zeros stays so).
  private let rows: [Float]
  public let width: Int
  public let maxTokens: Int

  /// Rows in the table.
  public var count: Int { rows.count / width }

  /// Copies and normalises a table, so that training the original later does not change the reward.
  /// - Parameters:
  ///   - table: one row a token, row after row.
  ///   - isCentered: the mean row is subtracted first, which lowers the similarity of unrelated texts.
  public init(table: [Float], width: Int, isCentered: Bool = false, maxTokens: Int = 512) {
    precondition(width > 0 && table.count % width == 0, "a table holds whole rows")
    precondition(maxTokens > 0, "at least one token is looked at")
    var rows = table
    let count = table.count / width
    if isCentered, count > 0 {
      var mean = Array(repeating: 0.0, count: width)
      for index in table.indices { mean[index % width] += Double(table[index]) / Double(count) }
      for index in rows.indices { rows[index] -= Float(mean[index % width]) }
    }
    for row in 0..<count {
      let range = row * width..<(row + 1) * width
      let length = rows[range].reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      if length > 0 { for index in range { rows[index] = Float(Double(rows[index]) / length) } }
    }
    self.rows = rows
    self.width = width
    self.maxTokens = maxTokens
  }

  /// An id that the table does not have.
  public struct UnknownToken: Error, Sendable, CustomStringConvertible {
    public var id: Int
    public var description: String { "token \(id) has no row in the embedding table" }
  }

  /// BMAS of two token sequences.
  public func similarity(of tokens: [Int], to reference: [Int]) throws(UnknownToken) -> Double {
    let (mine, theirs) = (try counted(tokens), try counted(reference))
    guard !mine.isEmpty, !theirs.isEmpty else { return 0 }
    var bestMine = Array(repeating: -Float.infinity, count: mine.count)
    var bestTheirs = Array(repeating: -Float.infinity, count: theirs.count)
    rows.withUnsafeBufferPointer { rows in
      for (i, a) in mine.enumerated() {
        for (j, b) in theirs.enumerated() {
          var sum: Float = 0
          for offset in 0..<width { sum += rows[a.id * width + offset] * rows[b.id * width + offset] }
          bestMine[i] = max(bestMine[i], sum)
          bestTheirs[j] = max(bestTheirs[j], sum)
        }
      }
    }
    let value = (Self.mean(bestMine, mine) + Self.mean(bestTheirs, theirs)) / 2
    return min(1, max(-1, value))
  }

  /// The different tokens and how often each occurs: equal tokens have equal best partners.
  private func counted(_ tokens: [Int]) throws(UnknownToken) -> [(id: Int, times: Int)] {
    var counts: [Int: Int] = [:]
    for id in tokens.prefix(maxTokens) {
      guard 0..<count ~= id else { throw UnknownToken(id: id) }
      counts[id, default: 0] += 1
    }
    return counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  private static func mean(_ values: [Float], _ tokens: [(id: Int, times: Int)]) -> Double {
    var (sum, count) = (0.0, 0)
    for (value, token) in zip(values, tokens) {
      sum += Double(value) * Double(token.times)
      count += token.times
    }
    return sum / Double(count)
  }
}

/// BMAS of texts: a tokenizer and its embedding table, negative values counted as 0.
public struct EmbeddingSimilarity: TextSimilarity {
  public let measure: BidirectionalMaxAverage
  private let tokenize: @Sendable (String) throws -> [Int]

  /// - Parameter tokenize: ids without special tokens, rows of the table.
  public init(
    _ measure: BidirectionalMaxAverage, tokenize: @escaping @Sendable (String) throws -> [Int]
  ) {
    self.measure = measure
    self.tokenize = tokenize
  }

  public func similarity(of text: String, to reference: String) throws -> Double {
    max(0, try measure.similarity(of: tokenize(text), to: tokenize(reference)))
  }
}
