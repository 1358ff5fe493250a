import CTorch

/// The distributions over a vocabulary that rows of logits stand for, and gradients through them: the loss head of a
/// language model. It consumes the logits; on the CPU it works in their memory, elsewhere with operators.
public struct TokenDistribution {
  /// log p of each row's token under softmax(logits / temperature).
  public let logProbabilities: [Float]
  /// Entropy of each row, in nats.
  public let entropies: [Float]
  private let probabilities: Tensor
  private let tokens: [Int]
  private let temperature: Double

  /// - Parameters:
  ///   - logits: [rows, vocabulary] float32; not to be used afterwards.
  ///   - tokens: one a row.
  public init(consuming logits: Tensor, tokens: [Int], temperature: Double = 1) throws {
    precondition(tokens.count == logits.size(0) && temperature > 0, "one token a row, temperature above 0")
    self.tokens = tokens
    self.temperature = temperature
    guard logits.device.isCPU else {
      let all = try (logits * (1 / temperature)).logSoftmax(-1)
      probabilities = try all.exp()
      logProbabilities = try all.gather(1, Tensor(tokens, shape: [tokens.count, 1], device: logits.device))
        .floats()
      entropies = try (-(probabilities * all).sum(-1)).floats()
      return
    }
    let matrix = try logits.contiguous()
    var values = [Float](repeating: 0, count: tokens.count)
    var spreads = values
    try withExtendedLifetime(matrix) {
      try checked(ct_softmax_rows(matrix.handle, temperature, tokens.map(Int64.init), &values, &spreads))
    }
    probabilities = matrix
    logProbabilities = values
    entropies = spreads
  }

  /// The gradient with respect to the logits, [rows, vocabulary], of
  /// sum over rows of coefficient log p(token) - entropyWeight H(p). May be asked for once.
  public consuming func gradient(coefficients: [Float], entropyWeights: [Float]? = nil) throws -> Tensor {
    precondition(coefficients.count == tokens.count, "one coefficient a row")
    guard probabilities.device.isCPU else { return try gradientByOperators(coefficients, entropyWeights) }
    try withExtendedLifetime(probabilities) {
      let ids = tokens.map(Int64.init)
      if let entropyWeights {
        try checked(
          ct_softmax_gradient(
            probabilities.handle, temperature, ids, coefficients, entropyWeights, entropies))
      } else {
        try checked(ct_softmax_gradient(probabilities.handle, temperature, ids, coefficients, nil, nil))
      }
    }
    return probabilities
  }

  /// The same by plain operators.
  private func gradientByOperators(_ coefficients: [Float], _ entropyWeights: [Float]?) throws -> Tensor {
    let column = [tokens.count, 1]
    let device = probabilities.device
    let coefficient = try Tensor(coefficients, shape: column, device: device)
    let spread: Tensor = try -(probabilities * coefficient)
    var gradient = try spread.scatterAdd(1, Tensor(tokens, shape: column, device: device), coefficient)
    if let entropyWeights {
      let weight = try Tensor(entropyWeights, shape: column, device: device)
      let entropy = try Tensor(entropies, shape: column, device: device)
      // p log p is 0 at p = 0.
      let logarithm = try probabilities.clamp(min: 1e-38).log()
      gradient = try gradient + probabilities * (logarithm + entropy) * weight
    }
    return try gradient * (1 / temperature)
  }
}
