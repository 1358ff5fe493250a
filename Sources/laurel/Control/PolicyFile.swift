import Control
import Foundation
import Numeric
import Rewards
import Torch
import Worlds

/// Networks in policy.safetensors, under the names that PyTorch's `nn.Sequential` gives the layers: `0.weight` (outputs
/// x inputs), `0.bias`, `2.weight`, ...; of several agents `agent0.0.weight` and so on.
enum PolicyFile {
  static let name = "policy.safetensors"

  static func write(_ network: DenseNetwork, to path: String) throws {
    try TensorFile.write(path, try tensors(of: network))
  }

  /// The policies of all agents, and how their observations are scaled.
  static func write(_ learner: any MultiAgentLearner, to path: String) throws {
    var tensors: [(name: String, tensor: Tensor)] = []
    for (name, network) in learner.policies { tensors += try Self.tensors(of: network, prefix: name + ".") }
    let scale = learner.observationScale
    let (means, deviations) = (scale.mean.map { Float($0) }, scale.deviation.map { Float($0) })
    tensors.append(("observation.mean", try Tensor(means, shape: [means.count])))
    tensors.append(("observation.deviation", try Tensor(deviations, shape: [deviations.count])))
    try TensorFile.write(path, tensors)
  }

  /// - Throws: `SafetensorsError` when the file holds other layers; the network is unchanged then.
  static func read(_ path: String, into network: DenseNetwork) throws {
    let tensors = try tensors(of: network)
    try TensorFile.read(path, into: tensors)
    try take(tensors, network)
  }

  /// - Throws: `SafetensorsError` when the file holds other layers; the learner is unchanged then.
  static func read(_ path: String, into learner: any MultiAgentLearner) throws {
    let own = try learner.policies.map { ($0.network, try tensors(of: $0.network, prefix: $0.name + ".")) }
    let width = learner.observationScale.mean.count
    let mean = try Tensor([Float](repeating: 0, count: width), shape: [width])
    let deviation = try Tensor([Float](repeating: 1, count: width), shape: [width])
    try TensorFile.read(
      path,
      into: own.flatMap(\.1) + [("observation.mean", mean), ("observation.deviation", deviation)])
    for (network, tensors) in own { try take(tensors, network) }
    learner.observationScale = (
      try mean.floats().map(Double.init), try deviation.floats().map(Double.init)
    )
  }

  private static func tensors(of network: DenseNetwork, prefix: String = "") throws
    -> [(name: String, tensor: Tensor)]
  {
    var tensors: [(name: String, tensor: Tensor)] = []
    var start = 0
    for layer in 0..<network.widths.count - 1 {
      let (inputs, outputs) = (network.widths[layer], network.widths[layer + 1])
      let weights = Array(network.parameters[start..<start + inputs * outputs])
      let bias = Array(network.parameters[start + inputs * outputs..<start + (inputs + 1) * outputs])
      tensors.append(
        (
          "\(prefix)\(2 * layer).weight",
          try Tensor(weights, shape: [inputs, outputs]).transpose(0, 1).contiguous()
        ))
      tensors.append(("\(prefix)\(2 * layer).bias", try Tensor(bias, shape: [outputs])))
      start += (inputs + 1) * outputs
    }
    return tensors
  }

  /// Copies layers, as `tensors(of:)` orders them, into the network.
  private static func take(_ tensors: [(name: String, tensor: Tensor)], _ network: DenseNetwork) throws {
    var start = 0
    for (index, entry) in tensors.enumerated() {
      let isWeight = index % 2 == 0
      let tensor = isWeight ? try entry.tensor.transpose(0, 1).contiguous() : entry.tensor
      for value in try tensor.floats() {
        network.parameters[start] = value
        start += 1
      }
    }
  }
}
