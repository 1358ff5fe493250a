import Rewards
import RewardsTestSupport
import Testing

@testable import Verifiers

@Suite struct BoxRewardTests {
  static func box(_ value: JSONValue) -> Box {
    let numbers = value.items.compactMap(\.double)
    return Box(numbers[0], numbers[1], numbers[2], numbers[3])
  }

  static func score(_ reward: BoxReward, _ completion: String, _ reference: JSONValue?, size: Int? = nil)
    -> Outcome
  {
    let columns = size.map { JSONObject([("width", .integer($0)), ("height", .integer(2 * $0))]) }
    return reward.score(
      Sample(completion: completion, reference: reference, columns: columns ?? JSONObject()),
      state: RunState()
    ).outcome
  }

  @Test func overlapsEqualTheReference() throws {
    let pairs = try Fixtures.json("boxes.json")["pairs"].items
    #expect(pairs.count == 200)
    for pair in pairs {
      let (a, b) = (Self.box(pair["a"]), Self.box(pair["b"]))
      for (kind, expected) in zip(Box.Overlap.allCases, pair["overlaps"].items) {
        #expect(abs(a.overlap(b, kind) - (expected.double ?? 9)) < 1e-9, "\(kind) \(pair)")
      }
    }
  }

  @Test func assignmentsHaveSciPysSum() throws {
    let tables = try Fixtures.json("boxes.json")["assignments"].items
    #expect(tables.count == 60)
    for entry in tables {
      let table = entry["table"].items.map { $0.items.compactMap(\.double) }
      let assignment = Assignment.largestSum(table)
      let columns = assignment.compactMap { $0 }
      #expect(Set(columns).count == min(table.count, table[0].count))
      let sum = zip(table, assignment).reduce(0) { sum, pair in sum + (pair.1.map { pair.0[$0] } ?? 0) }
      #expect(abs(sum - (entry["sum"].double ?? 9)) < 1e-9)
    }
    #expect(Assignment.largestSum([]).isEmpty)
    #expect(Assignment.largestSum([[], []]) == [nil, nil])
  }

  @Test func overlapsOfTheCard() {
    let box = Box(0, 0, 2, 2)
    #expect(box.overlap(Box(1, 1, 3, 3)) == 1.0 / 7)
    for kind in Box.Overlap.allCases { #expect(box.overlap(box, kind) == 1) }
    #expect(box.overlap(Box(5, 5, 6, 6)) == 0)
    #expect(box.overlap(Box(2, 0, 4, 2)) == 0)
    #expect(box.overlap(Box(1, 1, 1, 3)) == 0)
    #expect(box.overlap(Box(.nan, 1, 1, 3)) == 0)
    #expect(box.overlap(Box(0, 0, .infinity, 3), .ciou) == -1)
    #expect(Box(-1e200, -1e200, 1e200, 1e200).overlap(box) == 0)
  }

  @Test(
    arguments: [
      ("[1, 2, 3.5, 4]", [[1, 2, 3.5, 4]]), ("The cat is at (1,2,3,4).", [[1, 2, 3, 4]]),
      ("<ref>cat</ref><box>(1,2),(3,4)</box><box>(5,6),(7,8)</box>", [[1, 2, 3, 4], [5, 6, 7, 8]]),
      ("<|box_start|>(1,2),(3,4)<|box_end|>", [[1, 2, 3, 4]]), ("<box>[[1,2,3,4]]</box>", [[1, 2, 3, 4]]),
      ("[{\"bbox_2d\": [1, 2, 3, 4], \"label\": \"a\"}]", [[1, 2, 3, 4]]), ("(1,2) and (3,4)", []),
      ("[1, 2, 3]", []), ("[1, 2, 3, 4, 5]", []), ("[1, 2, 3, 4", []), ("[1, 2, x, 4]", []), ("", []),
      ("[[[[[", []),
      ("[1e3, -2, .5, +4]", [[1000, -2, 0.5, 4]]), ("[1,2,3,99999999999999999999999999999999999999]", []),
    ] as [(String, [[Double]])])
  func boxesAreReadInTheUsualForms(_ text: String, _ boxes: [[Double]]) {
    #expect(BoxText.quadruples(in: text) == boxes)
  }

  @Test func meanAndF1CountEveryBox() throws {
    let reference = JSONValue.array([
      .array([.integer(0), .integer(0), .integer(2), .integer(2)]),
      .array([.integer(4), .integer(4), .integer(6), .integer(6)]),
    ])
    let mean = try BoxReward()
    let f1 = try BoxReward(measure: .f1)
    #expect(Self.score(mean, "[4,4,6,6] [0,0,2,2]", reference) == .scored(1))
    #expect(Self.score(mean, "[6,6,4,4]", reference) == .scored(0.5))
    #expect(Self.score(mean, "[0,0,2,2] [0,0,2,2] [0,0,2,2] [4,4,6,6]", reference) == .scored(0.5))
    #expect(Self.score(f1, "[0,0,2,2] [0,0,2,2] [0,0,2,2] [4,4,6,6]", reference) == .scored(4.0 / 6))
    #expect(Self.score(f1, "[1,1,3,3]", reference) == .scored(0))
    #expect(Self.score(mean, "nothing", reference) == .scored(0))
    #expect(Self.score(mean, "nothing", .array([])) == .scored(1))
    #expect(Self.score(mean, "[0,0,1,1]", .array([])) == .scored(0))
    let giou = try BoxReward(overlap: .giou)
    #expect(Self.score(giou, "", reference) == .scored(-1))
    #expect(Self.score(giou, "[0,0,2,2]", reference) == .scored(0))
    let flood = String(repeating: "[0,0,2,2]", count: 600)
    #expect(Self.score(mean, flood, reference) == .scored(0))
  }

  @Test func f1TakesTheMostPairs() throws {
    let overlaps = [Box(0, 0, 10, 10), Box(0, 0, 10, 6)]
    let reference = [Box(0, 0, 10, 10), Box(0, 4, 10, 14)]
    #expect(try BoxReward(measure: .f1, threshold: 0.4).value(of: overlaps, against: reference) == 1)
    #expect(
      try BoxReward(measure: .f1, matching: .greedy, threshold: 0.4).value(of: overlaps, against: reference)
        == 0.5)
  }

