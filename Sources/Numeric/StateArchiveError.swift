/// A file of a `StateArchive` that cannot be used.
public enum StateArchiveError: Error, Sendable, Equatable, CustomStringConvertible {
  case unreadable(String)
  /// Not such a file at all.
  case noArchive(String)
  /// The checksum does not fit: cut short or changed.
  case broken(String)
  case otherKind(String, found: String, expected: String)
  case otherVersion(String, found: Int, expected: Int)
  case missing(String)
  /// As many numbers as do not fit what they are for.
  case wrongSize(String)
  /// Saved with other settings than those that are to go on.
  case otherSettings(String)
  /// What a state holds that cannot be kept.
  case notKept(String)

  public var description: String {
    switch self {
    case .unreadable(let path): "\(path) cannot be read: is it there, and may you read it?"
    case .noArchive(let path): "\(path) is no file that Laurel has saved"
    case .broken(let path):
      "\(path) is broken (its checksum does not fit): take another copy, or make it anew"
    case .otherKind(let path, let found, let expected): "\(path) holds a \(found), not a \(expected)"
    case .otherVersion(let path, let found, let expected):
      "\(path) was written in version \(found) of its format, this program reads \(expected): make it anew"
    case .missing(let name): "the saved state has no \"\(name)\""
    case .wrongSize(let name):
      "the saved \"\(name)\" has another size: it was saved with other settings (world, network, buffer)"
    case .otherSettings(let what):
      "the saved \(what) has other settings (world, method, seed, network): go on with those that it was saved with"
    case .notKept(let what): what
    }
  }
}
