import Foundation
import Torch

/// A llama-family decoder: RMSNorm, grouped-query attention with rotary positions, SwiGLU, tied or untied head.
///
/// Weights are [out, in], query-key-value and gate-up fused into one matrix each. Rotation works on the half split
/// (i, i + headWidth/2), as in Hugging Face's layout; GGUF's adjacent pairs are re-ordered when loading.
public final class LlamaModel: @unchecked Sendable {
  struct Layer {
    var attentionNorm: Tensor
    /// [(heads + 2 keyValueHeads) headWidth, width]
    var queryKeyValue: ModelMatrix
    var attentionOutput: ModelMatrix
    var feedForwardNorm: Tensor
    /// [2 intermediate, width]: gate, then up.
    var gateUp: ModelMatrix
    var down: ModelMatrix
  }

  public let configuration: LlamaConfiguration
  public let device: Device
  public let dtype: DType
  let embedding: Tensor
  private(set) var layers: [Layer]
  let finalNorm: Tensor
  private(set) var head: ModelMatrix
  /// True when the head is the embedding itself.
  public let isTied: Bool
  /// Low-rank updates that every pass applies; nil for the plain model.
  public var lora: LoRA?

  /// Loads a GGUF file, de-quantised to `dtype` (norms stay float32).
  /// - Throws: `GGUFError` for a damaged file or a missing or misshapen tensor, `TorchError` from libtorch.
  public convenience init(_ file: GGUFFile, dtype: DType = .float32, device: Device = .cpu) throws {
    try self.init(LlamaConfiguration(file), GGUFWeights(file: file), dtype: dtype, device: device)
  }

  /// Loads a folder in Hugging Face's layout: `config.json` and safetensors files.
  /// - Throws: `ModelFolderError` for another architecture, `SafetensorsError` for a missing or misshapen tensor.
  public convenience init(folder: String, dtype: DType = .float32, device: Device = .cpu) throws {
    try self.init(
      LlamaConfiguration(folder: folder), SafetensorsWeights(model: SafetensorsModel(path: folder)),
      dtype: dtype, device: device)
  }

  init(_ configuration: LlamaConfiguration, _ source: some LlamaWeightSource, dtype: DType, device: Device)
    throws
  {
    func load(_ weight: LlamaWeight, as dtype: DType) throws -> Tensor {
      try source.load(weight, configuration).to(dtype).to(device)
    }
    embedding = try load(.embedding, as: dtype)
    layers = try (0..<configuration.layers).map { index in
      func part(_ part: LlamaWeight.Part) throws -> Tensor { try load(.layer(index, part), as: dtype) }
      return Layer(
        attentionNorm: try load(.layer(index, .attentionNorm), as: .float32),
        queryKeyValue: .plain(try Tensor.cat([part(.query), part(.key), part(.value)])),
        attentionOutput: .plain(try part(.output)),
        feedForwardNorm: try load(.layer(index, .feedForwardNorm), as: .float32),
        gateUp: .plain(try Tensor.cat([part(.gate), part(.up)])), down: .plain(try part(.down)))
    }
    finalNorm = try load(.finalNorm, as: .float32)
    isTied = !source.hasHead
    head = .plain(isTied ? embedding : try load(.head, as: dtype))
    self.configuration = configuration
    self.device = device
    self.dtype = dtype
  }

  /// Packs the matrices for fast products; the weights can no longer be read or trained, adapters can.
  /// - Parameter gradientsFrom: the first layer that gradients flow through; nil for drawing only.
  public func freeze(gradientsFrom first: Int?) throws {
    for index in layers.indices {
      let needsGradient = first.map { index >= $0 } ?? false
      try layers[index].queryKeyValue.freeze(needsGradient: needsGradient)
      try layers[index].attentionOutput.freeze(needsGradient: needsGradient)
      try layers[index].gateUp.freeze(needsGradient: needsGradient)
      try layers[index].down.freeze(needsGradient: needsGradient)
    }
    try head.freeze(needsGradient: first != nil)
  }

  /// The final hidden states (after the last norm), [tokens, width] float32, of a packed batch.
  public func hidden(_ batch: PackedBatch) throws -> Tensor { try hidden(batch, recording: nil) }

  /// The same, keeping each layer's rotated keys and values for decoding.
  func hidden(_ batch: PackedBatch, recording cache: LayerCache?) throws -> Tensor {
    let ids = try Tensor(batch.ids, shape: [batch.count], device: device)
    let rotation = try Rotation(
      positions: batch.positions, width: configuration.headWidth, base: configuration.ropeBase, device: device
    )
    let attentions = try batch.segments.map { try SegmentAttention($0, device: device) }
    var stream = try embedding.embedding(ids).to(.float32)
    for (index, layer) in layers.enumerated() {
      let queryKeyValue = try project(
        stream.rmsNorm(weight: layer.attentionNorm, epsilon: configuration.normEpsilon), layer.queryKeyValue,
        index, [.query, .key, .value])
      let attended = try attend(queryKeyValue, rotation, batch.segments, attentions, cache)
      stream = try stream + project(attended, layer.attentionOutput, index, [.output])
      stream = try stream + feedForward(stream, layer, index)
    }
    return try stream.rmsNorm(weight: finalNorm, epsilon: configuration.normEpsilon)
  }

