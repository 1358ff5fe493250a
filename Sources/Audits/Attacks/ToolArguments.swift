import Rewards

/// The right call with something in it that is not right.
struct ToolArguments: Attack {
  let name = "tool_arguments"
  let help = "the right call with an argument off by one, missing or surplus, or another name"

  func wrong(for target: Target) -> [String] {
    guard case .calls = target.answer else { return [] }
    let edits: [(JSONValue) -> JSONValue] = [
      {
        changed($0) { values in
          guard let key = values.keys.first, let value = values[key] else { return false }
          values[key] = value.neighbour
          return true
        }
      },
      {
        changed($0) { values in
          guard let key = values.keys.last, let value = values[key] else { return false }
          values[key] = value.neighbour
          return true
        }
      },
      {
        changed($0) { values in
          guard let key = values.keys.last else { return false }
          values[key] = nil
          return true
        }
      },
      {
        changed($0) { values in
          values["extra"] = .integer(1)
          return true
        }
      },
      renamed,
    ]
    // A call without arguments has none to change: that edit would leave it right.
    return edits.filter { edit in target.rightJSON.contains { edit($0) != $0 } }.map { edit in
      target.rewritingJSON { edit($0).jsonText }
    }
  }

  /// The first call with its arguments edited.
  private func changed(_ value: JSONValue, _ edit: (inout JSONObject) -> Bool) -> JSONValue {
    if case .array(var items) = value, let first = items.first {
      items[0] = changed(first, edit)
      return .array(items)
    }
    guard case .object(var object) = value, let call = value.callArguments else {
      return value
    }
    var values = call.values
    guard edit(&values) else {
      return value
    }
    object[call.key] = .object(values)
    return .object(object)
  }

  private func renamed(_ value: JSONValue) -> JSONValue {
    if case .array(let items) = value { return .array(items.map(renamed)) }
    guard case .object(var object) = value, case .string(let name)? = object["name"] else { return value }
    object["name"] = .string(name + "_2")
    return .object(object)
  }
}
