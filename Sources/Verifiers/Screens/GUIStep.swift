import Foundation

/// A step as MagicGUI's evaluator (arXiv 2508.03700, released code) sees it: several actions are one kind.
public struct GUIStep: Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable {
    case click, scroll, type, press, stop, wait
    case longPoint = "long_point"
    /// `take_over`, `screen_shot`, `long_screen_shot`, `call_api`, which the evaluator does not know.
    case other

    /// Whether it must hit a place.
    var hasPlace: Bool { self == .click || self == .longPoint }
  }

  /// Where a gesture of the log begins and ends, in shares of the screen.
  public typealias Place = GUIAction.Point

  /// A gesture no longer than this share of the screen is a tap.
  public static let tapLength = 0.04
  /// A press of more milliseconds than this is a long one.
  public static let tapMilliseconds = 200.0

  public var kind: Kind
  /// The place of a click or long press, in shares of the screen; nil for any other step.
  public var place: Place?
  /// A scroll's direction ("" when it has none), the text typed, the button pressed, or the whole other action.
  public var argument: String

  public init(_ kind: Kind, at place: Place? = nil, argument: String = "") {
    self.kind = kind
    self.place = place
    self.argument = argument
  }

  public init(_ action: GUIAction) {
    let place = action.points.first.map { Place(x: $0.x / 1000, y: $0.y / 1000) }
    switch action.kind {
    case .tap: self.init(.click, at: place)
    case .longPress: self.init(.longPoint, at: place)
    case .scroll: self.init(.scroll, argument: action.argument)
    case .text: self.init(.type, argument: action.argument)
    case .navigateBack: self.init(.press, argument: "back")
    case .navigateHome: self.init(.press, argument: "home")
    case .enter: self.init(.press, argument: "enter")
    case .finish, .noAnswer, .actionCompleted: self.init(.stop)
    case .wait: self.init(.wait)
    case .drag:
      // However short, as the released evaluator has it; only gestures of the log may be taps.
      let end = action.points.last.map { Place(x: $0.x / 1000, y: $0.y / 1000) }
      self.init(.scroll, argument: Self.direction(from: place, to: end))
    case .takeOver, .screenShot, .longScreenShot: self.init(.other, argument: action.kind.rawValue)
    case .callAPI:
      self.init(.other, argument: "\(action.kind.rawValue) \(action.argument) \(action.operation)")
    }
  }

  /// A logged gesture: a tap (a long one by its duration) when finger down and up are near, else a scroll along the
  /// nearer axis. y grows downwards.
  public init(from touch: Place, to lift: Place, milliseconds: Double = tapMilliseconds) {
    let (x, y) = (lift.x - touch.x, lift.y - touch.y)
    if (x * x + y * y).squareRoot() <= Self.tapLength {
      self.init(milliseconds > Self.tapMilliseconds ? .longPoint : .click, at: touch)
    } else {
      self.init(.scroll, argument: Self.direction(from: touch, to: lift))
    }
  }

  /// Along the nearer axis; y grows downwards. "" without a move.
  private static func direction(from touch: Place?, to lift: Place?) -> String {
    guard let touch, let lift, touch != lift else { return "" }
    let (x, y) = (lift.x - touch.x, lift.y - touch.y)
    return abs(y) >= abs(x) ? (y < 0 ? "up" : "down") : (x < 0 ? "left" : "right")
  }
}

/// How MagicGUI's evaluator judges a step: more lenient than ``GUIActionMatch``, for metrics, not for training.
public struct GUIStepMatch: Sendable, Equatable {
  /// An element of the screen: its top left corner and its size, in shares of the screen.
  public struct Element: Sendable, Equatable {
    public var y, x, height, width: Double

    public init(y: Double, x: Double, height: Double, width: Double) {
      self.y = y
      self.x = x
      self.height = height
      self.width = width
    }

    /// 1.2 times as large around its centre, cut at the screen's top and left edge.
    var enlarged: Element {
      Element(
        y: max(0, y - 0.1 * height), x: max(0, x - 0.1 * width), height: min(1, 1.2 * height),
        width: min(1, 1.2 * width))
    }

    func contains(_ place: GUIStep.Place) -> Bool {
      (x...(x + width)).contains(place.x) && (y...(y + height)).contains(place.y)
    }

    var centre: GUIStep.Place { GUIStep.Place(x: x + width / 2, y: y + height / 2) }
  }

  /// Which elements a click may hit.
  public enum Candidates: String, Sendable, CaseIterable {
    /// Those that hold the logged point.
    case holding
    /// The five whose centres are nearest to it, as for AndroidControl.
    case nearest
  }

  /// Largest distance from the logged point where no element is hit, in shares of the screen.
  public static let tolerance = 0.14
  /// F1 from which typed text is right.
  public static let textThreshold = 0.5
  /// Side of the top left corner in which a click counts as the button that goes back.
  public static let corner = 0.15

  /// The completion is one legal action.
  public var hasFormat: Bool
  public var isTypeRight: Bool
  /// The whole step is right.
  public var isExact: Bool
  /// For a click or long press of the right type: how far it is from the centre of the element that it hit, or from
  /// the logged point, in thousandths of the screen.
  public var distance: Double?

  /// - Parameters:
  ///   - step: nil when the completion is no action.
  ///   - target: the logged step.
  ///   - elements: what is on the screen; none: only distance counts.
  public init(
    _ step: GUIStep?, target: GUIStep, elements: [Element] = [], candidates: Candidates = .holding
  ) {
    (hasFormat, isTypeRight, isExact) = (step != nil, step?.kind == target.kind, false)
    guard let step else { return }
    if isTypeRight {
      switch step.kind {
      case .click, .longPoint: match(step.place, target.place, elements.map(\.enlarged), candidates)
      case .type:
        isExact = GUIActionMatch.textF1(step.argument, target.argument) >= Self.textThreshold
      case .scroll, .press, .other: isExact = step.argument == target.argument
      case .stop, .wait: isExact = true
      }
    }
    if Self.isSwap(step, target) { (isTypeRight, isExact) = (true, true) }
  }

  /// Typing for tapping and the reverse; tapping the back arrow for the button.
  private static func isSwap(_ step: GUIStep, _ target: GUIStep) -> Bool {
    switch (step.kind, target.kind) {
    case (.type, .click), (.click, .type): true
    case (.click, .press): step.place.map { $0.x <= corner && $0.y <= corner } ?? false
    default: false
    }
  }

  private mutating func match(
    _ place: GUIStep.Place?, _ target: GUIStep.Place?, _ elements: [Element], _ candidates: Candidates
  ) {
    guard let place, let target else { return }
    let near: [Element] =
      switch candidates {
      case .holding: elements.filter { $0.contains(target) }
      case .nearest:
        elements.enumerated().map { ($0.element.centre.squaredDistance(to: target), $0.offset) }
          .sorted { $0 < $1 }.prefix(5).map { elements[$0.1] }
      }
    let hit = near.first { $0.contains(place) }
    isExact = hit != nil || place.squaredDistance(to: target).squareRoot() <= Self.tolerance
    distance = place.squaredDistance(to: hit?.centre ?? target).squareRoot() * 1000
  }
}
