/// How the objects of a table are built.
extension ObjectTable {
  /// - Throws: `ObjectTableError` for more than `limit` partial objects.
  func graph() throws(ObjectTableError) -> ConstructionGraph {
    form == .sequence ? try tree() : try lattice()
  }

  private var symbols: [String] {
    var symbols: Set<String> = []
    for case .symbol(let name) in parts.joined() { symbols.insert(name) }
    return symbols.sorted()
  }

  private func tooMany(_ index: Int) -> ObjectTableError {
    ObjectTableError(
      place: places[index],
      message: "from here on there are more than \(Self.limit) partial objects: give fewer or smaller ones")
  }

  /// Beginnings, each of them reached in one way.
  private func tree() throws(ObjectTableError) -> ConstructionGraph {
    let symbols = symbols
    let numbers = Dictionary(uniqueKeysWithValues: zip(symbols, symbols.indices))
    var children = [[Int: Int]()]
    var owners: [Int?] = [nil]
    var beginnings: [[Part]] = [[]]
    for (index, object) in parts.enumerated() {
      var state = 0
      for (length, part) in object.enumerated() {
        guard case .symbol(let name) = part, let choice = numbers[name] else { continue }
        if let next = children[state][choice] {
          state = next
        } else {
          children[state][choice] = children.count
          state = children.count
          children.append([:])
          owners.append(nil)
          beginnings.append(Array(object[...length]))
          if children.count > Self.limit { throw tooMany(index) }
        }
      }
      owners[state] = index
    }
    return graph(symbols, owners, beginnings) { children[$0][$1] }
  }

  /// Every vector of counts below that of an object; a vector has a parent for each count above 0.
  private func lattice() throws(ObjectTableError) -> ConstructionGraph {
    let symbols = symbols
    let numbers = Dictionary(uniqueKeysWithValues: zip(symbols, symbols.indices))
    let width = form == .grid ? parts[0].count : symbols.count
    let vectors = parts.map { object in
      var vector = [Int](repeating: 0, count: width)
      for (place, part) in object.enumerated() {
        switch part {
        case .count(let count): vector[place] = count
        case .symbol(let name): vector[numbers[name] ?? 0] += 1
        }
      }
      return vector
    }
    var found = Set([[Int](repeating: 0, count: width)])
    for (index, vector) in vectors.enumerated() where found.insert(vector).inserted {
      let below = vector.reduce(1.0) { $0 * Double($1 + 1) }
      if below > Double(Self.limit) { throw tooMany(index) }
      var open = [vector]
      while let vector = open.popLast() {
        for place in 0..<width where vector[place] > 0 {
          var below = vector
          below[place] -= 1
          if found.insert(below).inserted { open.append(below) }
          if found.count > Self.limit { throw tooMany(index) }
        }
      }
    }
    let ranked = found.map { (sum: $0.reduce(0, +), vector: $0) }.sorted {
      $0.sum == $1.sum ? $0.vector.lexicographicallyPrecedes($1.vector) : $0.sum < $1.sum
    }
    let states = Dictionary(uniqueKeysWithValues: ranked.indices.map { (ranked[$0].vector, $0) })
    var owners = [Int?](repeating: nil, count: ranked.count)
    for (index, vector) in vectors.enumerated() { owners[states[vector] ?? 0] = index }
    let choices = form == .grid ? (1...width).map { "\($0)" } : symbols
    let partial = ranked.map { _, vector in
      form == .grid
        ? vector.map(Part.count)
        : zip(symbols, vector).flatMap { Array(repeating: Part.symbol($0), count: $1) }
    }
    return graph(choices, owners, partial) { state, choice in
      var next = ranked[state].vector
      next[choice] += 1
      return states[next]
    }
  }

  private func graph(
    _ choices: [String], _ owners: [Int?], _ partial: [[Part]], child: (Int, Int) -> Int?
  ) -> ConstructionGraph {
    ConstructionGraph(
      states: owners.count, choiceNames: choices, objectiveNames: objectiveNames, child: child,
      objectives: { owners[$0].map { objectives[$0] } },
      name: { state in
        if let owner = owners[state] { return names[owner] }
        return .array(
          partial[state].map { part in
            switch part {
            case .symbol(let name): .string(name)
            case .count(let count): .integer(count)
            }
          })
      })
  }
}
