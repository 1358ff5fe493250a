/// The brief as somebody guesses it who sees the deck alone.
public struct RecoveredBrief: Sendable, Equatable {
  public var topic: String
  public var audience: String
  public var slideCount: Int
  public var keyThemes: [String]

  public init(topic: String, audience: String, slideCount: Int, keyThemes: [String]) {
    self.topic = topic
    self.audience = audience
    self.slideCount = slideCount
    self.keyThemes = keyThemes
  }

  /// SlideForge's `brief_reconstruction`: 0.40 topic + 0.25 audience + 0.15 count + 0.20 themes, in [0, 1].
  ///
  /// With N(t) the words of t in lower case, stop words and single characters left out, and A = N(topic):
  /// - topic: |A and N(guess)| / |A|; themes: min(1.5 |A and N(themes)| / |A|, 1); both 0 when A is empty;
  /// - audience: 1 when equal, 0.7 when one holds the other, else 0.4 min(shared words / words, 1);
  /// - count: the smaller number of slides / the larger.
  ///
  /// - Parameter countsEmptyAudience: the empty text is in every text, so the published formula gives an empty guess
  ///   0.7 for the audience; without this it earns 0.
  public func agreement(with brief: SlideBrief, countsEmptyAudience: Bool = false) -> Double {
    let wanted = Self.norm(brief.topic)
    var score = 0.0
    if !wanted.isEmpty {
      let size = Double(wanted.count)
      score += 0.4 * Double(wanted.intersection(Self.norm(topic)).count) / size
      let themes = keyThemes.reduce(into: Set<String>()) { $0.formUnion(Self.norm($1)) }
      score += 0.2 * min(1.5 * Double(wanted.intersection(themes).count) / size, 1)
    }
    score += 0.25 * audienceAgreement(brief.audience, countsEmpty: countsEmptyAudience)
    if slideCount > 0, brief.slideCount > 0 {
      score += 0.15 * Double(min(slideCount, brief.slideCount)) / Double(max(slideCount, brief.slideCount))
    }
    return score
  }

  private func audienceAgreement(_ wanted: String, countsEmpty: Bool) -> Double {
    let wanted = Self.trimmed(wanted)
    let guess = Self.trimmed(audience)
    if guess.isEmpty || wanted.isEmpty {
      return guess == wanted ? (countsEmpty ? 1 : 0) : countsEmpty ? 0.7 : 0
    }
    if guess == wanted { return 1 }
    if guess.contains(wanted) || wanted.contains(guess) { return 0.7 }
    let words = Self.norm(wanted)
    return 0.4 * min(Double(words.intersection(Self.norm(guess)).count) / Double(max(words.count, 1)), 1)
  }

  private static func trimmed(_ text: String) -> String {
    let text = text.lowercased().drop(while: \.isWhitespace)
    return String(text.reversed().drop(while: \.isWhitespace).reversed())
  }

  private static let stopWords: Set<String> = [
    "the", "a", "an", "is", "are", "and", "or", "of", "to", "in", "for", "on", "with", "-", "&",
  ]

  static func norm(_ text: String) -> Set<String> {
    SlideQuality.words(text).filter { $0.unicodeScalars.count > 1 && !stopWords.contains($0) }
  }
}

/// Guesses a deck's brief from its words, in place of a judge: the topic from the 6 words that occur in most of the
/// titles, the themes from the titles of slides 2 to 4, the audience from a list of possible ones.
public struct LexicalRecoverer: Sendable, Equatable {
  public let audiences: [String]

  public init(audiences: [String]) { self.audiences = audiences }

  /// The audience is the longest of the list that the deck states, else the one that shares most with the titles.
  public func recovered(from deck: SlideDeck) -> RecoveredBrief {
    let titles = deck.slides.map { $0.title.joined(separator: " ") }
    var counts: [String: Int] = [:]
    for title in titles { for word in RecoveredBrief.norm(title) { counts[word, default: 0] += 1 } }
    let frequent = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(6).map(\.key)
    return RecoveredBrief(
      topic: frequent.joined(separator: " "), audience: audience(of: deck, counts),
      slideCount: deck.slides.count,
      keyThemes: Array(titles.dropFirst().prefix(3)))
  }

  private func audience(of deck: SlideDeck, _ counts: [String: Int]) -> String {
    let text = " " + deck.slides.map { $0.text.lowercased() }.joined(separator: " ") + " "
    let stated = audiences.filter { !$0.isEmpty && text.contains(" \($0.lowercased()) ") }
    if let longest = stated.max(by: { $0.count < $1.count }) { return longest }
    func shared(_ audience: String) -> Int {
      RecoveredBrief.norm(audience).reduce(0) { $0 + (counts[$1] ?? 0) }
    }
    let best = audiences.max { shared($0) < shared($1) }
    return best.map { shared($0) > 0 ? $0 : "" } ?? ""
  }
}
