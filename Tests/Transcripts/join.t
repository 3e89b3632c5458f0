Shards of one slice, and how delta-build --join makes one index of them. (That it is the index of one build, batch after batch, is in
DeltasTests and Pipes/70-shards.)

  $ printf '%s\n' 'id id' 'group group' 'title text' > fields
  $ hour() { mkdir -p in/hour=2026-05-04T$1; cat > in/hour=2026-05-04T$1/a.json; }
  $ for n in {1..9}; do echo '{"id":"d'$n'","group":"g'$n'","title":"number '$n'"}'; done | hour 10
  $ printf '%s\n' '{"id":"d1","group":"g9"}' '{"id":"d2","_delete":true}' '{"group":"g3","_delete":true}' | hour 11
  $ slice() { part-ls in -l 'hour=%Y-%m-%dT%H' | part-pick --policy latest --window 5h --now 2026-05-05T00:00:00Z; }
  $ slice > slice
  $ shard() { delta-build --shard $1 --work work.$2 "${@:3}"; }
  $ index() { sed -n 's/^#index\tid=[0-9a-f]*\t\(to=.*\)\tlocation.*/\1/p'; }
  $ shard 1/2 1 --fields fields < slice > one; shard 2/2 2 --fields fields < slice > two
  $ index < one; index < two
  to=2026-05-04T11:00:00Z	documents=4	tombstones=0	groups=4	touched=4	segments=1	bytes=*	bad=0	shard=1/2 (glob)
  to=2026-05-04T11:00:00Z	documents=3	tombstones=3	groups=2	touched=2	segments=1	bytes=*	bad=0	shard=2/2 (glob)
  $ grep -o '"shard":"[^"]*"' work.*/builds/*.json
  work.1/builds/*.json:"shard":"1/2" (glob)
  work.2/builds/*.json:"shard":"2/2" (glob)

A shard alone can be looked at, and not be published:

  $ index-check work.1/builds/*.json
  $ index-search work.2/builds/*.json number | wc -l
  3
  $ index-publish dest < one
  index-publish: cannot publish work.1/builds/*.json: it is shard 1/2 of an index: delta-build --join makes one of all 2 (glob)
  [1]
  $ index-publish --force --index work.2/builds/*.json dest
  index-publish: cannot publish work.2/builds/*.json: it is shard 2/2 of an index: delta-build --join makes one of all 2 (glob)
  [1]
  $ ls dest 2> /dev/null
  [2]

Joined, in any order, from files or standard input, in either form; the documents are those of one build:

  $ delta-build --join two one --work all > joined; cut -f 1 joined; index < joined
  #list
  #slice
  #index
  #end
  to=2026-05-04T11:00:00Z	documents=7	tombstones=3	groups=6	touched=6	segments=2	bytes=*	bad=0 (glob)
  $ cat work.?/segments/* | wc -c | grep -cx "$(sed -n 's/.*bytes=\([0-9]*\)\tbad.*/\1/p' joined)"
  1
  $ delta-build --fields fields --work whole < slice > receipt; index < receipt
  to=2026-05-04T11:00:00Z	documents=7	tombstones=3	groups=6	touched=6	segments=1	bytes=*	bad=0 (glob)
  $ index-check all/builds/*.json
  $ for what in documents dump; do index-check --$what all/builds/*.json > ours; index-check --$what whole/builds/*.json | diff ours -; done
  $ grep -c shard all/builds/*.json
  0
  [1]
  $ find all -type f -links 2 | wc -l
  2
  $ cp -r all before; delta-build --work all --join - two < one | diff joined - && diff -r -x state before all
  $ shard 1/2 1 --fields fields --json < slice | delta-build --json --join - two --work all | tail -n 2 | cut -c 1-18
  {"#":"index","id":
  {"#":"end","lines"
  $ index-publish dest < joined | cut -f 1-3 | tail -n 2
  #published	generation=1	to=2026-05-04T11:00:00Z
  #end	lines=0

Where the watermark stands at what was published of it, the shards print their receipts again, and the join nothing:

  $ part-ls in -l 'hour=%Y-%m-%dT%H' --after 2026-05-04T11:00:00Z@1 |
  >   part-pick --from 2026-05-04T06:00:00Z --to 2026-05-04T11:00:00Z > again
  $ shard 1/2 1 --fields fields < again > one.again; shard 2/2 2 --fields fields < again > two.again; index < one.again | cut -f 1
  to=2026-05-04T11:00:00Z
  $ delta-build --join one.again two.again --work all; delta-build -e --join one.again two.again --work all
  [1]
  $ rm all/builds/*.published; delta-build --join one.again two.again --work all | cut -f 1 | tail -n 2
  #index
  #end

What is missing, twice there, or of something else:

  $ delta-build --join one --work none
  delta-build: cannot join the shards: shard 2/2 is missing
  [65]
  $ delta-build --join two --work none
  delta-build: cannot join the shards: shard 1/2 is missing
  [65]
  $ cp one again; delta-build --join one two again --work none
  delta-build: cannot join again: shard 1/2 is in one, too
  [65]
  $ shard 3/3 3 --fields fields < slice > three; delta-build --join one two three --work none
  delta-build: cannot join three: it is of another number of shards than one
  [65]
  $ echo '{"id":"d9","group":"g9"}' | hour 12; slice > later; shard 2/2 4 --fields fields < later > other
  $ delta-build --join one other --work none
  delta-build: cannot join other: it is of another slice than one
  [65]
  $ sed 's/policy=latest/policy=rate/' slice | shard 2/2 4 --fields fields > other; delta-build --join one other --work none
  delta-build: cannot join other: it is of another slice than one
  [65]
  $ sed 's/from=[^\t]*/from=2026-05-04T00:00:00Z/' two > other; delta-build --join one other --work none
  delta-build: cannot join other: its #slice is of another window than its index
  [65]
  $ sed 's/^title text/title keyword/' fields > fields.2; shard 2/2 4 --fields fields.2 < slice > other
  $ delta-build --join one other --work none
  delta-build: cannot join other: it is of other fields than one
  [65]
  $ shard 2/2 4 --fields fields --format ndjson < slice > other; delta-build --join one other --work none
  delta-build: cannot join other: it is of records read in another way than one
  [65]
  $ index < other | cut -f 9-
  reading=format=ndjson	shard=2/2
  $ delta-build --join one receipt --work none
  delta-build: cannot join receipt: it is of a whole index, and not of one of several shards
  [65]
  $ delta-build --join one slice --work none
  delta-build: cannot join slice: it has no #index
  [65]
  $ sed 's/id=0*[1-9a-f]/id=0/' two > other; delta-build --join one other --work none
  delta-build: cannot join other: it is of index 0*, and there lies * (glob)
  [65]
  $ sed 's/touched=/&-/' two > other; delta-build --join one other --work none
  delta-build: cannot join other: its #index has no number in touched=
  [65]
  $ sed 's/touched=[0-9]*/touched=9223372036854775807/' two > other; delta-build --join one other --work none
  delta-build: cannot join the shards: they count more than there can be
  [65]
  $ sed 's/location=.*/location=work.2\/builds\/no.json/' two > other; delta-build --join one other --work none
  delta-build: cannot open work.2/builds/no.json: No such file or directory
  [66]
  $ sed 's/location=.*/location=s3:\/\/bucket\/builds\/no.json/' two > other; delta-build --join one other --work none
  delta-build: cannot join other: its index is in a store: join it there, with --state
  [78]
  $ head -n 2 two > other; delta-build --join one other --work none
  delta-build: cannot read other: the stream ends without #end: it was cut short
  [65]
  $ delta-build --join one nowhere --work none
  delta-build: cannot open nowhere: No such file or directory
  [66]
  $ ls none 2> /dev/null
  [2]

