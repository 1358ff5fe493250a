import Foundation
import GRDB

/// Why a run folder could not be used, with the path it concerns and what to do about it.
public struct RunStoreError: Error, Sendable, Equatable {
  /// What went wrong.
  public enum Kind: Sendable, Equatable {
    /// No space is left on the device that holds the folder.
    case diskFull
    /// The folder, or a file in it, may not be written.
    case notWritable
    /// The folder holds no run.
    case notARun
    /// The folder already holds a run, and a new one was asked for.
    case alreadyARun
    /// The run was written by a newer version of Laurel.
    case newerSchema
    /// Another process is writing this run; its process id, where it is known.
    case locked(pid: Int32?)
    /// A step was appended twice with the same metrics; their names.
    case duplicateMetrics(step: Int, names: [String])
    /// The store was opened for reading only.
    case readOnly
    /// A file of the run cannot be understood.
    case damaged
    /// Any other failure of the operating system or of SQLite.
    case system
  }

  public var kind: Kind
  /// The file or folder concerned.
  public var path: String
  /// One sentence: what happened.
  public var reason: String
  /// One sentence: what the user can do.
  public var remedy: String

  public init(_ kind: Kind, path: String, reason: String, remedy: String) {
    self.kind = kind
    self.path = path
    self.reason = reason
    self.remedy = remedy
  }
}

extension RunStoreError: CustomStringConvertible, LocalizedError {
  public var description: String { "\(path): \(reason). \(remedy)." }
  public var errorDescription: String? { description }
}

extension RunStoreError {
  /// The error for a failed system call on `path`.
  static func system(_ code: Int32, path: String, doing action: String) -> RunStoreError {
    let text = String(cString: strerror(code))
    switch code {
    case ENOSPC, EDQUOT:
      return .diskFull(path)
    case EACCES, EPERM, EROFS:
      return RunStoreError(
        .notWritable, path: path, reason: "cannot \(action): \(text.lowercased())",
        remedy: "Choose a folder that you may write, or change its permissions")
    case ENOENT, ENOTDIR:
      return RunStoreError(
        .notARun, path: path, reason: "cannot \(action): \(text.lowercased())",
        remedy: "Check the path; `laurel runs` lists the runs beneath a folder")
    default:
      return RunStoreError(
        .system, path: path, reason: "cannot \(action): \(text.lowercased())",
        remedy: "Check the disk and the folder's permissions, then try again")
    }
  }

  static func diskFull(_ path: String) -> RunStoreError {
    RunStoreError(
      .diskFull, path: path, reason: "no space is left on the device",
      remedy: "Free some space (old checkpoints are the largest files of a run), then resume the run")
  }

  static func readOnly(_ path: String) -> RunStoreError {
    RunStoreError(
      .readOnly, path: path, reason: "the run was opened for reading only",
      remedy: "Open it with readOnly: false to write")
  }

  /// Any error met while the database at `path` was in use, as an error of this type.
  static func wrap(_ error: any Error, path: String) -> RunStoreError {
    if let error = error as? RunStoreError { return error }
    guard let error = error as? DatabaseError else {
      let cocoa = error as NSError
      let posix = cocoa.userInfo[NSUnderlyingErrorKey] as? NSError
      if let posix, posix.domain == NSPOSIXErrorDomain {
        return .system(Int32(posix.code), path: path, doing: "use this file")
      }
      return RunStoreError(
        .system, path: path, reason: "\(error)", remedy: "Check the disk, then try again")
    }
    let message = error.message ?? "error \(error.resultCode.rawValue)"
    switch error.resultCode {
    case .SQLITE_FULL:
      return .diskFull(path)
    case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_CANTOPEN:
      return RunStoreError(
        .notWritable, path: path, reason: "SQLite cannot open or write the file (\(message))",
        remedy: "Check that you may write the folder and the file")
    case .SQLITE_NOTADB, .SQLITE_CORRUPT:
      return RunStoreError(
        .damaged, path: path, reason: "the file is not a sound SQLite database (\(message))",
        remedy: "Restore it from a copy, or start the run again in another folder")
    default:
      return RunStoreError(
        .system, path: path, reason: "SQLite failed: \(message)",
        remedy: "Check the disk, then try again")
    }
  }
}
