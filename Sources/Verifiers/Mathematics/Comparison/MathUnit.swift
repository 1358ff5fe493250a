/// A unit of measurement behind a number: words, compared by meaning where it is known and by spelling where not.
struct MathUnit: Equatable {
  /// What is measured, with its power (`length`, 2); the spelling itself where the word is not known.
  var dimension: String
  /// How many of the dimension's base unit one of it is, as a fraction.
  var numerator: Int
  var denominator: Int

  private static let table: [String: (dimension: String, numerator: Int, denominator: Int)] = {
    var table: [String: (String, Int, Int)] = [:]
    func add(_ dimension: String, _ numerator: Int, _ denominator: Int, _ names: String) {
      for name in names.split(separator: " ") { table[String(name)] = (dimension, numerator, denominator) }
    }
    add("length", 1, 1, "mm millimeter millimetre")
    add("length", 10, 1, "cm centimeter centimetre")
    add("length", 100, 1, "dm decimeter decimetre")
    add("length", 1000, 1, "m meter metre")
    add("length", 1_000_000, 1, "km kilometer kilometre")
    add("length", 254, 10, "in inch inches inche")
    add("length", 3048, 10, "ft foot feet")
    add("length", 9144, 10, "yd yard")
    add("length", 1_609_344, 1, "mi mile")
    add("mass", 1, 1000, "mg milligram")
    add("mass", 1, 1, "g gram")
    add("mass", 1000, 1, "kg kilogram kilo")
    add("weight", 1, 1, "oz ounce")
    add("weight", 16, 1, "lb pound")
    add("volume", 1, 1, "ml mL milliliter millilitre")
    add("volume", 1000, 1, "l L liter litre")
    add("time", 1, 1, "s sec second")
    add("time", 60, 1, "min minute")
    add("time", 3600, 1, "h hr hour")
    add("time", 86400, 1, "day")
    add("time", 604_800, 1, "week")
    add("money", 100, 1, "dollar USD buck")
    add("money", 1, 1, "cent")
    add("degree", 1, 1, "degree deg °")
    return table
  }()

  private static let others: Set<String> = [
    "mph", "kph", "gal", "gallon", "quart", "pint", "cup", "euro", "yen", "rupee", "radian", "rad", "percent",
    "unit", "Hz",
    "mol", "pts", "point", "hrs", "lbs", "mins", "secs", "cc", "kW", "yuan",
  ]

  /// Whether a run of letters is a unit (of at least two letters; a single letter is a variable first).
  static func isUnit(_ word: String) -> Bool {
    let single = singular(word)
    return word.utf8.count > 1 && (table[single] != nil || others.contains(single) || others.contains(word))
  }

  private static func singular(_ word: String) -> String {
    if word == "feet" || word == "inches" || word == "s" || word == "gas" { return word }
    return word.hasSuffix("s") && word.utf8.count > 2 && !word.hasSuffix("ss")
      ? String(word.dropLast()) : word
  }

  /// The unit that words name; nil when they say nothing about measurement (`in total`, `ways`).
  init?(words: String) {
    var words = words.split(separator: " ").map(String.init)
    words.removeAll { Self.fillers.contains($0.lowercased()) }
    guard !words.isEmpty else { return nil }
    if words == ["mph"] { words = ["miles", "hour"] }
    if words == ["kph"] || words == ["km", "h"] { words = ["kilometers", "hour"] }
    var power = 1
    if let index = words.firstIndex(where: { ["square", "sq", "squared"].contains($0.lowercased()) }) {
      power = 2
      words.remove(at: index)
    } else if let index = words.firstIndex(where: { ["cubic", "cubed", "cu"].contains($0.lowercased()) }) {
      power = 3
      words.remove(at: index)
    }
    if words.count > 1, let last = words.last, last.hasPrefix("^"), let exponent = Int(last.dropFirst()) {
      power *= exponent
      words.removeLast()
    }
    guard let first = words.first else {
      // "square units"
      dimension = "unit^\(power)"
      numerator = 1
      denominator = 1
      return
    }
    let known = Self.table[Self.singular(first)] ?? Self.table[Self.singular(first.lowercased())]
    if words.count == 1, let known, (1...3).contains(power) {
      dimension = power == 1 ? known.dimension : "\(known.dimension)^\(power)"
      numerator = (1..<power).reduce(known.numerator) { value, _ in value &* known.numerator }
      denominator = (1..<power).reduce(known.denominator) { value, _ in value &* known.denominator }
      return
    }
    // The first word decides: "ways to choose" are ways.
    dimension =
      words.map { Self.singular($0.lowercased()) }.joined(separator: " ") + (power == 1 ? "" : "^\(power)")
    numerator = 1
    denominator = 1
  }

  private static let fillers: Set<String> = [
    "unit", "units", "the", "of", "in", "a", "an", "is", "total", "each", "about", "approximately", "exactly",
    "only", "all", "more", "per", "possible", "different", "th", "st", "nd", "rd",
    "answer", "away", "long", "tall", "old", "to", "for", "are", "there",
  ]

  /// Whether two measurements can be equal at all: of the same dimension, "square units" counting as any area.
  func isComparable(with other: MathUnit) -> Bool {
    func isUnnamed(_ unit: MathUnit, _ named: MathUnit) -> Bool {
      unit.dimension.hasPrefix("unit^") && named.dimension.hasSuffix(unit.dimension.dropFirst(4))
    }
    return dimension == other.dimension || isUnnamed(self, other) || isUnnamed(other, self)
  }
}