A malformed record is one, though each shard passes it over:

  $ mkdir -p bad/hour=2026-05-04T10; printf '%s\n' '{"id":"a","group":"g"}' '[]' > bad/hour=2026-05-04T10/a.json
  $ part-ls bad -l 'hour=%Y-%m-%dT%H' | part-pick --policy latest --window 5h --now 2026-05-05T00:00:00Z > bad.slice
  $ for n in 1 2; do shard $n/2 bad$n -q --fields fields --skip-bad 1 < bad.slice > bad.$n 2> /dev/null; done
  $ delta-build --join bad.? --work bad.all | index
  to=2026-05-04T10:00:00Z	documents=1	tombstones=0	groups=1	touched=1	segments=1	bytes=*	bad=1 (glob)

Nothing due is nothing done, of all shards or of none:

  $ : > empty; delta-build --join empty - --work none < empty; delta-build -e --join empty --work none
  [1]
  $ delta-build --join one empty --work none
  delta-build: cannot join empty: it is empty, and one is not
  [65]

Options:

  $ delta-build --join --work none
  delta-build: --join takes the files that hold what delta-build --shard printed, and there is none
  [64]
  $ delta-build --join one two
  delta-build: --work is missing: * (glob)
  [64]

One build at a time in the directory, which is not that of a shard; the next build in it begins from nothing, and so does a join:

  $ flock all/lock delta-build --join one two --work all
  delta-build: cannot build in all: another build is at work there; --wait waits for its end
  [75]
  $ flock all/lock sleep 0.2 & delta-build --wait --join one two --work all | diff joined -
  $ delta-build --join one two --work work.1
  delta-build: --work names the directory of shard 1/2, and the joined index needs one of its own
  [64]
  $ delta-build --fields fields --work all < later | index
  to=2026-05-04T12:00:00Z	documents=7	tombstones=3	groups=6	touched=6	segments=1	bytes=*	bad=0 (glob)
  $ shard 1/2 1 --fields fields < later > one; shard 2/2 2 --fields fields < later > two; delta-build --join one two --work all | index
  to=2026-05-04T12:00:00Z	documents=7	tombstones=3	groups=6	touched=*	segments=*	bytes=*	bad=0	late=0 (glob)
  $ ls all all/builds | grep -c json
  2
  $ ls all/runs all/keys
  all/keys:
  
  all/runs:

