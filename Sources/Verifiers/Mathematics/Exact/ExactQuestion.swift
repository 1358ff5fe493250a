/// What the exact engine found out.
enum ExactVerdict: Equatable, Sendable {
  case yes, no
  /// Neither proved nor refuted within the engine's limits on precision and size.
  case undecided
  /// One side has no finite value (`1/0`, `log 0`).
  case undefined
  case outOfTime
}

/// How long an answer may take, and what a logarithm without a base means.
struct ExactOptions: Sendable {
  enum LogarithmBase: Sendable { case e, ten }
  /// For one check, all its questions together.
  var seconds = 0.02
  var logarithm = LogarithmBase.e
}

/// A value as a program for the engine's stack machine.
struct ExactProgram {
  /// One operation; the numbering is that of the C interface, which only ``ExactEngine`` sees.
  enum Operation: Equatable {
    case small(Int32)
    /// Offset of a decimal integer in ``ExactProgram/Builder/literals``.
    case literal(Int32)
    case pi, e, i
    case variable(Int32)
    case add, subtract, multiply, divide, negate, power
    case root(Int32)
    case exp, ln, sin, cos, tan, arcsin, arccos, arctan, abs, floor, ceiling, factorial, binomial
  }

  var operations: [Operation]

  /// What a node that is not a value is refused with.
  struct NotAValue: Error {}

  /// Makes the programs of one question: they share variables and literals.
  struct Builder {
    private(set) var variables: [String] = []
    private(set) var literals: [UInt8] = []
    /// An operation occurred that is not analytic in the variables.
    private(set) var hasBranches = false
    private(set) var isComplex = false
    let logarithm: ExactOptions.LogarithmBase

    /// Most operations a program may have.
    static let maxOperations = 4_000

    init(logarithm: ExactOptions.LogarithmBase) { self.logarithm = logarithm }

    /// - Throws: ``NotAValue`` for sets, statements, words, infinities, and for what is too large.
    mutating func program(of node: MathNode) throws(NotAValue) -> ExactProgram {
      var program = ExactProgram(operations: [])
      try append(node, to: &program)
      return program
    }

    private mutating func append(_ node: MathNode, to program: inout ExactProgram) throws(NotAValue) {
      guard program.operations.count <= Self.maxOperations else { throw NotAValue() }
      switch node {
      case .number(let decimal): append(decimal, to: &program)
      case .repeating(let digits, let fixed, let cycle):
        // (N - M) / (10^fixed (10^cycle - 1)), N the digits with the cycle, M those without.
        append(integer: digits, to: &program)
        append(integer: String(digits.dropLast(cycle)), to: &program)
        program.operations.append(.subtract)
        append(
          integer: String(repeating: "9", count: cycle) + String(repeating: "0", count: fixed), to: &program)
        program.operations.append(.divide)
      case .based(let digits, let base):
        program.operations.append(.small(0))
        for digit in digits.utf8 {
          program.operations += [.small(Int32(base)), .multiply, .small(Int32(digit) - 0x30), .add]
        }
      case .constant(.pi): program.operations.append(.pi)
      case .constant(.e): program.operations.append(.e)
      case .constant(.i):
        isComplex = true
        program.operations.append(.i)
      case .constant: throw NotAValue()
      case .symbol(let name): append(variable: name, to: &program)
      case .application(let name, let arguments): append(variable: "\(name)(\(arguments))", to: &program)
      case .negative(let a): try append([a], .negate, to: &program)
      case .sum(let a, let b): try append([a, b], .add, to: &program)
      case .difference(let a, let b): try append([a, b], .subtract, to: &program)
      case .product(let a, let b): try append([a, b], .multiply, to: &program)
      case .quotient(let a, let b): try append([a, b], .divide, to: &program)
      case .power(.constant(.e), let exponent): try append([exponent], .exp, to: &program)
      case .power(let a, let b):
        if let exponent = SmallFraction(b), exponent.denominator > 1, exponent.denominator <= 200,
          abs(exponent.numerator) <= 200
        {
          // x^{p/q} is the real q-th root to the p.
          let root = MathNode.root(a, degree: exponent.denominator)
          if exponent.numerator == 1 { return try append(root, to: &program) }
          return try append([root, .integer(exponent.numerator)], .power, to: &program)
        }
        if !b.isIntegerLiteral { hasBranches = true }
        try append([a, b], .power, to: &program)
      case .root(let a, let degree):
        hasBranches = true
        try append([a], .root(Int32(degree)), to: &program)
      case .function(let function, let argument): try append(function, argument, to: &program)
      case .logarithm(let argument, let base):
        hasBranches = true
        try append([argument], .ln, to: &program)
        try append([base], .ln, to: &program)
        program.operations.append(.divide)
      case .binomial(let a, let b): try append([a, b], .binomial, to: &program)
      case .degrees(let a):
        try append([a], to: &program)
        program.operations += [.pi, .multiply, .small(180), .divide]
      case .percent(let a):
        try append([a], to: &program)
        program.operations += [.small(100), .divide]
      case .quantity(let a, _): try append(a, to: &program)
      case .plusMinus, .bracketed, .set, .setBuilder, .union, .intersection, .without, .matrix, .ratio,
        .relation,
        .list, .words:
        throw NotAValue()
      }
    }

