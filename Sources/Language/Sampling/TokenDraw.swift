import Torch

/// Draws tokens by inverting the cumulative distribution, one uniform number a row.
enum TokenDraw {
  /// - Parameter logits: [rows, vocabulary] float32.
  /// - Returns: per row the token and its log-probability under the distribution drawn from.
  static func draw(
    _ logits: Tensor, options: SamplingOptions, uniform: [Double]
  ) throws -> (tokens: [Int], logProbabilities: [Float]) {
    var restricted = logits
    if options.topK > 0, options.topK < logits.size(-1) {
      let threshold = try logits.topk(options.topK).values.narrow(1, options.topK - 1, 1)
      restricted = try restricted.maskedFill(restricted.less(threshold), -.infinity)
    }
    if options.topP < 1, options.temperature > 0 {
      restricted = try nucleus(restricted, options)
    }
    return try restricted.contiguous().draw(temperature: options.temperature, uniform: uniform)
  }

  /// Keeps the likeliest tokens up to and including the one that reaches topP (Holtzman et al. 2020).
  private static func nucleus(_ logits: Tensor, _ options: SamplingOptions) throws -> Tensor {
    let sorted = try (logits * (1 / options.temperature)).sorted(descending: true)
    let probabilities = try sorted.values.softmax(-1)
    let before = try probabilities.cumsum(-1) - probabilities
    let limit = try Tensor.full([1], options.topP, device: logits.device)
    let isDropped = try limit.less(before + 1e-9)
    let kept = try logits.gather(1, sorted.indices).maskedFill(isDropped, .infinity)
    let threshold = try Tensor.cat([kept.narrow(1, 0, 1), kept], 1).sorted().values.narrow(1, 0, 1)
    return try logits.maskedFill(logits.less(threshold), -.infinity)
  }
}
