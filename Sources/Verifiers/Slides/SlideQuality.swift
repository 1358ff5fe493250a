/// The parts of SlideForge's reward that need no judge, each in [0, 1].
public enum SlideQuality {
  /// `code_rules`: how well slides keep the brief's numbers; the mean over the slides of a quarter each for a title, for
  /// the wanted number of sections (a tenth for another number), for the number of words (min / max of found and
  /// wanted), and for the share of sections that hold words.
  public static func codeRules(_ deck: SlideDeck, _ brief: SlideBrief) -> Double {
    guard !deck.slides.isEmpty else { return 0 }
    var sum = 0.0
    for (index, slide) in deck.slides.enumerated() {
      if !slide.title.isEmpty { sum += 0.25 }
      let sections = slide.sections.count
      if sections == brief.sectionCounts[index] ?? brief.sectionCount {
        sum += 0.25
      } else if sections > 0 {
        sum += 0.1
      }
      if brief.wordCount > 0 {
        let (found, wanted) = (Double(slide.words.count), Double(brief.wordCount))
        sum += 0.25 * min(found, wanted) / max(found, wanted)
      }
      if sections > 0 { sum += 0.25 * Double(slide.sections.count { !$0.isEmpty }) / Double(sections) }
    }
    return sum / Double(deck.slides.count)
  }

  /// `render_quality`: 0.4 min(slides / wanted, 1) + 0.3 share of slides that a browser shows + 0.3 share of slides with
  /// a title and a section.
  /// - Parameter shown: for each slide whether it is shown; nil when nothing was rendered: the term drops out, and the
  ///   rest is divided by 0.7.
  public static func rendering(_ deck: SlideDeck, _ brief: SlideBrief, shown: [Bool]?) -> Double {
    guard !deck.slides.isEmpty else { return 0 }
    let count = Double(deck.slides.count)
    let rest =
      0.4 * min(count / Double(max(brief.slideCount, 1)), 1)
      + 0.3 * Double(deck.slides.count(where: \.isValid)) / count
    guard let shown else { return rest / 0.7 }
    return rest + 0.3 * Double(shown.count { $0 }) / count
  }

  private static let articles: Set<String> = ["the", "a", "an", "is", "are", "and", "or", "of", "to", "in"]

  /// `content_quality`, at most 1: 0.35 share of slides with a word of the topic; 0.25 share of slides with more than 3
  /// words of the research (without research 0.15 for a confidence of at least 0.8); 0.2 share of texts that differ;
  /// 0.2 min(outline / wanted slides, 1) (0.1 without an outline).
  ///
  /// Stop words of the topic count, as in the published code.
  public static func content(_ deck: SlideDeck, _ brief: SlideBrief) -> Double {
    guard !deck.slides.isEmpty else { return 0 }
    let count = Double(deck.slides.count)
    let texts = deck.slides.map { Set($0.words.map { $0.lowercased() }) }
    let topic = words(brief.topic)
    var sum = 0.35 * Double(texts.count { !$0.isDisjoint(with: topic) }) / count
    if let research = brief.research {
      let known = words(research).subtracting(articles)
      sum += 0.25 * Double(texts.count { $0.intersection(known).count > 3 }) / count
    } else if brief.confidence >= 0.8 {
      sum += 0.15
    }
    sum += 0.2 * Double(Set(deck.slides.map(\.text)).count) / count
    if let outline = brief.outlineCount, outline > 0 {
      sum += 0.2 * min(Double(outline) / Double(max(brief.slideCount, 1)), 1)
    } else {
      sum += 0.1
    }
    return min(sum, 1)
  }

  /// The words of a text, in lower case, as white space parts them.
  static func words(_ text: String) -> Set<String> {
    Set(text.lowercased().split(whereSeparator: \.isWhitespace).map(String.init))
  }
}
