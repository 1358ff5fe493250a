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

  @Test(
    arguments: [
      (
        #"[{"bbox_2d": [1,2,3,4], "label": "cat"}, {"label": "a {dog}", "bbox_2d": [5,6,7,8]}]"#,
        ["cat", nil]
      ),
      (#"{"class": "cat", "box": [1,2,3,4]}"#, ["cat"]), ("[1,2,3,4] cat", [nil]),
      (
        "<ref>cat</ref><box>(1,2),(3,4)</box><box>[5,6,7,8]</box><ref>dog</ref>[1,1,2,2]",
        ["cat", "cat", "dog"]
      ),
      ("<|object_ref_start|>a dog<|object_ref_end|><|box_start|>(1,2),(3,4)<|box_end|>", ["a dog"]),
      ("<ref>cat [1,2,3,4]", [nil]), (#"{"label": 5, "bbox": [1,2,3,4]}"#, [nil]),
      (#"{"label": "cat", "bbox_2d": [1,2,3,4]"#, [nil]),
    ] as [(String, [String?])])
  func labelsAreReadInTheUsualForms(_ text: String, _ labels: [String?]) {
    #expect(BoxText.entries(in: text)?.map(\.label) == labels)
  }

  @Test func aPairNeedsTheSameLabel() throws {
    let reference = JSONValue.array(
      [("cat", 0), ("dog", 4)].map { label, start in
        let corners = [start, start, start + 2, start + 2].map { JSONValue.integer($0) }
        return .object(JSONObject([("bbox_2d", .array(corners)), ("label", .string(label))]))
      })
    let right = #"[{"bbox_2d": [4,4,6,6], "label": " Dog"}, {"bbox_2d": [0,0,2,2], "label": "cat"}]"#
    let swapped = #"[{"bbox_2d": [4,4,6,6], "label": "cat"}, {"bbox_2d": [0,0,2,2], "label": "dog"}]"#
    let half = #"[{"bbox_2d": [4,4,6,6], "label": "dog"}, {"bbox_2d": [0,0,2,2], "label": "dog"}]"#
    for measure in BoxReward.Measure.allCases {
      for matching in BoxReward.Matching.allCases {
        let reward = try BoxReward(measure: measure, matching: matching, usesLabels: true)
        #expect(Self.score(reward, right, reference) == .scored(1))
        #expect(Self.score(reward, swapped, reference) == .scored(0))
        #expect(Self.score(reward, half, reference) == .scored(0.5))
        #expect(Self.score(reward, "[0,0,2,2] [4,4,6,6]", reference) == .scored(0))
        guard case .failed = Self.score(reward, right, .string("[0,0,2,2]")) else {
          Issue.record("a reference without a label was used")
          continue
        }
        let blind = try BoxReward(measure: measure, matching: matching)
        #expect(Self.score(blind, swapped, reference) == .scored(1))
      }
    }
    let giou = try BoxReward(overlap: .giou, usesLabels: true)
    // Cat with cat and dog with dog, the hull of 36 around two boxes of 4 each.
    #expect(Self.score(giou, swapped, reference) == .scored(-28.0 / 36))
  }

  /// A box of another label takes no better pair away: 0.9 and nothing beats 0.5 and 0.3.
  @Test func theBestPairingIsOverAllowedPairs() throws {
    let wanted = [Box(0, 0, 10, 10), Box(0, 5, 10, 8)]
    let found = [Box(0, 0, 10, 9), Box(0, 4, 10, 9)]
    let value = try BoxReward().value(of: found, against: wanted) { !($0 == 1 && $1 == 1) }
    #expect(abs(value - 0.45) < 1e-12)
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
