import Foundation
import Testing
import Worlds

@testable import Evolution

@Suite struct NetworkTests {
  @Test(arguments: [(3, 5, 7), (4, 8, 16), (9, 33, 21)]) func productsAreThoseOfTheDefinition(
    rows: Int, inner: Int, columns: Int
  ) {
    var random = PCG64(seed: 3)
    let a = (0..<rows * inner).map { _ in Float(random.normal()) }
    let b = (0..<inner * columns).map { _ in Float(random.normal()) }
    var c = [Float](repeating: 1, count: rows * columns)
    MatrixProduct.multiply(a, b, into: &c, rows: rows, inner: inner, columns: columns, adding: true)
    for row in 0..<rows {
      for column in 0..<columns {
        let exact = (0..<inner).reduce(1.0) {
          $0 + Double(a[row * inner + $1]) * Double(b[$1 * columns + column])
        }
        #expect(abs(exact - Double(c[row * columns + column])) < 1e-4)
      }
    }
  }

  @Test func gradientIsThatOfFiniteDifferences() {
    var random = PCG64(seed: 7)
    var network = Perceptron(
      widths: [6, 10, 9, 4], activations: [.selu, .tanh, .identity], random: &random)
    let inputs = (0..<5 * 6).map { _ in Float(random.normal()) }
    // Loss: half the sum of squared outputs; its gradient is the outputs.
    func loss(_ network: Perceptron, _ inputs: [Float]) -> (value: Double, isPositive: [Bool]) {
      let layers = network.activations(inputs, count: 5)
      return (layers[3].reduce(0.0) { $0 + Double($1) * Double($1) / 2 }, layers[1].map { $0 > 0 })
    }
    let outputs = network(inputs, count: 5)
    let passed = network.accumulate(
      network.activations(inputs, count: 5), outputGradient: outputs, count: 5, passing: true)
    let (gradient, parameters) = (network.gradient, network.parameters)
    let scale = Double((gradient + passed).map(abs).max()!)
    #expect(scale > 0.1)
    var compared = 0
    for place in 0..<parameters.count + inputs.count {
      var (above, below, upper, lower) = (network, network, inputs, inputs)
      if place < parameters.count {
        above.parameters[place] += 2e-3
        below.parameters[place] -= 2e-3
      } else {
        upper[place - parameters.count] += 2e-3
        lower[place - parameters.count] -= 2e-3
      }
      let (high, low) = (loss(above, upper), loss(below, lower))
      // Where a SELU unit changes sides between the two there is no derivative to compare with.
      if high.isPositive != low.isPositive { continue }
      let exact = place < parameters.count ? gradient[place] : passed[place - parameters.count]
      #expect(abs((high.value - low.value) / 4e-3 - Double(exact)) < 1e-3 * scale)
      compared += 1
    }
    #expect(compared > 200)
  }

  @Test func autoencoderLearnsALineInManyDimensions() {
    var random = PCG64(seed: 8)
    var model = Autoencoder(viewWidth: 12, codeWidth: 2, hidden: [16, 8], random: &random)
    let direction = (0..<12).map { _ in Float(random.normal()) }
    let views = (0..<200).flatMap { _ in
      let t = Float(random.uniform(-1, 1))
      return direction.map { $0 * t }
    }
    let before = model.describe(views, count: 200).errors.reduce(0, +)
    let training = model.train(views, count: 200, rate: 3e-3, random: &random)
    let after = model.describe(views, count: 200).errors.reduce(0, +)
    #expect(after < before / 20)
    #expect(training.codeSpread.upperBound > 0.1)
  }
}
