/// Conversions of the two 16-bit float formats, exact in the widening direction.
enum HalfPrecision {
  /// IEEE binary16 bits to Float: the exponent is re-biased by one exact multiplication, so subnormals need
  /// no case of their own; infinities and NaN keep their payload.
  @inline(__always)
  static func widen(_ half: UInt16) -> Float {
    let magnitude = UInt32(half & 0x7FFF) << 13
    let scaled = (Float(bitPattern: magnitude) * Float(bitPattern: 0x7780_0000)).bitPattern
    let bits = half & 0x7C00 == 0x7C00 ? magnitude | 0x7F80_0000 : scaled
    return Float(bitPattern: bits | UInt32(half & 0x8000) << 16)
  }

  /// bfloat16 bits to Float: the upper half of the same number.
  @inline(__always)
  static func widenBrain(_ brain: UInt16) -> Float {
    Float(bitPattern: UInt32(brain) << 16)
  }
}
