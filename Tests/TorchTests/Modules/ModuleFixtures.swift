import Foundation
import Testing

@testable import Torch

/// What scripts/fixtures/make_module_fixtures.py wrote.
struct ModuleFixtures: Decodable {
  struct Numbers: Decodable {
    var shape: [Int]
    var values: [Float]?
    var ids: [Int]?

    func tensor() throws -> Tensor {
      if let ids { return try Tensor(ids, shape: shape) }
      return try Tensor(#require(values), shape: shape)
    }
  }

  struct Parameter: Decodable {
    var name: String
    var start: Numbers
    var gradient: Numbers
  }

  struct ModuleCase: Decodable {
    var name: String
    var seed: UInt64
    var input: Numbers
    var output: Numbers
    var upstream: Numbers
    var parameters: [Parameter]
    var input_gradient: Numbers?
  }

  struct OperatorCase: Decodable {
    var name: String
    var inputs: [Numbers]
    var output: Numbers
    var upstream: Numbers
    var gradients: [Numbers]
  }

  var modules: [ModuleCase]
  var operators: [OperatorCase]

  static let all = Result {
    try JSONDecoder().decode(
      ModuleFixtures.self,
      from: Data(contentsOf: FormatFixtures.fixtures.appendingPathComponent("modules.json")))
  }
}

/// Same shape, and every number within `tolerance` of the expected one.
func expectClose(
  _ tensor: Tensor?, _ expected: ModuleFixtures.Numbers, tolerance: Float = 1e-5, _ what: String
) throws {
  let tensor = try #require(tensor, "\(what)")
  #expect(tensor.shape == expected.shape, "\(what)")
  let isClose = zip(try tensor.floats(), try #require(expected.values)).allSatisfy {
    abs($0 - $1) <= tolerance * max(1, abs($1))
  }
  #expect(isClose, "\(what)")
}
