import Foundation

/// The hash that names a file's content (FIPS 180-4).
enum SHA256 {
  private static let constants: [UInt32] = primes(64).map { fraction(pow($0, 1.0 / 3)) }
  private static let start: [UInt32] = primes(8).map { fraction($0.squareRoot()) }

  private static func primes(_ count: Int) -> [Double] {
    var found: [Int] = []
    var candidate = 2
    while found.count < count {
      if !found.contains(where: { candidate % $0 == 0 }) { found.append(candidate) }
      candidate += 1
    }
    return found.map(Double.init)
  }

  /// The first 32 bits after the point.
  private static func fraction(_ value: Double) -> UInt32 {
    UInt32((value - value.rounded(.down)) * 4_294_967_296)
  }

  /// 64 hexadecimal digits.
  static func hex(of data: Data) -> String {
    var hash = start
    var message = [UInt8](data)
    message.append(0x80)
    message += Array(repeating: 0, count: (120 - message.count % 64) % 64)
    for shift in stride(from: 56, through: 0, by: -8) {
      message.append(UInt8(truncatingIfNeeded: (UInt64(data.count) &* 8) >> UInt64(shift)))
    }
    for block in stride(from: 0, to: message.count, by: 64) { compress(message[block..<block + 64], &hash) }
    return hash.map { String(format: "%08x", $0) }.joined()
  }

  private static func compress(_ block: ArraySlice<UInt8>, _ hash: inout [UInt32]) {
    func turned(_ value: UInt32, _ bits: UInt32) -> UInt32 { value >> bits | value << (32 - bits) }
    var words = stride(from: block.startIndex, to: block.endIndex, by: 4).map { place in
      (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(block[place + $1]) }
    }
    for index in 16..<64 {
      let (near, far) = (words[index - 2], words[index - 15])
      let a = turned(far, 7) ^ turned(far, 18) ^ far >> 3
      let b = turned(near, 17) ^ turned(near, 19) ^ near >> 10
      words.append(words[index - 16] &+ a &+ words[index - 7] &+ b)
    }
    var v = hash
    for index in 0..<64 {
      let sum = turned(v[4], 6) ^ turned(v[4], 11) ^ turned(v[4], 25)
      let choice = v[4] & v[5] ^ ~v[4] & v[6]
      let first = v[7] &+ sum &+ choice &+ constants[index] &+ words[index]
      let other = turned(v[0], 2) ^ turned(v[0], 13) ^ turned(v[0], 22)
      let majority = v[0] & v[1] ^ v[0] & v[2] ^ v[1] & v[2]
      v = [first &+ other &+ majority, v[0], v[1], v[2], v[3] &+ first, v[4], v[5], v[6]]
    }
    for index in 0..<8 { hash[index] &+= v[index] }
  }
}
