import Foundation

/// The mean; NaN of nothing.
func mean(_ values: some Collection<Double>) -> Double {
  values.isEmpty ? .nan : values.reduce(0, +) / Double(values.count)
}

/// A number as findings show it: three significant digits.
func rounded(_ value: Double) -> String { String(format: "%.3g", value) }

func percent(_ share: Double) -> String { String(format: "%.1f%%", share * 100) }