  /// One new token per row: writes its keys and values at `ownPosition` and returns its final hidden states
  /// [rows, width].
  func decode(
    ids: [Int], positions: [Int], groupOfRow: [Int], prompts: [(keys: [Tensor], values: [Tensor])],
    own: [(keys: Tensor, values: Tensor)], ownPosition: Int
  ) throws -> Tensor {
    let rows = ids.count
    let heads = configuration.heads
    let keyValueHeads = configuration.keyValueHeads
    let rotation = try Rotation(
      positions: positions, width: configuration.headWidth, base: configuration.ropeBase, device: device)
    var stream = try embedding.embedding(Tensor(ids, shape: [rows], device: device)).to(.float32)
    for (index, layer) in layers.enumerated() {
      let all = try project(
        stream.rmsNorm(weight: layer.attentionNorm, epsilon: configuration.normEpsilon), layer.queryKeyValue,
        index, [.query, .key, .value]
      ).view([rows, heads + 2 * keyValueHeads, configuration.headWidth])
      let rotated = try rotation.apply(all.narrow(1, 0, heads + keyValueHeads))
      try own[index].keys.narrow(2, ownPosition, 1).squeeze(2).copy(
        from: rotated.narrow(1, heads, keyValueHeads))
      try own[index].values.narrow(2, ownPosition, 1).squeeze(2)
        .copy(from: all.narrow(1, heads + keyValueHeads, keyValueHeads))
      let attended = try rotated.narrow(1, 0, heads).decodeAttention(
        promptKeys: prompts.map { $0.keys[index] }, promptValues: prompts.map { $0.values[index] },
        groupOfRow: groupOfRow, ownKeys: own[index].keys, ownValues: own[index].values,
        ownLength: ownPosition + 1)
      stream =
        try stream
        + project(
          attended.reshape([rows, heads * configuration.headWidth]), layer.attentionOutput, index, [.output])
      stream = try stream + feedForward(stream, layer, index)
    }
    return try stream.rmsNorm(weight: finalNorm, epsilon: configuration.normEpsilon)
  }

  /// Logits [rows, vocabulary] float32 of hidden states [rows, width].
  public func logits(_ hidden: Tensor) throws -> Tensor { try project(hidden, head) }

  /// The gradient with respect to hidden states [rows, width], float32, of a loss whose gradient with respect to
  /// their logits [rows, vocabulary] is given: for losses that write it themselves. A head that is trained gets its
  /// own gradient too.
  public func headGradient(_ gradient: Tensor, hidden states: Tensor) throws -> Tensor {
    if case .plain(let weight) = head, weight.requiresGrad {
      // Autograd does not see the loss.
      let own = try gradient.transpose(0, 1).matmul(states)
      if let sum = weight.grad { try sum.add(inPlace: own) } else { try weight.setGrad(own) }
    }
    return try head.back(gradient.to(dtype)).to(.float32)
  }

  /// Log-probability of every token after the first, given those before it: `ids.count - 1` numbers.
  public func logProbabilities(_ ids: [Int]) throws -> [Float] {
    guard ids.count > 1 else { return [] }
    guard ids.count <= configuration.contextLength else {
      throw TorchError("the text has \(ids.count) tokens, the model takes \(configuration.contextLength)")
    }
    return try Torch.withoutGrad {
      var batch = PackedBatch()
      batch.append(ids)
      let states = try hidden(batch)
      var result: [Float] = []
      // In pieces, so that a long text never holds [tokens, vocabulary] at once.
      for start in stride(from: 0, to: ids.count - 1, by: 256) {
        let count = Swift.min(256, ids.count - 1 - start)
        let targets = try Tensor(
          Array(ids[(start + 1)...(start + count)]), shape: [count, 1], device: device)
        let piece = try logits(states.narrow(0, start, count)).logSoftmax(-1).gather(1, targets)
        result += try piece.floats()
      }
      return result
    }
  }

  /// input [rows, in] times weight [out, in] transposed in the weights' type, back to float32.
  private func project(_ input: Tensor, _ weight: ModelMatrix) throws -> Tensor {
    if dtype == .float32 { return try weight.linear(input) }
    return try weight.linear(input.to(dtype)).to(.float32)
  }

