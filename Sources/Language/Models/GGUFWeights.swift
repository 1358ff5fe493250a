import Torch

/// Reads a model's weights from a GGUF file, checking every shape.
struct GGUFWeights {
  let file: GGUFFile
  let dtype: DType
  let device: Device

  /// A matrix in the model's type.
  func weight(_ name: String, _ shape: [Int]) throws -> Tensor { try load(name, shape).to(dtype).to(device) }

  /// A norm's scale, always float32.
  func norm(_ name: String, _ width: Int) throws -> Tensor { try load(name, [width]).to(device) }

  /// A query or key matrix: llama's GGUF files hold the rows of a head as adjacent pairs (0, 1), (2, 3), ...;
  /// the model rotates halves, so the even rows come first, then the odd ones.
  func rotary(_ name: String, _ shape: [Int], heads: Int) throws -> Tensor {
    let half = shape[0] / heads / 2
    return try load(name, shape).view([heads, half, 2, shape[1]]).transpose(1, 2).reshape(shape).to(dtype).to(
      device)
  }

  private func load(_ name: String, _ shape: [Int]) throws -> Tensor {
    guard let info = file.tensor(name) else {
      throw GGUFError(file: file.path, problem: "tensor \(name) is missing")
    }
    guard info.shape == shape else {
      throw GGUFError(
        file: file.path, problem: "tensor \(name) has shape \(info.shape), the model needs \(shape)",
        remedy: "The file's metadata and its tensors do not belong together: download it again.")
    }
    return try Tensor(file.dequantize(name), shape: shape)
  }
}
