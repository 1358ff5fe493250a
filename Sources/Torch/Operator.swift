import CTorch

/// An argument of an ATen operator.
public enum OperatorArgument {
  case none
  case tensor(Tensor)
  case int(Int)
  case double(Double)
  case bool(Bool)
  case ints([Int])
  case tensors([Tensor?])
  case string(String)
  case device(Device)
}

/// Any ATen operator, found by its schema's name; see torch's `native_functions.yaml` for the list.
///
/// Arguments go by position; those left out take the schema's defaults. This is the one place where Swift hands
/// handles to C: tensors are kept alive until the call returns.
public struct Operator: @unchecked Sendable {
  private let pointer: ct_operator
  public let name: String

  /// - Parameter name: `add.Tensor` for overload `Tensor` of `aten::add`; `laurel::x` names another library's.
  /// - Throws: `TorchError` when the installed torch has no such operator.
  public init(_ name: String) throws {
    let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
    let base = parts[0].contains("::") ? parts[0] : "aten::" + parts[0]
    var found: ct_operator?
    try checked(ct_find_operator(base, parts.count > 1 ? parts[1] : "", &found))
    guard let found else { throw TorchError("no operator \(name)") }
    pointer = found
    self.name = name
  }

  /// Calls the operator and returns its tensors in order. Undefined tensors are left out.
  @discardableResult
  public func callAll(_ arguments: [OperatorArgument]) throws -> [Tensor] {
    var scratch = ArgumentScratch()
    defer { scratch.release() }
    let values = arguments.map { scratch.value(of: $0) }
    var results = [ct_tensor?](repeating: nil, count: 64)
    var count: Int32 = 0
    let status = withExtendedLifetime(arguments) {
      values.withUnsafeBufferPointer { values in
        results.withUnsafeMutableBufferPointer { results in
          ct_call(pointer, values.baseAddress, Int32(values.count), results.baseAddress, 64, &count)
        }
      }
    }
    do {
      try checked(status)
    } catch let error as TorchError {
      throw TorchError("\(name): \(error.message)")
    }
    return results[0..<Int(count)].compactMap { $0.map(Tensor.init(handle:)) }
  }

  /// Calls an operator that returns one tensor.
  public func callAsFunction(_ arguments: OperatorArgument...) throws -> Tensor {
    guard let first = try callAll(arguments).first else { throw TorchError("\(name) returned no tensor") }
    return first
  }
}

/// Memory that C reads during one call.
private struct ArgumentScratch {
  private var allocations: [UnsafeMutableRawPointer] = []

  private mutating func copy<T>(_ items: [T]) -> UnsafeRawPointer? {
    guard !items.isEmpty else { return nil }
    let memory = UnsafeMutablePointer<T>.allocate(capacity: items.count)
    memory.initialize(from: items, count: items.count)
    allocations.append(UnsafeMutableRawPointer(memory))
    return UnsafeRawPointer(memory)
  }

  mutating func value(of argument: OperatorArgument) -> ct_value {
    var value = ct_value()
    switch argument {
    case .none: value.tag = Int32(CT_NONE)
    case .tensor(let tensor):
      value.tag = Int32(CT_TENSOR)
      value.items = UnsafeRawPointer(tensor.handle)
    case .int(let integer):
      value.tag = Int32(CT_INT)
      value.integer = Int64(integer)
    case .double(let real):
      value.tag = Int32(CT_DOUBLE)
      value.real = real
    case .bool(let flag):
      value.tag = Int32(CT_BOOL)
      value.integer = flag ? 1 : 0
    case .ints(let items):
      value.tag = Int32(CT_INTS)
      value.count = Int32(items.count)
      value.items = copy(items.map(Int64.init))
    case .tensors(let items):
      value.tag = Int32(CT_TENSORS)
      value.count = Int32(items.count)
      value.items = copy(items.map { $0?.handle })
    case .string(let text):
      value.tag = Int32(CT_STRING)
      value.items = copy(Array(text.utf8CString))
    case .device(let device):
      value.tag = Int32(CT_DEVICE)
      value.items = copy(Array(device.description.utf8CString))
    }
    return value
  }

  mutating func release() {
    for memory in allocations { memory.deallocate() }
    allocations.removeAll()
  }
}
