import Torch

/// Attention inside one segment of a packed batch, with the index tensors that all layers share.
///
/// In a shared-prompt segment completions do not see each other, so a square mask over the whole segment would spend
/// most of its work on pairs that do not count. Completions of similar length are one batch instead, each over the
/// prompt and itself.
struct SegmentAttention {
  private let segment: PackedBatch.Segment
  private let batches: [CompletionBatch]
  /// Brings the rows of all batches back into the segment's order; nil when they are in it.
  private let order: Tensor?

  init(_ segment: PackedBatch.Segment, device: Device) throws {
    self.segment = segment
    guard let tree = segment.tree else {
      batches = []
      order = nil
      return
    }
    let parts = Self.similar(tree.completions)
    var start = tree.prompt
    let starts = tree.completions.map { length in
      defer { start += length }
      return start
    }
    batches = try parts.map { part in
      try CompletionBatch(
        starts: part.map { starts[$0] }, lengths: part.map { tree.completions[$0] }, prompt: tree.prompt,
        device: device)
    }
    let rows = parts.joined().flatMap { index in starts[index]..<(starts[index] + tree.completions[index]) }
    if rows == Array(tree.prompt..<segment.count) {
      order = nil
    } else {
      var places = [Int](repeating: 0, count: rows.count)
      for (place, row) in rows.enumerated() { places[row - tree.prompt] = place }
      order = try Tensor(places, shape: [places.count], device: device)
    }
  }

  /// Completions in batches whose shortest is more than 3/5 of the longest, so that padding stays small. Empty ones
  /// have no rows.
  private static func similar(_ lengths: [Int]) -> [[Int]] {
    let longest = lengths.max() ?? 0
    if longest > 0, lengths.allSatisfy({ 5 * $0 > 3 * longest }) { return [Array(lengths.indices)] }
    var parts: [[Int]] = []
    for index in lengths.indices.sorted(by: { (lengths[$1], $0) < (lengths[$0], $1) })
    where lengths[index] > 0 {
      if let first = parts.last?.first, 5 * lengths[index] > 3 * lengths[first] {
        parts[parts.count - 1].append(index)
      } else {
        parts.append([index])
      }
    }
    return parts
  }

  /// - Parameters:
  ///   - query: the segment's rows, [count, heads, width].
  ///   - key: [count, keyValueHeads, width].
  ///   - value: the same shape.
  /// - Returns: [count, heads width].
  func callAsFunction(query: Tensor, key: Tensor, value: Tensor) throws -> Tensor {
    guard let tree = segment.tree else { return try causal(query, key, value) }
    var parts: [Tensor] = []
    if tree.prompt > 0 {
      parts.append(
        try causal(
          query.narrow(0, 0, tree.prompt), key.narrow(0, 0, tree.prompt), value.narrow(0, 0, tree.prompt)))
    }
    var completions = try batches.map { try $0.attend(query, key, value) }
    if let order { completions = [try Tensor.cat(completions).indexSelect(0, order)] }
    parts += completions
    return parts.count == 1 ? parts[0] : try Tensor.cat(parts)
  }

  private func causal(_ query: Tensor, _ key: Tensor, _ value: Tensor) throws -> Tensor {
    let share = query.size(1) / key.size(1)
    func heads(_ tensor: Tensor) throws -> Tensor { try tensor.transpose(0, 1).unsqueeze(0) }
    let attended = try heads(query).attention(
      keys: heads(key).repeatInterleave(share, dimension: 1),
      values: heads(value).repeatInterleave(share, dimension: 1), isCausal: true)
    return try attended.squeeze(0).transpose(0, 1).reshape([query.size(0), query.size(1) * query.size(2)])
  }
}

/// Completions of similar length after one prompt.
private struct CompletionBatch {
  let count: Int
  let longest: Int
  let prompt: Int
  /// Rows of the segment, `count` times `longest`; a shorter completion repeats its last row.
  let rows: Tensor
  /// Those of the padded rows that are real; nil when all are.
  let real: Tensor?
  /// True where a completion's row may see a column of prompt and completion: [longest, prompt + longest]. Padding
  /// comes after every real row, so one mask serves all.
  let mask: Tensor

  init(starts: [Int], lengths: [Int], prompt: Int, device: Device) throws {
    count = lengths.count
    longest = lengths.max() ?? 0
    self.prompt = prompt
    var rows: [Int] = []
    var real: [Int] = []
    for (start, length) in zip(starts, lengths) {
      real += rows.count..<(rows.count + length)
      rows += start..<(start + length)
      rows += [Int](repeating: start + length - 1, count: longest - length)
    }
    self.rows = try Tensor(rows, shape: [rows.count], device: device)
    self.real = real.count == rows.count ? nil : try Tensor(real, shape: [real.count], device: device)
    let columns = prompt + longest
    let allowed = (0..<longest).flatMap { row in (0..<columns).map { $0 <= prompt + row } }
    mask = try Tensor(allowed, shape: [longest, columns], device: device)
  }

  /// [real rows, heads width], completion by completion.
  func attend(_ query: Tensor, _ key: Tensor, _ value: Tensor) throws -> Tensor {
    let share = query.size(1) / key.size(1)
    let width = query.size(2)
    let queries = try query.indexSelect(0, rows).view([count, longest, query.size(1), width]).transpose(1, 2)
    func context(_ tensor: Tensor) throws -> Tensor {
      let heads = tensor.size(1)
      let own = try tensor.indexSelect(0, rows).view([count, longest, heads, width])
      let shared = try tensor.narrow(0, 0, prompt).unsqueeze(0).expand([count, prompt, heads, width])
      return try Tensor.cat([shared, own], 1).transpose(1, 2).repeatInterleave(share, dimension: 1)
    }
    let attended = try queries.attention(keys: context(key), values: context(value), mask: mask)
    let flat = try attended.transpose(1, 2).reshape([count * longest, query.size(1) * width])
    return try real.map { try flat.indexSelect(0, $0) } ?? flat
  }
}
