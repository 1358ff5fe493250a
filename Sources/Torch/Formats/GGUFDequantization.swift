import Dispatch

extension GGUFTensorType {
  /// Whether `GGUFFile.dequantize` knows the type.
  public var canDequantize: Bool {
    switch self {
    case .f32, .f16, .bf16, .q4_0, .q4_1, .q5_0, .q5_1, .q8_0, .q4_K, .q5_K, .q6_K: true
    default: false
    }
  }
}

/// From ggml blocks to Float, one function a type; the order of the multiplications is that of ggml's reference,
/// so the results agree bit for bit.
enum GGUFDequantization {
  /// About this many weights a task; smaller tensors stay on the calling thread.
  private static let weightsPerTask = 1 << 18

  static func run(
    type: GGUFTensorType, blocks: UnsafeRawPointer, blockCount: Int, into target: UnsafeMutablePointer<Float>
  ) {
    let perTask = max(1, weightsPerTask / type.blockLength)
    let tasks = (blockCount + perTask - 1) / perTask
    // Tasks touch disjoint ranges, and the call returns after the last of them.
    nonisolated(unsafe) let source = blocks
    nonisolated(unsafe) let destination = target
    let body: @Sendable (Int) -> Void = { task in
      let first = task * perTask
      decode(
        type, source + first * type.blockBytes, min(perTask, blockCount - first),
        destination + first * type.blockLength)
    }
    if tasks > 1 {
      DispatchQueue.concurrentPerform(iterations: tasks, execute: body)
    } else {
      body(0)
    }
  }

  private static func decode(
    _ type: GGUFTensorType, _ blocks: UnsafeRawPointer, _ count: Int, _ out: UnsafeMutablePointer<Float>
  ) {
    func each(_ body: (UnsafeRawPointer, UnsafeMutablePointer<Float>) -> Void) {
      for index in 0..<count { body(blocks + index * type.blockBytes, out + index * type.blockLength) }
    }
    switch type {
    case .f32:
      for index in 0..<count {
        let bits = blocks.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
        out[index] = Float(bitPattern: UInt32(littleEndian: bits))
      }
    case .f16: for index in 0..<count { out[index] = half(blocks, 2 * index) }
    case .bf16: for index in 0..<count { out[index] = HalfPrecision.widenBrain(word(blocks, 2 * index)) }
    case .q4_0: each(q4_0)
    case .q4_1: each(q4_1)
    case .q5_0: each(q5_0)
    case .q5_1: each(q5_1)
    case .q8_0: each(q8_0)
    case .q4_K: each(q4_K)
    case .q5_K: each(q5_K)
    case .q6_K: each(q6_K)
    default: preconditionFailure("\(type) cannot be de-quantised")
    }
  }

  // MARK: - Blocks of 32

  @inline(__always)
  private static func q4_0(_ block: UnsafeRawPointer, _ out: UnsafeMutablePointer<Float>) {
    let scale = half(block, 0)
    for index in 0..<16 {
      let pair = byte(block, 2 + index)
      out[index] = scale * Float(Int32(pair & 15) - 8)
      out[index + 16] = scale * Float(Int32(pair >> 4) - 8)
    }
  }

  @inline(__always)
  private static func q4_1(_ block: UnsafeRawPointer, _ out: UnsafeMutablePointer<Float>) {
    let scale = half(block, 0)
    let minimum = half(block, 2)
    for index in 0..<16 {
      let pair = byte(block, 4 + index)
      out[index] = scale * Float(Int32(pair & 15)) + minimum
      out[index + 16] = scale * Float(Int32(pair >> 4)) + minimum
    }
  }

  @inline(__always)
  private static func q5_0(_ block: UnsafeRawPointer, _ out: UnsafeMutablePointer<Float>) {
    let scale = half(block, 0)
    let high = UInt32(littleEndian: block.loadUnaligned(fromByteOffset: 2, as: UInt32.self))
    for index in 0..<16 {
      let (low, top) = fiveBits(byte(block, 6 + index), high, UInt32(index))
      out[index] = scale * Float(low - 16)
      out[index + 16] = scale * Float(top - 16)
    }
  }

