/// Operators with torch's names and meaning. All of them record for autograd where an input asks for it.
extension Tensor {
  // MARK: Arithmetic

  public static func + (a: Tensor, b: Tensor) throws -> Tensor { try Operators.add(.tensor(a), .tensor(b)) }
  public static func + (a: Tensor, b: Double) throws -> Tensor {
    try Operators.addScalar(.tensor(a), .double(b))
  }
  public static func - (a: Tensor, b: Tensor) throws -> Tensor { try Operators.sub(.tensor(a), .tensor(b)) }
  public static func * (a: Tensor, b: Tensor) throws -> Tensor { try Operators.mul(.tensor(a), .tensor(b)) }
  public static func * (a: Tensor, b: Double) throws -> Tensor {
    try Operators.mulScalar(.tensor(a), .double(b))
  }
  public static func / (a: Tensor, b: Tensor) throws -> Tensor { try Operators.div(.tensor(a), .tensor(b)) }
  public static prefix func - (a: Tensor) throws -> Tensor { try Operators.neg(.tensor(a)) }

  public func exp() throws -> Tensor { try Operators.exp(.tensor(self)) }
  public func log() throws -> Tensor { try Operators.log(.tensor(self)) }
  public func sqrt() throws -> Tensor { try Operators.sqrt(.tensor(self)) }
  public func rsqrt() throws -> Tensor { try Operators.rsqrt(.tensor(self)) }
  public func sin() throws -> Tensor { try Operators.sin(.tensor(self)) }
  public func cos() throws -> Tensor { try Operators.cos(.tensor(self)) }
  public func square() throws -> Tensor { try Operators.square(.tensor(self)) }
  public func abs() throws -> Tensor { try Operators.abs(.tensor(self)) }
  public func pow(_ exponent: Double) throws -> Tensor { try Operators.pow(.tensor(self), .double(exponent)) }
  public func sigmoid() throws -> Tensor { try Operators.sigmoid(.tensor(self)) }
  public func tanh() throws -> Tensor { try Operators.tanh(.tensor(self)) }
  public func relu() throws -> Tensor { try Operators.relu(.tensor(self)) }
  public func silu() throws -> Tensor { try Operators.silu(.tensor(self)) }
  /// The exact (erf) form.
  public func gelu() throws -> Tensor { try Operators.gelu(.tensor(self)) }
  /// GELU's tanh approximation, which GPT-2 and its heirs use.
  public func geluTanh() throws -> Tensor { try Operators.gelu(.tensor(self), .string("tanh")) }
  public func clamp(min: Double? = nil, max: Double? = nil) throws -> Tensor {
    try Operators.clamp(
      .tensor(self), min.map(OperatorArgument.double) ?? .none, max.map(OperatorArgument.double) ?? .none)
  }
  public func minimum(_ other: Tensor) throws -> Tensor {
    try Operators.minimum(.tensor(self), .tensor(other))
  }
  public func maximum(_ other: Tensor) throws -> Tensor {
    try Operators.maximum(.tensor(self), .tensor(other))
  }
  /// `condition ? self : other`, elementwise.
  public func selected(where condition: Tensor, else other: Tensor) throws -> Tensor {
    try Operators.where_(.tensor(condition), .tensor(self), .tensor(other))
  }

  // MARK: Products