  /// The same with the adapters of the matrices fused into `weight`.
  private func project(_ input: Tensor, _ weight: ModelMatrix, _ layer: Int, _ fused: [LoRATarget]) throws
    -> Tensor
  {
    let cast = dtype == .float32 ? input : try input.to(dtype)
    let base = try weight.linear(cast)
    let result = try lora?.apply(base, input: cast, layer: layer, fused, configuration) ?? base
    return dtype == .float32 ? result : try result.to(.float32)
  }

  private func feedForward(_ stream: Tensor, _ layer: Layer, _ index: Int) throws -> Tensor {
    let normed = try stream.rmsNorm(weight: layer.feedForwardNorm, epsilon: configuration.normEpsilon)
    let gateUp = try project(normed, layer.gateUp, index, [.gate, .up])
    let gate = try gateUp.narrow(1, 0, configuration.intermediate).silu()
    let up = try gateUp.narrow(1, configuration.intermediate, configuration.intermediate)
    return try project(gate * up, layer.down, index, [.down])
  }

  /// Attention of each segment by itself; [tokens, heads headWidth].
  private func attend(
    _ queryKeyValue: Tensor, _ rotation: Rotation, _ segments: [PackedBatch.Segment],
    _ attentions: [SegmentAttention], _ cache: LayerCache?
  ) throws -> Tensor {
    let heads = configuration.heads
    let keyValueHeads = configuration.keyValueHeads
    let all = try queryKeyValue.view([
      queryKeyValue.size(0), heads + 2 * keyValueHeads, configuration.headWidth,
    ])
    let rotated = try rotation.apply(all.narrow(1, 0, heads + keyValueHeads))
    let values = try all.narrow(1, heads + keyValueHeads, keyValueHeads)
    if let cache {
      cache.keys.append(try rotated.narrow(1, heads, keyValueHeads))
      cache.values.append(values)
    }
    let parts = try zip(segments, attentions).map { segment, attention in
      let own = try rotated.narrow(0, segment.start, segment.count)
      return try attention(
        query: own.narrow(1, 0, heads), key: own.narrow(1, heads, keyValueHeads),
        value: values.narrow(0, segment.start, segment.count))
    }
    return parts.count == 1 ? parts[0] : try Tensor.cat(parts)
  }
}

/// A matrix [out, in] of the model: one that can be read and trained, or one that is frozen.
enum ModelMatrix {
  case plain(Tensor)
  case frozen(FrozenMatrix)

  func linear(_ input: Tensor) throws -> Tensor {
    switch self {
    case .plain(let weight): try input.linear(weight)
    case .frozen(let matrix): try matrix.linear(input)
    }
  }

  /// gradient [rows, out] times the matrix, [rows, in].
  func back(_ gradient: Tensor) throws -> Tensor {
    switch self {
    case .plain(let weight): try Torch.withoutGrad { try gradient.matmul(weight) }
    case .frozen(let matrix): try matrix.back(gradient)
    }
  }

  mutating func freeze(needsGradient: Bool) throws {
    if case .plain(let weight) = self {
      self = .frozen(try FrozenMatrix(weight, needsGradient: needsGradient))
    }
  }

  /// - Throws: `TorchError` when the matrix is frozen.
  var tensor: Tensor {
    get throws {
      guard case .plain(let weight) = self else {
        throw TorchError("the weights are frozen: load the model anew to read or train them")
      }
      return weight
    }
  }
}

/// Rotated keys and values [tokens, keyValueHeads, headWidth] of each layer.
final class LayerCache {
  var keys: [Tensor] = []
  var values: [Tensor] = []
}

/// Cosines and sines of rotary positions for a batch of tokens.
struct Rotation {
  private let cosine: Tensor
  private let sine: Tensor

  /// Angles position / base^(2i/width) for i below width/2, in double precision, each half repeated.
  init(positions: [Int], width: Int, base: Double, device: Device) throws {
    let half = width / 2
    let frequencies = (0..<half).map { pow(base, -2 * Double($0) / Double(width)) }
    var cosines: [Float] = []
    var sines: [Float] = []
    cosines.reserveCapacity(positions.count * width)
    sines.reserveCapacity(positions.count * width)
    for position in positions {
      let angles = frequencies.map { Double(position) * $0 }
      for _ in 0..<2 {
        cosines += angles.map { Float(cos($0)) }
        sines += angles.map { Float(sin($0)) }
      }
    }
    cosine = try Tensor(cosines, shape: [positions.count, 1, width], device: device)
    sine = try Tensor(sines, shape: [positions.count, 1, width], device: device)
  }

  /// Rotates [tokens, heads, width].
  func apply(_ input: Tensor) throws -> Tensor {
    let half = input.size(-1) / 2
    let turned = try Tensor.cat([-input.narrow(2, half, half), input.narrow(2, 0, half)], 2)
    return try input * cosine + turned * sine
  }
}
