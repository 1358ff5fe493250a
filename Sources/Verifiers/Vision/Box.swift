import Foundation

/// An axis-parallel rectangle by two corners; y grows downwards.
public struct Box: Sendable, Equatable {
  public var x1: Double
  public var y1: Double
  public var x2: Double
  public var y2: Double

  public init(x1: Double, y1: Double, x2: Double, y2: Double) {
    self.x1 = x1
    self.y1 = y1
    self.x2 = x2
    self.y2 = y2
  }

  /// How four numbers make a box.
  public enum Layout: String, Sendable, CaseIterable {
    /// Two corners.
    case xyxy
    /// The corner nearest the origin, width and height.
    case xywh
    /// The centre, width and height.
    case cxcywh
  }

  public init(_ a: Double, _ b: Double, _ c: Double, _ d: Double, layout: Layout = .xyxy) {
    switch layout {
    case .xyxy: self.init(x1: a, y1: b, x2: c, y2: d)
    case .xywh: self.init(x1: a, y1: b, x2: a + c, y2: b + d)
    case .cxcywh: self.init(x1: a - c / 2, y1: b - d / 2, x2: a + c / 2, y2: b + d / 2)
    }
  }

  /// The box with x1 <= x2 and y1 <= y2.
  public var sorted: Box { Box(x1: min(x1, x2), y1: min(y1, y2), x2: max(x1, x2), y2: max(y1, y2)) }

  public var width: Double { x2 - x1 }
  public var height: Double { y2 - y1 }
  public var area: Double { width * height }

  /// True when all coordinates are finite and the area is finite and positive.
  public var isProper: Bool { width > 0 && height > 0 && area.isFinite && area > 0 }

  /// How alike two boxes are; 1 for equal boxes.
  public enum Overlap: String, Sendable, CaseIterable {
    /// Intersection / union, in [0, 1].
    case iou
    /// IoU - (hull - union) / hull, hull the smallest box around both (Rezatofighi et al. 2019), in (-1, 1].
    case giou
    /// IoU - squared distance of the centres / squared diagonal of the hull (Zheng et al. 2020), in (-1, 1].
    case diou
    /// DIoU - v^2 / (1 - IoU + v), v = 4/pi^2 (atan(w/h) - atan(w'/h'))^2 (Zheng et al. 2020); above -2.
    case ciou
  }

  /// The overlap of two proper boxes. A box that is not proper, or so large that numbers overflow, has the least
  /// overlap: 0 for IoU, -1 for the others.
  public func overlap(_ other: Box, _ kind: Overlap = .iou) -> Double {
    let least = kind == .iou ? 0.0 : -1
    guard isProper, other.isProper else { return least }
    let value = measured(other, kind)
    return value.isFinite ? value : least
  }

  private func measured(_ other: Box, _ kind: Overlap) -> Double {
    let width = max(0, min(x2, other.x2) - max(x1, other.x1))
    let height = max(0, min(y2, other.y2) - max(y1, other.y1))
    let intersection = width * height
    let union = area + other.area - intersection
    let iou = intersection / union
    if kind == .iou { return iou }
    let hullWidth = max(x2, other.x2) - min(x1, other.x1)
    let hullHeight = max(y2, other.y2) - min(y1, other.y1)
    if kind == .giou {
      let hull = hullWidth * hullHeight
      return iou - (hull - union) / hull
    }
    let dx = (x1 + x2 - other.x1 - other.x2) / 2
    let dy = (y1 + y2 - other.y1 - other.y2) / 2
    let diou = iou - (dx * dx + dy * dy) / (hullWidth * hullWidth + hullHeight * hullHeight)
    if kind == .diou { return diou }
    let angle = atan2(self.width, self.height) - atan2(other.width, other.height)
    let v = 4 / (Double.pi * Double.pi) * angle * angle
    return v == 0 ? diou : diou - v * v / (1 - iou + v)
  }
}