  @inline(__always)
  private static func q5_1(_ block: UnsafeRawPointer, _ out: UnsafeMutablePointer<Float>) {
    let scale = half(block, 0)
    let minimum = half(block, 2)
    let high = UInt32(littleEndian: block.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
    for index in 0..<16 {
      let (low, top) = fiveBits(byte(block, 8 + index), high, UInt32(index))
      out[index] = scale * Float(low) + minimum
      out[index + 16] = scale * Float(top) + minimum
    }
  }

  @inline(__always)
  private static func q8_0(_ block: UnsafeRawPointer, _ out: UnsafeMutablePointer<Float>) {
    let scale = half(block, 0)
    for index in 0..<32 { out[index] = scale * Float(Int8(bitPattern: byte(block, 2 + index))) }
  }

  /// Weights `index` and `index + 16` of a five-bit block.
  @inline(__always)
  private static func fiveBits(_ pair: UInt8, _ high: UInt32, _ index: UInt32) -> (Int32, Int32) {
    let low = UInt32(pair & 15) | (high &>> index & 1) << 4
    let top = UInt32(pair >> 4) | (high &>> (index + 16) & 1) << 4
    return (Int32(bitPattern: low), Int32(bitPattern: top))
  }

  // MARK: - Super-blocks of 256

  private static func q4_K(_ block: UnsafeRawPointer, _ out: UnsafeMutablePointer<Float>) {
    let scale = half(block, 0)
    let minimum = half(block, 2)
    for group in 0..<8 {
      let (factor, offset) = sixBitScales(block + 4, group)
      let (d, m) = (scale * Float(factor), minimum * Float(offset))
      let shift = UInt8(group & 1) * 4
      for index in 0..<32 {
        let quant = byte(block, 16 + 32 * (group / 2) + index) &>> shift & 15
        out[32 * group + index] = d * Float(quant) - m
      }
    }
  }

  private static func q5_K(_ block: UnsafeRawPointer, _ out: UnsafeMutablePointer<Float>) {
    let scale = half(block, 0)
    let minimum = half(block, 2)
    for group in 0..<8 {
      let (factor, offset) = sixBitScales(block + 4, group)
      let (d, m) = (scale * Float(factor), minimum * Float(offset))
      let shift = UInt8(group & 1) * 4
      for index in 0..<32 {
        let low = byte(block, 48 + 32 * (group / 2) + index) &>> shift & 15
        let high = byte(block, 16 + index) &>> UInt8(group) & 1
        out[32 * group + index] = d * Float(low | high << 4) - m
      }
    }
  }

  /// Scale and minimum of one of the eight groups, packed as 6 bits each in 12 bytes: the first four groups lie
  /// in the low bits of bytes 0-7, the last four in bytes 8-11 with their top bits in the top of bytes 0-7.
  @inline(__always)
  private static func sixBitScales(_ packed: UnsafeRawPointer, _ group: Int) -> (scale: UInt8, minimum: UInt8)
  {
    if group < 4 { return (byte(packed, group) & 63, byte(packed, group + 4) & 63) }
    let shared = byte(packed, group + 4)
    return (
      shared & 15 | (byte(packed, group - 4) >> 6) << 4,
      shared >> 4 | (byte(packed, group) >> 6) << 4
    )
  }

  private static func q6_K(_ block: UnsafeRawPointer, _ out: UnsafeMutablePointer<Float>) {
    let scale = half(block, 208)
    for part in 0..<2 {
      let (low, high, scales) = (block + 64 * part, block + 128 + 32 * part, block + 192 + 8 * part)
      for quarter in 0..<4 {
        let shift = quarter < 2 ? UInt8(0) : 4
        for index in 0..<32 {
          let nibble = byte(low, 32 * (quarter & 1) + index) &>> shift & 15
          let top = byte(high, index) &>> UInt8(2 * quarter) & 3
          let factor = Int8(bitPattern: byte(scales, 2 * quarter + index / 16))
          out[128 * part + 32 * quarter + index] =
            scale * Float(factor) * Float(Int32(nibble | top << 4) - 32)
        }
      }
    }
  }

  // MARK: - Loads

  @inline(__always)
  private static func byte(_ base: UnsafeRawPointer, _ offset: Int) -> UInt8 {
    base.load(fromByteOffset: offset, as: UInt8.self)
  }

  @inline(__always)
  private static func word(_ base: UnsafeRawPointer, _ offset: Int) -> UInt16 {
    UInt16(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
  }

  @inline(__always)
  private static func half(_ base: UnsafeRawPointer, _ offset: Int) -> Float {
    HalfPrecision.widen(word(base, offset))
  }
}
