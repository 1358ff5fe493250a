import Rewards

/// What an observation or an action may be, as Gymnasium's spaces say it.
public enum Space: Sendable, Equatable {
  /// One of `count` choices, written as 0, 1, ... `count` - 1.
  case discrete(Int)
  /// A vector of real numbers, one closed interval for each (infinite ends allowed).
  case box(low: [Float], high: [Float])

  /// `width` numbers of the same interval.
  public static func box(_ low: Float, _ high: Float, width: Int) -> Space {
    .box(low: Array(repeating: low, count: width), high: Array(repeating: high, count: width))
  }

  /// How many numbers a value of this space has: 1 for `discrete`.
  public var width: Int {
    switch self {
    case .discrete: 1
    case .box(let low, _): low.count
    }
  }

  /// Whether it holds choices.
  public var isDiscrete: Bool { if case .discrete = self { true } else { false } }

  /// Whether the numbers are a value of this space; NaN never is.
  public func contains(_ value: some Collection<Float>) -> Bool {
    guard value.count == width else { return false }
    switch self {
    case .discrete(let count):
      let number = value.first!
      return number >= 0 && number < Float(count) && number == number.rounded()
    case .box(let low, let high):
      return zip(value, zip(low, high)).allSatisfy { $0 >= $1.0 && $0 <= $1.1 }
    }
  }

  /// Writes a uniform value; where an interval is unbounded, a standard normal number around its finite end or 0.
  public func sample(into target: UnsafeMutableBufferPointer<Float>, random: inout PCG64) {
    switch self {
    case .discrete(let count): target[0] = Float(random.integer(below: count))
    case .box(let low, let high):
      for index in low.indices {
        let (from, to) = (low[index], high[index])
        if from.isFinite, to.isFinite {
          target[index] = min(Float(random.uniform(Double(from), Double(to))), to)
        } else if from.isFinite {
          target[index] = from + Float(abs(random.normal()))
        } else if to.isFinite {
          target[index] = to - Float(abs(random.normal()))
        } else {
          target[index] = Float(random.normal())
        }
      }
    }
  }

  /// A uniform value (see `sample(into:random:)`).
  public func sample(_ random: inout PCG64) -> [Float] {
    [Float](unsafeUninitializedCapacity: width) { buffer, count in
      sample(into: buffer, random: &random)
      count = width
    }
  }

  /// The space as Gymnasium names it: `{"type": "Discrete", "n": 2}` or `{"type": "Box", "low": ..., "high": ...}`.
  /// Infinite ends are the strings "-inf" and "inf".
  public var json: JSONValue {
    switch self {
    case .discrete(let count): .object(JSONObject([("type", .string("Discrete")), ("n", .integer(count))]))
    case .box(let low, let high):
      .object(
        JSONObject([
          ("type", .string("Box")), ("low", .array(low.map(Self.number))),
          ("high", .array(high.map(Self.number))),
        ]))
    }
  }

  private static func number(_ value: Float) -> JSONValue {
    value.isFinite ? .number(Double(value)) : .string(value < 0 ? "-inf" : "inf")
  }
}
