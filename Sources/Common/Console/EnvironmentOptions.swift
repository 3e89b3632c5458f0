internal import ArgumentParser
internal import Glibc

/// Every option has its variable: `--max-shrink` is `FRESHET_MAX_SHRINK`. A flag's variable turns it on unless it is
/// empty, `0`, `no` or `false`. What stands on the command line wins.
enum EnvironmentOptions {
  static func add(to arguments: [String], for command: any ParsableCommand.Type) -> [String] {
    let variables = Self.variables()
    if variables.isEmpty { return arguments }
    var leaf = command
    var path = 0
    while path < arguments.count,
      let next = leaf.configuration.subcommands.first(where: {
        $0.configuration.commandName == arguments[path]
      })
    {
      leaf = next
      path += 1
    }
    let given = names(of: leaf).compactMap { option -> String? in
      guard let value = variables[option.variable] else { return nil }
      if !option.isFlag { return "--\(option.name)=\(value)" }
      return ["0", "no", "false"].contains(value) ? nil : "--\(option.name)"
    }
    return arguments[..<path] + given + arguments[path...]
  }

  struct Named: Equatable {
    let name: String
    let isFlag: Bool
    var variable: String { "FRESHET_" + name.uppercased().replacing("-", with: "_") }
  }

  /// The options of a command by their long names, which are those of its properties.
  static func names(of arguments: any ParsableArguments.Type) -> [Named] {
    Mirror(reflecting: arguments.init()).children.flatMap { child -> [Named] in
      if let group = child.value as? any Group { return names(of: type(of: group).content) }
      guard let label = child.label, let kind = child.value as? any Kind else { return [] }
      return [Named(name: kebab(label.drop { $0 == "_" }), isFlag: type(of: kind).isFlag)]
    }
  }

  private static func kebab(_ name: Substring) -> String {
    name.reduce(into: "") { $0 += $1.isUppercase ? "-" + $1.lowercased() : String($1) }
  }

  /// The variables that begin with `FRESHET_` and are not empty.
  private static func variables() -> [String: String] {
    var found: [String: String] = [:]
    var entry = environ
    while let text = entry.pointee {
      if strncmp(text, "FRESHET_", 8) == 0 {
        let pair = String(cString: text).split(separator: "=", maxSplits: 1)
        if pair.count == 2 { found[String(pair[0])] = String(pair[1]) }
      }
      entry += 1
    }
    return found
  }
}

private protocol Group { static var content: any ParsableArguments.Type { get } }
extension OptionGroup: Group { fileprivate static var content: any ParsableArguments.Type { Value.self } }

private protocol Kind { static var isFlag: Bool { get } }
extension Option: Kind { fileprivate static var isFlag: Bool { false } }
extension Flag: Kind { fileprivate static var isFlag: Bool { true } }
