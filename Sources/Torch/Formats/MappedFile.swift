import Foundation

/// A file mapped read-only into memory; unmapped when the last owner lets go.
///
/// The bytes are those of the file while it is open: replace files by renaming, do not shorten them in place.
final class MappedFile: @unchecked Sendable {  // immutable after init
  let path: String
  let count: Int
  private let base: UnsafeMutableRawPointer?

  /// Maps the file at `path`; throws a `MappingFailure` when it cannot be opened.
  init(path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw MappingFailure(path: path, code: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw MappingFailure(path: path, code: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw MappingFailure(path: path, code: EISDIR) }
    self.path = path
    self.count = Int(status.st_size)
    if count == 0 {
      base = nil
    } else {
      let address = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
      guard let address, address != MAP_FAILED else { throw MappingFailure(path: path, code: errno) }
      base = address
    }
  }

  deinit {
    if let base { munmap(base, count) }
  }

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }
}

/// Why a file could not be mapped: the system's error code.
struct MappingFailure: Error {
  var path: String
  var code: Int32

  var reason: String {
    switch code {
    case ENOENT: "the file does not exist"
    case EACCES: "permission denied"
    case EISDIR: "not a regular file"
    default: String(cString: strerror(code))
    }
  }
}
