/// What a browser makes of one slide.
public struct SlideLayout: Sendable, Equatable {
  /// Some of its text is seen on the page.
  public var isShown: Bool
  /// All of its text that is seen lies on the page.
  public var fits: Bool

  public init(isShown: Bool, fits: Bool) {
    self.isShown = isShown
    self.fits = fits
  }
}

/// Lays slides out on pages of 1280 x 720 points.
public protocol SlideRendering: Sendable {
  /// One layout a page of HTML, in order.
  /// - Throws: ``RenderError``.
  func layouts(of pages: [String]) throws(RenderError) -> [SlideLayout]
}

/// Why slides were not laid out.
public enum RenderError: Error, Sendable, Equatable, CustomStringConvertible {
  case outOfTime(seconds: Double)
  case failed(String)

  public var description: String {
    switch self {
    case .outOfTime(let seconds): "the slides were not laid out within \(seconds) s"
    case .failed(let reason): "the slides could not be laid out: \(reason)"
    }
  }
}
