#if canImport(Glibc)
  @preconcurrency import Glibc
#elseif canImport(Musl)
  @preconcurrency import Musl
#else
  @preconcurrency import Darwin
#endif

/// Makes a program whose standard output could not be written end with an error: `print` itself tells nobody.
func watchStandardOutput() {
  atexit {
    let failed = fflush(stdout) != 0
    guard failed || ferror(stdout) != 0 else { return }
    let code = errno
    if code != EPIPE { writeToStandardError("Error: the standard output could not be written\n") }
    _exit(code == EPIPE ? 141 : 74)
  }
}
