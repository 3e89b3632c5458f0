What delta-build takes, prints and refuses. (The fold is in DeltasTests, malformed input of each kind in bad-input.t, truncated
streams, kills and full disks in Pipes.)

  $ export FRESHET_LAYOUT='hour=%Y-%m-%dT%H' FRESHET_WINDOW=5h FRESHET_FIELDS=fields FRESHET_WORK=work
  $ printf '%s\n' 'id id' 'group group' 'title text' 'price number' > fields
  $ put() { mkdir -p in/hour=2026-05-04T$1; cat > in/hour=2026-05-04T$1/$2; }
  $ slice() { part-ls in --after "$1" | part-pick --policy latest --now 2026-05-05T00:00:00Z; }
  $ index() { sed -n 's/^#index.*\t\(to=.*\)\tlocation.*/\1/p'; }

Options:

  $ FRESHET_FIELDS= delta-build < /dev/null
  delta-build: --fields is missing: * (glob)
  [64]
  $ FRESHET_WORK= delta-build < /dev/null
  delta-build: --work is missing: * (glob)
  [64]
  $ delta-build --threads 0 < /dev/null
  delta-build: --threads must be from 1 to 1024
  [64]
  $ delta-build --skip-bad=-1 < /dev/null
  delta-build: --skip-bad must not be below 0
  [64]
  $ FRESHET_WORK= delta-build --join --jobs 0 one
  delta-build: --jobs must be from 1 to 1024
  [64]
  $ delta-build --fields . < /dev/null
  delta-build: cannot read .: Is a directory
  [66]

Options that say what, and where: each mode takes its own, and refuses the others. (What says how all take.)

  $ state='--state s --last none' how='--threads 2 --memory 64M --jobs 2 --skip-bad 1 --format csv --grace 1h --wait --patience 1s'
  $ goes() { FRESHET_WORK= delta-build $how "$@" < /dev/null 2>&1 | sed 's/^.*: cannot read standard input: .*ends without.*/taken/'; }
  $ for mode in '' --records --verify-full '--shard 1/2' "$state" "--shard 1/2 --verify-full $state"; do goes $mode --work w; done
  $ goes --records --shard 1/2 --work w; goes --last-build --shards 2 --state s; : > none; goes --join none --work w; goes --join $state none
  $ for mode in --fed --ask; do goes $mode --shard 1/2 --work w; goes $mode --shard 1/2 --work w $state; done
  taken
  taken
  taken
  taken
  $ refused() { for option in receipt --{work=w,shard=1/2,shards=2,state=s,last=none} --{verify-full,records,fed,ask,last-build,join}; do goes "$@" $option; done | sed -n 's/.*takes no //p' | xargs; }
  $ refused --work w; refused --records --work w; refused --fed --shard 1/2 --work w; refused --ask --shard 1/2 --work w
  receipts --shards --work
  receipts --shards --state --last --verify-full --records --records --records --records
  receipts --shards --verify-full --records --ask --fed --fed
  receipts --shards --verify-full --records --ask --ask --ask
  $ refused --last-build --state s --shards 2; refused --join none --work w; refused --join $state none
  receipts --work --shard --last --verify-full --records --fed --ask --last-build
  --shard --shards --work --last --verify-full --records --fed --ask --last-build
  --work --shard --shards --verify-full --records --fed --ask --last-build
  $ FRESHET_WORK= delta-build --join --work w --records none
  delta-build: --join takes no --records
  [64]
  $ rm -r w none

Nothing due is nothing done:

  $ delta-build < /dev/null
  $ delta-build --records < /dev/null
  $ delta-build -e < /dev/null
  [1]
  $ ls
  fields

