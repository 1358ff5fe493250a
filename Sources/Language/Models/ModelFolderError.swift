import Foundation

/// What is wrong with a file of a model's or an adapter's folder.
public struct ModelFolderError: Error, Equatable, CustomStringConvertible, LocalizedError {
  public var file: String
  public var problem: String
  public var remedy: String

  public init(file: String, problem: String, remedy: String) {
    self.file = file
    self.problem = problem
    self.remedy = remedy
  }

  public var description: String { "\(file): \(problem). \(remedy)" }
  public var errorDescription: String? { description }
}
