import CTorch

/// A libtorch tensor: shape, element type, device, and its place in the autograd graph.
///
/// A class, because identity matters (in-place updates reach every holder). It may cross threads; concurrent
/// in-place writes are the caller's to order, as in torch.
public final class Tensor: @unchecked Sendable {
  let handle: ct_tensor

  init(handle: ct_tensor) { self.handle = handle }

  deinit { ct_free(handle) }

  // MARK: Making tensors

  /// Copies row-major values; `values.count` must be the product of `shape`.
  public convenience init(_ values: [Float], shape: [Int], device: Device = .cpu) throws {
    try self.init(copying: values, dtype: .float32, shape: shape, device: device)
  }

  /// Integers become int64.
  public convenience init(_ values: [Int], shape: [Int], device: Device = .cpu) throws {
    try self.init(copying: values.map(Int64.init), dtype: .int64, shape: shape, device: device)
  }

  public convenience init(_ values: [Bool], shape: [Int], device: Device = .cpu) throws {
    try self.init(copying: values.map { UInt8($0 ? 1 : 0) }, dtype: .bool, shape: shape, device: device)
  }

  private convenience init<T>(copying values: [T], dtype: DType, shape: [Int], device: Device) throws {
    let handle = try values.withUnsafeBytes {
      try Tensor.make($0, dtype: dtype, shape: shape, device: device)
    }
    self.init(handle: handle)
  }

  /// Copies raw row-major bytes of the given type.
  public convenience init(
    bytes: UnsafeRawBufferPointer, dtype: DType, shape: [Int], device: Device = .cpu
  ) throws {
    self.init(handle: try Tensor.make(bytes, dtype: dtype, shape: shape, device: device))
  }

  private static func make(
    _ bytes: UnsafeRawBufferPointer, dtype: DType, shape: [Int], device: Device
  ) throws -> ct_tensor {
    let expected = shape.reduce(1, *) * dtype.byteCount
    guard bytes.count == expected else {
      throw TorchError("shape \(shape) of \(dtype) needs \(expected) bytes, got \(bytes.count)")
    }
    var result: ct_tensor?
    // An empty array has no address, but torch wants one.
    var nothing: UInt8 = 0
    try withUnsafePointer(to: &nothing) { placeholder in
      try checked(
        ct_from_data(
          bytes.baseAddress ?? UnsafeRawPointer(placeholder), dtype.rawValue, shape.map(Int64.init),
          Int32(shape.count), device.description, &result))
    }
    guard let result else { throw TorchError("no tensor was made") }
    return result
  }

  public static func zeros(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) throws -> Tensor {
    try Operators.zeros(.ints(shape), .int(Int(dtype.rawValue)), .none, .device(device))
  }

  public static func full(
    _ shape: [Int], _ value: Double, dtype: DType = .float32, device: Device = .cpu
  ) throws -> Tensor {
    try Operators.full(.ints(shape), .double(value), .int(Int(dtype.rawValue)), .none, .device(device))
  }

  public static func empty(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) throws -> Tensor {
    try Operators.empty(.ints(shape), .int(Int(dtype.rawValue)), .none, .device(device))
  }

  /// Standard normal numbers from torch's generator (`Torch.manualSeed`).
  public static func randn(_ shape: [Int], device: Device = .cpu) throws -> Tensor {
    try Operators.randn(.ints(shape), .int(Int(DType.float32.rawValue)), .none, .device(device))
  }

  /// 0, 1, ..., count - 1 as int64.
  public static func arange(_ count: Int, device: Device = .cpu) throws -> Tensor {
    try Operators.arange(.int(count), .int(Int(DType.int64.rawValue)), .none, .device(device))
  }

  // MARK: Looking

  public var shape: [Int] {
    var rank: Int32 = 0
    guard ct_rank(handle, &rank) == 0 else { return [] }
    var sizes = [Int64](repeating: 0, count: Int(rank))
    _ = withExtendedLifetime(self) { ct_shape(handle, &sizes) }
    return sizes.map(Int.init)
  }

  public func size(_ dimension: Int) -> Int {
    let shape = shape
    return shape[dimension < 0 ? dimension + shape.count : dimension]
  }

  public var count: Int { shape.reduce(1, *) }

  public var dtype: DType {
    var raw: Int32 = 0
    _ = withExtendedLifetime(self) { ct_dtype(handle, &raw) }
    return DType(rawValue: raw) ?? .float32
  }

  public var device: Device {
    var text = [CChar](repeating: 0, count: 32)
    _ = withExtendedLifetime(self) { ct_device(handle, &text, 32) }
    let name = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return (try? Device(name)) ?? .cpu
  }

  /// The only element as a number.
  public func item() throws -> Double {
    var value = 0.0
    try withExtendedLifetime(self) { try checked(ct_item(handle, &value)) }
    return value
  }

  /// Every element, row major, as 32-bit floats.
  public func floats() throws -> [Float] {
    try elements(of: dtype == .float32 ? self : to(.float32), zero: Float(0))
  }

  /// Every element, row major, as integers.
  public func ints() throws -> [Int] {
    try elements(of: dtype == .int64 ? self : to(.int64), zero: Int64(0)).map(Int.init)
  }

  private func elements<T>(of tensor: Tensor, zero: T) throws -> [T] {
    var values = [T](repeating: zero, count: tensor.count)
    try values.withUnsafeMutableBytes { bytes in
      try withExtendedLifetime(tensor) {
        try checked(ct_copy_out(tensor.handle, bytes.baseAddress, Int64(bytes.count)))
      }
    }
    return values
  }

  /// Copies the raw row-major bytes out; `buffer` has exactly as many.
  public func copy(to buffer: UnsafeMutableRawBufferPointer) throws {
    try withExtendedLifetime(self) {
      try checked(ct_copy_out(handle, buffer.baseAddress, Int64(buffer.count)))
    }
  }

  /// Writes raw row-major bytes into this tensor, in place.
  public func copy(from bytes: UnsafeRawBufferPointer) throws {
    try withExtendedLifetime(self) { try checked(ct_copy_in(handle, bytes.baseAddress, Int64(bytes.count))) }
  }

  // MARK: Autograd

  public var requiresGrad: Bool {
    var on: Int32 = 0
    _ = withExtendedLifetime(self) { ct_requires_grad(handle, &on) }
    return on != 0
  }

  @discardableResult
  public func requireGrad(_ on: Bool = true) throws -> Tensor {
    try withExtendedLifetime(self) { try checked(ct_set_requires_grad(handle, on ? 1 : 0)) }
    return self
  }

  /// Accumulates d(self)/d(leaf) into every leaf's `grad`; `gradient` is needed unless self is a scalar.
  public func backward(_ gradient: Tensor? = nil) throws {
    try withExtendedLifetime((self, gradient)) { try checked(ct_backward(handle, gradient?.handle)) }
  }

  /// The accumulated gradient, nil before the first `backward`.
  public var grad: Tensor? {
    var result: ct_tensor?
    let status = withExtendedLifetime(self) { ct_grad(handle, &result) }
    return status == 0 ? result.map(Tensor.init(handle:)) : nil
  }

  public func setGrad(_ gradient: Tensor?) throws {
    try withExtendedLifetime((self, gradient)) { try checked(ct_set_grad(handle, gradient?.handle)) }
  }
}
