extension Module {
  /// Fills the parameters from a file, converted from the file's floating-point type to theirs. Nothing is written
  /// into any of them unless all fit.
  /// - Parameters:
  ///   - prefix: what the file puts before this module's names; its tensors without it are passed over.
  ///   - ignoring: names, without the prefix, that the file may hold besides (buffers, say).
  /// - Throws: `SafetensorsError` that names the file and every tensor that is missing, misshapen or unexpected.
  public func load(_ file: SafetensorsFile, prefix: String = "", ignoring: Set<String> = []) throws {
    let targets = namedParameters
    var problems: [String] = []
    for (name, tensor) in targets {
      guard let entry = file.entries[prefix + name] else {
        problems.append("tensor '\(prefix)\(name)' is missing, expected shape \(tensor.shape)")
        continue
      }
      if entry.shape != tensor.shape {
        problems.append("tensor '\(prefix)\(name)' has shape \(entry.shape), expected \(tensor.shape)")
      } else if !DType.floating.contains(where: { $0.safetensorsType == entry.dtype }) {
        problems.append(
          "tensor '\(prefix)\(name)' is \(entry.dtype.rawValue), expected F32, F16, BF16 or F64")
      }
    }
    let known = Set(targets.map { prefix + $0.name }).union(ignoring.map { prefix + $0 })
    for name in file.entries.keys.sorted() where name.hasPrefix(prefix) && !known.contains(name) {
      problems.append("tensor '\(name)' of shape \(file.entries[name]?.shape ?? []) is unexpected")
    }
    guard problems.isEmpty else {
      let rest = problems.count > 5 ? "; and \(problems.count - 5) more" : ""
      throw SafetensorsError(
        file: file.path, problem: problems.prefix(5).joined(separator: "; ") + rest,
        remedy: "Load it into a module with the sizes that it was saved with.")
    }
    try Torch.withoutGrad {
      for (name, tensor) in targets {
        guard let entry = file.entries[prefix + name], let dtype = DType(entry.dtype) else { continue }
        try tensor.copy(
          from: file.withBytes(prefix + name) { try Tensor(bytes: $0, dtype: dtype, shape: entry.shape) })
      }
    }
  }

  /// Writes the parameters to a file that PyTorch's `load_state_dict` reads through safetensors; it appears when it
  /// is complete, or the previous one stays.
  public func save(_ path: String, prefix: String = "", metadata: [String: String] = [:]) throws {
    try TensorFile.write(
      path, namedParameters.map { (name: prefix + $0.name, tensor: $0.tensor) }, metadata: metadata)
  }
}

extension DType {
  /// The types that hold real numbers.
  static let floating: [DType] = [.float32, .float16, .bfloat16, .float64]
}