    private mutating func append(
      _ parts: [MathNode], _ operation: Operation? = nil, to program: inout ExactProgram
    ) throws(NotAValue) {
      for part in parts { try append(part, to: &program) }
      if let operation { program.operations.append(operation) }
    }

    private mutating func append(
      _ function: MathFunction, _ argument: MathNode, to program: inout ExactProgram
    ) throws(NotAValue) {
      func reciprocal(_ operation: Operation) { program.operations += [operation, .divide] }
      switch function {
      case .cot, .sec, .csc:
        // 1 / tan has no value where cot is 0, so cot is cos / sin.
        try append(function == .cot ? .function(.cos, argument) : .integer(1), to: &program)
        try append(argument, to: &program)
        reciprocal(function == .sec ? .cos : .sin)
      case .arccot:
        program.operations += [.pi, .small(2), .divide]
        try append([argument], .arctan, to: &program)
        program.operations.append(.subtract)
      case .sinh, .cosh:
        try append([argument], .exp, to: &program)
        try append([.negative(argument)], .exp, to: &program)
        program.operations += [function == .sinh ? .subtract : .add, .small(2), .divide]
      case .tanh:
        try append(.function(.sinh, argument), to: &program)
        try append([.function(.cosh, argument)], .divide, to: &program)
      case .log, .lg:
        hasBranches = true
        try append([argument], .ln, to: &program)
        if function == .lg || logarithm == .ten { program.operations += [.small(10), .ln, .divide] }
      default:
        let operation = Self.operations[function]
        guard let operation else { throw NotAValue() }
        if [.abs, .floor, .ceiling, .ln, .arcsin, .arccos].contains(operation) { hasBranches = true }
        try append([argument], operation, to: &program)
      }
    }

    private static let operations: [MathFunction: Operation] = [
      .sin: .sin, .cos: .cos, .tan: .tan, .arcsin: .arcsin, .arccos: .arccos, .arctan: .arctan, .exp: .exp,
      .ln: .ln,
      .abs: .abs, .floor: .floor, .ceil: .ceiling, .factorial: .factorial,
    ]

    private mutating func append(variable name: String, to program: inout ExactProgram) {
      let index = variables.firstIndex(of: name) ?? variables.count
      if index == variables.count { variables.append(name) }
      program.operations.append(.variable(Int32(index)))
    }

    private mutating func append(_ decimal: ExactDecimal, to program: inout ExactProgram) {
      append(integer: decimal.digitText, to: &program)
      if decimal.exponent != 0 {
        program.operations += [.small(10), .small(Int32(decimal.exponent.magnitude)), .power]
        program.operations.append(decimal.exponent > 0 ? .multiply : .divide)
      }
      if decimal.isNegative { program.operations.append(.negate) }
    }

    private mutating func append(integer digits: String, to program: inout ExactProgram) {
      if digits.utf8.count <= 9 {
        program.operations.append(.small(Int32(digits) ?? 0))
      } else {
        program.operations.append(.literal(Int32(literals.count)))
        literals += Array(digits.utf8) + [0]
      }
    }
  }
}

extension MathNode {
  /// An integer as written, perhaps with a sign.
  var isIntegerLiteral: Bool {
    switch self {
    case .number(let decimal): decimal.exponent >= 0
    case .negative(let inside): inside.isIntegerLiteral
    default: false
    }
  }
}
