import CNumeric
import Foundation

/// Adam (Kingma and Ba 2015) on a dense network's parameters, with PyTorch's formula and defaults.
public final class Adam {
  public var learningRate: Double
  public let beta1, beta2, epsilon: Double
  /// Decoupled (AdamW, Loshchilov and Hutter 2019).
  public let weightDecay: Double
  private let owner: AnyObject
  private let parameters, gradients: UnsafeMutableBufferPointer<Float>
  private var first: [Float]
  private var second: [Float]
  private var steps = 0

  public convenience init(
    _ network: DenseNetwork, learningRate: Double, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-8, weightDecay: Double = 0
  ) {
    self.init(
      network, parameters: network.parameters, gradients: network.gradients, learningRate: learningRate,
      beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay)
  }

  /// - Parameter owner: Keeps the two buffers alive.
  public init(
    _ owner: AnyObject, parameters: UnsafeMutableBufferPointer<Float>,
    gradients: UnsafeMutableBufferPointer<Float>, learningRate: Double, beta1: Double = 0.9,
    beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0
  ) {
    precondition(parameters.count == gradients.count, "as many gradients as parameters are needed")
    self.owner = owner
    self.parameters = parameters
    self.gradients = gradients
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    first = Array(repeating: 0, count: parameters.count)
    second = first
  }

  /// Keeps both moments and the number of steps as sections that begin with `name`.
  public func save(_ name: String, in archive: inout StateArchive) {
    archive.put(name + ".first", first)
    archive.put(name + ".second", second)
    archive.put(name + ".steps", [steps])
  }

  /// Goes on from what `save` kept.
  /// - Throws: `StateArchiveError` when it is not there or belongs to other parameters.
  public func restore(_ name: String, from archive: StateArchive) throws(StateArchiveError) {
    let (first, second) = (try archive.floats(name + ".first"), try archive.floats(name + ".second"))
    guard first.count == self.first.count, second.count == first.count else { throw .wrongSize(name) }
    steps = try archive.integer(name + ".steps")
    (self.first, self.second) = (first, second)
  }

  /// The sum of the squares of all gradients.
  public var squaredGradientNorm: Double { cn_sum_of_squares(gradients.count, gradients.baseAddress!) }

  /// One step down the gradients, which are then cleared.
  /// - Parameter scale: A factor for the gradients (clipping).
  public func step(scale: Double = 1) {
    steps += 1
    first.withUnsafeMutableBufferPointer { first in
      second.withUnsafeMutableBufferPointer { second in
        cn_adam(
          parameters.count, parameters.baseAddress!, gradients.baseAddress!, first.baseAddress!,
          second.baseAddress!, Float(learningRate), beta1, beta2, Float(epsilon), Float(weightDecay),
          Float(scale), Float(1 - pow(beta1, Double(steps))), Float(1 - pow(beta2, Double(steps))))
      }
    }
    gradients.update(repeating: 0)
  }
}

/// A vector of trained numbers that belong to no network (a policy's standard deviations, a temperature).
public final class ParameterVector {
  public let parameters, gradients: UnsafeMutableBufferPointer<Float>

  public init(_ values: [Float]) {
    parameters = .allocate(capacity: values.count)
    gradients = .allocate(capacity: values.count)
    _ = parameters.initialize(from: values)
    gradients.initialize(repeating: 0)
  }

  deinit {
    parameters.deallocate()
    gradients.deallocate()
  }
}
