import Foundation
import Rewards
import Testing

@testable import Worlds

@Suite struct DoorTests {
  private func reader(_ spaces: Space...) -> ActionReader { ActionReader(spaces) }

  private func refusal(_ reader: ActionReader, _ json: String) throws -> String? {
    let value = try JSONValue(json: json)
    do {
      _ = try reader.actions(value)
      return nil
    } catch { return error.description }
  }

  @Test func `actions are read for one agent and for many, bare or listed`() throws {
    let vector = reader(.box(-1, 1, width: 2))
    #expect(try vector.actions(JSONValue(json: "[[1, -0.5]]")) == [1, -0.5])
    #expect(try vector.actions(JSONValue(json: "[1, -0.5]")) == [1, -0.5])
    let number = reader(.box(-1, 1, width: 1))
    for json in ["0.5", "[0.5]", "[[0.5]]"] { #expect(try number.actions(JSONValue(json: json)) == [0.5]) }
    let choice = reader(.discrete(3))
    for json in ["2", "[2]", "[[2]]"] { #expect(try choice.actions(JSONValue(json: json)) == [2]) }
    let two = reader(.discrete(3), .discrete(2))
    #expect(try two.actions(JSONValue(json: "[2, [1]]")) == [2, 1])
  }

  @Test func `a refused action says where it is and what was expected`() throws {
    let two = reader(.discrete(3), .discrete(2))
    #expect(
      try refusal(two, "[1]")
        == "actions: expected a list with one action for each of 2 agents, found a list of 1")
    #expect(try refusal(two, "[1, 2]") == "actions[1]: expected a whole number from 0 to 1, found 2")
    #expect(try refusal(two, "[0.5, 1]") == "actions[0]: expected a whole number from 0 to 2, found 0.5")
    #expect(try refusal(two, "[[\"a\"], 1]") == "actions[0][0]: expected a number, found \"a\"")
    let vector = reader(.box(-1, 1, width: 2))
    #expect(try refusal(vector, "[1]") == "actions[0]: expected a list of 2 finite numbers, found 1")
    #expect(
      try refusal(vector, "[1, 1e300]") == "actions: expected a list of 2 finite numbers, found [1,1e+300]")
    #expect(try refusal(vector, "null") == "actions: expected a list of 2 finite numbers, found nothing")
  }

  @Test func `the pipe answers what the environment does, and refuses without a change`() throws {
    let kind = try #require(WorldRegistry.standard.kind(named: "cartpole"))
    let pipe = try EnvironmentPipe(kind)
    func ask(_ line: String) throws -> JSONObject {
      let bytes = pipe.answer(to: Array(line.utf8))
      #expect(bytes.last == 0x0A && bytes.filter { $0 == 0x0A }.count == 1)
      guard case .object(let object) = try JSONParser().parse(bytes) else { throw PipeError("no object") }
      return object
    }
    let hello = try JSONParser().parse(pipe.greeting)
    #expect(hello == .object(try kind.json(JSONObject())))
    #expect(try ask(#"{"step":[1]}"#)["error"] == .string("\(EnvironmentError.needsReset)"))

    let environment = CartPole().environment()
    func listed(_ numbers: [Float]) -> JSONValue { .array([.array(numbers.map { .number(Double($0)) })]) }
    #expect(try ask(#"{"reset":{"seed":3}}"#)["observation"] == listed(environment.reset(seed: 3)))
    for refused in [
      #"{"step":[2]}"#, #"{"step":[null]}"#, "[]", "{", #"{"reset":{"seed":-1}}"#, #"{"jump":1}"#,
    ] {
      #expect(try ask(refused)["error"] != nil, "\(refused)")
    }
    let answer = try ask(#"{"step":[1]}"#)
    #expect(answer["observation"] == listed(try environment.step([1]).observation))
    #expect(answer["rewards"] == .array([.number(1)]))
    #expect(answer["terminated"] == .bool(false) && answer["truncated"] == .bool(false))
  }

  @Test func `what all agents see alike is sent once`() throws {
    let kind = try #require(WorldRegistry.standard.kind(named: "trustdilemma"))
    let json = try kind.json(JSONObject())
    #expect(json["shares_observation"] == .bool(true))
    let answer = try JSONParser().parse(try EnvironmentPipe(kind).answer(to: Array(#"{"reset":{}}"#.utf8)))
    #expect(answer["observation"].array.count == 1)
    #expect(answer["observation"][0].array.count == (try kind.world()).observationWidth)
  }

  @Test func `every registered world describes itself`() throws {
    for kind in WorldRegistry.standard.kinds {
      let json = try kind.json(JSONObject())
      #expect(json["name"] == .string(kind.name))
      guard case .array(let spaces)? = json["action_spaces"], case .integer(let agents)? = json["agents"]
      else {
        Issue.record("\(kind.name)")
        continue
      }
      #expect(spaces.count == agents)
    }
  }
}
