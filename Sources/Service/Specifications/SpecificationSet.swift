import Foundation
import Rewards
import Verifiers

/// The specifications that are served, by name. Requests read it while a file that changed is read again.
public final class SpecificationSet: @unchecked Sendable {
  /// A file, and the name under which it is served.
  public struct Source: Sendable, Equatable {
    public var name: String
    public var path: String

    public init(name: String, path: String) {
      self.name = name
      self.path = path
    }

    /// `NAME=PATH`, or a path whose file name without extension is the name.
    public init(argument: String) {
      if let equals = argument.firstIndex(of: "="), equals != argument.startIndex {
        self.init(
          name: String(argument[..<equals]), path: String(argument[argument.index(after: equals)...]))
      } else {
        let name = URL(fileURLWithPath: argument).deletingPathExtension().lastPathComponent
        self.init(name: name, path: argument)
      }
    }
  }

  /// What came of looking at a file again.
  public enum Reload: Sendable {
    case unchanged
    case reloaded(name: String, version: Int)
    /// The old specification stays.
    case failed(name: String, reason: String)
  }

  private struct Entry {
    let source: Source
    /// The file when it was last looked at.
    var content: Data?
    var served: ServedSpecification
    /// Why the file as it is now is not served.
    var problem: String?
  }

  private let registry: Registry
  private let lock = NSLock()
  private var entries: [Entry]

  /// Reads every file. The first is served where a request names none.
  ///
  /// - Throws: `SpecificationError` or `FileError` for a file that is wrong; ``ServiceError`` when two have one
  ///   name, or a name cannot stand in a path.
  public convenience init(_ sources: [Source], registry: Registry = .standard) throws {
    try self.init(
      sources.map { source in
        let content = FileManager.default.contents(atPath: source.path)
        let specification = try RewardSpecification(contentsOf: source.path, registry: registry)
        return (source, content, specification)
      }, registry: registry)
  }

  /// Serves specifications that were made in code; they have no file to change.
  convenience init(_ specifications: [(name: String, specification: RewardSpecification)]) throws {
    try self.init(
      specifications.map { (Source(name: $0.name, path: ""), nil, $0.specification) }, registry: .standard)
  }

  private init(
    _ read: [(source: Source, content: Data?, specification: RewardSpecification)], registry: Registry
  ) throws {
    precondition(!read.isEmpty, "at least one specification is served")
    self.registry = registry
    entries = []
    for (source, content, specification) in read {
      guard !source.name.isEmpty, source.name.utf8.allSatisfy(Self.isPlain) else {
        throw ServiceError(
          .badRequest, "\"\(source.name)\" cannot be a specification's name", at: source.path,
          remedy: "use letters, digits, - _ and . (NAME=\(source.path))")
      }
      if entries.contains(where: { $0.source.name == source.name }) {
        throw ServiceError(
          .badRequest, "two specifications are named \"\(source.name)\"", at: source.path,
          remedy: "give one another name (NAME=\(source.path))")
      }
      entries.append(
        Entry(
          source: source, content: content,
          served: ServedSpecification(name: source.name, specification: specification, version: 1)))
    }
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
    default: false
    }
  }

  /// The specification of that name; the first one for nil.
  ///
  /// - Throws: ``ServiceError`` 404 with the nearest name.
  func served(_ name: String?) throws(ServiceError) -> ServedSpecification {
    let (found, names) = lock.withLock {
      (entries.first { name == nil || $0.served.name == name }?.served, entries.map(\.served.name))
    }
    if let found { return found }
    let near = nearestName(to: name ?? "", in: names).map { "; did you mean \"\($0)\"?" } ?? ""
    throw ServiceError(
      .notFound, "no specification is named \"\(name ?? "")\"\(near)", at: "path",
      remedy: "name one of " + names.joined(separator: ", "))
  }

  /// Every specification, with why its file as it is now is not served.
  var all: [(served: ServedSpecification, problem: String?)] {
    lock.withLock { entries.map { ($0.served, $0.problem) } }
  }

  /// Looks at every file, and reads those again whose content has changed. A file that is wrong or gone leaves the
  /// old specification where it is. Only one caller at a time.
  public func reload() -> [Reload] {
    let seen = lock.withLock { entries.map { ($0.source, $0.content, $0.served.version) } }
    return seen.enumerated().map { index, entry in
      let (source, known, version) = entry
      if source.path.isEmpty { return .unchanged }
      let content = FileManager.default.contents(atPath: source.path)
      if content == known { return .unchanged }
      do {
        let served = ServedSpecification(
          name: source.name,
          specification: try RewardSpecification(contentsOf: source.path, registry: registry),
          version: version + 1)
        lock.withLock {
          entries[index].served = served
          entries[index].content = content
          entries[index].problem = nil
        }
        return .reloaded(name: source.name, version: served.version)
      } catch {
        lock.withLock {
          entries[index].content = content
          entries[index].problem = "\(error)"
        }
        return .failed(name: source.name, reason: "\(error)")
      }
    }
  }
}
