import Numeric
import Testing

/// Against NumPy 2.4: numpy.random.RandomState(42).random_sample(3), .standard_normal(3), and the 1,000th draw of each.
@Suite struct MersenneTwisterTests {
  @Test func itDrawsWhatNumPyDraws() {
    var random = MersenneTwister(seed: 42)
    let drawn = (0..<1000).map { _ in random.uniform() }
    #expect(Array(drawn.prefix(3)) == [0.3745401188473625, 0.9507143064099162, 0.7319939418114051])
    #expect(drawn[999] == 0.44600577295795574)
    random = MersenneTwister(seed: 42)
    let normal = (0..<1000).map { _ in random.normal() }
    #expect(normal[0] == 0.4967141530112327 && normal[1] == -0.13826430117118466)
    #expect(normal[2] == 0.6476885381006925 && normal[999] == 0.5725827813561586)
  }
}