A slice, its index and its receipts:

  $ echo '{"id":"a","group":"g","title":"one","price":8.50}' | put 10 a.json
  $ printf '%s\n' '{"id":"b","group":"g","title":"two"}' '{"id":"c","group":"g","_delete":true}' | gzip | put 11 b.json
  $ slice 2026-05-04T10:00:00Z@7 > saved.slice
  $ delta-build < saved.slice > receipt; cut -f 1 receipt
  #list
  #slice
  #index
  #end
  $ index < receipt
  to=2026-05-04T11:00:00Z	documents=2	tombstones=1	groups=1	touched=1	segments=1	bytes=*	bad=0 (glob)
  $ tail -n 1 receipt
  #end	lines=0
  $ ls work work/segments
  work:
  builds
  keys
  lock
  runs
  segments
  state
  
  work/segments:
  7-*.seg (glob)
  $ index-check --documents work/builds/*.json
  {"id":"a","group":"g","title":"one","price":8.5}
  {"id":"b","group":"g","title":"two"}
  $ delta-build --json < saved.slice | tail -n 2 | cut -c 1-18
  {"#":"index","id":
  {"#":"end","lines"

The same bytes wherever and however it is built, and also from the JSON form of the lines:

  $ for n in 1 2 4; do delta-build --work work$n --threads $n < saved.slice > receipt$n; diff -r -x state work work$n; done
  $ slice 2026-05-04T10:00:00Z@7 | part-pick --json --from 2026-05-04T06:00:00Z --to 2026-05-04T11:00:00Z > json.slice
  $ delta-build --work work5 < json.slice > receipt5; diff -r -x state work work5

A retry prints the receipt again, and builds nothing; so does one on a later generation, which may be another pipe's; not
so where the watermark stands at what index-publish says that this build was published as:

  $ touch -d 2020-01-01 work/segments/*; delta-build < saved.slice | diff receipt - && ls -l --time-style=+%Y work/segments | grep -c ' 2020 '
  1
  $ sed 's/generation=7/generation=8/' saved.slice > later.slice; delta-build < later.slice | index | cut -f 2
  documents=2
  $ ls work/segments
  7-*.seg (glob)
  $ build=$(ls work/builds | cut -d . -f 1)
  $ printf '#published\tgeneration=8\tto=2026-05-04T11:00:00Z\n' > work/builds/$build.published
  $ sed 's/after=[^\t]*/after=2026-05-04T11:00:00Z/' later.slice > published.slice
  $ delta-build < later.slice | index | cut -f 2
  documents=2
  $ delta-build < published.slice
  $ delta-build -v < published.slice
  delta-build: nothing to do: nothing changed since the last build
  $ delta-build -e < published.slice
  [1]

