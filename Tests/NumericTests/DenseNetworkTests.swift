import CNumeric
import Foundation
import Testing

@testable import Numeric

@Suite struct DenseNetworkTests {
  /// The same network in double precision, the plain way.
  private func reference(_ network: DenseNetwork, _ input: [Float]) -> [Double] {
    var values = input.map(Double.init)
    var start = 0
    for layer in 0..<network.widths.count - 1 {
      let (inputs, outputs) = (network.widths[layer], network.widths[layer + 1])
      let kind = layer == network.widths.count - 2 ? network.outputActivation : network.activation
      let from = values
      values = (0..<outputs).map { output in
        var sum = Double(network.parameters[start + inputs * outputs + output])
        for index in 0..<inputs {
          sum += from[index] * Double(network.parameters[start + index * outputs + output])
        }
        switch kind {
        case .identity: return sum
        case .tanh: return tanh(sum)
        case .relu: return max(0, sum)
        case .silu: return sum / (1 + exp(-sum))
        case .selu: return 1.0507009873554805 * (sum > 0 ? sum : 1.6732632423543772 * (exp(sum) - 1))
        case .sigmoid: return 1 / (1 + exp(-sum))
        }
      }
      start += (inputs + 1) * outputs
    }
    return values
  }

  @Test(arguments: DenseActivation.allCases) func forwardIsTheFormula(activation: DenseActivation) {
    var random = PCG64(seed: 1)
    // Widths on both sides of the kernel's blocks of 32.
    let network = DenseNetwork(
      widths: [5, 67, 32, 3], activation: activation, output: activation, random: &random)
    let rows = (0..<7).map { _ in (0..<5).map { _ in Float(3 * random.normal()) } }
    let outputs = network(rows.flatMap { $0 })
    for (row, input) in rows.enumerated() {
      for (column, value) in reference(network, input).enumerated() {
        #expect(abs(Double(outputs[row * 3 + column]) - value) < 2e-6 * max(1, abs(value)))
      }
    }
  }

  @Test(arguments: DenseActivation.allCases) func backwardIsTheFiniteDifference(activation: DenseActivation) {
    var random = PCG64(seed: 2)
    let network = DenseNetwork(widths: [3, 33, 4, 2], activation: activation, output: .tanh, random: &random)
    let input = (0..<15).map { _ in Float(random.normal()) }
    let weights = (0..<10).map { _ in random.normal() }
    // The loss is a random linear form of the outputs, in double precision.
    func loss() -> Double {
      (0..<5).reduce(0.0) { sum, row in
        sum
          + zip(reference(network, Array(input[row * 3..<row * 3 + 3])), weights[row * 2..<row * 2 + 2])
          .reduce(0) { $0 + $1.0 * $1.1 }
      }
    }
    _ = network.forward(input, rows: 5)
    network.backward(input, rows: 5, outputGradient: weights.map(Float.init))
    let step: Float = 1e-3
    for index in stride(from: 0, to: network.parameterCount, by: 5) {
      let kept = network.parameters[index]
      network.parameters[index] = kept + step
      let above = loss()
      network.parameters[index] = kept - step
      let difference = (above - loss()) / Double((kept + step) - (kept - step))
      network.parameters[index] = kept
      #expect(abs(Double(network.gradients[index]) - difference) < 2e-3 * max(1, abs(difference)))
    }
  }

  @Test func theInputsGradientIsTheFiniteDifference() {
    var random = PCG64(seed: 3)
    let network = DenseNetwork(widths: [4, 40, 1], random: &random)
    var input = (0..<4).map { _ in Float(random.normal()) }
    var gradient = [Float](repeating: 0, count: 4)
    _ = network.forward(input, rows: 1)
    network.backward(input, rows: 1, outputGradient: [1], inputGradient: &gradient, parameterGradients: false)
    for index in 0..<4 {
      let kept = input[index]
      input[index] = kept + 1e-3
      let above = reference(network, input)[0]
      input[index] = kept - 1e-3
      #expect(abs(Double(gradient[index]) - (above - reference(network, input)[0]) / 2e-3) < 1e-3)
      input[index] = kept
    }
    #expect(network.gradients.allSatisfy { $0 == 0 })
  }

