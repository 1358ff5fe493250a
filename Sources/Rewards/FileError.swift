import Foundation

/// A file that could not be opened, read or written.
public struct FileError: Error, Sendable, Equatable, CustomStringConvertible {
  public var path: String
  /// The system's error number.
  public var code: Int32
  /// What the system says about it.
  public var message: String

  public init(path: String, code: Int32) {
    self.path = path
    self.code = code
    message = String(cString: strerror(code)).lowercased()
  }

  /// What the user can do about it.
  public var remedy: String {
    switch code {
    case ENOENT, ENOTDIR: "check the path"
    case EISDIR: "give a file"
    case EACCES, EPERM, EROFS: "check the permissions"
    case ENOSPC, EDQUOT: "free some space, or write elsewhere"
    case ENOMEM: "close other programs, or make the lines shorter"
    default: "check the disk, then try again"
    }
  }

  public var description: String { "\(path): \(message); \(remedy)" }

  /// The whole content of a file.
  static func contents(of path: String) throws(FileError) -> [UInt8] {
    guard let file = fopen(path, "rb") else { throw FileError(path: path, code: errno) }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      bytes += buffer[..<count]
      if count == 0 { break }
    }
    if ferror(file) != 0 { throw FileError(path: path, code: errno) }
    return bytes
  }
}
