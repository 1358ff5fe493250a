import Torch

/// Draws completions for groups of prompts with a key-value cache.
///
/// A prompt is computed once for all completions of its group and its keys and values are stored once; finished
/// completions leave the batch. The coarse calls are those of an engine on any device: `prefill`, `run`, `alive`,
/// `read`.
public final class Sampler {
  private let model: LlamaModel
  private let options: SamplingOptions
  private let random: CounterRandom
  private let tokenizer: (any Tokenizer)?
  private let stopStrings: StopStrings?
  private var prompts: [(keys: [Tensor], values: [Tensor])] = []
  private var own: [(keys: Tensor, values: Tensor)] = []
  private var rows: [Row] = []
  private var finished: [Int: Completion] = [:]
  private var promptLengths: [Int] = []
  private var generated = 0
  private var pending: [Int] = []

  private struct Row {
    var completion: Int
    var group: Int
    var ids: [Int] = []
    var logProbabilities: [Float] = []
    var stop = StopStrings.State()
  }

  /// - Parameter tokenizer: the model's own; only stop strings need it.
  public init(_ model: LlamaModel, _ options: SamplingOptions, tokenizer: (any Tokenizer)? = nil) {
    self.model = model
    self.options = options
    self.tokenizer = tokenizer
    let isSearchable = !options.stopStrings.isEmpty && !options.stopStrings.contains("")
    stopStrings = isSearchable ? StopStrings(options.stopStrings) : nil
    random = CounterRandom(seed: options.seed)
  }

  /// Draws `count` completions of every prompt; result [prompt][completion].
  /// - Parameters:
  ///   - identity: number of the first completion; a run passes distinct ones so that draws differ.
  ///   - tokenizer: the model's own; only stop strings need it.
  public static func complete(
    _ model: LlamaModel, prompts: [[Int]], count: Int, options: SamplingOptions, identity: Int = 0,
    tokenizer: (any Tokenizer)? = nil
  ) throws -> [[Completion]] {
    guard options.maxCompletionLength > 0, count > 0 else {
      throw TorchError("max_completion_length and the number of completions must be at least 1")
    }
    let sampler = Sampler(model, options, tokenizer: tokenizer)
    try sampler.prefill(prompts, count: count, identity: identity)
    while sampler.alive > 0 {
      try Task.checkCancellation()
      try sampler.run(steps: 16)
    }
    return (0..<prompts.count).map { group in
      (0..<count).compactMap { sampler.read(identity + group * count + $0) }
    }
  }

  /// Completions still being drawn.
  public var alive: Int { rows.count }

  /// A finished completion by its number.
  public func read(_ completion: Int) -> Completion? { finished[completion] }

  /// Computes the prompts and draws every completion's first token.
  public func prefill(_ ids: [[Int]], count: Int, identity: Int) throws {
    model.lora?.beginDecoding()
    do {
      try Torch.withoutGrad { try prefillPrompts(ids, count, identity) }
    } catch {
      model.lora?.endDecoding()
      throw error
    }
    if rows.isEmpty { model.lora?.endDecoding() }
  }

  deinit { if !rows.isEmpty { model.lora?.endDecoding() } }

  private func prefillPrompts(_ ids: [[Int]], _ count: Int, _ identity: Int) throws {
    guard !options.stopStrings.contains("") else {
      throw TorchError("a stop string is empty: every text contains it")
    }
    guard options.stopStrings.isEmpty || tokenizer != nil else {
      throw TorchError("stop strings need the model's tokenizer: give it to the sampler")
    }
    let limit = model.configuration.contextLength
    for (index, prompt) in ids.enumerated() {
      guard !prompt.isEmpty, prompt.count + options.maxCompletionLength <= limit else {
        throw TorchError(
          "prompt \(index) has \(prompt.count) tokens: it must have at least 1, and at most \(limit) together with the completion's \(options.maxCompletionLength)"
        )
      }
    }
    var batch = PackedBatch()
    for prompt in ids { batch.append(prompt) }
    let cache = LayerCache()
    let states = try model.hidden(batch, recording: cache)
    prompts = ids.indices.map { _ in ([], []) }
    for layer in 0..<model.configuration.layers {
      for (group, segment) in batch.segments.enumerated() {
        prompts[group].keys.append(
          try cache.keys[layer].narrow(0, segment.start, segment.count).transpose(0, 1).contiguous())
        prompts[group].values.append(
          try cache.values[layer].narrow(0, segment.start, segment.count).transpose(0, 1).contiguous())
      }
    }
    promptLengths = ids.map(\.count)
    let last = try Tensor(
      batch.segments.map { $0.start + $0.count - 1 }, shape: [ids.count], device: model.device)
    let logits = try model.logits(states.indexSelect(0, last))
    rows = ids.indices.flatMap { group in
      (0..<count).map { Row(completion: identity + group * count + $0, group: group) }
    }
    let repeated = try logits.repeatInterleave(count, dimension: 0).contiguous()
    own = try (0..<model.configuration.layers).map { _ in
      let shape = [
        rows.count, model.configuration.keyValueHeads, options.maxCompletionLength,
        model.configuration.headWidth,
      ]
      return (try Tensor.empty(shape, device: model.device), try Tensor.empty(shape, device: model.device))
    }
    try draw(repeated)
  }

  /// At most `steps` further tokens of every live completion.
  public func run(steps: Int) throws {
    try Torch.withoutGrad {
      for _ in 0..<steps where !rows.isEmpty {
        let positions = rows.map { promptLengths[$0.group] + generated - 1 }
        let states = try model.decode(
          ids: pending, positions: positions, groupOfRow: rows.map(\.group), prompts: prompts, own: own,
          ownPosition: generated - 1)
        try draw(model.logits(states).contiguous())
      }
    }
    if rows.isEmpty { model.lora?.endDecoding() }
  }

  /// Draws one token a row, then lets finished rows leave.
  private func draw(_ logits: Tensor) throws {
    let uniform = rows.map { random.uniform(completion: $0.completion, position: generated) }
    let (tokens, logProbabilities) = try TokenDraw.draw(logits, options: options, uniform: uniform)
    generated += 1
    var kept: [Int] = []
    for index in rows.indices {
      rows[index].ids.append(tokens[index])
      rows[index].logProbabilities.append(logProbabilities[index])
      if let reason = finishReason(of: &rows[index], after: tokens[index]) {
        finished[rows[index].completion] = Completion(
          ids: rows[index].ids, logProbabilities: rows[index].logProbabilities, finishReason: reason)
      } else {
        kept.append(index)
      }
    }
    if kept.count < rows.count, !kept.isEmpty {
      // The filled part of the caches moves; the rest is memory nobody has written.
      let selection = try Tensor(kept, shape: [kept.count], device: model.device)
      own = try own.map { (try $0.keys.indexSelect(0, selection), try $0.values.indexSelect(0, selection)) }
    }
    rows = kept.map { rows[$0] }
    pending = rows.map { $0.ids[generated - 1] }
  }

  /// Why a row ends with its newest token; nil when it goes on.
  private func finishReason(of row: inout Row, after token: Int) -> FinishReason? {
    if options.endTokens.contains(token) { return .endToken }
    if let stopStrings, let bytes = tokenizer?.tokenBytes(Int32(token)),
      stopStrings.advance(&row.stop, over: bytes)
    {
      return .stopString
    }
    return generated >= options.maxCompletionLength ? .length : nil
  }
}
