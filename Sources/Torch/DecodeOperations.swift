import CTorch

/// The two loops of token sampling that the shim carries for the CPU, with operators elsewhere.
extension Tensor {
  /// Draws one token per row of these logits [rows, vocabulary] by inversion.
  /// - Parameters:
  ///   - temperature: divides the logits; 0 takes the largest.
  ///   - uniform: one number in [0, 1) a row.
  /// - Returns: tokens and their log-probabilities under softmax(logits / temperature).
  public func draw(temperature: Double, uniform: [Double]) throws -> (
    tokens: [Int], logProbabilities: [Float]
  ) {
    let host = try device.isCPU ? to(.float32).contiguous() : to(.float32).to(.cpu).contiguous()
    precondition(uniform.count == host.size(0), "one uniform number per row")
    var tokens = [Int32](repeating: 0, count: uniform.count)
    var logProbabilities = [Float](repeating: 0, count: uniform.count)
    try withExtendedLifetime(host) {
      try checked(ct_sample(host.handle, temperature, uniform, &tokens, &logProbabilities))
    }
    return (tokens.map(Int.init), logProbabilities)
  }

  /// Attention of one new token per row: self [rows, heads, width] over its group's prompt keys and values
  /// [kvHeads, length, width] and the first `ownLength` positions of its own [rows, kvHeads, capacity, width].
  /// - Returns: [rows, heads, width] float32.
  public func decodeAttention(
    promptKeys: [Tensor], promptValues: [Tensor], groupOfRow: [Int], ownKeys: Tensor, ownValues: Tensor,
    ownLength: Int
  ) throws -> Tensor {
    guard device.isCPU else {
      return try decodeAttentionByOperators(
        promptKeys: promptKeys, promptValues: promptValues, groupOfRow: groupOfRow, ownKeys: ownKeys,
        ownValues: ownValues, ownLength: ownLength)
    }
    let output = try Tensor.empty(shape)
    let groups = groupOfRow.map(Int32.init)
    try withExtendedLifetime((self, promptKeys, promptValues, ownKeys, ownValues)) {
      let keys: [ct_tensor?] = promptKeys.map(\.handle)
      let values: [ct_tensor?] = promptValues.map(\.handle)
      try checked(
        ct_decode_attention(
          handle, keys, values, Int32(keys.count), groups, ownKeys.handle, ownValues.handle, Int64(ownLength),
          output.handle))
    }
    return output
  }

  /// The same by plain operators, group by group; also the oracle of the test.
  func decodeAttentionByOperators(
    promptKeys: [Tensor], promptValues: [Tensor], groupOfRow: [Int], ownKeys: Tensor, ownValues: Tensor,
    ownLength: Int
  ) throws -> Tensor {
    let heads = size(1)
    let share = heads / ownKeys.size(1)
    let outputs = try groupOfRow.indices.map { row in
      let group = groupOfRow[row]
      let key = try Tensor.cat(
        [promptKeys[group], ownKeys.narrow(0, row, 1).squeeze(0).narrow(1, 0, ownLength)], 1)
      let value = try Tensor.cat(
        [promptValues[group], ownValues.narrow(0, row, 1).squeeze(0).narrow(1, 0, ownLength)], 1)
      let query = try narrow(0, row, 1).transpose(0, 1).unsqueeze(0)
      return try query.attention(
        keys: key.repeatInterleave(share, dimension: 0).unsqueeze(0),
        values: value.repeatInterleave(share, dimension: 0).unsqueeze(0)
      ).squeeze(0).transpose(0, 1)
    }
    return try Tensor.cat(outputs)
  }
}
