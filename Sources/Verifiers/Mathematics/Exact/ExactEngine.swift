import Rewards

#if HAS_EXACT_ENGINE
  import CExact
#endif

/// Decides equality, order and proportionality of values exactly, with Calcium and FLINT.
///
/// Each question runs in C on a worker thread with memory of its own and is given up when its time is over;
/// see `cexact.h`. Values with variables are compared as functions: at generic points, which Calcium treats as
/// independent symbols, so that a yes is an identity, and a no a pair of different enclosures.
enum ExactEngine {
  /// Whether the package was built with the engine.
  static var isAvailable: Bool {
    #if HAS_EXACT_ENGINE
      true
    #else
      false
    #endif
  }

  /// What to do where it is missing.
  static let remedy =
    "the exact engine is missing: install FLINT with Calcium (Debian and Ubuntu: apt-get install libcalcium-dev "
    + "libflint-dev libflint-arb-dev libantic-dev, or libflint-dev alone where it is FLINT 3; macOS: brew install "
    + "flint), then build again. scripts/setup does so where it may"

  /// The version of FLINT it was built with.
  static var version: String? {
    #if HAS_EXACT_ENGINE
      String(cString: cx_version())
    #else
      nil
    #endif
  }

  enum Question { case equal, order, proportional }

  /// - Returns: the verdict, and for `order` -1, 0 or 1; for `proportional` the factor's sign, 0 where it is
  ///   not real.
  static func ask(
    _ question: Question, _ left: MathNode, _ right: MathNode, _ options: ExactOptions
  ) -> (verdict: ExactVerdict, sign: Int) {
    #if HAS_EXACT_ENGINE
      guard options.seconds > 0 else { return (.outOfTime, 0) }
      var builder = ExactProgram.Builder(logarithm: options.logarithm)
      guard let left = try? builder.program(of: left), let right = try? builder.program(of: right) else {
        return (.undecided, 0)
      }
      let instructions = (left.operations + right.operations).map(\.instruction)
      let answer = instructions.withUnsafeBufferPointer { code in
        builder.literals.withUnsafeBytes { literals in
          var problem = cx_problem()
          problem.question = question.code
          problem.left = code.baseAddress
          problem.left_count = Int32(left.operations.count)
          problem.right = code.baseAddress.map { $0 + left.operations.count }
          problem.right_count = Int32(right.operations.count)
          problem.literals = literals.bindMemory(to: CChar.self).baseAddress
          problem.literals_size = Int32(literals.count)
          problem.variables = Int32(builder.variables.count)
          problem.has_branches = builder.hasBranches ? 1 : 0
          problem.is_complex = builder.isComplex ? 1 : 0
          problem.seconds = options.seconds
          return cx_decide(&problem)
        }
      }
      return (ExactVerdict(code: answer.verdict), Int(answer.sign))
    #else
      return (.undecided, 0)
    #endif
  }
}

#if HAS_EXACT_ENGINE
  extension ExactEngine.Question {
    fileprivate var code: Int32 {
      switch self {
      case .equal: Int32(CX_EQUAL.rawValue)
      case .order: Int32(CX_ORDER.rawValue)
      case .proportional: Int32(CX_PROPORTIONAL.rawValue)
      }
    }
  }

  extension ExactVerdict {
    fileprivate init(code: Int32) {
      switch cx_verdict(rawValue: numericCast(code)) {
      case CX_YES: self = .yes
      case CX_NO: self = .no
      case CX_UNDEFINED: self = .undefined
      case CX_OUT_OF_TIME, CX_OUT_OF_MEMORY: self = .outOfTime
      default: self = .undecided
      }
    }
  }

  extension ExactProgram.Operation {
    fileprivate var instruction: cx_instruction {
      func plain(_ operation: cx_operation, _ argument: Int32 = 0) -> cx_instruction {
        cx_instruction(operation: Int32(operation.rawValue), argument: argument)
      }
      switch self {
      case .small(let value): return plain(CX_SMALL, value)
      case .literal(let offset): return plain(CX_LITERAL, offset)
      case .pi: return plain(CX_PI)
      case .e: return plain(CX_E)
      case .i: return plain(CX_I)
      case .variable(let index): return plain(CX_VARIABLE, index)
      case .add: return plain(CX_ADD)
      case .subtract: return plain(CX_SUBTRACT)
      case .multiply: return plain(CX_MULTIPLY)
      case .divide: return plain(CX_DIVIDE)
      case .negate: return plain(CX_NEGATE)
      case .power: return plain(CX_POWER)
      case .root(let degree): return plain(CX_ROOT, degree)
      case .exp: return plain(CX_EXP)
      case .ln: return plain(CX_LN)
      case .sin: return plain(CX_SIN)
      case .cos: return plain(CX_COS)
      case .tan: return plain(CX_TAN)
      case .arcsin: return plain(CX_ARCSIN)
      case .arccos: return plain(CX_ARCCOS)
      case .arctan: return plain(CX_ARCTAN)
      case .abs: return plain(CX_ABS)
      case .floor: return plain(CX_FLOOR)
      case .ceiling: return plain(CX_CEILING)
      case .factorial: return plain(CX_FACTORIAL)
      case .binomial: return plain(CX_BINOMIAL)
      }
    }
  }
#endif