  public func matmul(_ other: Tensor) throws -> Tensor { try Operators.matmul(.tensor(self), .tensor(other)) }
  /// self [.., in] times weight [out, in] transposed, plus bias [out].
  public func linear(_ weight: Tensor, bias: Tensor? = nil) throws -> Tensor {
    try Operators.linear(.tensor(self), .tensor(weight), bias.map(OperatorArgument.tensor) ?? .none)
  }
  /// self + alpha * a @ b for matrices.
  public func addmm(_ a: Tensor, _ b: Tensor, alpha: Double = 1) throws -> Tensor {
    try Operators.addmm(.tensor(self), .tensor(a), .tensor(b), .double(1), .double(alpha))
  }
  /// Rows of `self` [vocabulary, width] for int64 ids.
  public func embedding(_ ids: Tensor) throws -> Tensor {
    try Operators.embedding(.tensor(self), .tensor(ids))
  }
  /// Attention with self as query [batch, heads, queries, width]; the mask is added to the scores (float) or keeps
  /// (bool, true = may attend).
  public func attention(keys: Tensor, values: Tensor, mask: Tensor? = nil, isCausal: Bool = false) throws
    -> Tensor
  {
    try Operators.attention(
      .tensor(self), .tensor(keys), .tensor(values), mask.map(OperatorArgument.tensor) ?? .none, .double(0),
      .bool(isCausal))
  }
  /// self [n, in, height, width] with square strides, zero padding and dilation; weight [out, in / groups, kh, kw].
  public func conv2d(
    _ weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0, dilation: Int = 1,
    groups: Int = 1
  ) throws -> Tensor {
    try Operators.conv2d(
      .tensor(self), .tensor(weight), bias.map(OperatorArgument.tensor) ?? .none, .ints([stride, stride]),
      .ints([padding, padding]), .ints([dilation, dilation]), .int(groups))
  }
  public func groupNorm(groups: Int, weight: Tensor?, bias: Tensor?, epsilon: Double = 1e-5) throws -> Tensor
  {
    try Operators.groupNorm(
      .tensor(self), .int(groups), weight.map(OperatorArgument.tensor) ?? .none,
      bias.map(OperatorArgument.tensor) ?? .none,
      .double(epsilon))
  }
  public func layerNorm(weight: Tensor, bias: Tensor?, epsilon: Double) throws -> Tensor {
    try Operators.layerNorm(
      .tensor(self), .ints([weight.size(0)]), .tensor(weight), bias.map(OperatorArgument.tensor) ?? .none,
      .double(epsilon))
  }
  public func rmsNorm(weight: Tensor, epsilon: Double) throws -> Tensor {
    try Operators.rmsNorm(.tensor(self), .ints([weight.size(0)]), .tensor(weight), .double(epsilon))
  }

  // MARK: Reductions

  public func sum() throws -> Tensor { try Operators.sum(.tensor(self)) }
  public func sum(_ dimension: Int, keep: Bool = false) throws -> Tensor {
    try Operators.sumDims(.tensor(self), .ints([dimension]), .bool(keep))
  }
  public func mean() throws -> Tensor { try Operators.mean(.tensor(self)) }
  public func mean(_ dimension: Int, keep: Bool = false) throws -> Tensor {
    try Operators.meanDims(.tensor(self), .ints([dimension]), .bool(keep))
  }
  public func max() throws -> Tensor { try Operators.max(.tensor(self)) }
  public func argmax(_ dimension: Int) throws -> Tensor {
    try Operators.argmax(.tensor(self), .int(dimension))
  }
  public func softmax(_ dimension: Int) throws -> Tensor {
    try Operators.softmax(.tensor(self), .int(dimension))
  }
  public func logSoftmax(_ dimension: Int) throws -> Tensor {
    try Operators.logSoftmax(.tensor(self), .int(dimension))
  }
  public func logsumexp(_ dimension: Int, keep: Bool = false) throws -> Tensor {
    try Operators.logsumexp(.tensor(self), .ints([dimension]), .bool(keep))
  }
  public func cumsum(_ dimension: Int) throws -> Tensor {
    try Operators.cumsum(.tensor(self), .int(dimension))
  }
  /// Euclidean norm of all elements.
  public func norm() throws -> Tensor { try Operators.norm(.tensor(self), .double(2)) }
  /// The `count` largest along the last dimension: values and int64 indices.
  public func topk(_ count: Int) throws -> (values: Tensor, indices: Tensor) {
    let both = try Operators.topk.callAll([.tensor(self), .int(count)])
    return (both[0], both[1])
  }
  /// Sorted along the last dimension: values and int64 indices.
  public func sorted(descending: Bool = false) throws -> (values: Tensor, indices: Tensor) {
    let both = try Operators.sort.callAll([.tensor(self), .int(-1), .bool(descending)])
    return (both[0], both[1])
  }
  /// Mean cross entropy of logits [n, classes] against int64 targets [n].
  public func crossEntropy(_ targets: Tensor) throws -> Tensor {
    try Operators.crossEntropy(.tensor(self), .tensor(targets))
  }

  // MARK: Shape