A file that is damaged or gone, where it lies and where it was taken to; a shard is built anew where its own are:

  $ segment=$(ls work.2/segments/*.seg | head -n 1)
  $ cp $segment saved; printf x > new; dd if=saved bs=1 skip=1 >> new 2> /dev/null; cp --remove-destination new $segment
  $ delta-build --join one two --work damaged
  delta-build: cannot join *work.2/builds/../segments/*.seg: it is damaged (glob)
  [65]
  $ rm $segment; delta-build --join one two --work damaged
  delta-build: cannot join *work.2/builds/../segments/*.seg: it is missing (glob)
  [65]
  $ ls damaged/builds
  $ delta-build --join one two --work all | tail -n 1; index-check "$(ls -t all/builds/*.json | head -n 1)"
  #end	lines=0
  $ shard 2/2 2 --fields fields < later > two; delta-build --join one two --work damaged | index | cut -f 2
  documents=7
  $ segment=$(ls damaged/segments/*.seg | head -n 1); cp --remove-destination new $segment
  $ delta-build --join one two --work damaged | index | cut -f 2; index-check damaged/builds/*.json
  documents=7

Where the shards lie on another file system they are copied:

  $ other=$(mktemp -d -p /dev/shm); cp -r work.1 work.2 $other; sed -i "s,location=,&$other/," one two
  $ delta-build --join one two --work copied | index | cut -f 2; index-check copied/builds/*.json; find copied/segments -type f -links +1
  documents=7
  $ rm -r $other; index-check copied/builds/*.json
