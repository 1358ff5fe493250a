import Numeric

/// An agent's deterministic policy of his own row, before tanh, with what coordination adds to it: outputs that predict
/// the others' actions behind his own (TeamReg), or a mask on the first hidden layer with a network that chooses it
/// (CoachReg).
final class CoordinatedActor {
  /// From the own row, or with masks from the first hidden layer, to the outputs.
  let body: DenseNetwork
  /// With masks: from the own row to the first hidden layer, and to the logits of the sub-policies.
  let first, chooser: DenseNetwork?
  /// The first hidden layer before and behind the mask, rows x units.
  private var hidden: [Float] = []
  private var masked: [Float] = []
  private var byMasked: [Float] = []

  init(
    _ team: Team, hidden: [Int], activation: DenseActivation, _ coordination: Coordination,
    random: inout PCG64
  ) {
    let outputs = team.actionWidth
    switch coordination {
    case .none, .team:
      let heads = coordination == .none ? 1 : team.agents
      body = DenseNetwork(
        widths: [team.width] + hidden + [outputs * heads], activation: activation, random: &random)
      (first, chooser) = (nil, nil)
    case .coach(let coach):
      first = DenseNetwork(
        widths: [team.width, hidden[0]], activation: activation, output: activation, random: &random)
      body = DenseNetwork(widths: hidden + [outputs], activation: activation, random: &random)
      chooser = DenseNetwork(
        widths: [team.width] + hidden + [coach.subPolicies], activation: activation, random: &random)
    }
  }

  private init(_ other: CoordinatedActor) {
    body = other.body.copy()
    first = other.first?.copy()
    chooser = other.chooser?.copy()
  }

  func copy() -> CoordinatedActor { CoordinatedActor(self) }

  /// Everything that is trained.
  var networks: [DenseNetwork] { [body] + [first, chooser].compactMap { $0 } }
  var outputWidth: Int { body.outputWidth }
  /// Units that masks share out; 0 without masks.
  var units: Int { first?.outputWidth ?? 0 }

  func follow(_ other: CoordinatedActor, rate: Double) {
    for (own, network) in zip(networks, other.networks) { own.blend(towards: network, rate: rate) }
  }

  /// Rows x output width; they stay until the next call.
  /// - Parameter masks: rows x units, empty without masks.
  func forward(_ own: UnsafePointer<Float>, rows: Int, masks: [Float]) -> UnsafeMutableBufferPointer<Float> {
    guard let first else { return body.forward(own, rows: rows) }
    hidden = Array(first.forward(own, rows: rows))
    masked = zip(hidden, masks).map { $0 * $1 }
    return body.forward(masked, rows: rows)
  }

  /// Adds the gradients of a loss for the last `forward`.
  /// - Returns: The loss's derivative by every mask, rows x units; empty without masks.
  @discardableResult
  func backward(
    _ own: UnsafePointer<Float>, rows: Int, outputGradient: [Float], masks: [Float],
    parameterGradients: Bool = true
  ) -> [Float] {
    guard let first else {
      body.backward(
        own, rows: rows, outputGradient: outputGradient, parameterGradients: parameterGradients)
      return []
    }
    byMasked = Array(repeating: 0, count: masked.count)
    body.backward(
      masked, rows: rows, outputGradient: outputGradient, inputGradient: &byMasked,
      parameterGradients: parameterGradients)
    if parameterGradients {
      first.backward(own, rows: rows, outputGradient: zip(byMasked, masks).map { $0 * $1 })
    }
    return zip(byMasked, hidden).map { $0 * $1 }
  }
}
