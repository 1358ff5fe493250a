import Testing

@testable import Studio

@Suite("TensorBoard event file")
struct EventFileTests {
  @Test("CRC-32C of 123456789 is e3069283")
  func checksum() { #expect(EventFile.crc32c("123456789".utf8) == 0xE306_9283) }

  /// Records that tensorboard 2.21 read back as `train/reward` = 0.5 at step 7.
  @Test("The version record and one scalar agree byte for byte with records that TensorBoard accepts")
  func vector() {
    let bytes =
      EventFile.versionRecord(time: 1)
      + EventFile.record(step: 7, time: 2, scalars: [("train/reward", 0.5)])
    let hex = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    #expect(
      hex == "1800000000000000a37f4b2209000000000000f03f1a0d627261696e2e4576656e743a3286bf577a"
        + "220000000000000078113dfd09000000000000004010072a150a130a0c747261696e2f72657761726415"
        + "0000003fd9398e7b")
  }

  @Test("Tags are grouped by their first part")
  func tags() {
    #expect(EventFile.tag("reward") == "train/reward")
    #expect(EventFile.tag("eval_reward") == "eval/reward")
    #expect(EventFile.tag("completions/mean_length") == "completions/mean_length")
  }
}
