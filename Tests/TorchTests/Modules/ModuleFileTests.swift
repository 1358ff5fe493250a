import Foundation
import Testing

@testable import Torch

@Suite(.serialized) struct ModuleFileTests {
  private func inFolder(_ body: (String) throws -> Void) throws {
    let folder = try FormatFixtures.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path + "/module.safetensors")
  }

  private func network(_ hidden: Int = 3) throws -> Sequential {
    try Sequential(widths: [2, hidden, 1], activation: .relu)
  }

  private func error(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch { return "\(error)" }
  }

  @Test func `what is saved is loaded, and only the numbers change`() throws {
    try inFolder { path in
      let saved = try network()
      try saved.save(path, prefix: "policy.", metadata: ["step": "3"])
      let file = try SafetensorsFile(path: path)
      #expect(
        Set(file.entries.keys)
          == ["policy.0.weight", "policy.0.bias", "policy.2.weight", "policy.2.bias"])
      #expect(file.metadata["step"] == "3")
      let loaded = try network()
      let before = loaded.parameters
      try loaded.load(file, prefix: "policy.")
      #expect(zip(before, loaded.parameters).allSatisfy { $0 === $1 && $1.requiresGrad })
      for (a, b) in zip(saved.parameters, loaded.parameters) { #expect(try a.floats() == b.floats()) }
    }
  }

  @Test func `half-precision numbers are widened`() throws {
    try inFolder { path in
      let weight = try Tensor([0.1, -2] as [Float], shape: [1, 2])
      try TensorFile.write(path, [("weight", weight.to(.bfloat16))])
      let linear = try Linear(2, 1, bias: false)
      try linear.load(SafetensorsFile(path: path))
      #expect(try linear.weight.floats() == [0.100097656, -2])
      #expect(linear.weight.dtype == .float32)
    }
  }

  @Test func `every tensor that does not fit is named with its shape and the file, and nothing is written`()
    throws
  {
    try inFolder { path in
      let target = try network()
      let before = try target.parameters.map { try $0.floats() }
      try network(4).save(path)
      let shapes = error { try target.load(SafetensorsFile(path: path)) }
      #expect(shapes.hasPrefix(path))
      #expect(shapes.contains("tensor '0.weight' has shape [4, 2], expected [3, 2]"))
      #expect(shapes.contains("tensor '2.weight' has shape [1, 4], expected [1, 3]"))
      try TensorFile.write(
        path, target.namedParameters.dropLast() + [("extra", Tensor.zeros([5]))])
      let names = error { try target.load(SafetensorsFile(path: path)) }
      #expect(names.contains("tensor '2.bias' is missing, expected shape [1]"))
      #expect(names.contains("tensor 'extra' of shape [5] is unexpected"))
      try TensorFile.write(path, target.namedParameters.dropLast() + [("2.bias", Tensor([1], shape: [1]))])
      let types = error { try target.load(SafetensorsFile(path: path)) }
      #expect(types.contains("tensor '2.bias' is I64, expected F32"))
      #expect(try target.parameters.map { try $0.floats() } == before)
    }
  }

  @Test func `tensors that the caller names may be there besides`() throws {
    try inFolder { path in
      let target = try network()
      try TensorFile.write(path, target.namedParameters + [("buffer", Tensor.zeros([5]))])
      try target.load(SafetensorsFile(path: path), ignoring: ["buffer"])
    }
  }
}
