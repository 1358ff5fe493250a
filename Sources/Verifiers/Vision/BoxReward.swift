import Rewards

/// How well the boxes in the completion are the reference's.
///
/// Every predicted box is paired with at most one reference box. `mean` is the sum of the pairs' overlap over the
/// larger number of boxes, a box without a partner counting the least (0 for IoU, -1 for the others); `f1` is
/// 2 pairs / (predicted + reference), pairs from the threshold on.
///
/// - Range: [0, 1] for IoU and F1, [-1, 1] for the mean of GIoU, DIoU and CIoU (values below -1 count as -1).
/// - A completion without a readable box, or with more than 512, has no box. Where the reference has none either (an
///   empty list) it scores 1. A box without area, with corners past the coordinate system's end, or not finite,
///   counts as a box that matches nothing. Extra boxes always lower the score.
/// - With labels, a pair needs the same label (capitals aside): a box of another label, or of none, matches nothing.
/// - A reference that is absent, unreadable, or has more than 512 boxes, or one whose boxes have no area, is
///   `failed`; so is a conversion to or from pixels without the columns `width` and `height`.
/// - Time: linear in the text, plus min^2 max of the numbers of boxes.
public struct BoxReward: PointwiseReward {
  public typealias Subject = Sample

  public enum Measure: String, Sendable, CaseIterable { case mean, f1 }
  public enum Matching: String, Sendable, CaseIterable {
    /// The pairing with the largest sum (for F1: the most pairs first).
    case optimal
    /// The pair with the largest overlap first.
    case greedy
  }
  /// What a coordinate is measured in.
  public enum Coordinates: String, Sendable, CaseIterable {
    case pixels
    /// 0 to 1 along each side.
    case unit
    /// 0 to 1000 along each side.
    case thousand
  }

  /// How one side writes its boxes.
  public struct Convention: Sendable, Equatable {
    public var layout: Box.Layout
    public var coordinates: Coordinates

    public init(layout: Box.Layout = .xyxy, coordinates: Coordinates = .pixels) {
      self.layout = layout
      self.coordinates = coordinates
    }
  }

  public let name: String
  public var maximum: Double? { 1 }
  public let overlap: Box.Overlap
  public let measure: Measure
  public let matching: Matching
  /// Pairs below it do not count.
  public let threshold: Double
  public let predicted: Convention
  public let reference: Convention
  public let part: AnswerPart
  /// Boxes of different labels are no pair.
  public let usesLabels: Bool

  /// - Parameter threshold: 0.5 for F1 and no threshold for the mean when nil.
  /// - Throws: `ParameterError` when the threshold is not in [-1, 1].
  public init(
    name: String = "boxes", overlap: Box.Overlap = .iou, measure: Measure = .mean,
    matching: Matching = .optimal,
    threshold: Double? = nil, predicted: Convention = Convention(), reference: Convention = Convention(),
    part: AnswerPart = .whole, usesLabels: Bool = false
  ) throws(ParameterError) {
    let limit = threshold ?? (measure == .f1 ? 0.5 : -1)
    guard -1...1 ~= limit else {
      throw ParameterError(parameter: "threshold", expected: "a number from -1 to 1", found: "\(limit)")
    }
    self.name = name
    self.overlap = overlap
    self.measure = measure
    self.matching = matching
    self.threshold = limit
    self.predicted = predicted
    self.reference = reference
    self.part = part
    self.usesLabels = usesLabels
  }

  public func score(_ sample: Sample, state: RunState) -> Score {
    guard let entries = BoxText.entries(of: sample.reference), entries.count <= 512 else {
      return .failed("the reference is not a list of up to 512 boxes")
    }
    guard let scale = scale(sample) else {
      return .failed("pixels cannot be converted without the columns width and height")
    }
    let wanted = entries.map { box($0.numbers, reference) }
    guard wanted.allSatisfy(\.isProper) else { return .failed("a reference box has no area") }
    if usesLabels, entries.contains(where: { $0.label == nil }) {
      return .failed("a reference box has no label")
    }
    guard let text = part.text(in: sample.completion) else { return Score(least) }
    let foundEntries = BoxText.entries(in: text) ?? []
    let found = foundEntries.map { entry -> Box in
      let box = box(entry.numbers, predicted)
      guard isInside(box, sample) else { return Box(x1: 0, y1: 0, x2: 0, y2: 0) }
      return Box(x1: box.x1 * scale.x, y1: box.y1 * scale.y, x2: box.x2 * scale.x, y2: box.y2 * scale.y)
    }
    let parts = ["boxes": Double(found.count)]
    let value = value(of: found, against: wanted) { found, wanted in
      !usesLabels || BoxLabels.areEqual(foundEntries[found].label, entries[wanted].label)
    }
    return Score(value, parts: parts)
  }

  /// The score of a completion that finds nothing.
  private var least: Double { overlap == .iou || measure == .f1 ? 0 : -1 }

  private func box(_ numbers: [Double], _ convention: Convention) -> Box {
    Box(numbers[0], numbers[1], numbers[2], numbers[3], layout: convention.layout).sorted
  }

  /// Whether the box lies in its coordinate system: a slip of one part in a thousand over the end is allowed.
  private func isInside(_ box: Box, _ sample: Sample) -> Bool {
    let end: (x: Double, y: Double)
    switch predicted.coordinates {
    case .unit: end = (1, 1)
    case .thousand: end = (1000, 1000)
    case .pixels:
      guard let size = Self.size(sample) else { return true }
      end = size
    }
    return box.x1 >= -0.001 * end.x && box.y1 >= -0.001 * end.y && box.x2 <= 1.001 * end.x
      && box.y2 <= 1.001 * end.y
  }

