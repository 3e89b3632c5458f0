Bad input: each has its exit code and one line on stderr, and changes nothing. (Buckets and credentials are in Pipes/s3-bad-input,
a full disk in Pipes/40-full-disk.)

  $ export FRESHET_LAYOUT='dt=%Y-%m-%d/hour=%H' FRESHET_EVERY=1h FRESHET_WINDOW=5h FRESHET_FIELDS=fields FRESHET_WORK=work
  $ printf '%s\n' 'id id' 'group group' 'title text' 'price number' 'note stored' > fields
  $ part() { mkdir -p in/dt=2026-05-04/hour=10; rm -f in/dt=2026-05-04/hour=10/*; cat > in/dt=2026-05-04/hour=10/$1; }
  $ build() { part-ls in | part-pick --policy latest | delta-build; }

Places and layouts:

  $ part-ls nowhere
  part-ls: cannot list nowhere: no such directory or bucket
  [66]
  $ mkdir -p other/2026/05 && touch other/2026/05/x && part-ls other
  part-ls: cannot match the layout 'dt=%Y-%m-%d/hour=%H' below other: found e.g. '2026/'
  [66]
  $ mkdir empty && part-ls empty | cut -f 1,3-4
  #list	layout=dt=%25Y-%25m-%25d/hour=%25H	every=3600
  #end
  $ part-ls in -l 'dt=%Y/hour=%H'
  part-ls: *layout* (glob)
  [64]
  $ FRESHET_LAYOUT= part-ls empty
  part-ls: *layout* (glob)
  [64]

Lines:

  $ head -c 1000 /dev/urandom | base64 -w 0 | sed 's/$/\n/' | delta-build
  delta-build: cannot read standard input: line 1: neither an object line nor a receipt: * (glob)
  [65]
  $ head -c 100000000 /dev/zero | tr '\0' x | delta-build
  delta-build: cannot read standard input: * (glob)
  [65]
  $ (ulimit -v 4000000; yes | part-pick; cat /dev/zero | tr '\0' x | part-pick)
  part-pick: cannot read standard input: line 1: neither an object line nor a receipt: 'y'
  part-pick: cannot read standard input: line 1: longer than 65536 bytes
  [65]
  $ printf '2026-05-04T10:00:00Z\t2026-05-04T10:00:00Z\t1\ttag\t/no/such/file\n' | delta-build
  delta-build: cannot read /no/such/file: * (glob)
  [75]

Records:

  $ echo '{"id":"a","group":"g","title":"x","price":1,"price":2}' | part a.json && build | grep -o 'documents=.'
  documents=1
  $ index-check --documents work/builds/*.json
  {"id":"a","group":"g","title":"x","price":2}
  $ printf '{"id":"a","group":"g"}\n{"id":\n' | part a.json && build
  delta-build: cannot read in/dt=2026-05-04/hour=10/a.json: line 2: byte *: * (glob)
  [65]
  $ seq 2000 | sed 's/.*/{"id":"&","group":"g","title":"words & more"}/' | gzip | head -c 5000 | part a.json.gz && build
  delta-build: cannot read in/dt=2026-05-04/hour=10/a.json.gz: *cut short* (glob)
  [65]
  $ printf '{"id":"a","group":"g","title":"\xff"}\n' | part a.json && build
  delta-build: cannot read in/dt=2026-05-04/hour=10/a.json: line 1: *invalid UTF-8* (glob)
  [65]
  $ python3 -c 'print("{\"id\":\"a\",\"group\":\"g\",\"note\":" + "[" * 200 + "]" * 200 + "}")' | part a.json && build
  delta-build: cannot read in/dt=2026-05-04/hour=10/a.json: line 1: *nested deeper than 64 levels* (glob)
  [65]
  $ python3 -c 'print("{\"id\":\"a\",\"group\":\"g\",\"title\":\"" + "x" * '$([ $SIZE = quick ] && echo 17 || echo 100)'_000_000 + "\"}")' | part a.json && build
  delta-build: cannot read in/dt=2026-05-04/hour=10/a.json: line 1: *longer than 16 MiB* (glob)
  [65]
  $ echo '{"id":"a","group":"g","price":1e400}' | part a.json && build
  delta-build: cannot read in/dt=2026-05-04/hour=10/a.json: line 1: *out of range* (glob)
  [65]
  $ echo '{"id":"a","group":"g","price":"12"}' | part a.json && build
  delta-build: cannot read in/dt=2026-05-04/hour=10/a.json: line 1: 'price' must be a number
  [65]
  $ part-ls in | part-pick --policy latest | delta-build --skip-bad 1 > receipt
  delta-build: in/dt=2026-05-04/hour=10/a.json: line 1: 'price' must be a number* (glob)
  $ grep -o 'documents=.*tombstones=.\|bad=.' receipt | cut -f 1
  documents=0
  bad=1

Fields files:

  $ echo 'title txt' >> fields && build
  delta-build: cannot read fields:6: unknown type 'txt', did you mean text?
  [78]
  $ FRESHET_FIELDS=nofile build
  delta-build: cannot * nofile: No such file or directory (glob)
  [66]
  $ sed -i '$d' fields

Indexes: one of a newer format, and a corrupt segment:

  $ echo '{"id":"a","group":"g","title":"some words"}' | part a.json && build | index-publish out | grep -c '#published'
  1
  $ index-check out && index-search out words | cut -f 2
  a
  $ cp -r out newer && python3 - <<'END'
  > import hashlib
  > body = open("newer/CURRENT").read().replace('"format":1', '"format":2').rsplit(',"checksum"', 1)[0]
  > open("newer/CURRENT", "w").write(f'{body},"checksum":"{hashlib.sha256(body.encode()).hexdigest()}"}}\n')
  > END
  $ index-search newer words
  index-search: cannot read newer/CURRENT: its format is 2, and this version of freshet reads up to 1
  [65]
  $ segment=$(ls out/segments/*.seg); size=$(stat -c %s $segment); chmod u+w $segment
  $ printf '\377' | dd of=$segment bs=1 seek=$((size / 2)) conv=notrunc status=none; index-check out | cut -f 1 | uniq
  0-*.seg (glob)
  $ index-check out > found
  [65]
  $ : > $segment; index-search out words
  index-search: *.seg: * (glob)
  [65]
  $ rm $segment; index-search out words
  index-search: cannot open out/segments/*.seg: it is missing, and the index needs it (glob)
  [65]
  $ index-search nowhere words
  index-search: cannot * nowhere: * (glob)
  [66]

What lies at the destination under a segment's name is believed by its checksum, not by its size:

  $ rm -rf work; build > receipt; name=$(ls work/segments); mkdir -p planted/segments
  $ head -c $(stat -c %s work/segments/$name) /dev/zero > planted/segments/$name
  $ index-publish planted < receipt | grep -o 'uploaded=.'; index-check planted && index-search planted words | cut -f 2
  uploaded=1
  a

A watermark store that is no database:

  $ head -c 9000 /dev/urandom > wm.db && wm --version > version && wm get --store sqlite:wm.db ads
  wm: cannot use wm.db: file is not a database * (glob)
  [65]

Standard input, output or error that is closed or full: an error, and never a line in a file that was opened instead:

  $ part-pick <&-
  part-pick: cannot read standard input: Bad file descriptor
  [74]
  $ for tool in part-ls wm; do $tool --help > /dev/full; done
  part-ls: cannot write standard output: No space left on device
  wm: cannot write standard output: No space left on device
  [74]
  $ echo '{"no":"id"}' | delta-build --records --skip-bad 1 --work closed >&- 2>&-
  [74]
  $ wc -c closed/lock
  0 closed/lock

A limit on the size of files (ulimit -f) is an error as a full disk is, and nothing half-written stays:

  $ echo '{"id":"a","group":"g","title":"some words"}' | (ulimit -f 0; delta-build --records --work limited)
  delta-build: cannot write limited/segments/*: File too large (glob)
  [74]
  $ find limited -type f
  limited/lock
