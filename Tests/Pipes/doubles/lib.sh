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
  faults "$started"
  "$python" -S "$TESTS/Pipes/doubles/$kind" --log "$started.log" --faults "$started.faults" --victim "$PWD/victim" "$@" >"$started.urls" &
  doubles="$doubles $!"
  for _ in $(seq 200); do
    { read -r url && read -r control; } <"$started.urls" && eval "url_$started=$url control_$started=$control" && return
    sleep 0.05
  done
  fail "the double $started does not come up"
}

url() { eval "echo \$url_$1"; }
control() { eval "echo \$control_$1"; }

# faults NAME RULE...: its rules from now on. struck NAME: how often they struck, together.
faults() {
  faulty=$1
  shift
  : >"$faulty.faults.struck"
  for rule; do echo "$rule"; done >"$faulty.rules"
  mv "$faulty.rules" "$faulty.faults"
}
struck() { wc -c <"$1.faults.struck"; }

# expect_same WHAT NAME [COLLECTION]: a searcher sees there the documents of the published index.
expect_same() {
  different=$(documents | ask same "$(control "$2")" "${3:-ads}") || fail "$1: $2 can't be compared"
  expect "$1: what $2 has" "" "$different"
}

# build NOW: a batch, as far as its receipt. advance: the watermark moves, and is kept beside it: to ask for it takes longer.
# pipe NOW: a batch as lib.sh has it.
build() {
  [ -f "$NAME.at" ] || : >"$NAME.at"
  part-ls "$SOURCE" --after "$(cat "$NAME.at")" | part-pick --now "2026-05-04T$1:00Z" --late |
    delta-build --fields ads.fields --work "$WORK"
}
advance() {
  wm advance "$NAME" >"$NAME.moved"
  [ ! -s "$NAME.moved" ] || cp "$NAME.moved" "$NAME.at"
  cat "$NAME.moved"
}
pipe() { build "$1" | index-publish "$DEST" | advance; }
