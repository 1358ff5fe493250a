import Foundation
import Rewards

/// Headless Chromium, started once a deck, about a second each.
///
/// The slides are foreign code. Each is a frame without scripts, forms or links out of it, under a policy that loads
/// nothing; what is seen of it is measured by a script of ours around the frames. On Linux the browser runs in
/// bubblewrap as an unprivileged user, without network, on a read-only root with nothing of the user's in it.
///
/// Text is seen when it has a box that touches the page, is not hidden or transparent, is at least 4 points high and
/// has another colour than the plain colour behind it. Memory is limited by time alone.
public final class ChromiumRenderer: SlideRendering {
  public let seconds: Double
  /// The executable and its arguments, up to the page's address.
  private let command: [String]
  private let isSandboxed: Bool
  private let places: DispatchSemaphore

  static let width = 1280
  static let height = 720
  private static let names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"]
  private static let macPaths = [
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  ]

  /// - Parameters:
  ///   - browser: path of Chromium or Chrome; nil looks for one.
  ///   - seconds: for one deck.
  ///   - isUnsafe: runs without bubblewrap.
  /// - Throws: `ParameterError` when the browser or bubblewrap is missing.
  public init(browser: String? = nil, seconds: Double = 20, isUnsafe: Bool = false) throws(ParameterError) {
    let candidates = browser.map { [$0] } ?? Self.names.compactMap(Sandbox.find) + Self.macPaths
    guard let browser = candidates.first(where: Sandbox.isExecutable) else {
      throw ParameterError(
        parameter: "render",
        "there is no Chromium\(browser.map { " at \($0)" } ?? ""); install it (Debian: apt-get install chromium), "
          + "name one with browser, or set render: false")
    }
    self.seconds = seconds
    isSandboxed = !isUnsafe
    places = DispatchSemaphore(value: ProcessInfo.processInfo.activeProcessorCount)
    let words =
      [
        browser, "--headless", "--disable-gpu", "--disable-dev-shm-usage", "--disable-extensions",
        "--no-first-run",
      ]
      + [
        "--disable-background-networking", "--hide-scrollbars", "--window-size=\(Self.width),\(Self.height)",
      ]
      + ["--virtual-time-budget=2000"]
    if isUnsafe {
      command = words + (geteuid() == 0 ? ["--no-sandbox"] : [])
      return
    }
    let walls: [String]
    do { walls = try Self.walls() } catch {
      throw ParameterError(parameter: "render", "\(error); or set render: false")
    }
    command = walls + words + ["--no-sandbox", "--no-zygote", "--user-data-dir=/tmp/profile"]
  }

  private static func walls() throws(SandboxError) -> [String] {
    #if os(Linux)
      var words = try Sandbox.bubblewrap()
      words += ["--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv"]
      words += Sandbox.system
      for path in ["/etc/fonts", "/etc/chromium", "/etc/chromium.d", "/opt", "/var/cache/fontconfig"] {
        words += ["--ro-bind-try", path, path]
      }
      words += ["--proc", "/proc", "--dev", "/dev", "--size", String(256 << 20), "--tmpfs", "/tmp"]
      words += ["--ro-bind-data", "0", "/deck.html", "--remount-ro", "/", "--chdir", "/tmp"]
      return words + [
        "--setenv", "PATH", "/usr/bin:/bin", "--setenv", "HOME", "/tmp", "--setenv", "LANG", "C.UTF-8",
      ]
    #else
      throw SandboxError(
        reason: "there is none for this system (bubblewrap needs Linux)",
        remedy: "run unsafely, or on Linux")
    #endif
  }

  public func layouts(of pages: [String]) throws(RenderError) -> [SlideLayout] {
    if pages.isEmpty { return [] }
    places.wait()
    defer { places.signal() }
    let file = FileManager.default.temporaryDirectory.appending(path: "laurel-\(UUID().uuidString).html")
    defer { try? FileManager.default.removeItem(at: file) }
    let input: FileHandle
    do {
      try Data(Self.document(pages).utf8).write(to: file)
      input = try FileHandle(forReadingFrom: file)
    } catch { throw .failed("\(file.path) could not be written") }
    let address = isSandboxed ? "file:///deck.html" : file.absoluteString
    let text = try output(of: command + ["--dump-dom", address], input)
    guard let layouts = Self.layouts(in: text), layouts.count == pages.count else {
      throw .failed("the browser gave no measures")
    }
    return layouts
  }

