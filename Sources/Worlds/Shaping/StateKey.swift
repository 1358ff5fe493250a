/// Turns an observation into the number of a discrete state, so that counts and tables work on any world.
public struct StateKey: Sendable, Equatable {
  private enum Reading: Sendable, Equatable {
    case number
    case oneHot
    case bins(low: [Float], scale: [Float], perDimension: Int)
  }

  private let reading: Reading
  /// How many states there are.
  public let count: Int

  /// - Parameter bins: Into how many parts each dimension of a box is cut; an infinite end counts as 5 either way.
  ///   A box whose numbers are all from 0 to 1 and at least three is read as one-hot when `bins` is nil.
  /// - Throws: `parameter` when a box is not cut and not one-hot, or when there would be more than 2^24 states.
  public init(_ space: Space, bins: Int? = nil) throws(ShapingError) {
    switch space {
    case .discrete(let states):
      reading = .number
      count = states
    case .box(let low, let high):
      if let bins {
        guard bins >= 1 else { throw .parameter("a dimension cannot be cut into \(bins) bins") }
        var count = 1
        for _ in low {
          let (product, overflow) = count.multipliedReportingOverflow(by: bins)
          guard !overflow, product <= 1 << 24 else {
            throw .parameter("\(bins) bins in each of \(low.count) dimensions are too many states to count")
          }
          count = product
        }
        self.count = count
        let ends = zip(low, high).map { (max($0, -5), min($1, 5)) }
        let finite = zip(zip(low, high), ends).map { own, cut in
          own.0.isFinite && own.1.isFinite ? own : cut
        }
        reading = .bins(
          low: finite.map(\.0), scale: finite.map { Float(bins) / max($0.1 - $0.0, 1e-6) },
          perDimension: bins)
      } else {
        guard low.count >= 3, low.allSatisfy({ $0 == 0 }), high.allSatisfy({ $0 == 1 }) else {
          throw .parameter(
            "the observations are real numbers: say into how many bins they are cut (bins: N, in the rule that counts states, or in "
              + "the run file of a learner that keeps a table)")
        }
        reading = .oneHot
        count = low.count
      }
    }
  }

  /// The state's number.
  public func callAsFunction(_ observation: UnsafeBufferPointer<Float>) -> Int {
    switch reading {
    case .number: return Int(observation[0])
    case .oneHot:
      var best = 0
      for index in observation.indices where observation[index] > observation[best] { best = index }
      return best
    case .bins(let low, let scale, let bins):
      var key = 0
      for index in low.indices {
        let place = (observation[index] - low[index]) * scale[index]
        key = key * bins + Int(min(max(place, 0), Float(bins - 1)))
      }
      return key
    }
  }
}
