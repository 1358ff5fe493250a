import Foundation
import Logging
import Rewards
import Testing
import Verifiers

@testable import Service

@Suite struct ReloadTests {
  private func rule(_ weight: Int) -> String { "rewards:\n  - answer: {}\n    weight: \(weight)\n" }
  private let body = #"{"completions":["4"],"answer":[4]}"#

  @Test("A changed file is served anew; a wrong one leaves the old one, and says why")
  func reload() async throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(rule(1), to: "math.yaml")
    let set = try SpecificationSet([SpecificationSet.Source(argument: path)])
    let service = RewardService(set, logger: TestService.quiet)
    let test = TestService(service)
    let watch = service.watch(every: 1)
    watch.look()
    #expect(try await test.send("/score/math", body)["rewards"] == .array([.number(1)]))

    _ = try folder.write(rule(5), to: "math.yaml")
    watch.look()
    let second = try await test.send("/score/math", body)
    #expect(second["rewards"] == .array([.number(5)]) && second["version"] == .integer(2))

    _ = try folder.write("rewards:\n  - answr: {}\n", to: "math.yaml")
    watch.look()
    watch.look()
    #expect(try await test.send("/score/math", body)["rewards"] == .array([.number(5)]))
    #expect(try await test.send("/specifications").text.contains("did you mean"))

    try FileManager.default.removeItem(atPath: path)
    watch.look()
    #expect(try await test.send("/score/math", body)["rewards"] == .array([.number(5)]))

    _ = try folder.write(rule(7), to: "math.yaml")
    watch.look()
    #expect(try await test.send("/score/math", body)["version"] == .integer(3))
    #expect(try await test.send("/specifications").text.contains(#""problem":null"#))
    let metrics = try await test.send("/metrics").text
    #expect(metrics.contains(#"laurel_reloads_total{specification="math",result="reloaded"} 2"#))
    #expect(metrics.contains(#"laurel_reloads_total{specification="math",result="refused"} 2"#))
  }

  @Test("Names: of the file, or given; unique, and fit for a path")
  func names() throws {
    #expect(SpecificationSet.Source(argument: "a/b.rewards.yaml").name == "b.rewards")
    #expect(
      SpecificationSet.Source(argument: "x=a/b.yaml") == SpecificationSet.Source(name: "x", path: "a/b.yaml"))
    let folder = try TemporaryFolder()
    let path = try folder.write(rule(1), to: "math.yaml")
    #expect(throws: ServiceError.self) {
      try SpecificationSet([SpecificationSet.Source(argument: path), SpecificationSet.Source(argument: path)])
    }
    #expect(throws: ServiceError.self) {
      try SpecificationSet([SpecificationSet.Source(name: "a b", path: path)])
    }
    #expect(throws: FileError.self) {
      try SpecificationSet([SpecificationSet.Source(argument: path + ".gone")])
    }
  }
}
