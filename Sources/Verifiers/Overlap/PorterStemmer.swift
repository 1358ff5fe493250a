/// The Porter stemmer (Porter 1980) with the additions of NLTK, which rouge-score uses.
///
/// Words are ASCII letters in lower case and digits (a digit counts as a consonant). Linear in the word.
struct PorterStemmer {
  private var word: [UInt8] = []

  /// The stem of `word`; words of one or two letters stay as they are.
  static func stem(_ word: [UInt8]) -> [UInt8] {
    if let stem = irregular[word] { return stem }
    guard word.count > 2 else { return word }
    var stemmer = PorterStemmer(word: word)
    stemmer.step1a()
    stemmer.step1b()
    stemmer.step1c()
    stemmer.step2()
    stemmer.apply(step3) { $0.measure($1) > 0 }
    stemmer.apply(step4) { stemmer, length in
      guard stemmer.measure(length) > 1 else { return false }
      if !stemmer.ends("ion") { return true }
      return length > 0 && (stemmer.word[length - 1] == 0x73 || stemmer.word[length - 1] == 0x74)
    }
    stemmer.step5()
    return stemmer.word
  }

  private static let irregular: [[UInt8]: [UInt8]] = {
    let forms = [
      "sky": ["sky", "skies"], "die": ["dying"], "lie": ["lying"], "tie": ["tying"], "news": ["news"],
      "inning": ["innings", "inning"], "outing": ["outings", "outing"], "canning": ["cannings", "canning"],
      "howe": ["howe"], "proceed": ["proceed"], "exceed": ["exceed"], "succeed": ["succeed"],
    ]
    var table: [[UInt8]: [UInt8]] = [:]
    for (stem, words) in forms { for word in words { table[Array(word.utf8)] = Array(stem.utf8) } }
    return table
  }()

  private typealias Rule = (suffix: StaticString, replacement: StaticString)

  private func ends(_ suffix: StaticString) -> Bool {
    let count = suffix.utf8CodeUnitCount
    guard word.count >= count else { return false }
    for index in 0..<count where word[word.count - count + index] != suffix.utf8Start[index] { return false }
    return true
  }

  private mutating func replace(_ rule: Rule) {
    word.removeLast(rule.suffix.utf8CodeUnitCount)
    for index in 0..<rule.replacement.utf8CodeUnitCount { word.append(rule.replacement.utf8Start[index]) }
  }

  /// Applies the first rule whose suffix the word has, when the condition holds for the length before the suffix.
  private mutating func apply(_ rules: [Rule], when condition: (Self, Int) -> Bool) {
    guard let rule = rules.first(where: { ends($0.suffix) }) else { return }
    if condition(self, word.count - rule.suffix.utf8CodeUnitCount) { replace(rule) }
  }

  private static func isVowelLetter(_ byte: UInt8) -> Bool {
    byte == 0x61 || byte == 0x65 || byte == 0x69 || byte == 0x6F || byte == 0x75
  }

  /// Calls `body` with each of the first `length` letters: true for a consonant. A `y` is one where no consonant
  /// stands before it.
  private func forEachLetter(_ length: Int, _ body: (Bool) -> Void) {
    var isConsonant = false
    for index in 0..<length {
      let byte = word[index]
      isConsonant = byte == 0x79 ? index == 0 || !isConsonant : !Self.isVowelLetter(byte)
      body(isConsonant)
    }
  }

  /// Porter's m: how often a vowel is followed by a consonant in the first `length` letters.
  private func measure(_ length: Int) -> Int {
    var count = 0
    var wasVowel = false
    forEachLetter(length) { isConsonant in
      if wasVowel && isConsonant { count += 1 }
      wasVowel = !isConsonant
    }
    return count
  }

  private func containsVowel(_ length: Int) -> Bool {
    var found = false
    forEachLetter(length) { if !$0 { found = true } }
    return found
  }

  private func isConsonant(_ index: Int) -> Bool {
    var last = false
    forEachLetter(index + 1) { last = $0 }
    return last
  }

  private func endsInDoubleConsonant() -> Bool {
    let count = word.count
    return count >= 2 && word[count - 1] == word[count - 2] && isConsonant(count - 1)
  }

  /// Porter's *o: the first `length` letters end consonant, vowel, consonant, the last not w, x or y; or they are a
  /// vowel and a consonant.
  private func endsShort(_ length: Int) -> Bool {
    if length == 2 { return !isConsonant(0) && isConsonant(1) }
    guard length >= 3, isConsonant(length - 3), !isConsonant(length - 2), isConsonant(length - 1) else {
      return false
    }
    return ![0x77, 0x78, 0x79].contains(word[length - 1])
  }

  private mutating func step1a() {
    if word.count == 4, ends("ies") {
      word.removeLast()
    } else {
      apply([("sses", "ss"), ("ies", "i"), ("ss", "ss"), ("s", "")]) { _, _ in true }
    }
  }

  private mutating func step1b() {
    if ends("ied") {
      word.removeLast(word.count == 4 ? 1 : 2)
      return
    }
    if ends("eed") {
      if measure(word.count - 3) > 0 { word.removeLast() }
      return
    }
    let endings: [Rule] = [("ed", ""), ("ing", "")]
    let ending = endings.first { ends($0.suffix) && containsVowel(word.count - $0.suffix.utf8CodeUnitCount) }
    guard let ending else { return }
    replace(ending)
    if ends("at") || ends("bl") || ends("iz") {
      word.append(0x65)
    } else if endsInDoubleConsonant() {
      if ![0x6C, 0x73, 0x7A].contains(word[word.count - 1]) { word.removeLast() }
    } else if measure(word.count) == 1, endsShort(word.count) {
      word.append(0x65)
    }
  }

  private mutating func step1c() {
    apply([("y", "i")]) { $1 > 1 && $0.isConsonant($1 - 1) }
  }

  private mutating func step2() {
    if ends("alli"), measure(word.count - 4) > 0 { word.removeLast(2) }
    apply(Self.step2) { stemmer, length in
      // "geology" keeps its o in the part that is measured.
      stemmer.measure(stemmer.ends("logi") ? length + 1 : length) > 0
    }
  }

  private mutating func step5() {
    if ends("e") {
      let length = word.count - 1
      let measure = measure(length)
      if measure > 1 || measure == 1 && !endsShort(length) { word.removeLast() }
    }
    if ends("ll"), measure(word.count - 1) > 1 { word.removeLast() }
  }

  private static let step2: [Rule] = [
    ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"),
    ("bli", "ble"), ("alli", "al"), ("entli", "ent"), ("eli", "e"), ("ousli", "ous"), ("ization", "ize"),
    ("ation", "ate"), ("ator", "ate"), ("alism", "al"), ("iveness", "ive"), ("fulness", "ful"),
    ("ousness", "ous"), ("aliti", "al"), ("iviti", "ive"), ("biliti", "ble"), ("fulli", "ful"),
    ("logi", "log"),
  ]
  private static let step3: [Rule] = [
    ("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""),
    ("ness", ""),
  ]
  private static let step4: [Rule] = [
    ("al", ""), ("ance", ""), ("ence", ""), ("er", ""), ("ic", ""), ("able", ""), ("ible", ""), ("ant", ""),
    ("ement", ""), ("ment", ""), ("ent", ""), ("ion", ""), ("ou", ""), ("ism", ""), ("ate", ""), ("iti", ""),
    ("ous", ""), ("ive", ""), ("ize", ""),
  ]
}
