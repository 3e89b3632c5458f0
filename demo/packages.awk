# Turns Debian's package catalogue (dpkg's status file, apt-cache dumpavail) into NDJSON, one record a package,
# sorted input not needed:  awk -f packages.awk /var/lib/dpkg/status
#
# A paragraph is a package; `Name: value` begins a field, a line that begins with a space goes on with it.

function quoted(text) {
  gsub(/\\/, "\\\\", text)
  gsub(/"/, "\\\"", text)
  gsub(/\t/, "\\t", text)
  gsub(/[\001-\037\177]/, " ", text)
  return "\"" text "\""
}

function record(   source, line, rest) {
  if (!("Package" in field) || seen[field["Package"]]++) return
  source = ("Source" in field) ? field["Source"] : field["Package"]
  sub(/ .*/, "", source)
  line = field["Description"]
  rest = index(line, "\n") ? substr(line, index(line, "\n") + 1) : ""
  sub(/\n.*/, "", line)
  gsub(/\n/, " ", rest)
  printf "{\"package\":%s,\"source\":%s,\"summary\":%s,\"description\":%s,\"section\":%s,\"version\":%s,\"size\":%d,\"packages\":1}\n", \
    quoted(field["Package"]), quoted(source), quoted(line), quoted(rest), quoted(field["Section"]), \
    quoted(field["Version"]), field["Installed-Size"]
}

/^$/ { record(); delete field; name = ""; next }
/^ / { if (name != "") field[name] = field[name] "\n" substr($0, 2); next }
{
  name = substr($0, 1, index($0, ":") - 1)
  field[name] = substr($0, index($0, ":") + 2)
}
END { record() }
