/// What is wrong with a page or a column, as a clause: "has a wrong checksum". Where it is says who catches it.
enum Damage: Error {
  case damaged(String)
  case unsupported(String)

  static var ended: Damage { .damaged("has fewer values than it says") }

  func of(_ place: String) -> ParquetError {
    switch self {
    case .damaged(let clause): .damaged("\(place) \(clause)")
    case .unsupported(let clause): .unsupported("\(place) \(clause)")
    }
  }
}
