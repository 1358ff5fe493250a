/// The steps that cut a text into words before merging, each applied to every piece of the step before.
struct PreTokenizer: Sendable, Equatable {
  enum Step: Sendable, Equatable {
    /// Digits apart from everything else, each by itself or in runs.
    case digits(individually: Bool)
    case words(WordPattern)
  }

  var steps: [Step]
  /// A blank goes in front of a text that does not begin with one.
  var addsPrefixSpace = false

  /// Calls `body` for each word of `text[range]`.
  @inline(__always)
  func forEachWord(
    of text: UnsafeBufferPointer<UInt8>, in range: Range<Int>, _ body: (Range<Int>) -> Void
  ) {
    withoutActuallyEscaping(body) { apply(0, text, range, $0) }
  }

  private func apply(
    _ step: Int, _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ body: (Range<Int>) -> Void
  ) {
    guard step < steps.count else { return body(range) }
    var start = range.lowerBound
    switch steps[step] {
    case .words(let pattern):
      while start < range.upperBound {
        let end = pattern.match(text, start, range.upperBound)
        apply(step + 1, text, start..<end, body)
        start = end
      }
    case .digits(let individually):
      var index = start
      var inDigits = false
      while index < range.upperBound {
        let (classes, next) = text.characterClass(at: index)
        let isDigit = classes.contains(.digit)
        if index > start, isDigit != inDigits || (isDigit && individually) {
          apply(step + 1, text, start..<index, body)
          start = index
        }
        inDigits = isDigit
        index = next
      }
      if start < index { apply(step + 1, text, start..<index, body) }
    }
  }
}
