import Foundation

/// One line of a JSONL file. The bytes are valid only while its chunk lives.
public struct JSONLLine {
  /// Line number from 1; blank lines count.
  public var number: Int
  /// Byte offset of the line in its file.
  public var offset: Int
  /// The line without its line end.
  public var bytes: UTF8Bytes
}

/// A run of whole lines, which owns its memory. It never changes once the reader has made it.
public final class JSONLChunk: @unchecked Sendable {
  /// Number of the first line, from 1.
  public let firstLine: Int
  /// Byte offset of the first line in the file.
  public let offset: Int
  /// Byte offset in the file behind the last line.
  public let end: Int
  /// Line ends in the chunk.
  public let lineEnds: Int
  /// A line that was dropped because it is longer than the limit; the chunk then holds nothing else.
  public let dropped: JSONLError?
  private let memory: UnsafeMutableRawPointer?
  private let count: Int
  private let maxLineBytes: Int

  fileprivate init(
    memory: UnsafeMutableRawPointer?, count: Int, firstLine: Int, offset: Int, end: Int, lineEnds: Int,
    maxLineBytes: Int, dropped: JSONLError? = nil
  ) {
    self.memory = memory
    self.count = count
    self.firstLine = firstLine
    self.offset = offset
    self.end = end
    self.lineEnds = lineEnds
    self.maxLineBytes = maxLineBytes
    self.dropped = dropped
  }

  deinit { free(memory) }

  /// Visits the lines in order. Blank lines are passed over; a line above the limit goes to `tooLong`.
  public func forEachLine(_ body: (JSONLLine) throws -> Void, tooLong: (JSONLError) throws -> Void) rethrows {
    defer { withExtendedLifetime(self) {} }
    if let dropped { try tooLong(dropped) }
    guard let memory else { return }
    let bytes = UTF8Bytes(start: memory.assumingMemoryBound(to: UInt8.self), count: count)
    var start = 0
    var number = firstLine
    while start < count {
      let end = memchr(memory + start, 0x0A, count - start).map { $0 - memory } ?? count
      var last = end
      while last > start, bytes[last - 1] == 0x0D { last -= 1 }
      let length = last - start
      if length > maxLineBytes {
        let reason = JSONLError.Reason.lineTooLong(bytes: length, limit: maxLineBytes)
        try tooLong(JSONLError(line: number, offset: offset + start, reason: reason))
      } else if !Self.isBlank(bytes, start..<last) {
        try body(
          JSONLLine(number: number, offset: offset + start, bytes: UTF8Bytes(rebasing: bytes[start..<last])))
      }
      start = end + 1
      number += 1
    }
  }

  private static func isBlank(_ bytes: UTF8Bytes, _ range: Range<Int>) -> Bool {
    for index in range {
      let byte = bytes[index]
      if byte != 0x20 && byte != 0x09 && byte != 0x0D { return false }
    }
    return true
  }
}

/// Reads a JSONL file of any size in chunks of whole lines with constant memory.
///
/// Memory: one chunk (1 MiB by default), or the longest line where that is longer, up to the limit; a line
/// above the limit is skipped without being held. LF and CRLF line ends, a byte order mark, blank lines and
/// a last line without line end are all fine. Not safe for use from several threads at once.
public final class JSONLReader {
  private let path: String
  private let descriptor: Int32
  private let closes: Bool
  private let chunkBytes: Int
  private let maxLineBytes: Int
  private var carry: [UInt8] = []
  private var isAtEnd = false
  private var isAtStart = true
  private var line = 1
  private var offset = 0

  /// Opens a file; `-` is the standard input.
  public convenience init(
    path: String, maxLineBytes: Int = 64 << 20, chunkBytes: Int = 1 << 20
  ) throws(FileError) {
    if path == "-" {
      self.init(descriptor: 0, maxLineBytes: maxLineBytes, chunkBytes: chunkBytes)
      return
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.systemError(path) }
    self.init(
      path: path, descriptor: descriptor, closes: true, maxLineBytes: maxLineBytes, chunkBytes: chunkBytes)
  }

  /// Reads from an open descriptor, which stays the caller's to close.
  public convenience init(descriptor: Int32, maxLineBytes: Int = 64 << 20, chunkBytes: Int = 1 << 20) {
    self.init(
      path: "descriptor \(descriptor)", descriptor: descriptor, closes: false, maxLineBytes: maxLineBytes,
      chunkBytes: chunkBytes)
  }

  private init(path: String, descriptor: Int32, closes: Bool, maxLineBytes: Int, chunkBytes: Int) {
    precondition(maxLineBytes > 0 && chunkBytes > 0, "limits of a JSONL reader are positive")
    self.path = path
    self.descriptor = descriptor
    self.closes = closes
    self.maxLineBytes = maxLineBytes
    self.chunkBytes = max(16, chunkBytes)
  }

