internal import CStemmer
package import Failures

/// Reduces words to their stems, as libstemmer (Snowball) does for one language.
///
/// libstemmer is loaded when the first is made, so that a tool which stems nothing starts without it.
package final class Stemmer {
  private let library: CStemmer
  private let handle: OpaquePointer
  private var folded = FoldedText(.folded, isOneWord: true)

  /// 69 where the library isn't installed, or doesn't know the language.
  package init(_ language: String) throws(Failure) {
    var library = CStemmer()
    guard cstemmer_load(&library) == 0 else {
      throw Failure(
        .unavailable, cannot: "stem", language,
        because: "libstemmer is not installed (Debian's package is libstemmer0d)")
    }
    guard let handle = library.create(language, "UTF_8") else {
      throw Failure(.unavailable, cannot: "stem", language, because: "the libstemmer here does not know it")
    }
    self.library = library
    self.handle = handle
  }

  deinit { library.destroy(handle) }

  /// The stem of a word from a `Tokenizer` of the form `lowered`, folded; the word itself, folded, where nothing is left.
  package func stem(_ word: UnsafeRawBufferPointer) -> [UInt8] {
    let stemmed = library.stem(
      handle, word.assumingMemoryBound(to: UInt8.self).baseAddress, Int32(word.count))
    let length = max(Int(library.length(handle)), 0)
    let folded = fold(UnsafeRawBufferPointer(start: stemmed, count: stemmed == nil ? 0 : length))
    return folded.isEmpty ? fold(word) : folded
  }

  /// What parts words is in none, but for what a stemmer might make of it.
  private func fold(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    folded.fold(bytes)
    return UnsafeBufferPointer(start: folded.base, count: folded.count).filter { $0 > 0x20 }
  }
}
