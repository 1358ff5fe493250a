import Torch

/// Where low-rank adapters sit, with PEFT's names.
public enum LoRATarget: String, Sendable, CaseIterable {
  case query = "q_proj"
  case key = "k_proj"
  case value = "v_proj"
  case output = "o_proj"
  case gate = "gate_proj"
  case up = "up_proj"
  case down = "down_proj"
}

/// Settings of low-rank adaptation (Hu et al. 2021), with PEFT's names.
public struct LoRAConfiguration: Sendable, Equatable {
  /// Rank of every adapter.
  public var r: Int
  /// The update is scaled by alpha / r.
  public var alpha: Double
  public var targets: [LoRATarget]
  /// Layers below this one stay as they are, which also spares their backward pass.
  public var firstLayer: Int

  public init(
    r: Int = 16, alpha: Double = 32, targets: [LoRATarget] = LoRATarget.allCases, firstLayer: Int = 0
  ) {
    self.r = r
    self.alpha = alpha
    self.targets = targets
    self.firstLayer = firstLayer
  }

  public var scale: Double { alpha / Double(r) }
}

/// Trainable low-rank updates of a model's matrices: W x + (alpha / r) B A x, in float32.
public final class LoRA: @unchecked Sendable {
  struct Adapter {
    /// [r, in]
    var a: Tensor
    /// [out, r], zero at the start, so that the adapted model starts as the base model.
    var b: Tensor
  }

  public let configuration: LoRAConfiguration
  /// False makes the model the base model again: the reference policy of a KL term.
  public var isEnabled = true
  let layers: [[LoRATarget: Adapter]]

  /// A starts uniform in +-sqrt(3 / in) times 1/sqrt 3 (Kaiming with a = sqrt 5, as PEFT), from `seed`.
  public init(_ configuration: LoRAConfiguration, for model: LlamaModel, seed: UInt64) throws {
    guard configuration.r > 0, !configuration.targets.isEmpty else {
      throw TorchError("LoRA wants r of at least 1 and at least one target module")
    }
    let random = CounterRandom(seed: seed)
    let shape = model.configuration
    guard configuration.firstLayer < shape.layers else {
      throw TorchError(
        "lora.first_layer is \(configuration.firstLayer), and the model has layers 0 to \(shape.layers - 1)")
    }
    layers = try (0..<shape.layers).map { layer in
      guard layer >= configuration.firstLayer else { return [:] }
      var adapters: [LoRATarget: Adapter] = [:]
      for target in configuration.targets {
        let (rows, columns) = target.shape(in: shape)
        let bound = 1 / Double(columns).squareRoot()
        let stream = layer * LoRATarget.allCases.count + (LoRATarget.allCases.firstIndex(of: target) ?? 0)
        let values = (0..<(configuration.r * columns)).map { index in
          Float((2 * random.uniform(completion: stream, position: index) - 1) * bound)
        }
        adapters[target] = Adapter(
          a: try Tensor(values, shape: [configuration.r, columns], device: model.device).requireGrad(),
          b: try Tensor.zeros([rows, configuration.r], device: model.device).requireGrad())
      }
      return adapters
    }
    self.configuration = configuration
  }

  /// Every trainable tensor under PEFT's name, in a fixed order.
  public var parameters: [(name: String, tensor: Tensor)] {
    layers.enumerated().flatMap { index, adapters in
      LoRATarget.allCases.flatMap { target -> [(name: String, tensor: Tensor)] in
        guard let adapter = adapters[target] else { return [] }
        let path = "base_model.model.model.layers.\(index).\(target.module).\(target.rawValue)"
        return [("\(path).lora_A.weight", adapter.a), ("\(path).lora_B.weight", adapter.b)]
      }
    }
  }

  /// Between these two calls the adapters of each fused matrix are stacked once instead of at every call: for
  /// decoding, where they stay the same over many calls. Gradients do not flow meanwhile.
  func beginDecoding() { stacked = [:] }
  func endDecoding() { stacked = nil }

  /// `base` plus the update of the matrices fused into it, in their order and in the type of `input` (gradients
  /// arrive at the float32 adapters). Fused matrices without an adapter take a zero block.
  func apply(_ base: Tensor, input: Tensor, layer: Int, _ fused: [LoRATarget], _ model: LlamaConfiguration)
    throws
    -> Tensor
  {
    guard isEnabled, fused.contains(where: { layers[layer][$0] != nil }) else { return base }
    let key = StackKey(layer: layer, first: fused[0])
    let (down, up) = try stacked?[key] ?? stack(layer, fused, model, input.dtype)
    if stacked != nil { stacked?[key] = (down, up) }
    return try base.addmm(input.linear(down), up.transpose(0, 1), alpha: configuration.scale)
  }

  /// A of all targets one below the other, B as a block diagonal.
  private func stack(_ layer: Int, _ fused: [LoRATarget], _ model: LlamaConfiguration, _ dtype: DType) throws
    -> (down: Tensor, up: Tensor)
  {
    var downs: [Tensor] = []
    var ups: [Tensor] = []
    for target in fused {
      if let adapter = layers[layer][target] {
        downs.append(adapter.a)
        ups.append(adapter.b)
      } else {
        ups.append(try Tensor.zeros([target.shape(in: model).rows, 0], device: layerDevice(layer)))
      }
    }
    let down = downs.count == 1 ? downs[0] : try Tensor.cat(downs)
    let up = ups.count == 1 ? ups[0] : try Tensor.blockDiagonal(ups)
    return dtype == .float32 ? (down, up) : (try down.to(dtype), try up.to(dtype))
  }

  private func layerDevice(_ layer: Int) -> Device { layers[layer].values.first?.a.device ?? .cpu }

  private struct StackKey: Hashable {
    var layer: Int
    var first: LoRATarget
  }

  private var stacked: [StackKey: (down: Tensor, up: Tensor)]?
}

extension LoRATarget {
  var module: String {
    switch self {
    case .query, .key, .value, .output: "self_attn"
    case .gate, .up, .down: "mlp"
    }
  }

  /// [out, in] of the adapted matrix.
  func shape(in model: LlamaConfiguration) -> (rows: Int, columns: Int) {
    switch self {
    case .query: (model.heads * model.headWidth, model.width)
    case .key, .value: (model.keyValueHeads * model.headWidth, model.width)
    case .output: (model.width, model.heads * model.headWidth)
    case .gate, .up: (model.intermediate, model.width)
    case .down: (model.width, model.intermediate)
    }
  }
}
