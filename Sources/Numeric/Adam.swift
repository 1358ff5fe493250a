import CNumeric
import Foundation

/// Adam (Kingma and Ba 2015) on a dense network's parameters, with PyTorch's formula and defaults.
public final class Adam {
  public var learningRate: Double
  public let beta1, beta2, epsilon: Double
  /// Decoupled (AdamW, Loshchilov and Hutter 2019).
  public let weightDecay: Double
  private let network: DenseNetwork
  private var first: [Float]
  private var second: [Float]
  private var steps = 0

  public init(
    _ network: DenseNetwork, learningRate: Double, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-8, weightDecay: Double = 0
  ) {
    self.network = network
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    first = Array(repeating: 0, count: network.parameterCount)
    second = first
  }

  /// The norm of all gradients.
  public var gradientNorm: Double {
    cn_sum_of_squares(network.parameterCount, network.gradients.baseAddress!).squareRoot()
  }

  /// One step down the network's gradients, which are then cleared.
  /// - Parameter scale: A factor for the gradients (clipping).
  public func step(scale: Double = 1) {
    steps += 1
    first.withUnsafeMutableBufferPointer { first in
      second.withUnsafeMutableBufferPointer { second in
        cn_adam(
          network.parameterCount, network.parameters.baseAddress!, network.gradients.baseAddress!,
          first.baseAddress!, second.baseAddress!, Float(learningRate), beta1, beta2,
          Float(epsilon), Float(weightDecay), Float(scale), Float(1 - pow(beta1, Double(steps))),
          Float(1 - pow(beta2, Double(steps))))
      }
    }
    network.zeroGradients()
  }
}