But not where its files are not whole, or the state is damaged:

  $ rm work/segments/*; delta-build < published.slice | index | cut -f 2
  documents=2
  $ ls work/segments
  8-*.seg (glob)
  $ echo '{}' > work/state; delta-build < published.slice | index | cut -f 2
  documents=2
  $ printf 'x' >> work/segments/8-*.seg; delta-build < saved.slice | diff receipt -

Lines without a slice, in any order, some twice; nothing but a receipt of part-ls is nothing:

  $ grep -v '^#' saved.slice | sort -r > lines; cat lines lines | delta-build --work plain | index
  to=2026-05-04T11:00:00Z	documents=2	tombstones=1	groups=1	touched=1	segments=1	bytes=*	bad=0 (glob)
  $ printf '#list\turi=in\n#end\tlines=0\n' | delta-build --work plain

A slice without objects is an index without segments:

  $ grep '^#' saved.slice | sed 's/lines=2/lines=0/' | delta-build --work none | index
  to=2026-05-04T11:00:00Z	documents=0	tombstones=0	groups=0	touched=0	segments=0	bytes=0	bad=0

A frozen list is held to:

  $ sed 's/\t\([0-9a-f]*-[0-9a-f]*\)\t/\t\10\t/' lines | cat lines - | delta-build
  delta-build: cannot read in/hour=2026-05-04T10/a.json: it is listed twice, with different tags
  [65]
  $ sed 's/lines=2/lines=3/' saved.slice | delta-build
  delta-build: cannot read standard input: *#end counts 3 object lines, and there are 2: some were lost (glob)
  [65]
  $ echo '{"id":"a","group":"g","title":"another"}' | put 10 a.json; delta-build --work other < saved.slice
  delta-build: cannot read in/hour=2026-05-04T10/a.json: it was changed after it was listed; list again
  [75]
  $ rm in/hour=2026-05-04T10/a.json; delta-build --work other < saved.slice
  delta-build: cannot read in/hour=2026-05-04T10/a.json: it is gone; list again
  [75]
  $ rm -r in/hour=2026-05-04T10; delta-build --work other < saved.slice
  delta-build: cannot read in/hour=2026-05-04T10/a.json: it is gone; list again
  [75]
  $ ls other
  builds
  keys
  lock
  runs
  segments

Malformed records: none, or as many as one says:

  $ printf '%s\n' '{"id":"d","group":"g"}' '[]' '{"id":"e"}' | put 12 c.json
  $ slice '' > bad.slice
  $ delta-build --work bad < bad.slice
  delta-build: cannot read in/hour=2026-05-04T12/c.json: line 2: * (glob)
  [65]
  $ delta-build --work bad --skip-bad 1 < bad.slice
  delta-build: cannot read in/hour=2026-05-04T12/c.json: line 3: * (glob)
  [65]
  $ delta-build --work bad --skip-bad 2 < bad.slice | index
  delta-build: in/hour=2026-05-04T12/c.json: line 2: *; passed over (glob)
  delta-build: in/hour=2026-05-04T12/c.json: line 3: *; passed over (glob)
  to=2026-05-04T12:00:00Z	documents=2	tombstones=1	groups=1	touched=1	segments=1	bytes=*	bad=2 (glob)
  $ delta-build --work bad < bad.slice
  delta-build: cannot read in/hour=2026-05-04T12/c.json: line 2: * (glob)
  [65]

The records themselves:

  $ printf '%s\n' '{"id":"a","group":"g"}' '' '{"id":"b","group":"g"}' > records
  $ delta-build --records --work records.work < records | index
  to=	documents=2	tombstones=0	groups=1	touched=1	segments=1	bytes=*	bad=0 (glob)
  $ gzip -c records | delta-build --records --work records.gz && diff -r records.work/segments records.gz/segments
  #index	*	to=	documents=2	* (glob)
  #end	lines=0
  $ echo '{"id":"a"}' | delta-build --records
  delta-build: cannot read standard input: line 1: * (glob)
  [65]

One build at a time; places that can't be built in:

  $ flock work/lock delta-build < saved.slice
  delta-build: cannot build in work: another build is at work there; --wait waits for its end
  [75]
  $ delta-build --work fields/below < saved.slice
  delta-build: cannot create directory fields/below: * (glob)
  [73]
  $ delta-build < bad.slice --skip-bad 2 -q > /dev/full
  delta-build: cannot write standard output: No space left on device
  [74]

Records of other formats. The lines are those of the file, and what is not the default is another build:

  $ rm -rf work in; printf 'id,group,title,price,more\n' > head; (cat head; printf 'a,g,"one\nor two",8.50,\nb,g,three\nc,g,,,x\n') | put 10 a.csv
  $ echo '{"id":"d","group":"g","title":"four"}' | put 10 b.json
  $ slice '' > s; delta-build < s
  delta-build: cannot read in/hour=2026-05-04T10/a.csv: line 4: it has 3 fields, and the header 5
  [65]
  $ delta-build --skip-bad 1 < s | index
  delta-build: in/hour=2026-05-04T10/a.csv: line 4: it has 3 fields, and the header 5; passed over
  to=2026-05-04T10:00:00Z	documents=3	tombstones=0	groups=1	touched=1	segments=1	bytes=*	bad=1 (glob)
  $ index-check --documents work/builds/*.json
  {"id":"a","group":"g","title":"one\nor two","price":8.5}
  {"id":"c","group":"g"}
  {"id":"d","group":"g","title":"four"}
  $ printf 'a,g,one,8.5x,\n' | cat head - | delta-build --records --format csv --work other
  delta-build: cannot read standard input: line 2: 'price' must be a number
  [65]
  $ printf 'a\tg\tone\n' | delta-build --records --format tsv --columns id,group,title --work other | index
  to=	documents=1	* (glob)
  $ head -c 100 /dev/zero | cat <(printf PAR1) - | delta-build --records --work other 2>&1 | cut -d : -f 1-2
  delta-build: cannot read standard input
  $ printf '%s\n' '{"id":"a","group":"g","t":5}' '{"id":"b","group":"g","t":15}' '{"id":"c","group":"g"}' > times
  $ rm -r in; put 10 a.json < times; slice '' > s
  $ for until in 16 15 '' 15; do delta-build --work timed ${until:+--time-column t --until @$until} < s | index; done
  to=2026-05-04T10:00:00Z	documents=2	*touched=1	* (glob)
  to=2026-05-04T10:00:00Z	documents=1	*touched=1	* (glob)
  to=2026-05-04T10:00:00Z	documents=3	*touched=1	* (glob)
  to=2026-05-04T10:00:00Z	documents=1	*touched=1	* (glob)
  $ grep -c reading= timed/state
  1
  $ delta-build --work timed < s > /dev/null; grep -c reading= timed/state
  0
  [1]
  $ delta-build --since 2026-05-04T10:00:00Z < s
  delta-build: --since and --until need --time-column: which column has the time?
  [64]