  public func view(_ shape: [Int]) throws -> Tensor { try Operators.view(.tensor(self), .ints(shape)) }
  public func reshape(_ shape: [Int]) throws -> Tensor { try Operators.reshape(.tensor(self), .ints(shape)) }
  public func transpose(_ a: Int, _ b: Int) throws -> Tensor {
    try Operators.transpose(.tensor(self), .int(a), .int(b))
  }
  public func permute(_ order: [Int]) throws -> Tensor { try Operators.permute(.tensor(self), .ints(order)) }
  public func unsqueeze(_ dimension: Int) throws -> Tensor {
    try Operators.unsqueeze(.tensor(self), .int(dimension))
  }
  public func squeeze(_ dimension: Int) throws -> Tensor {
    try Operators.squeeze(.tensor(self), .int(dimension))
  }
  public func expand(_ shape: [Int]) throws -> Tensor { try Operators.expand(.tensor(self), .ints(shape)) }
  public func narrow(_ dimension: Int, _ start: Int, _ length: Int) throws -> Tensor {
    try Operators.narrow(.tensor(self), .int(dimension), .int(start), .int(length))
  }
  public func indexSelect(_ dimension: Int, _ indices: Tensor) throws -> Tensor {
    try Operators.indexSelect(.tensor(self), .int(dimension), .tensor(indices))
  }
  public func gather(_ dimension: Int, _ indices: Tensor) throws -> Tensor {
    try Operators.gather(.tensor(self), .int(dimension), .tensor(indices))
  }
  /// self plus `source` at `indices` along a dimension.
  public func scatterAdd(_ dimension: Int, _ indices: Tensor, _ source: Tensor) throws -> Tensor {
    try Operators.scatterAdd(.tensor(self), .int(dimension), .tensor(indices), .tensor(source))
  }
  public func repeatInterleave(_ times: Int, dimension: Int) throws -> Tensor {
    try Operators.repeatInterleave(.tensor(self), .int(times), .int(dimension))
  }
  public static func cat(_ tensors: [Tensor], _ dimension: Int = 0) throws -> Tensor {
    try Operators.cat(.tensors(tensors), .int(dimension))
  }
  public static func stack(_ tensors: [Tensor], _ dimension: Int = 0) throws -> Tensor {
    try Operators.stack(.tensors(tensors), .int(dimension))
  }
  public static func blockDiagonal(_ tensors: [Tensor]) throws -> Tensor {
    try Operators.blockDiagonal(.tensors(tensors))
  }
  public func maskedFill(_ mask: Tensor, _ value: Double) throws -> Tensor {
    try Operators.maskedFill(.tensor(self), .tensor(mask), .double(value))
  }
  public func contiguous() throws -> Tensor { try Operators.contiguous(.tensor(self)) }
  public func clone() throws -> Tensor { try Operators.clone(.tensor(self)) }
  public func detach() throws -> Tensor { try Operators.detach(.tensor(self)) }

  // MARK: Types, devices, comparison

  public func to(_ dtype: DType) throws -> Tensor {
    try Operators.toType(.tensor(self), .int(Int(dtype.rawValue)))
  }
  public func to(_ device: Device) throws -> Tensor {
    try Operators.toDevice(.tensor(self), .device(device), .int(Int(dtype.rawValue)))
  }
  public func equals(_ value: Double) throws -> Tensor {
    try Operators.eqScalar(.tensor(self), .double(value))
  }
  public func less(_ other: Tensor) throws -> Tensor { try Operators.lt(.tensor(self), .tensor(other)) }
  public func greater(_ other: Tensor) throws -> Tensor { try Operators.gt(.tensor(self), .tensor(other)) }
  /// True when every element is finite.
  public func isAllFinite() throws -> Bool {
    try Operators.all(.tensor(Operators.isfinite(.tensor(self)))).item() != 0
  }

  // MARK: In place

  public func add(inPlace other: Tensor, alpha: Double = 1) throws {
    _ = try Operators.addInPlace(.tensor(self), .tensor(other), .double(alpha))
  }
  public func multiply(inPlace factor: Double) throws {
    _ = try Operators.mulInPlaceScalar(.tensor(self), .double(factor))
  }
  public func copy(from other: Tensor) throws { _ = try Operators.copyInPlace(.tensor(self), .tensor(other)) }
  public func fill(_ value: Double) throws { _ = try Operators.fillInPlace(.tensor(self), .double(value)) }
}
