package import Bytes
package import Failures
package import Files
package import Objects
package import Segments

/// One whole generation of a published index, or a built index, with its files mapped.
package struct OpenedIndex {
  package struct Layer {
    package let manifest: IndexManifest
    /// In the order of `manifest.segments`.
    package let segments: [MappedFile]
    /// The live file of each segment, where it has one.
    package let live: [MappedFile?]
  }

  /// Nil for a built index that was not published.
  package let published: Generation?
  /// The base where there is one, then the delta where there is one.
  package let layers: [Layer]

  package var generation: Int? { published?.number }

  /// Files that were opened before, so that none is fetched twice.
  package typealias Files = [IndexFile: MappedFile]

  /// Opens what `location` names: a destination (with CURRENT), one of its generations' manifests (`….json`), or the
  /// manifest of a build. Local files are mapped where they are; those of a store are fetched into unnamed temporary files, or
  /// kept where `stores` says so.
  /// Always one whole generation: where a file has gone meanwhile, CURRENT is read again and must have moved on.
  /// 66 where there is no index; 65 for what is damaged or of a newer format. Sizes are checked here, checksums by
  /// `IndexManifest.verify`.
  package static func open(
    _ location: Location, stores: Stores, sharing files: Files = [:]
  ) throws(Failure) -> OpenedIndex {
    let kept = try stores.settings.cache.map { (path) throws(Failure) in try FetchedFiles(in: path) }
    let isManifest = location.description.hasSuffix(".json")
    return isManifest
      ? try open(manifest: location, stores: stores, sharing: files, keeping: kept)
      : try open(try Destination(location, stores: stores), sharing: files, keeping: kept)
  }

  /// What a person's argument names.
  package static func open(argument: String, stores: Stores) throws(Failure) -> OpenedIndex {
    guard let location = Location(argument: argument) else {
      throw Failure(.usage, cannot: "open", argument, because: "it is neither a path nor s3://bucket/key")
    }
    return try open(location, stores: stores)
  }

  /// What is published at a destination right now.
  static func open(
    _ destination: Destination, sharing files: Files = [:], keeping kept: FetchedFiles? = nil
  ) throws(Failure) -> OpenedIndex {
    var gone: (pointer: Pointer, file: String)?
    while let current = try destination.current() {
      if let gone, gone.pointer == current.stored.pointer { throw missing(gone.file) }
      let generation = current.generation
      switch try map(generation.indexes, in: .of(destination), sharing: files, keeping: kept) {
      case .whole(let layers):
        return OpenedIndex(published: generation, layers: layers)
      case .missing(let file): gone = (current.stored.pointer, file)
      }
    }
    throw Failure(
      .noInput, cannot: "open", destination.location.description, because: "no index was published there")
  }
}

extension OpenedIndex {
  private enum Mapped {
    case whole([Layer])
    case missing(String)
  }

  /// A generation's manifest or a build's; nothing else can take its place, so a missing file is an error.
  private static func open(
    manifest location: Location, stores: Stores, sharing opened: Files, keeping kept: FetchedFiles?
  ) throws(Failure) -> OpenedIndex {
    let name = location.description
    let bytes = try stores.description(at: location, cannot: "open")
    let json = try Members.parse(bytes, file: name).json
    let indexes: [IndexManifest]
    var published: Generation?
    if json["generation"] != nil {
      let fileName = name.split(separator: "/").last.map(String.init) ?? name
      let generation = try Generation(bytes, fileName: fileName, name: name)
      (published, indexes) = (generation, generation.indexes)
    } else {
      indexes = [try IndexManifest(json: json, name: name)]
    }
    let files = try IndexFiles.beside(manifest: location, stores: stores)
    switch try map(indexes, in: files, sharing: opened, keeping: kept) {
    case .whole(let layers): return OpenedIndex(published: published, layers: layers)
    case .missing(let file): throw missing(file)
    }
  }

  private static func missing(_ file: String) -> Failure {
    Failure(.badData, cannot: "open", file, because: "it is missing, and the index needs it")
  }

  private static func map(
    _ indexes: [IndexManifest], in files: IndexFiles, sharing known: Files, keeping kept: FetchedFiles?
  ) throws(Failure) -> Mapped {
    var layers: [Layer] = []
    for index in indexes {
      var segments: [MappedFile] = []
      var live: [MappedFile?] = []
      for segment in index.segments {
        let parts = segment.files
        var mapped: [MappedFile] = []
        for file in parts {
          if let opened = known[file.content] {
            mapped.append(opened)
          } else if let opened = try files.open(file, keeping: kept) {
            mapped.append(opened.mapped)
          } else {
            return .missing(files.name(file))
          }
        }
        segments.append(mapped[0])
        live.append(mapped.count > 1 ? mapped[1] : nil)
      }
      layers.append(Layer(manifest: index, segments: segments, live: live))
    }
    return .whole(layers)
  }
}

extension OpenedIndex.Layer {
  package var files: OpenedIndex.Files {
    var files: OpenedIndex.Files = [:]
    for (segment, mapped) in zip(manifest.segments, zip(segments, live)) {
      for (file, mapped) in zip(segment.files, [mapped.0, mapped.1]) { files[file.content] = mapped }
    }
    return files
  }
}

extension IndexView {
  package init(_ layers: [OpenedIndex.Layer]) throws(Failure) {
    try self.init(layers.map { ($0.manifest, $0.segments, $0.live) })
  }
}
