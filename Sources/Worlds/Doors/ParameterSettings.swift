import Rewards

extension JSONObject {
  /// Parameters as a command line gives them, each `NAME=VALUE`; the value is JSON, or text when it is none.
  /// - Throws: `ParameterError` for one without a name or an equals sign.
  public init(settings: [String]) throws(ParameterError) {
    self.init()
    for setting in settings {
      guard let sign = setting.firstIndex(of: "="), sign > setting.startIndex else {
        throw ParameterError(
          parameter: setting, expected: "NAME=VALUE, as in max_episode_steps=100", found: "\"\(setting)\"")
      }
      let text = String(setting[setting.index(after: sign)...])
      self[String(setting[..<sign])] = (try? JSONValue(json: text)) ?? .string(text)
    }
  }
}
