# Shared by the tests of whole pipes: a shop's ads as five-minute partitions, and one batch. Source it from sh.
# The pipe's places can be set before: SOURCE and DEST (local by default, or s3://), WORK, NAME.
# shellcheck shell=sh

: "${SOURCE:=$PWD/ads}" "${DEST:=$PWD/published}" "${WORK:=$PWD/work}" "${NAME:=ads}"
export FRESHET_WM="sqlite:$PWD/wm.db"
export FRESHET_LAYOUT='dt=%Y-%m-%d/hour=%H/minute=%M' FRESHET_EVERY=5m FRESHET_WINDOW=30m

cat >ads.fields <<'END'
ad_id        id
item_id      group
title        text
brand        keyword
price        number
clicks       number    group   sum
also_bought  keyword   group   union
END

fail() {
  echo "FAILED: $*"
  exit 1
}

# expect WHAT WANTED GOT
expect() { [ "$2" = "$3" ] || fail "$1: wanted '$2', got '$3'"; }

# expect_status CODE COMMAND...: the exit status, and one line on stderr where it is not 0.
expect_status() {
  wanted=$1
  shift
  status=0
  "$@" >stdout 2>stderr || status=$?
  expect "exit of $*: $(cat stderr)" "$wanted" "$status"
  [ "$wanted" = 0 ] || expect "lines on stderr of $*" 1 "$(wc -l <stderr)"
}

# put FILE S3-URI [METHOD QUERY]: the answer is in the file `answer`.
put() { python3 "$TESTS/Pipes/put.py" "$@" >answer; }

# upload FILE KEY: puts a file where SOURCE is, whole at once.
upload() {
  case $SOURCE in
    s3://*) put "$1" "$SOURCE/$2" ;;
    *)
      mkdir -p "$(dirname "$SOURCE/$2")"
      cp "$1" "$SOURCE/.part" && mv "$SOURCE/.part" "$SOURCE/$2"
      ;;
  esac
}

# feed HH:MM NAME: one object of that partition, from standard input.
feed() {
  cat >feed.tmp
  upload feed.tmp "dt=2026-05-04/hour=${1%:*}/minute=${1#*:}/$2"
}

# pipe NOW [part-pick's options]: one micro-batch; prints what `wm advance` does.
pipe() {
  now=2026-05-04T$1:00Z
  shift
  part-ls "$SOURCE" --after "$(wm get -g "$NAME")" |
    part-pick --now "$now" "$@" |
    delta-build --fields ads.fields --work "$WORK" |
    index-publish "$DEST" |
    wm advance "$NAME"
}

documents() { index-check --documents "$DEST"; }
hits() { index-search "$DEST" "$@" | cut -f 2 | tr '\n' ' '; }

# from_nothing NOW: the documents of the same window, built beside it with no history.
from_nothing() {
  rm -rf fresh && mkdir fresh
  part-ls "$SOURCE" | part-pick --policy latest --now "2026-05-04T$1:00Z" |
    delta-build --fields ads.fields --work fresh/work >fresh/receipt
  index-check --documents "$(sed -n 's/^#index.*location=//p' fresh/receipt)"
}
