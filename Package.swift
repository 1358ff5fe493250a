// swift-tools-version: 6.1
import Foundation
import PackageDescription

// libtorch is reached through one shared library, the shim, which `scripts/build-shim` compiles into
// .deps/lib. Without it (before `scripts/setup`) the pure-Swift rooms still build and test.
let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path
let shimFolder = ProcessInfo.processInfo.environment["LAUREL_SHIM"] ?? root + "/.deps/lib"
let hasShim = ["so", "dylib"].contains {
  FileManager.default.fileExists(atPath: "\(shimFolder)/libctorch.\($0)")
}

// The exact engine of the mathematics verifier needs FLINT with Calcium, which `scripts/setup` installs. FLINT 3
// holds everything; before it (Debian 12) Arb, Antic and Calcium are libraries of their own. LAUREL_FLINT names
// another prefix, or is `none` to build without.
struct ExactLibrary {
  var prefix: String
  var libraries: [String]

  static func find() -> ExactLibrary? {
    let given = ProcessInfo.processInfo.environment["LAUREL_FLINT"]
    if given == "none" { return nil }
    let exists = FileManager.default.fileExists(atPath:)
    for prefix in given.map({ [$0] }) ?? ["/usr", "/usr/local", "/opt/homebrew"] {
      if exists(prefix + "/include/flint/ca.h") {
        return ExactLibrary(prefix: prefix, libraries: ["flint", "mpfr", "gmp"])
      }
      if exists(prefix + "/include/calcium/ca.h") {
        let arb = exists(prefix + "/include/arb.h") && exists("/etc/debian_version") ? "flint-arb" : "arb"
        return ExactLibrary(
          prefix: prefix, libraries: ["calcium", "antic", arb, "flint", "mpfr", "gmp"])
      }
    }
    return nil
  }
}
let exactLibrary = ExactLibrary.find()

// What runs inside the code verifier's sandbox, compiled into the module as bytes.
let sandboxServer = [
  "assertions", "candidate", "cases", "confinement", "evaluator", "nursery", "peer", "server", "wire",
]

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .unsafeFlags(["-warnings-as-errors"]),
]
// Optimised in debug builds too, where the tests of numeric code would take minutes.
let numeric: [SwiftSetting] = strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]
let shimLinker: [LinkerSetting] = [
  .unsafeFlags(["-L", shimFolder, "-Xlinker", "-rpath", "-Xlinker", shimFolder])
]

