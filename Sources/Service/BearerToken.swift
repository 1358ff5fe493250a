/// The secret that a request must hold, compared in a time that tells nothing about it.
struct BearerToken: Sendable {
  private let expected: [UInt8]

  init(_ token: String) { expected = Array("Bearer \(token)".utf8) }

  /// Whether the value of `Authorization` holds it.
  func isHeld(by authorization: String?) -> Bool {
    let given = Array((authorization ?? "").utf8)
    // Every byte is looked at, whatever the first ones are.
    var difference = UInt8(given.count == expected.count ? 0 : 1)
    for (index, byte) in expected.enumerated() {
      difference |= byte ^ (index < given.count ? given[index] : 0)
    }
    return difference == 0
  }
}
