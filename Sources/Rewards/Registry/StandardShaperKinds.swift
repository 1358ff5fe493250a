extension Registry {
  mutating func registerStandardShapers() {
    registerElementwiseShapers()
    registerNormalizingShapers()
    registerStepShapers()
    register(
      ShaperKind(
        name: "par",
        help: "Preference As Reward: a sigmoid of the distance to reference responses (arXiv 2502.18770).",
        parameters: [
          Parameter(
            "form", .choice(PreferenceShaping.Form.allCases.map(\.rawValue)), default: .string("sigmoid"),
            help: "sigmoid is PAR; the others are the shapers it is compared with"),
          Parameter("k", .number, default: .number(1), range: 1e-6...1e6, help: "steepness of the sigmoid"),
          Parameter(
            "responses", .string, default: .string("reference_response"),
            help: "column with the reference responses: a text or a list; `reference`: the reference answer"),
          Parameter(
            "count", .integer, default: .null, range: 1...1024,
            help: "how many of them are used; default: all"),
        ],
        make: {
          PreferenceShaping(
            PreferenceShaping.Form(rawValue: $0.string("form")) ?? .sigmoid, k: $0.double("k"),
            responses: ReferenceResponses(column: $0.string("responses"), count: $0.optionalInt("count")))
        }))
  }

  private mutating func registerElementwiseShapers() {
    register(
      ShaperKind(
        name: "clip", help: "Limits a reward to an interval, which may be open on one side.",
        parameters: [
          Parameter("low", .number, default: .null, help: "the smallest value"),
          Parameter("high", .number, default: .null, help: "the largest value"),
        ],
        make: { parameters in
          switch (parameters.optionalDouble("low"), parameters.optionalDouble("high")) {
          case (let low?, let high?):
            guard low <= high else {
              throw ParameterError(
                parameter: "low", expected: "a number up to high (\(high))", found: "\(low)")
            }
            return Clip(low...high)
          case (let low?, nil): return Clip(low...)
          case (nil, let high?): return Clip(...high)
          case (nil, nil): throw ParameterError(parameter: "low", "expected low, high or both")
          }
        }))
    register(
      ShaperKind(
        name: "affine", help: "Multiplies a reward by a factor and adds an offset.",
        parameters: [
          Parameter("factor", .number, default: .number(1), help: "the factor"),
          Parameter("offset", .number, default: .number(0), help: "the offset"),
        ],
        make: { Affine(factor: $0.double("factor"), offset: $0.double("offset")) }))
    register(
      ShaperKind(
        name: "schedule",
        help: "Multiplies a reward by a factor that changes over training (ToolRL, arXiv 2504.13958).",
        parameters: Schedule.parameters, make: { ScheduledScale(try Schedule($0)) }))
  }

  private mutating func registerNormalizingShapers() {
    func over(_ scope: ShapingScope) -> Parameter {
      Parameter(
        "over", .choice(ShapingScope.allCases.map(\.rawValue)), default: .string(scope.rawValue),
        help: "the samples whose statistics are taken together")
    }
    register(
      ShaperKind(
        name: "center", help: "Subtracts the mean of the sample's group, or of the batch.",
        parameters: [over(.group)],
        make: { Center(over: ShapingScope(rawValue: $0.string("over")) ?? .group) }))
    register(
      ShaperKind(
        name: "whiten", help: "Subtracts the mean and divides by the standard deviation.",
        parameters: [
          over(.batch),
          Parameter(
            "epsilon", .number, default: .number(1e-4), range: 0...1, help: "added to the standard deviation"),
        ],
        make: {
          Whiten(over: ShapingScope(rawValue: $0.string("over")) ?? .batch, epsilon: $0.double("epsilon"))
        }))
  }

  private mutating func registerStepShapers() {
    let alpha = Parameter("alpha", .number, range: 0...1e6, help: "weight of the step scores (0.02 to 0.1)")
    let eta = Parameter("eta", .number, range: -1e6...1e6, help: "a step scored at least this costs nothing")
    var optional = eta
    optional.default = .null
    optional.help = "clip at this threshold first; no clip when not given"
    register(
      ShaperKind(
        name: "clip_steps",
        help: "alpha times the sum of min(s - eta, 0) over step scores s: penalties only (arXiv 2410.15115).",
        parameters: [alpha, eta],
        make: { StepSum(alpha: $0.double("alpha"), eta: $0.double("eta"), takesDelta: false) }))
    register(
      ShaperKind(
        name: "delta",
        help: "alpha times the sum of s_k - s_{k+1} over step scores, which telescopes (arXiv 2410.15115).",
        parameters: [alpha, optional],
        make: { StepSum(alpha: $0.double("alpha"), eta: $0.optionalDouble("eta"), takesDelta: true) }))
  }
}