let package = Package(
  name: "laurel",
  platforms: [.macOS(.v14)],
  products: [
    .library(name: "Rewards", targets: ["Rewards"]),
    .library(name: "Verifiers", targets: ["Verifiers"]),
    .library(name: "Audits", targets: ["Audits"]),
    .library(name: "Worlds", targets: ["Worlds"]),
    .library(name: "Evolution", targets: ["Evolution"]),
    .library(name: "Learned", targets: ["Learned"]),
    .library(name: "Shelf", targets: ["Shelf"]),
    .executable(name: "laurel-serve", targets: ["laurel-serve"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    // Only the service below uses these; building the other products compiles none of them.
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.1"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
  ],
  targets: [
    .target(
      name: "Rewards", dependencies: [.product(name: "Yams", package: "Yams")], swiftSettings: strict),
    .target(
      name: "Verifiers", dependencies: exactLibrary == nil ? ["Rewards"] : ["Rewards", "CExact"],
      resources: sandboxServer.map { .embedInCode("Code/Python/\($0).py") },
      swiftSettings: strict + (exactLibrary == nil ? [] : [.define("HAS_EXACT_ENGINE")])),
    .target(name: "Audits", dependencies: ["Rewards", "Verifiers"], swiftSettings: strict),
    .target(name: "CNumeric", cSettings: [.unsafeFlags(["-O3"])]),
    .target(name: "Numeric", dependencies: ["CNumeric"], swiftSettings: numeric),
    .testTarget(name: "NumericTests", dependencies: ["Numeric", "CNumeric"], swiftSettings: strict),
    .target(name: "Worlds", dependencies: ["Rewards", "Numeric"], swiftSettings: numeric),
    .target(name: "Control", dependencies: ["Numeric", "Worlds", "Rewards"], swiftSettings: numeric),
    .testTarget(name: "ControlTests", dependencies: ["Control"], swiftSettings: strict),
    .target(
      name: "Learned", dependencies: ["Rewards", "Numeric", "Worlds", "Control"], swiftSettings: numeric),
    .testTarget(name: "LearnedTests", dependencies: ["Learned"], swiftSettings: strict),
    .target(name: "Shelf", dependencies: ["Rewards"], swiftSettings: strict),
    .target(
      name: "Evolution", dependencies: ["Rewards", "Numeric", "Worlds"],
      swiftSettings: numeric),
    .target(
      name: "Recipes",
      dependencies: [
        "Shelf", "Evolution", "Learned", "Worlds", "Control", "Numeric", "Rewards",
      ],
      swiftSettings: numeric),
    .executableTarget(
      name: "bench-evolution", dependencies: ["Evolution", "Rewards"], path: "bench/evolution",
      swiftSettings: strict),
    .target(name: "Tasks", dependencies: ["Rewards", "Verifiers"], swiftSettings: strict),
    .target(
      name: "Studio",
      dependencies: ["Rewards", "Audits", "Shelf", .product(name: "GRDB", package: "GRDB.swift")],
      swiftSettings: strict),
    .target(
      name: "Service",
      dependencies: [
        "Rewards", "Verifiers", "Worlds",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HummingbirdTLS", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOWebSocket", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "laurel-serve",
      dependencies: [
        "Service", "Worlds", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    .target(name: "RewardsTestSupport", dependencies: ["Rewards"], swiftSettings: strict),
    .testTarget(
      name: "RewardsTests", dependencies: ["Rewards", "RewardsTestSupport"], swiftSettings: strict),
    .testTarget(
      name: "VerifiersTests", dependencies: ["Verifiers", "RewardsTestSupport"], exclude: ["Fixtures"],
      swiftSettings: strict),
    .testTarget(
      name: "AuditsTests", dependencies: ["Audits", "Verifiers", "Tasks"], exclude: ["Fixtures"],
      swiftSettings: strict),
    .testTarget(name: "EvolutionTests", dependencies: ["Evolution"], swiftSettings: strict),
    .testTarget(
      name: "WorldsTests", dependencies: ["Worlds"], exclude: ["Fixtures"], swiftSettings: strict),
    .testTarget(name: "RecipesTests", dependencies: ["Recipes", "Shelf"], swiftSettings: strict),
    .testTarget(name: "ShelfTests", dependencies: ["Shelf"], swiftSettings: strict),
    .testTarget(name: "TasksTests", dependencies: ["Tasks", "Verifiers"], swiftSettings: strict),
    .testTarget(
      name: "ServiceTests",
      dependencies: [
        "Service", "Worlds", .product(name: "HummingbirdTesting", package: "hummingbird"),
      ],
      swiftSettings: strict),
    .testTarget(name: "StudioTests", dependencies: ["Studio", "Shelf"], swiftSettings: strict),
  ],
  cxxLanguageStandard: .cxx20
)

if let exactLibrary {
  let isElsewhere = exactLibrary.prefix != "/usr"
  package.targets.append(
    .target(
      name: "CExact",
      cSettings: [.unsafeFlags(["-O2"] + (isElsewhere ? ["-I\(exactLibrary.prefix)/include"] : []))],
      linkerSettings: exactLibrary.libraries.map { .linkedLibrary($0) }
        + (isElsewhere ? [.unsafeFlags(["-L\(exactLibrary.prefix)/lib"])] : [])))
}

if hasShim {
  package.products.append(.executable(name: "laurel", targets: ["laurel"]))
  package.targets += [
    .systemLibrary(name: "CTorch", path: "Sources/CTorch"),
    .target(name: "Torch", dependencies: ["CTorch"], swiftSettings: strict, linkerSettings: shimLinker),
    .target(name: "Language", dependencies: ["Torch", "Rewards"], swiftSettings: strict),
    .target(name: "LanguageTestSupport", dependencies: ["Torch"], swiftSettings: strict),
    .target(name: "Policies", dependencies: ["Rewards", "Torch", "Language"], swiftSettings: strict),
    .executableTarget(
      name: "laurel",
      dependencies: [
        "Rewards", "Verifiers", "Audits", "Tasks", "Studio", "Worlds", "Numeric", "Control", "Learned",
        "Evolution",
        "Shelf",
        "Recipes", "Torch", "Language", "Policies",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "TorchTests", dependencies: ["Torch"], exclude: ["Fixtures"], swiftSettings: strict),
    .testTarget(
      name: "LanguageTests", dependencies: ["Language", "LanguageTestSupport"], exclude: ["Fixtures"],
      swiftSettings: strict),
    .testTarget(
      name: "PoliciesTests", dependencies: ["Policies", "Tasks", "Verifiers", "LanguageTestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "CommandTests", dependencies: ["laurel", "Shelf", "Recipes", "LanguageTestSupport"],
      swiftSettings: strict),
  ]
}
