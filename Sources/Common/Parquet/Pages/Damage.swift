/// What is wrong with a page, as a clause: "has a wrong checksum". Where it is says who catches it.
enum Damage: Error {
  case damaged(String)
  case unsupported(String)
}
