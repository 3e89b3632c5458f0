import Bytes
import Failures
import Fields
import JSON

@testable import Records

/// A source that gives `bytes`, at most `most` at a time.
final class BytesSource: ByteSource {
  private var rest: ArraySlice<UInt8>
  private let most: Int

  init(_ bytes: [UInt8], most: Int = .max) {
    rest = bytes[...]
    self.most = most
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    let count = min(most, buffer.count, rest.count)
    buffer.copyBytes(from: rest.prefix(count))
    rest = rest.dropFirst(count)
    return count
  }
}

/// A source whose bytes are made by a function, from their block's number; nil ends it.
final class MadeSource: ByteSource {
  private let make: (Int) throws(Failure) -> [UInt8]?
  private var block = 0
  private var rest: ArraySlice<UInt8> = []

  init(_ make: @escaping (Int) throws(Failure) -> [UInt8]?) { self.make = make }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    while rest.isEmpty {
      guard let next = try make(block) else { return 0 }
      block += 1
      rest = next[...]
    }
    let count = min(buffer.count, rest.count)
    buffer.copyBytes(from: rest.prefix(count))
    rest = rest.dropFirst(count)
    return count
  }
}

/// A record, or a bad one, or the error that ended the reading, in one line: `1 id=a group=g delete t="x" n=2`.
func read(_ source: any ByteSource, name: String = "x", fields: Fields) -> [String] {
  var reader = RecordReader(source, name: name, fields: fields)
  var lines: [String] = []
  while true {
    do throws(RecordError) {
      guard try reader.next() else { return lines }
      lines.append(describe(reader, fields))
    } catch {
      switch error {
      case .malformed(let line, let reason): lines.append("\(line) malformed: \(reason)")
      case .unreadable(let line, let reason): return lines + ["\(line) unreadable: \(reason)"]
      case .damaged(let reason): return lines + ["damaged: \(reason)"]
      case .source(let failure): return lines + ["source: \(failure)"]
      }
    }
  }
}

func read(_ text: String, name: String = "x", fields: Fields) -> [String] {
  read(BytesSource(Array(text.utf8)), name: name, fields: fields)
}

private func describe(_ reader: borrowing RecordReader, _ fields: Fields) -> String {
  var line = "\(reader.line)"
  if let id = reader.id { line += " id=" + String(decoding: id, as: UTF8.self) }
  if let group = reader.group { line += " group=" + String(decoding: group, as: UTF8.self) }
  if reader.isDelete { line += " delete" }
  for (index, field) in fields.all.enumerated() {
    switch reader.value(index) {
    case .absent: break
    case .null: line += " \(field.name)=null"
    case .number(let value): line += " \(field.name)=\(value)"
    case .json(let bytes): line += " \(field.name)=" + String(decoding: bytes, as: UTF8.self)
    }
  }
  return line
}

/// A fields file that is known to be right.
func made(_ all: Field...) -> Fields {
  do { return try Fields(all: all) } catch { preconditionFailure(error.message) }
}

/// The next record, where a macro can't have the reader itself.
func next(_ reader: inout RecordReader) throws -> Bool { try reader.next() }
