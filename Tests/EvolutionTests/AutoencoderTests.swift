import Foundation
import Testing
import Worlds

@testable import Evolution

@Suite struct AutoencoderTests {
  @Test func autoencoderLearnsALineInManyDimensions() {
    var random = PCG64(seed: 8)
    let model = Autoencoder(viewWidth: 12, codeWidth: 2, hidden: [16, 8], random: &random)
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

  @Test func theGradientIsThatOfFiniteDifferences() {
    var random = PCG64(seed: 7)
    let model = Autoencoder(viewWidth: 6, codeWidth: 3, hidden: [9], random: &random)
    let views = (0..<5 * 6).map { _ in Float(random.normal()) }
    func loss() -> Double { Double(model.describe(views, count: 5).errors.reduce(0, +)) / 5 }
    model.accumulate(views, count: 5)
    for network in [model.encoder, model.decoder] {
      let largest = network.gradients.map(abs).max()!
      #expect(largest > 0.01)
      for place in stride(from: 0, to: network.parameterCount, by: 3) {
        let kept = network.parameters[place]
        network.parameters[place] = kept + 4e-3
        let above = loss()
        network.parameters[place] = kept - 4e-3
        let difference = (above - loss()) / 8e-3
        network.parameters[place] = kept
        #expect(abs(difference - Double(network.gradients[place])) < 0.02 * Double(largest))
      }
    }
  }
}
