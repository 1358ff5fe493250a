import Foundation
import Testing
import Torch

struct OptimizerTests {
  // PyTorch 2.13: w = [1, -2, 3], loss = (w * w * [1, 2, 3]).sum(), four steps; see the loop in each test.
  private func trained(_ make: ([(name: String, tensor: Tensor)]) throws -> any Optimizer) throws -> [Float] {
    let w = try Tensor([1, -2, 3] as [Float], shape: [3]).requireGrad()
    let scale = try Tensor([1, 2, 3] as [Float], shape: [3])
    let optimizer = try make([("w", w)])
    for _ in 0..<4 {
      try (w * w * scale).sum().backward()
      try optimizer.step()
      try optimizer.zeroGradients()
    }
    return try w.floats()
  }

  // torch.optim.SGD([w], lr=0.01, momentum=0.9, weight_decay=0.1), torch.optim.SGD([w], lr=0.01),
  // torch.optim.AdamW([w], lr=0.01, weight_decay=0.1)
  @Test func `four steps give PyTorch's numbers`() throws {
    let momentum = try trained { try SGD($0, learningRate: 0.01, momentum: 0.9, weightDecay: 0.1) }
    let plain = try trained { try SGD($0, learningRate: 0.01) }
    let adamW = try trained { try AdamW($0, learningRate: 0.01, weightDecay: 0.1) }
    for (own, expected) in [(momentum, Self.momentum), (plain, Self.plain), (adamW, Self.adamW)] {
      for (a, b) in zip(own, expected) { #expect(abs(a - b) < 1e-6) }
    }
  }

  @Test func `gradients beyond the norm are scaled down to it, and a norm that is not finite stops`() throws {
    let w = try Tensor([3, 4] as [Float], shape: [2]).requireGrad()
    let optimizer = try SGD([("w", w)], learningRate: 1)
    try w.square().sum().backward()
    #expect(abs(try optimizer.clipGradients(to: 1) - 10) < 1e-5)
    let clipped = try #require(w.grad).floats()
    #expect(abs(clipped[0] - 0.6) < 1e-5 && abs(clipped[1] - 0.8) < 1e-5)
    try optimizer.zeroGradients()
    try (w * .nan).sum().backward()
    let error = #expect(throws: TorchError.self) { try optimizer.clipGradients(to: 1) }
    #expect(error?.message.contains("lower learning_rate") == true)
  }

  @Test func `schedules rise and fall as named`() {
    func factors(_ kind: LearningRateSchedule.Kind, warmup: Int = 0) -> [Double] {
      (0..<5).map { LearningRateSchedule(kind, warmupSteps: warmup).factor(step: $0, of: 5) }
    }
    #expect(factors(.constant) == [1, 1, 1, 1, 1])
    #expect(factors(.constant, warmup: 2) == [0.5, 1, 1, 1, 1])
    #expect(factors(.linear) == [1, 0.8, 0.6, 0.4, 0.2].map { 1 - (1 - $0) })
    let cosine = factors(.cosine, warmup: 1)
    for (own, expected) in zip(cosine, [1, 1, 0.853553390593, 0.5, 0.146446609407]) {
      #expect(abs(own - expected) < 1e-9)
    }
  }

  private static let momentum: [Float] = [0.8160082101821899, -1.3035606145858765, 1.493896484375]
  private static let plain: [Float] = [0.9223681688308716, -1.6986931562423706, 2.3422467708587646]
  private static let adamW: [Float] = [0.9560925364494324, -1.952086091041565, 2.9480881690979004]
}