  deinit { if closes { close(descriptor) } }

  private static func systemError(_ path: String) -> FileError {
    FileError(path: path, code: errno)
  }

  /// The next run of lines; nil at the end of the file.
  public func nextChunk() throws(FileError) -> JSONLChunk? {
    if isAtEnd && carry.isEmpty { return nil }
    var capacity = max(chunkBytes, carry.count)
    guard var memory = malloc(capacity) else { throw outOfMemory() }
    var count = carry.count
    carry.withUnsafeBytes { if let base = $0.baseAddress { memcpy(memory, base, $0.count) } }
    carry.removeAll(keepingCapacity: true)
    var searched = 0
    while true {
      do throws(FileError) {
        count += try fill(memory + count, capacity - count)
      } catch {
        free(memory)
        throw error
      }
      if isAtEnd { return chunk(memory, whole: count, count: count) }
      if let last = lastLineEnd(memory, from: searched, to: count) {
        return chunk(memory, whole: last + 1, count: count)
      }
      searched = count
      if count > maxLineBytes + 1 {
        free(memory)
        return try skipLongLine(read: count)
      }
      capacity = min(capacity * 2, max(capacity + 1, maxLineBytes + 2))
      guard let larger = realloc(memory, capacity) else {
        free(memory)
        throw outOfMemory()
      }
      memory = larger
    }
  }

  /// Visits every line of the file in order; blank lines are passed over.
  public func forEachLine(
    _ body: (JSONLLine) throws -> Void, tooLong: (JSONLError) throws -> Void = { throw $0 }
  ) throws {
    while let chunk = try nextChunk() { try chunk.forEachLine(body, tooLong: tooLong) }
  }

  private func outOfMemory() -> FileError {
    FileError(path: path, code: ENOMEM)
  }

  /// Reads until `capacity` bytes are there or the file ends.
  private func fill(_ target: UnsafeMutableRawPointer, _ capacity: Int) throws(FileError) -> Int {
    var total = 0
    while total < capacity && !isAtEnd {
      let count = read(descriptor, target + total, capacity - total)
      if count < 0 {
        if errno == EINTR { continue }
        throw Self.systemError(path)
      }
      if count == 0 { isAtEnd = true }
      total += count
    }
    return total
  }

  private func lastLineEnd(_ memory: UnsafeMutableRawPointer, from start: Int, to end: Int) -> Int? {
    let bytes = memory.assumingMemoryBound(to: UInt8.self)
    var index = end - 1
    while index >= start {
      if bytes[index] == 0x0A { return index }
      index -= 1
    }
    return nil
  }

  private func chunk(_ memory: UnsafeMutableRawPointer, whole: Int, count: Int) -> JSONLChunk {
    carry.append(contentsOf: UnsafeRawBufferPointer(start: memory + whole, count: count - whole))
    var lineEnds = 0
    var position = 0
    while position < whole, let end = memchr(memory + position, 0x0A, whole - position) {
      lineEnds += 1
      position = end - memory + 1
    }
    var whole = whole
    if isAtStart, whole >= 3, memcmp(memory, [0xEF, 0xBB, 0xBF] as [UInt8], 3) == 0 {
      memmove(memory, memory + 3, whole - 3)
      whole -= 3
      offset += 3
    }
    isAtStart = false
    defer {
      line += lineEnds
      offset += whole
    }
    return JSONLChunk(
      memory: memory, count: whole, firstLine: line, offset: offset, end: offset + whole,
      lineEnds: lineEnds, maxLineBytes: maxLineBytes)
  }

  /// Passes over the rest of a line of which `read` bytes have been seen.
  private func skipLongLine(read seen: Int) throws(FileError) -> JSONLChunk {
    var length = seen
    let size = 1 << 16
    guard let buffer = malloc(size) else { throw outOfMemory() }
    defer { free(buffer) }
    var hasLineEnd = false
    while !hasLineEnd && !isAtEnd {
      let count = try fill(buffer, size)
      let end = memchr(buffer, 0x0A, count).map { $0 - buffer }
      length += end ?? count
      if let end {
        hasLineEnd = true
        carry.append(contentsOf: UnsafeRawBufferPointer(start: buffer + end + 1, count: count - end - 1))
      }
    }
    isAtStart = false
    let end = offset + length + (hasLineEnd ? 1 : 0)
    defer {
      line += 1
      offset = end
    }
    let error = JSONLError(
      line: line, offset: offset, reason: .lineTooLong(bytes: length, limit: maxLineBytes))
    return JSONLChunk(
      memory: nil, count: 0, firstLine: line, offset: offset, end: end, lineEnds: hasLineEnd ? 1 : 0,
      maxLineBytes: maxLineBytes, dropped: error)
  }
}