  /// What predicted coordinates are multiplied by; nil when the picture's size is needed and unknown.
  private func scale(_ sample: Sample) -> (x: Double, y: Double)? {
    func side(_ coordinates: Coordinates, _ pixels: Double) -> Double {
      switch coordinates {
      case .unit: 1
      case .thousand: 1000
      case .pixels: pixels
      }
    }
    if predicted.coordinates == reference.coordinates { return (1, 1) }
    let needsSize = predicted.coordinates == .pixels || reference.coordinates == .pixels
    let size = Self.size(sample)
    if needsSize, size == nil { return nil }
    let (width, height) = size ?? (1, 1)
    return (
      side(reference.coordinates, width) / side(predicted.coordinates, width),
      side(reference.coordinates, height) / side(predicted.coordinates, height)
    )
  }

  private static func size(_ sample: Sample) -> (x: Double, y: Double)? {
    func side(_ name: String) -> Double? {
      switch sample.columns[name] {
      case .integer(let value)? where value > 0: Double(value)
      case .number(let value)? where value > 0 && value.isFinite: value
      default: nil
      }
    }
    guard let width = side("width"), let height = side("height") else { return nil }
    return (width, height)
  }

  /// The reward of predicted boxes against proper reference boxes in the same coordinates.
  /// - Parameter canPair: whether a predicted and a reference box, by index, may be a pair.
  public func value(
    of predicted: [Box], against reference: [Box], canPair: (Int, Int) -> Bool = { _, _ in true }
  ) -> Double {
    if predicted.isEmpty || reference.isEmpty { return predicted.isEmpty && reference.isEmpty ? 1 : least }
    let allowed = predicted.indices.map { row in reference.indices.map { canPair(row, $0) } }
    // As a pair that is none counts: it must not stand in the way of others.
    let none = measure == .mean ? least : -1
    let overlaps = predicted.indices.map { row in
      reference.indices.map { column in
        allowed[row][column] ? max(-1, predicted[row].overlap(reference[column], overlap)) : none
      }
    }
    let pairs = pairs(overlaps, allowed)
    if measure == .f1 { return 2 * Double(pairs.count) / Double(predicted.count + reference.count) }
    let larger = max(predicted.count, reference.count)
    return (pairs.reduce(0, +) + Double(larger - pairs.count) * least) / Double(larger)
  }

  /// The overlaps of the pairs, those that are not allowed or below the threshold left out.
  private func pairs(_ overlaps: [[Double]], _ allowed: [[Bool]]) -> [Double] {
    let assignment: [Int?]
    if matching == .greedy {
      assignment = Assignment.greedy(overlaps)
    } else if measure == .f1 {
      // One more pair outweighs any sum of overlaps.
      let bonus = 2 * Double(min(overlaps.count, overlaps[0].count) + 1)
      assignment = Assignment.largestSum(
        zip(overlaps, allowed).map { values, allowed in
          zip(values, allowed).map { $1 && $0 >= threshold ? bonus + $0 : 0 }
        })
    } else {
      assignment = Assignment.largestSum(overlaps)
    }
    return overlaps.indices.compactMap { row in
      guard let column = assignment[row], allowed[row][column], overlaps[row][column] >= threshold else {
        return nil
      }
      return overlaps[row][column]
    }
  }
}

extension RewardKind {
  static let boxes = RewardKind(
    name: "boxes", help: "How well the boxes in the completion are the reference's: mean overlap or F1.",
    parameters: [
      choice("overlap", default: Box.Overlap.iou, help: "how two boxes are compared"),
      choice(
        "measure", default: BoxReward.Measure.mean,
        help: "mean overlap over the larger number of boxes, or F1"),
      choice("matching", default: BoxReward.Matching.optimal, help: "how boxes are paired"),
      Parameter(
        "threshold", .number, default: .null, range: -1...1,
        help: "smallest overlap of a pair; 0.5 for f1 and none for mean when not given"),
      choice("layout", default: Box.Layout.xyxy, help: "the four numbers in the completion"),
      choice("coordinates", default: BoxReward.Coordinates.pixels, help: "the completion's coordinates"),
      choice("reference_layout", default: Box.Layout.xyxy, help: "the four numbers in the reference"),
      choice(
        "reference_coordinates", default: BoxReward.Coordinates.pixels,
        help: "the reference's; converting pixels needs the columns width and height"),
      Parameter(
        "labels", .bool, default: .bool(false),
        help:
          "a pair needs the same label, as in {\"bbox_2d\": [...], \"label\": \"cat\"} or <ref>cat</ref><box>..."
      ),
      AnswerPart.parameter,
    ],
    make: { name, parameters in
      try BoxReward(
        name: name, overlap: parameters.word("overlap", or: .iou),
        measure: parameters.word("measure", or: .mean),
        matching: parameters.word("matching", or: .optimal),
        threshold: parameters.optionalDouble("threshold"),
        predicted: .init(
          layout: parameters.word("layout", or: .xyxy),
          coordinates: parameters.word("coordinates", or: .pixels)),
        reference: .init(
          layout: parameters.word("reference_layout", or: .xyxy),
          coordinates: parameters.word("reference_coordinates", or: .pixels)),
        part: parameters.answerPart(), usesLabels: parameters.bool("labels"))
    })
}