  @Test func orthogonalWeightsAreOrthogonal() {
    var random = PCG64(seed: 4)
    for (rows, columns) in [(4, 9), (9, 4), (6, 6)] {
      let matrix = DenseNetwork.orthogonal(rows, columns, &random)
      let count = min(rows, columns)
      for i in 0..<count {
        for j in 0..<count {
          let product = (0..<max(rows, columns)).reduce(0.0) { sum, k in
            rows <= columns
              ? sum + matrix[i * columns + k] * matrix[j * columns + k]
              : sum + matrix[k * columns + i] * matrix[k * columns + j]
          }
          #expect(abs(product - (i == j ? 1 : 0)) < 1e-12)
        }
      }
    }
  }

  /// torch.optim.AdamW([torch.tensor([1.0])], lr=0.1, weight_decay=0.01), loss x^2, three steps.
  @Test func adamStepsAsPyTorchDoes() {
    var random = PCG64(seed: 5)
    let network = DenseNetwork(widths: [1, 1], random: &random)
    network.parameters[0] = 1
    let adam = Adam(network, learningRate: 0.1, weightDecay: 0.01)
    var values: [Float] = []
    for _ in 0..<3 {
      network.gradients[0] = 2 * network.parameters[0]
      adam.step()
      values.append(network.parameters[0])
    }
    for (value, expected) in zip(values, [0.8990000486373901, 0.7985190749168396, 0.6989112496376038]) {
      #expect(abs(value - Float(expected)) < 1e-6)
    }
  }

  @Test func aNetworkLearnsTheSine() {
    var random = PCG64(seed: 6)
    let network = DenseNetwork(widths: [1, 32, 32, 1], random: &random)
    let adam = Adam(network, learningRate: 3e-3)
    let input = (0..<64).map { Float($0) / 64 * 6 - 3 }
    var loss = 0.0
    for _ in 0..<1500 {
      let output = network.forward(input, rows: 64)
      loss = 0
      let gradient = input.indices.map { index -> Float in
        let error = output[index] - sin(input[index])
        loss += Double(error * error) / 64
        return 2 * error / 64
      }
      network.backward(input, rows: 64, outputGradient: gradient)
      adam.step()
    }
    #expect(loss < 1e-3)
  }
}

@Suite struct KernelTests {
  @Test(arguments: [(1, 1, 1), (3, 2, 5), (70, 1, 300), (9, 35, 17), (64, 2, 256), (33, 33, 600), (5, 64, 0)])
  func theProductIsTheSumOfProducts(m: Int, n: Int, k: Int) {
    var random = PCG64(seed: UInt64(m * 1000 + n))
    let a = (0..<m * k).map { _ in Float(random.normal()) }
    let b = (0..<k * n).map { _ in Float(random.normal()) }
    let start = (0..<m * n).map { _ in Float(random.normal()) }
    // `a` as it lies, then as the transpose of what lies there; anew, then added.
    for isTransposed in [false, true] {
      for isAdded in [false, true] {
        var c = start
        let (row, column) = isTransposed ? (1, m) : (k, 1)
        cn_multiply(m, n, k, a, row, column, b, n, &c, n, isAdded ? 1 : 0)
        for i in 0..<m {
          for j in 0..<n {
            var sum = isAdded ? Double(start[i * n + j]) : 0
            for l in 0..<k { sum += Double(a[i * row + l * column]) * Double(b[l * n + j]) }
            #expect(abs(Double(c[i * n + j]) - sum) < 1e-4 * max(1, abs(sum)))
          }
        }
      }
    }
  }
}
