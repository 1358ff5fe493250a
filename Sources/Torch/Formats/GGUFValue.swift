import Foundation

/// A metadata value of a GGUF file. Integers of every width become `integer`, both float widths `number`;
/// arrays of integers, floats and strings are unboxed because vocabularies have tens of thousands of entries.
public enum GGUFValue: Sendable, Equatable {
  case integer(Int)
  /// A u64 above `Int.max`; every other integer is `integer`.
  case unsigned(UInt64)
  case number(Double)
  case bool(Bool)
  case string(String)
  case integers([Int])
  case numbers([Double])
  case bools([Bool])
  case strings([String])
  /// An array of arrays.
  case arrays([GGUFValue])
}

/// What is wrong with a GGUF file, where, and what to do about it.
public struct GGUFError: Error, Equatable, CustomStringConvertible, LocalizedError {
  /// The file that was read.
  public var file: String
  /// The byte at which reading stopped; nil when the problem has no place (a key that is absent, say).
  public var offset: Int?
  /// What was wrong and what was expected instead.
  public var problem: String
  /// What the user can do.
  public var remedy: String

  public init(file: String, offset: Int? = nil, problem: String, remedy: String = GGUFError.download) {
    self.file = file
    self.offset = offset
    self.problem = problem
    self.remedy = remedy
  }

  /// The remedy for damaged files.
  public static let download = "The file is truncated or damaged: download it again and compare its size."

  public var description: String {
    let place = offset.map { " at byte \($0)" } ?? ""
    return "\(file)\(place): \(problem). \(remedy)"
  }

  public var errorDescription: String? { description }
}

/// How the weights of a GGUF tensor are stored (ggml's numbering).
public enum GGUFTensorType: UInt32, Sendable, CaseIterable {
  case f32 = 0
  case f16 = 1
  case q4_0 = 2
  case q4_1 = 3
  case q5_0 = 6
  case q5_1 = 7
  case q8_0 = 8
  case q8_1 = 9
  case q2_K = 10
  case q3_K = 11
  case q4_K = 12
  case q5_K = 13
  case q6_K = 14
  case q8_K = 15
  case i8 = 24
  case i16 = 25
  case i32 = 26
  case i64 = 27
  case f64 = 28
  case bf16 = 30

  /// Weights per block; 1 for the types that are not quantised.
  public var blockLength: Int {
    switch self {
    case .f32, .f16, .bf16, .f64, .i8, .i16, .i32, .i64: 1
    case .q4_0, .q4_1, .q5_0, .q5_1, .q8_0, .q8_1: 32
    case .q2_K, .q3_K, .q4_K, .q5_K, .q6_K, .q8_K: 256
    }
  }

  /// Bytes per block.
  public var blockBytes: Int {
    switch self {
    case .i8: 1
    case .f16, .bf16, .i16: 2
    case .f32, .i32: 4
    case .f64, .i64: 8
    case .q4_0: 18
    case .q4_1: 20
    case .q5_0: 22
    case .q5_1: 24
    case .q8_0: 34
    case .q8_1: 36
    case .q2_K: 84
    case .q3_K: 110
    case .q4_K: 144
    case .q5_K: 176
    case .q6_K: 210
    case .q8_K: 292
    }
  }
}

/// One tensor of a GGUF file.
public struct GGUFTensorInfo: Sendable, Equatable {
  public var name: String
  /// Outermost dimension first, as PyTorch writes shapes (the file itself stores the reverse).
  public var shape: [Int]
  public var type: GGUFTensorType
  /// Where the blocks lie, in bytes from the start of the file.
  public var range: Range<Int>

  /// The number of weights.
  public var count: Int { range.count / type.blockBytes * type.blockLength }
}
