import Fields
import Testing

let ungrouped = try! Fields(all: [
  Field("k", .id), Field("t", .text), Field("w", .keyword), Field("n", .number), Field("s", .stored),
])

@Test func smoke() {
  for line in read(#"""
  {"k":"a","t":"hello","w":["x",1,true],"n":-0,"s":{"a" : [1, "\u0041\u000a"]}}

  {"k":7.0,"t":"he\"llo\/","x":{"y":[{}]}}
  {"k":"a",}
  """#, fields: ungrouped) { print("LINE", line) }
}
