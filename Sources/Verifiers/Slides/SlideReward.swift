import Rewards

/// SlideForge's reward for a deck of HTML slides (2026), without the parts that a judge of looks is asked for.
///
/// - `code_rules`, `content_quality`: see ``SlideQuality``; `render_quality`: the same, what is shown by a browser;
/// - `brief_reconstruction`: how well the brief can be guessed from the deck, see ``RecoveredBrief``. The paper asks a
///   judge, here the words are counted (``LexicalRecoverer``): off by default.
/// - `total`: their mean by weight, a part of weight 0 left out. Range of all: [0, 1].
///
/// The brief comes from the sample's columns (`topic`, `num_slides`, ...), the deck from the completion in one of the
/// forms of ``SlideDeck``. A completion without a slide, with more than four times the wanted slides, or of more than a
/// mebibyte earns 0. A sample without a brief, or a browser that breaks, is `failed`; slow slides are `timedOut`.
public struct SlideReward: PointwiseReward {
  public typealias Subject = Sample

  public enum Component: String, Sendable, CaseIterable {
    case total
    case codeRules = "code_rules"
    case renderQuality = "render_quality"
    case contentQuality = "content_quality"
    case briefReconstruction = "brief_reconstruction"
  }

  /// Weights of the parts, the paper's.
  public struct Weights: Sendable, Equatable {
    public var codeRules = 1.0
    public var renderQuality = 2.0
    public var contentQuality = 2.0
    /// The paper's is 2, for a judge.
    public var briefReconstruction = 0.0

    public init() {}

    func weight(of component: Component) -> Double {
      switch component {
      case .total: 0
      case .codeRules: codeRules
      case .renderQuality: renderQuality
      case .contentQuality: contentQuality
      case .briefReconstruction: briefReconstruction
      }
    }
  }

  public static let maxBytes = 1 << 20

  public let name: String
  public var maximum: Double? { 1 }
  public let component: Component
  public let weights: Weights
  /// nil: slides are not rendered, and `render_quality` has two terms.
  public let renderer: (any SlideRendering)?
  /// A slide with text outside the page does not count as shown.
  public let mustFit: Bool
  public let recoverer: LexicalRecoverer

  /// - Throws: `ParameterError` when no weight is positive.
  public init(
    name: String = "slides", component: Component = .total, weights: Weights = Weights(),
    renderer: (any SlideRendering)?, mustFit: Bool = false, recoverer: LexicalRecoverer = .init(audiences: [])
  ) throws(ParameterError) {
    guard Component.allCases.contains(where: { weights.weight(of: $0) > 0 }) else {
      throw ParameterError(parameter: "code_rules_weight", "all weights are 0: nothing is rewarded")
    }
    self.name = name
    self.component = component
    self.weights = weights
    self.renderer = renderer
    self.mustFit = mustFit
    self.recoverer = recoverer
  }

  public func score(_ sample: Sample, state: RunState) -> Score {
    let brief: SlideBrief
    do { brief = try SlideBrief(sample) } catch { return .failed("\(error)") }
    guard sample.completion.utf8.count <= Self.maxBytes,
      let deck = SlideDeck(sample.completion, limit: 4 * brief.slideCount)
    else { return Score(0) }
    do {
      if component != .total { return Score(try value(of: component, deck, brief)) }
      var parts: [String: Double] = [:]
      var (sum, total) = (0.0, 0.0)
      for component in Component.allCases where weights.weight(of: component) > 0 {
        let value = try value(of: component, deck, brief)
        parts[component.rawValue] = value
        sum += weights.weight(of: component) * value
        total += weights.weight(of: component)
      }
      return Score(sum / total, parts: parts)
    } catch {
      if case .outOfTime(let seconds) = error { return Score(.timedOut(seconds: seconds)) }
      return .failed("\(error)")
    }
  }

  private func value(
    of component: Component, _ deck: SlideDeck, _ brief: SlideBrief
  ) throws(RenderError) -> Double {
    switch component {
    case .total: return 0
    case .codeRules: return SlideQuality.codeRules(deck, brief)
    case .renderQuality:
      let layouts = try renderer?.layouts(of: deck.slides.map(\.html))
      return SlideQuality.rendering(deck, brief, shown: layouts?.map { $0.isShown && ($0.fits || !mustFit) })
    case .contentQuality: return SlideQuality.content(deck, brief)
    case .briefReconstruction:
      return deck.slides.isEmpty ? 0 : recoverer.recovered(from: deck).agreement(with: brief)
    }
  }
}

extension RewardKind {
  static let slides = RewardKind(
    name: "slides",
    help: "SlideForge's reward for HTML slides: the brief's numbers, what a browser shows, content.",
    parameters: [
      choice("component", default: SlideReward.Component.total, help: "the part that is the reward"),
      Parameter(
        "code_rules_weight", .number, default: .number(1), range: 0...1e6,
        help: "total: weight of titles, sections and word counts"),
      Parameter(
        "render_weight", .number, default: .number(2), range: 0...1e6,
        help: "total: weight of the number of slides and what is shown of them"),
      Parameter(
        "content_weight", .number, default: .number(2), range: 0...1e6,
        help: "total: weight of topic, research, uniqueness and outline"),
      Parameter(
        "reconstruction_weight", .number, default: .number(0), range: 0...1e6,
        help:
          "total: weight of the brief guessed from the deck's words (2 in the paper, where a judge guesses)"),
      Parameter(
        "audiences", .strings, default: .array([]), help: "what the guess chooses the audience from"),
      Parameter(
        "render", .bool, default: .bool(true), help: "lay slides out with headless Chromium, a second a deck"),
      Parameter(
        "must_fit", .bool, default: .bool(false), help: "a slide with text outside the page is not shown"),
      Parameter(
        "time_limit", .number, default: .number(20), range: 0.1...600, help: "seconds to lay a deck out"),
      Parameter("browser", .string, default: .null, help: "path of Chromium or Chrome; found when not given"),
      Parameter(
        "unsafe", .bool, default: .bool(false), help: "run the browser without bubblewrap around it"),
    ],
    make: { name, parameters in
      var weights = SlideReward.Weights()
      weights.codeRules = parameters.double("code_rules_weight")
      weights.renderQuality = parameters.double("render_weight")
      weights.contentQuality = parameters.double("content_weight")
      weights.briefReconstruction = parameters.double("reconstruction_weight")
      let renderer =
        parameters.bool("render")
        ? try ChromiumRenderer(
          browser: parameters.optionalString("browser"), seconds: parameters.double("time_limit"),
          isUnsafe: parameters.bool("unsafe")) : nil
      return try SlideReward(
        name: name, component: parameters.word("component", or: .total), weights: weights, renderer: renderer,
        mustFit: parameters.bool("must_fit"), recoverer: .init(audiences: parameters.strings("audiences")))
    })
}