  private func output(of words: [String], _ input: FileHandle) throws(RenderError) -> String {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: words[0])
    process.arguments = Array(words.dropFirst())
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    do { try process.run() } catch { throw .failed("\(words[0]) could not be started") }
    let killer = DispatchWorkItem { [id = process.processIdentifier] in _ = kill(id, SIGKILL) }
    DispatchQueue.global().asyncAfter(deadline: .now() + seconds, execute: killer)
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    killer.cancel()
    if process.terminationReason == .uncaughtSignal, process.terminationStatus == SIGKILL {
      throw .outOfTime(seconds: seconds)
    }
    guard process.terminationStatus == 0 else {
      throw .failed("the browser ended with status \(process.terminationStatus)")
    }
    return String(decoding: data, as: UTF8.self)
  }

  /// The page around the slides; it turns into its measures.
  private static func document(_ pages: [String]) -> String {
    let nonce = UUID().uuidString
    let frames = pages.map { page in
      let source = page.replacing("&", with: "&amp;").replacing("\"", with: "&quot;")
      return
        "<iframe sandbox=\"allow-same-origin\" width=\(width) height=\(height) srcdoc=\"\(source)\"></iframe>"
    }
    return """
      <!DOCTYPE html><html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src \
      'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; script-src 'nonce-\(nonce)'"></head><body>
      \(frames.joined(separator: "\n"))
      <script nonce="\(nonce)">\(script)</script></body></html>
      """
  }

  private static let script = """
    function plain(color) { return color.startsWith('rgb(') ? color : null }
    function background(element, view) {
      for (; element; element = element.parentElement) {
        const style = view.getComputedStyle(element);
        if (style.backgroundImage !== 'none') return '';
        if (style.backgroundColor !== 'rgba(0, 0, 0, 0)') return style.backgroundColor;
      }
      return 'rgb(255, 255, 255)';
    }
    function look(frame) {
      const page = frame.contentDocument, view = frame.contentWindow;
      let shown = 0, outside = 0;
      if (!page || !page.body) return [0, 1];
      const texts = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT), range = page.createRange();
      while (texts.nextNode()) {
        const text = texts.currentNode, parent = text.parentElement;
        if (!text.data.trim() || !parent.checkVisibility({opacityProperty: true, visibilityProperty: true})) continue;
        const style = view.getComputedStyle(parent);
        if (parseFloat(style.fontSize) < 4 || !plain(style.color) || style.color === background(parent, view)) continue;
        range.selectNodeContents(text);
        for (const box of range.getClientRects()) {
          if (box.width < 1 || box.height < 1) continue;
          if (box.left < \(width) && box.right > 0 && box.top < \(height) && box.bottom > 0) shown = 1;
          if (box.left < -1 || box.right > \(width + 1) || box.top < -1 || box.bottom > \(height + 1)) outside = 1;
        }
      }
      return [shown, outside];
    }
    addEventListener('load', () => {
      const measures = Array.from(document.querySelectorAll('iframe'), look);
      document.documentElement.textContent = JSON.stringify(measures);
    });
    """

  /// Reads what the script wrote.
  private static func layouts(in text: String) -> [SlideLayout]? {
    guard let start = text.range(of: "<html>"), let end = text.range(of: "</html>", options: .backwards),
      start.upperBound <= end.lowerBound,
      case .array(let items)? = try? JSONParser().parse(Array(text[start.upperBound..<end.lowerBound].utf8))
    else { return nil }
    var layouts: [SlideLayout] = []
    for item in items {
      guard case .array(let pair) = item, pair.count == 2, case .integer(let shown) = pair[0],
        case .integer(let outside) = pair[1]
      else { return nil }
      layouts.append(SlideLayout(isShown: shown == 1, fits: outside == 0))
    }
    return layouts
  }
}
