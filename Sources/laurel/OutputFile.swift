import Foundation
import Rewards

extension Error {
  /// What the system says was wrong ("No space left on device"), where a file could not be written.
  var reason: String {
    let error = self as NSError
    // What lies there on Linux is a POSIXError, which is no NSError before it is made one.
    let cause = (error.userInfo[NSUnderlyingErrorKey] as? any Error).map { $0 as NSError } ?? error
    return cause.domain == NSPOSIXErrorDomain
      ? String(cString: strerror(Int32(cause.code))) : error.localizedDescription
  }
}

/// A file that a command writes when its work is done, looked at before the work begins.
struct OutputFile {
  let path: String
  /// Where a link leads.
  private let target: String

  /// - Parameter inputs: What the work reads, which it must not replace.
  /// - Throws: `ValidationFailure` when the folder is not there, or the file may not be written.
  init(_ path: String, sparing inputs: [String] = []) throws {
    self.path = path
    let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    self.target = target
    if inputs.contains(where: { URL(fileURLWithPath: $0).resolvingSymlinksInPath().path == target }) {
      throw ValidationFailure("\(path) would replace what is read: name another file")
    }
    var isFolder: ObjCBool = false
    let files = FileManager.default
    if files.fileExists(atPath: target, isDirectory: &isFolder) {
      if isFolder.boolValue { throw ValidationFailure("\(path) is a folder: name a file in it") }
      guard files.isWritableFile(atPath: target) else {
        throw ValidationFailure("\(path) may not be written")
      }
      return
    }
    let folder = URL(fileURLWithPath: target).deletingLastPathComponent().path
    guard files.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
      throw ValidationFailure("\(path) cannot be written: its folder is not there")
    }
    guard files.isWritableFile(atPath: folder) else {
      throw ValidationFailure("\(path) cannot be written: no permission in its folder")
    }
  }

  /// A device or a pipe, which is written to and never replaced.
  var isSpecial: Bool {
    var facts = stat()
    return stat(target, &facts) == 0 && facts.st_mode & S_IFMT != S_IFREG
  }

  /// Writes everything: a file in one rename, so that the old one stays when something goes wrong.
  func write(_ data: Data) throws {
    do {
      if isSpecial, let handle = FileHandle(forWritingAtPath: target) {
        try handle.write(contentsOf: data)
        try handle.close()
      } else {
        try data.write(to: URL(fileURLWithPath: target), options: .atomic)
      }
    } catch {
      throw ValidationFailure("cannot write \(path): \(error.reason)")
    }
  }

  /// Opens a place for what is written bit by bit: `PATH.partial`, which `finish` renames; a device or pipe itself.
  func open() throws -> FileHandle {
    let place = isSpecial ? target : partial
    guard isSpecial || FileManager.default.createFile(atPath: place, contents: nil),
      let handle = FileHandle(forWritingAtPath: place)
    else { throw FileError(path: place, code: errno) }
    return handle
  }

  private var partial: String { target + ".partial" }

  /// Puts what was written bit by bit in the file's place.
  func finish() throws {
    if isSpecial { return }
    guard rename(partial, target) == 0 else { throw FileError(path: path, code: errno) }
  }

  /// After work that broke off: what there is stays in the partial file; an empty one goes.
  /// - Returns: Where it stays; nil when there is nothing.
  func abandon() -> String? {
    if isSpecial { return nil }
    let size = (try? FileManager.default.attributesOfItem(atPath: partial)[.size] as? Int) ?? 0
    if size > 0 { return path + ".partial" }
    unlink(partial)
    return nil
  }
}

/// `base`, or `base-2`, `base-3`, ... where that exists already.
func firstFreeFolder(_ base: String) -> String {
  var path = base
  var number = 2
  while FileManager.default.fileExists(atPath: path) {
    path = "\(base)-\(number)"
    number += 1
  }
  return path
}
