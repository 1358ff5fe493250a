import Rewards

/// A construction as a world: choices, then stop, which pays for the object. What cannot be done changes nothing.
public struct ObjectWorld: ConstructionWorld {
  public let construction: ConstructionGraph
  /// What stopping pays.
  public let payment: ObjectivePayment
  public let maximumSteps: Int?

  public init(_ construction: ConstructionGraph, payment: ObjectivePayment) {
    self.construction = construction
    self.payment = payment
    maximumSteps = 2 * (construction.depth + 1)
  }

  /// The state's number.
  public func observationSpace(of agent: Int) -> Space { .discrete(construction.states) }
  /// The choices, then stop.
  public func actionSpace(of agent: Int) -> Space { .discrete(construction.choices + 1) }

  public func initialState(after previous: Int?, random: inout PCG64) -> Int { 0 }

  public func step(
    _ state: inout Int, actions: UnsafeBufferPointer<Float>, rewards: UnsafeMutableBufferPointer<Double>,
    random: inout PCG64
  ) -> Bool {
    let choice = Int(actions[0])
    rewards[0] = 0
    if choice < construction.choices {
      state = construction.child(state, choice) ?? state
      return false
    }
    guard let objectives = construction.objectives(state) else { return false }
    rewards[0] = payment.reward(objectives)
    return true
  }

  public func observe(_ state: Int, agent: Int, into target: UnsafeMutableBufferPointer<Float>) {
    target[0] = Float(state)
  }

  /// The `object`, and its `objectives` where one can stop.
  public func info(_ state: Int) -> JSONObject {
    var info = JSONObject([("object", construction.name(state))])
    if let objectives = construction.objectives(state) {
      info["objectives"] = .array(objectives.map(JSONValue.number))
    }
    return info
  }
}

/// Worlds of objects that are given as data.
public enum ConstructionWorlds {
  static let kinds = [
    WorldKind(
      "objects", family: "construction",
      summary: "build one of your own objects (sequences, sets, grid cells) step by step, then stop",
      parameters: [
        Parameter(
          "file", .string, default: .null,
          help: "JSONL, an object a line: {\"object\": \"ACG\", \"objectives\": [0.2, 0.7]}", namesFile: true),
        Parameter(
          "list", .json, default: example, help: "the same objects in a list, where there is no file"),
        Parameter(
          "form", .choice(ObjectTable.Form.allCases.map(\.rawValue)), default: .string("sequence"),
          help: "what an object is: sequence (text or a list), set (order does not matter) or grid (counts)"),
      ] + ObjectivePayment.parameters
    ) { parameters throws(ParameterError) in
      try world(parameters)
    }
  ]

  private static func world(_ parameters: Parameters) throws(ParameterError) -> ObjectWorld {
    let form = ObjectTable.Form(rawValue: parameters.string("form")) ?? .sequence
    let file = parameters.optionalString("file")
    let graph: ConstructionGraph
    do throws(ObjectTableError) {
      let table =
        if let file { try ObjectTable(jsonl: file, form) } else {
          try ObjectTable(list: parameters.json("list"), form)
        }
      graph = try table.graph()
    } catch {
      let places = [file, error.place].compactMap { $0 }.filter { !$0.isEmpty }
      throw ParameterError(
        parameter: file == nil ? "list" : "file",
        (places.isEmpty ? "" : places.joined(separator: ", ") + ": ") + error.message)
    }
    return ObjectWorld(
      graph, payment: try ObjectivePayment(parameters, objectives: graph.objectiveNames.count))
  }

  /// Words of two letters, scored by how often each letter follows itself.
  private static let example = JSONValue.array(
    [("aab", 1.0, 0.0), ("abb", 0, 1), ("aabb", 1, 1), ("aaab", 2, 0), ("abbb", 0, 2), ("aaabb", 2, 1)]
      .map { word, first, second in
        .object(
          JSONObject([
            ("object", .string(word)), ("objectives", .array([.number(first), .number(second)])),
          ]))
      })
}
