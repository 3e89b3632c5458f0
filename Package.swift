// swift-tools-version: 6.2
import PackageDescription

// The house, floor by floor. A room uses only rooms on the floors below it, never one on its own floor;
// `swift build --explicit-target-dependency-import-check error` holds the code to that.

let swift: [SwiftSetting] = [.enableUpcomingFeature("InternalImportsByDefault")]

/// A library by its C API, as Debian packages it.
func library(_ name: String, _ pkgConfig: String, _ package: String) -> Target {
  .systemLibrary(
    name: name, path: "Sources/Common/C/\(name)", pkgConfig: pkgConfig, providers: [.apt([package])])
}

func room(_ name: String, uses: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: uses, path: "Sources/Common/\(name)", swiftSettings: swift)
}

func tool(_ name: String, uses: [Target.Dependency]) -> Target {
  .executableTarget(name: name, dependencies: ["Console", "Failures"] + uses, swiftSettings: swift)
}

func tests(_ name: String, uses: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: uses, swiftSettings: swift)
}

let tools = [
  "part-ls", "part-pick", "part-cat", "delta-build", "index-publish", "wm", "index-search", "index-check",
]

let package = Package(
  name: "freshet",
  products: tools.map { .executable(name: $0, targets: [$0]) },
  traits: [
    .trait(
      name: "PostgreSQL", description: "Watermarks in PostgreSQL; its libpq is loaded where one is named."),
    .default(enabledTraits: ["PostgreSQL"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    // Cellar: C libraries, and what needs nothing.
    library("CCrypto", "libcrypto", "libssl-dev"),
    library("CSQLite", "sqlite3", "libsqlite3-dev"),
    library("CIsal", "libisal", "libisal-dev"),
    library("CZstd", "libzstd", "libzstd-dev"),
    .systemLibrary(name: "CLinux", path: "Sources/Common/C/CLinux"),
    .target(name: "CCodecs", path: "Sources/Common/C/CCodecs"),
    .target(name: "CCSV", dependencies: ["CJSON"], path: "Sources/Common/C/CCSV"),
    .target(name: "CCurl", path: "Sources/Common/C/CCurl"),
    .target(name: "CPostgres", path: "Sources/Common/C/CPostgres"),
    .target(name: "CStemmer", path: "Sources/Common/C/CStemmer"),
    .target(name: "CWords", path: "Sources/Common/C/CWords"),
    .target(name: "CJSON", path: "Sources/Common/C/CJSON"),
    room("Failures"),
    room("Threads"),
    room("JSON", uses: ["CJSON"]),

    // Ground floor: bytes, compressed or not, other programs, and the person at the terminal.
    room("Bytes", uses: ["CCrypto", "CIsal", "CLinux", "Failures"]),
    room("Codecs", uses: ["CCodecs", "CIsal", "CZstd"]),
    room("Processes", uses: ["Failures"]),
    room("Console", uses: ["Failures", .product(name: "ArgumentParser", package: "swift-argument-parser")]),

    // First floor: time, the fields file, the file system, the network, files of columns.
    room("Fields", uses: ["Bytes", "Failures"]),
    room("Words", uses: ["CStemmer", "CWords", "Failures"]),
    room("Partitions", uses: ["Failures"]),
    room("Files", uses: ["CLinux", "Bytes", "Failures"]),
    room("HTTP", uses: ["CCurl", "Failures"]),
    room("Postgres", uses: ["CPostgres", "Failures"]),
    room("Parquet", uses: ["Codecs", "JSON", "Bytes", "Failures"]),

    // Second floor: the lines between the tools, the stores, the index on disk.
    room("Lines", uses: ["Partitions", "Files", "JSON", "Bytes", "Failures"]),
    room(
      "Records",
      uses: ["Parquet", "Partitions", "Fields", "CCSV", "CIsal", "CZstd", "JSON", "Bytes", "Failures"]),
    room("Objects", uses: ["HTTP", "Files", "Processes", "JSON", "Bytes", "Failures", "Threads"]),
    room(
      "Segments",
      uses: ["CWords", "Words", "Fields", "Files", "JSON", "Bytes", "Failures", "Threads"]),

    // Third floor: the records of objects, decoded once and kept; tables, whose log says which objects are theirs; the
    // watermarks, which may be objects.
    room(
      "Runs", uses: ["Records", "Fields", "Files", "JSON", "Bytes", "Failures", "Threads"]),
    room(
      "Tables",
      uses: ["Parquet", "Objects", "Lines", "Partitions", "JSON", "Bytes", "Failures", "Threads"]),
    room(
      "Watermarks",
      uses: [
        "CSQLite", .target(name: "Postgres", condition: .when(traits: ["PostgreSQL"])), "Objects", "JSON",
        "Partitions", "Files", "Bytes", "Failures", "Threads",
      ]),

    // Fourth floor: the objects of a slice, opened, whatever their format.
    room(
      "Reading",
      uses: [
        "Tables", "Runs", "Segments", "Records", "Parquet", "Fields", "Objects", "Lines", "Files", "JSON",
        "Bytes", "Failures", "Threads",
      ]),

    // Fifth floor: what each tool is for.
    room("Listing", uses: ["Objects", "Lines", "Partitions", "JSON", "Bytes", "Failures", "Threads"]),
    room("Picking", uses: ["Lines", "Partitions", "Failures"]),
    room(
      "Deltas",
      uses: [
        "Reading", "Runs", "Segments", "Records", "Fields", "Objects", "Lines", "Files", "JSON", "Bytes",
        "Failures", "Threads",
      ]),
    room(
      "Publishing",
      uses: [
        "Segments", "Objects", "Lines", "Partitions", "Files", "Processes", "JSON", "Bytes", "Failures",
        "Threads",
      ]),

    // Sixth floor: what changed between two states of an index; options that several tools have in common.
    room("Changes", uses: ["Publishing", "Segments", "Objects", "Files", "Bytes", "Failures"]),
    room(
      "Access",
      uses: [
        "Console", "Objects", "Partitions", "Failures",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    room(
      "Formats",
      uses: [
        "Records", "Parquet", "Partitions", "Failures",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    // Seventh floor: systems that serve an index of their own.
    room(
      "Serving",
      uses: [
        "Changes", "Publishing", "HTTP", "Objects", "CIsal", "Lines", "Partitions", "Files", "JSON", "Bytes",
        "Failures", "Threads",
      ]),

    // Top: a page each.
    tool(
      "part-ls",
      uses: ["Access", "Listing", "Tables", "Objects", "Partitions", "Lines", "Files", "JSON", "Bytes"]),
    tool("part-pick", uses: ["Picking", "Partitions", "Lines"]),
    tool(
      "part-cat",
      uses: [
        "Access", "Formats", "Reading", "Segments", "Records", "Fields", "Files", "Objects", "Lines", "Bytes",
      ]),
    tool(
      "delta-build",
      uses: [
        "Access", "Formats", "Deltas", "Reading", "Segments", "Records", "Fields", "Files", "Objects",
        "Partitions", "Lines", "Bytes",
      ]),
    tool(
      "index-publish",
      uses: [
        "Access", "Serving", "Changes", "Publishing", "Objects", "Partitions", "Lines", "Files", "JSON",
        "Bytes", "Threads",
      ]),
    tool(
      "wm",
      uses: [
        "Access", "Watermarks", "Objects", "Partitions", "Lines", "Files", "Processes", "JSON", "Bytes",
        "Threads",
      ]),
    tool("index-search", uses: ["Access", "Publishing", "Segments", "Objects", "Files", "JSON", "Bytes"]),
    tool("index-check", uses: ["Access", "Publishing", "Segments", "Objects", "Files", "JSON", "Bytes"]),

    // To measure with: no part of what is released.
    .executableTarget(
      name: "parquet-columns", dependencies: ["Parquet", "Bytes", "Failures"], path: "bench/parquet-columns",
      swiftSettings: swift),

    // Tests: each room, then the executables in real pipes.
    .target(
      name: "Histories",
      dependencies: [
        "Publishing", "Seeded", "Deltas", "Reading", "Segments", "Objects", "Lines", "Partitions", "Fields",
        "JSON", "Bytes", "Failures",
      ], path: "Tests/Histories", swiftSettings: swift),
    .target(name: "Loopback", path: "Tests/Loopback"),
    .target(name: "ParquetForge", dependencies: ["Bytes"], path: "Tests/ParquetForge", swiftSettings: swift),
    .target(name: "Seeded", path: "Tests/Seeded"),
    .target(name: "SlowLayout", dependencies: ["Partitions"], path: "Tests/SlowLayout"),
    .target(name: "SlowWords", path: "Tests/SlowWords"),
    tests("FailuresTests", uses: ["Failures"]),
    tests("ThreadsTests", uses: ["Threads"]),
    tests("CodecsTests", uses: ["Codecs", "Seeded"]),
    tests(
      "ParquetTests", uses: ["Parquet", "ParquetForge", "Codecs", "Seeded", "JSON", "Bytes", "Failures"]),
    tests(
      "TablesTests",
      uses: ["Tables", "Seeded", "Objects", "Lines", "Partitions", "JSON", "Bytes", "Failures"]),
    tests(
      "ConsoleTests", uses: ["Console", .product(name: "ArgumentParser", package: "swift-argument-parser")]),
    tests("BytesTests", uses: ["Bytes"]),
    tests("JSONTests", uses: ["JSON", "Seeded", "Failures"]),
    tests("PartitionsTests", uses: ["Partitions", "Seeded", "SlowLayout", "Failures"]),
    tests("LinesTests", uses: ["Lines", "Seeded", "Failures", "Bytes"]),
    tests("FieldsTests", uses: ["Fields", "Failures"]),
    tests("WordsTests", uses: ["Words", "Seeded", "SlowWords", "Failures"]),
    tests("FilesTests", uses: ["Files", "Failures"]),
    tests("HTTPTests", uses: ["HTTP", "Loopback", "Seeded", "Threads", "Bytes", "Failures"]),
    tests("PickingTests", uses: ["Picking", "Seeded", "Partitions", "Lines", "Failures"]),
    tests("RecordsTests", uses: ["Records", "Seeded", "Parquet", "Fields", "Bytes", "JSON", "Failures"]),
    tests("ObjectsTests", uses: ["Objects", "HTTP", "Loopback", "Seeded", "Bytes", "Failures", "Threads"]),
    tests(
      "ReadingTests",
      uses: [
        "Reading", "Tables", "Records", "Parquet", "ParquetForge", "Seeded", "Objects", "Lines", "Partitions",
        "Files", "JSON", "Bytes", "Failures", "Threads",
      ]),
    tests(
      "ListingTests",
      uses: [
        "Listing", "Seeded", "SlowLayout", "Objects", "Partitions", "Lines", "JSON", "Bytes", "Failures",
      ]),
    tests(
      "SegmentsTests",
      uses: ["Segments", "Words", "Seeded", "SlowWords", "Fields", "Bytes", "JSON", "Failures", "Files"]),
    tests(
      "WatermarksTests",
      uses: [
        "Watermarks", "Postgres", "Seeded", "Objects", "Partitions", "Bytes", "CSQLite", "Failures",
        "Threads",
      ]),
    tests(
      "DeltasTests",
      uses: [
        "Deltas", "Reading", "Runs", "Seeded", "Loopback", "Fields", "Records", "Segments", "Objects",
        "Lines", "JSON", "Partitions", "Files", "Bytes", "Failures",
      ]),
    tests(
      "PublishingTests",
      uses: [
        "Publishing", "Seeded", "Segments", "Objects", "Lines", "Fields", "Files", "Bytes", "Failures",
        "Threads",
      ]),
    tests(
      "ChangesTests",
      uses: [
        "Changes", "Publishing", "Histories", "Seeded", "Segments", "Objects", "JSON", "Bytes", "Failures",
      ]),
    tests(
      "ServingTests",
      uses: [
        "Serving", "Changes", "Publishing", "Histories", "Loopback", "HTTP", "Seeded", "Objects",
        "Partitions", "Lines", "Files", "JSON", "Bytes", "Failures", "Threads",
      ]),
  ],
  swiftLanguageModes: [.v6]
)
