import Foundation

/// log(sum(exp(values))) without overflow; -infinity for nothing.
public func logSumExp(_ values: some Collection<Double>) -> Double {
  guard let largest = values.max(), largest > -.infinity else { return -.infinity }
  if largest == .infinity { return .infinity }
  return largest + log(values.reduce(0) { $0 + exp($1 - largest) })
}
