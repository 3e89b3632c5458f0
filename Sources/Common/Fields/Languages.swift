/// The languages that libstemmer 2.2 (Snowball) has stemmers for, by its names for them and their ISO 639 codes.
enum Languages {
  /// The name and then its codes.
  private static let all = """
    arabic ar ara, armenian hy hye arm, basque eu eus baq, catalan ca cat, danish da dan, dutch nl nld dut,
    english en eng, finnish fi fin, french fr fra fre, german de deu ger, greek el ell gre, hindi hi hin,
    hungarian hu hun, indonesian id ind, irish ga gle, italian it ita, lithuanian lt lit, nepali ne nep,
    norwegian no nor, porter, portuguese pt por, romanian ro ron rum, russian ru rus, serbian sr srp,
    spanish es spa esl, swedish sv swe, tamil ta tam, turkish tr tur, yiddish yi yid
    """
    .split { $0 == "," || $0 == "\n" }.map { $0.split(separator: " ").map { String($0) } }.filter {
      !$0.isEmpty
    }

  static var names: [String] { all.map { $0[0] } }

  /// The name for a name or a code.
  static func name(_ word: String) -> String? { all.first { $0.contains(word) }?[0] }

  static func unknown(_ word: String) -> String {
    let hint = Spelling.nearest(to: word, of: names).map { "did you mean \($0)?" }
    return
      "there is no stemmer \(Spelling.quoted(word)), \(hint ?? "there are \(names.joined(separator: ", "))")"
  }
}
