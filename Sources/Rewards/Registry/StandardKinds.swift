extension Registry {
  /// The shapers, combiners and advantage estimators of this module.
  mutating func registerStandardKinds() {
  }
}
