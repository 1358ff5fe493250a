import Foundation

/// Running means and variances of numbers (Welford 1962).
struct RunningMoments {
  var count = 0.0
  var mean: [Double]
  var squares: [Double]

  init(width: Int) {
    mean = Array(repeating: 0, count: width)
    squares = mean
  }

  mutating func add(_ values: UnsafePointer<Float>) {
    count += 1
    for place in mean.indices {
      let value = Double(values[place])
      let distance = value - mean[place]
      mean[place] += distance / count
      squares[place] += distance * (value - mean[place])
    }
  }

  mutating func add(_ value: Double) {
    count += 1
    let distance = value - mean[0]
    mean[0] += distance / count
    squares[0] += distance * (value - mean[0])
  }

  /// Of all that was added; 1 where nothing varied.
  func deviation(_ place: Int) -> Double {
    let value = count > 1 ? (squares[place] / count).squareRoot() : 0
    return value > 1e-8 * (1 + abs(mean[place])) ? value : 1
  }
}

/// Brings states to mean 0 and deviation 1, cut at +-10 (Stable-Baselines3's VecNormalize).
struct ObservationNormalizer {
  var moments: RunningMoments
  private var shift, factor: [Float]

  init(width: Int) {
    moments = RunningMoments(width: width)
    shift = Array(repeating: 0, count: width)
    factor = Array(repeating: 1, count: width)
  }

  /// What is subtracted, and what the rest is divided by. A scale that is given stands until the next state is learned
  /// from.
  var scale: (mean: [Double], deviation: [Double]) {
    get { (shift.map { Double($0) }, factor.map { 1 / Double($0) }) }
    set {
      precondition(newValue.mean.count == shift.count && newValue.deviation.count == factor.count)
      shift = newValue.mean.map { Float($0) }
      factor = newValue.deviation.map { Float(1 / $0) }
    }
  }

  /// Learns from one state.
  mutating func observe(_ state: UnsafePointer<Float>) {
    moments.add(state)
    refresh()
  }

  /// Makes shifts and factors anew from the moments.
  mutating func refresh() {
    for place in shift.indices {
      shift[place] = Float(moments.mean[place])
      factor[place] = Float(1 / moments.deviation(place))
    }
  }

  func normalize(_ state: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>) {
    shift.withUnsafeBufferPointer { shift in
      factor.withUnsafeBufferPointer { factor in
        for place in 0..<shift.count {
          target[place] = min(max((state[place] - shift[place]) * factor[place], -10), 10)
        }
      }
    }
  }
}

/// Rewards as critics are taught them: values of (Q - c) / s instead of Q, with c about the mean value and s the
/// deviation of discounted sums of rewards around their mean.
///
/// A critic of (Q - c) / s obeys Bellman's equation with the rewards (r - c (1 - gamma)) / s, and (r - c) / s where
/// the episode terminates. That changes no policy's rank, as subtracting the mean reward would where episodes can
/// end early: it is what potential-based shaping by a constant does.
struct RewardNormalizer {
  let gamma: Double
  var rewards = RunningMoments(width: 1)
  var sums = RunningMoments(width: 1)
  /// Per lane: the discounted sum of rewards less their mean, and the steps of the episode.
  var running: [Double]
  var lengths: [Int]
  /// The sum over steps of the discounted number of steps that followed.
  var horizon = 0.0
  var horizonSteps = 0

  init(gamma: Double, lanes: Int = 1) {
    self.gamma = gamma
    running = Array(repeating: 0, count: lanes)
    lengths = Array(repeating: 0, count: lanes)
  }

  mutating func observe(_ reward: Double, lane: Int = 0, terminated: Bool, truncated: Bool) {
    rewards.add(reward)
    running[lane] = gamma * running[lane] + reward - rewards.mean[0]
    sums.add(running[lane])
    lengths[lane] += 1
    guard terminated || truncated else { return }
    let length = Double(lengths[lane])
    horizonSteps += lengths[lane]
    if terminated {
      // The sum over k of (1 - gamma^k) / (1 - gamma): the steps that were left, discounted.
      horizon +=
        gamma < 1
        ? (length - gamma * (1 - pow(gamma, length)) / (1 - gamma)) / (1 - gamma) : length * (length + 1) / 2
    } else {
      horizon += length * endless
    }
    running[lane] = 0
    lengths[lane] = 0
  }

  /// What a reward of 1 for ever is worth; 1,000 stands for no discount.
  private var endless: Double { gamma < 0.999 ? 1 / (1 - gamma) : 1_000 }

  /// c.
  var shift: Double {
    rewards.mean[0] * (horizonSteps > 0 ? horizon / Double(horizonSteps) : endless)
  }
  /// s.
  var scale: Double { sums.deviation(0) }

  func scaled(_ reward: Double, terminated: Bool) -> Float {
    Float((reward - shift * (terminated ? 1 : 1 - gamma)) / scale)
  }
}
