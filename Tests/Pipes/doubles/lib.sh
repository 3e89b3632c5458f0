# Doubles of serving systems, for the scripts beside this folder; lib.sh comes first. Source it from sh.
# shellcheck shell=sh

doubles=
trap 'kill $doubles 2>/dev/null || true' EXIT

# What `python3` leads to may be a script that looks for it each time.
python=$(python3 -c 'import sys; print(sys.executable)')
ask() { "$python" -S "$TESTS/Pipes/doubles/ask.py" "$@"; }

# start NAME KIND ARGUMENT...: a double until the script ends. NAME.log is what it was asked.
start() {
  started=$1 kind=$2
  shift 2
  : >"$started.urls"
  rm -f "$started.log"
  "$python" "$TESTS/Pipes/doubles/$kind" --log "$started.log" --victim "$PWD/victim" "$@" >"$started.urls" &
  doubles="$doubles $!"
  for _ in $(seq 200); do
    [ "$(wc -l <"$started.urls")" = 2 ] && return
    sleep 0.05
  done
  fail "the double $started does not come up"
}

url() { head -n 1 "$1.urls"; }
control() { tail -n 1 "$1.urls"; }

# expect_same WHAT NAME [COLLECTION]: a searcher sees there the documents of the published index.
expect_same() {
  different=$(documents | ask same "$(control "$2")" "${3:-ads}") || fail "$1: $2 can't be compared"
  expect "$1: what $2 has" "" "$different"
}
