import Rewards

/// Why a table of objects is none.
struct ObjectTableError: Error, Equatable {
  /// "line 3", or "object 3" of a list; empty for the whole.
  var place: String
  var message: String
}

/// Objects with their objectives, as a file lists them, and the graph of how they are built.
///
/// `{"object": ..., "objectives": [0.2, 0.7]}`; objectives may have names: `{"objectives": {"binding": 0.2, "safety": 0.7}}`.
/// Further keys are passed over.
struct ObjectTable {
  enum Form: String, CaseIterable {
    /// Text (a symbol a character) or a list of texts, built from its beginning: one way to each.
    case sequence
    /// Text or a list of texts whose order does not matter; elements may repeat.
    case set
    /// A list of counts, raised one at a time.
    case grid
  }

  private(set) var objectiveNames: [String] = []
  let form: Form
  /// What each object is made of: symbols' names, or counts as numbers in order.
  private(set) var parts: [[Part]] = []
  private(set) var objectives: [[Double]] = []
  private(set) var names: [JSONValue] = []
  /// Where each object was given.
  private(set) var places: [String] = []
  private var seen: [[Part]: Int] = [:]

  enum Part: Hashable {
    case symbol(String)
    case count(Int)
  }

  /// More partial objects make tables of no sense.
  static let limit = 1_000_000

  init(jsonl path: String, _ form: Form) throws(ObjectTableError) {
    self.form = form
    do {
      try JSONLReader(path: path).forEachLine { line in
        let place = "line \(line.number)"
        let row: JSONObject
        do throws(JSONError) { row = try JSONParser().parseObject(line.bytes) } catch {
          let broken = JSONLError(line: line.number, lineOffset: line.offset, error)
          throw ObjectTableError(place: place, message: broken.explanation)
        }
        try add(.object(row), place)
      }
    } catch let error as ObjectTableError {
      throw error
    } catch let error as FileError {
      throw ObjectTableError(place: "", message: "\(error.message); \(error.remedy)")
    } catch {
      throw ObjectTableError(place: "", message: "\(error)")
    }
    try finish()
  }

  init(list: JSONValue, _ form: Form) throws(ObjectTableError) {
    self.form = form
    guard case .array(let items) = list else {
      throw ObjectTableError(place: "", message: "expected a list of objects, found \(list.summary)")
    }
    for (index, item) in items.enumerated() { try add(item, "object \(index + 1)") }
    try finish()
  }

  private func finish() throws(ObjectTableError) {
    if parts.isEmpty { throw ObjectTableError(place: "", message: "there is no object in it") }
    if objectives.allSatisfy({ $0.allSatisfy { $0 == 0 } }) {
      throw ObjectTableError(
        place: "", message: "every objective of every object is 0: there is nothing to prefer")
    }
  }

  // MARK: Reading

  private mutating func add(_ item: JSONValue, _ place: String) throws(ObjectTableError) {
    func wrong(_ message: String) -> ObjectTableError { ObjectTableError(place: place, message: message) }
    guard case .object(let row) = item, let object = row["object"], let values = row["objectives"] else {
      throw wrong("expected {\"object\": ..., \"objectives\": [...]}, found \(item.jsonText.prefix(80))")
    }
    guard let key = read(object) else {
      throw wrong(
        form == .grid
          ? "\"object\" must be a list of counts from 0, found \(object.jsonText.prefix(80))"
          : "\"object\" must be a text or a list of texts, found \(object.jsonText.prefix(80))")
    }
    if form == .grid, let first = parts.first, first.count != key.count {
      throw wrong("\"object\" has \(key.count) counts where \(places[0]) has \(first.count)")
    }
    let (names, numbers) = try Self.objectives(values, wrong)
    if objectives.isEmpty {
      objectiveNames = names
    } else if names != objectiveNames {
      throw wrong(
        "its objectives are \(names.joined(separator: ", ")); those of \(places[0]) are \(objectiveNames.joined(separator: ", "))"
      )
    }
    let identity = form == .set ? key.sorted(by: Self.comesFirst) : key
    if let other = seen[identity] { throw wrong("the object of \(places[other]) again") }
    seen[identity] = parts.count
    parts.append(identity)
    objectives.append(numbers)
    self.names.append(object)
    places.append(place)
  }

  private func read(_ value: JSONValue) -> [Part]? {
    switch (form, value) {
    case (.sequence, .string(let text)), (.set, .string(let text)): return text.map { .symbol(String($0)) }
    case (_, .array(let items)):
      var parts: [Part] = []
      for item in items {
        switch (form, item) {
        case (.grid, .integer(let count)) where count >= 0: parts.append(.count(count))
        case (.sequence, .string(let name)), (.set, .string(let name)): parts.append(.symbol(name))
        default: return nil
        }
      }
      return form == .grid && parts.isEmpty ? nil : parts
    default: return nil
    }
  }

  private static func objectives(
    _ value: JSONValue, _ wrong: (String) -> ObjectTableError
  ) throws(ObjectTableError) -> ([String], [Double]) {
    var entries: [(String, JSONValue)] = []
    switch value {
    case .array(let items): entries = items.enumerated().map { ("\($0.offset + 1)", $0.element) }
    case .object(let object): entries = object.keys.sorted().map { ($0, object[$0] ?? .null) }
    default: break
    }
    if entries.isEmpty {
      throw wrong(
        "\"objectives\" must be a list of numbers, or names with numbers, found \(value.summary)")
    }
    var numbers: [Double] = []
    for (name, item) in entries {
      guard let number = item.double, number.isFinite, number >= 0 else {
        throw wrong("objective \(name) must be a number from 0, found \(item.summary); shift or clip it")
      }
      numbers.append(number)
    }
    return (entries.map(\.0), numbers)
  }

  private static func comesFirst(_ one: Part, _ other: Part) -> Bool {
    guard case .symbol(let a) = one, case .symbol(let b) = other else { return false }
    return a < b
  }
}