  @Test func coordinatesAreConverted() throws {
    let reference = JSONValue.string("[10, 20, 50, 100]")
    let unit = try BoxReward(predicted: .init(coordinates: .unit))
    #expect(Self.score(unit, "[0.1, 0.1, 0.5, 0.5]", reference, size: 100) == .scored(1))
    let thousand = try BoxReward(predicted: .init(layout: .xywh, coordinates: .thousand))
    #expect(Self.score(thousand, "[100, 100, 400, 400]", reference, size: 100) == .scored(1))
    guard case .failed = Self.score(unit, "[0.1, 0.1, 0.5, 0.5]", reference) else {
      Issue.record("pixels need a size")
      return
    }
    let same = try BoxReward(predicted: .init(coordinates: .unit), reference: .init(coordinates: .unit))
    #expect(Self.score(same, "[0, 0, 100, 100]", .string("[0, 0, 1, 1]")) == .scored(0))
    #expect(Self.score(same, "[0.5, 0.5, 1, 1]", .string("(0.5, 0.5, 1, 1)")) == .scored(1))
  }

  @Test func rewardsKeepTheirProtocolsPromises() async throws {
    let samples = ["", "[1,2,3,4]", "[1e308,-1e308,1e308,5]", "\u{0}(((", "<box>(0,0),(1,1)</box>"].map {
      Sample(completion: $0, reference: .string("[0,0,2,2]"))
    }
    for overlap in Box.Overlap.allCases {
      let values = JSONObject([("overlap", .string(overlap.rawValue)), ("matching", .string("greedy"))])
      let reward = try #require(Registry.standard.rewardKind("boxes")).reward(values)
      let boxes = try #require(reward as? BoxReward)
      for reference: JSONValue? in [nil, .array([.integer(1)]), .string("[1,1,1,5]"), .bool(true)] {
        let broken = Sample(completion: "[0,0,2,2]", reference: reference)
        #expect(await checkReward(boxes, on: samples, broken: broken).isEmpty)
      }
    }
    #expect(throws: ParameterError.self) { try BoxReward(threshold: 2) }
  }

  @Test func manyBoxesAndHugeTextsEndInTime() throws {
    let start = ContinuousClock.now
    let row = (0..<100).map { "[\($0),\($0 * 7 % 50),\($0 + 9),\($0 * 7 % 50 + 9)]" }.joined()
    #expect(Self.score(try BoxReward(), row, .string(row)) == .scored(1))
    _ = Self.score(try BoxReward(), String(repeating: "[1,", count: 100_000), .string(row))
    #expect(ContinuousClock.now - start < .seconds(20))
  }
}
