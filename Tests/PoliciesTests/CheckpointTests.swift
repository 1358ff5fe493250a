import Foundation
import Language
import LanguageTestSupport
import Testing
import Torch

@testable import Policies

/// A folder that goes away with its owner.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("laurel-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }
}

/// What is trained.
enum Training: CaseIterable {
  case adapters
  case allWeights

  func engine(_ folder: TemporaryFolder, momentum: Bool = false) throws -> ModularEngine {
    let model = try LlamaModel(folder: TinyModel(in: folder.url).folder)
    switch self {
    case .adapters: model.lora = try LoRA(LoRAConfiguration(r: 4, alpha: 8), for: model, seed: 3)
    case .allWeights: try model.trainAll()
    }
    return try ModularEngine(model, baseModel: "tiny") {
      if momentum { return try SGD($0, learningRate: 0.01, momentum: 0.9) }
      return try AdamW($0, learningRate: 0.01)
    }
  }
}

struct CheckpointTests {
  private let groups = [
    PolicyGroup(prompt: [1, 2, 3], completions: [[4, 5], [6, 7, 8]], advantages: [1, -0.5]),
    PolicyGroup(prompt: [9, 10], completions: [[11], [12, 13]], advantages: [0.5, -1]),
  ]
  private let rule = PolicyStep(objective: PolicyObjective(), maxCompletionLength: 4, tokenBudget: 8)

  private func advance(_ engine: ModularEngine, steps: Int) throws {
    for _ in 0..<steps {
      _ = try engine.step(groups, rule)
      try engine.update(learningRate: 0.01, maxGradNorm: 1)
    }
  }

  private func values(_ engine: ModularEngine) throws -> [[Float]] {
    try engine.optimizer.parameters.map { try $0.tensor.floats() }
  }

  @Test(arguments: Training.allCases, [false, true])
  func `training goes on from a checkpoint bit for bit`(_ training: Training, _ momentum: Bool) throws {
    let folder = try TemporaryFolder()
    let whole = try training.engine(folder, momentum: momentum)
    try advance(whole, steps: 2)
    let checkpoint = try Checkpoint.write(whole, step: 2, in: folder.url)
    try advance(whole, steps: 3)

    let resumed = try training.engine(folder, momentum: momentum)
    try checkpoint.restore(resumed)
    try advance(resumed, steps: 3)
    #expect(try values(whole) == values(resumed))
  }

  @Test func `the newest checkpoints are kept, and an unfinished one is not taken for one`() throws {
    let folder = try TemporaryFolder()
    let engine = try Training.adapters.engine(folder)
    for step in [2, 10, 4] { _ = try Checkpoint.write(engine, step: step, in: folder.url) }
    try FileManager.default.createDirectory(
      at: folder.url.appendingPathComponent(".checkpoint-12.tmp"), withIntermediateDirectories: true)
    #expect(Checkpoint.all(in: folder.url).map(\.step) == [2, 4, 10])
    Checkpoint.prune(in: folder.url, keeping: 2)
    #expect(Checkpoint.all(in: folder.url).map(\.step) == [4, 10])
  }

  @Test func `a tensor of another shape, one missing and one too many are named, and nothing is changed`()
    throws
  {
    let folder = try TemporaryFolder()
    let engine = try Training.adapters.engine(folder)
    let checkpoint = try Checkpoint.write(engine, step: 1, in: folder.url)
    let path = checkpoint.folder.appendingPathComponent("adapter_model.safetensors").path
    let right = try #require(engine.model.lora).parameters
    let before = try values(engine)
    let wrong: [([(name: String, tensor: Tensor)], String)] = [
      (Array(right.dropFirst()), "tensor '\(right[0].name)' is missing"),
      (
        [(right[0].name, try Tensor.zeros([3, 16]))] + right.dropFirst(),
        "tensor '\(right[0].name)' is F32 [3, 16], expected F32 [4, 16]"
      ),
      (right + [("extra", try Tensor.zeros([1]))], "tensor 'extra' has no place here"),
    ]
    for (tensors, problem) in wrong {
      try TensorFile.write(path, tensors)
      let error = #expect(throws: SafetensorsError.self) { try checkpoint.restore(engine) }
      #expect(error?.problem == problem)
      #expect(error?.file == path)
      #expect(try values(engine) == before)
    }
  }

  @Test func `a checkpoint that cannot be written leaves the previous one`() throws {
    let folder = try TemporaryFolder()
    let engine = try Training.adapters.engine(folder)
    let small = folder.url.appendingPathComponent("small")
    try FileManager.default.createDirectory(at: small, withIntermediateDirectories: true)
    // A real full disk where the machine lets us have one; elsewhere a name that a file has taken.
    let isMounted = Self.run("mount", "-t", "tmpfs", "-o", "size=72k", "tmpfs", small.path)
    defer { if isMounted { _ = Self.run("umount", small.path) } }
    let first = try Checkpoint.write(engine, step: 1, in: small)
    if !isMounted {
      try Data().write(to: small.appendingPathComponent("blocked"))
    }
    let parent = isMounted ? small : small.appendingPathComponent("blocked")
    let error = #expect(throws: (any Error).self) { try Checkpoint.write(engine, step: 2, in: parent) }
    if isMounted { #expect("\(try #require(error))".contains("the disk is full")) }
    #expect(Checkpoint.all(in: small) == [first])
    try first.restore(engine)
  }

  private static func run(_ command: String...) -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}
