/// Why a task could not be made: what is wrong, where, and what to do about it.
public struct TaskError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The place: a task and option, or a file and line.
  public var place: String
  public var problem: String
  public var remedy: String

  public init(place: String, problem: String, remedy: String) {
    self.place = place
    self.problem = problem
    self.remedy = remedy
  }

  public var description: String { "\(place): \(problem); \(remedy)" }
}
