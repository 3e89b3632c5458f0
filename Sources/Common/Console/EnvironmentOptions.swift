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
    let variable: String
    let isFlag: Bool

    /// `maxShrink` is `max-shrink` and `FRESHET_MAX_SHRINK`.
    init(property: Substring, isFlag: Bool) {
      var kebab = ""
      for character in property {
        kebab += character.isUppercase ? "-" + character.lowercased() : String(character)
      }
      name = kebab
      variable = "FRESHET_" + String(kebab.uppercased().map { $0 == "-" ? "_" : $0 })
      self.isFlag = isFlag
    }
  }

  /// The options of a command by their long names, which are those of its properties.
  static func names(of arguments: any ParsableArguments.Type) -> [Named] {
    Mirror(reflecting: arguments.init()).children.flatMap { child -> [Named] in
      guard let label = child.label else { return [] }
      let property = label.drop { $0 == "_" }
      // By the type's name, since each first cast of a type to a protocol goes through all conformances that there are,
      // 20 microseconds.
      return switch _typeName(type(of: child.value), qualified: false).prefix(while: { $0 != "<" }) {
      case "Option": [Named(property: property, isFlag: false)]
      case "Flag": [Named(property: property, isFlag: true)]
      case "OptionGroup": (child.value as? any Group).map { names(of: type(of: $0).content) } ?? []
      default: []
      }
    }
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
