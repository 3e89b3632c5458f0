What a shard leaves for its next build, kept in a store: --state, --last, --last-build. (That it is the index of one machine, batch after
batch, whatever is lost, is in DeltasTests and Pipes/76-state.)

  $ printf '%s\n' 'id id' 'group group' 'title text' > fields
  $ hour() { mkdir -p in/hour=2026-05-04T$1; cat > in/hour=2026-05-04T$1/a.json; }
  $ for n in {1..9}; do echo '{"id":"d'$n'","group":"g'$n'","title":"number '$n'"}'; done | hour 10
  $ slice() { part-ls in -l 'hour=%Y-%m-%dT%H' | part-pick --policy latest --window 5h --now 2026-05-05T00:00:00Z; }
  $ ask() { delta-build --last-build --state state --fields fields --shards 2 "$@"; }
  $ shard() { delta-build --fields fields --shard $1/2 --work work.$2 --state state --last $3 "${@:4}"; }
  $ from() { sed -n "s/^#shard.number=$1.*state=//p" last; }
  $ slice > slice; ask < slice | tee last
  #last	id=none
  #shard	number=1	state=none
  #shard	number=2	state=none
  2026-05-04T10:00:00Z	* (glob)
  #end	lines=1
  $ shard 1 a none < slice > one; shard 2 b none < slice > two; cut -f 1,11-13 two | tail -n 2
  #index	shard=2/2	state=*	location=state/builds/*.json (glob)
  #end
  $ delta-build --join --state state --last none two one -v > joined; grep -o 'location=s.*' joined
  delta-build: joined 2 shards
  delta-build: removed 0 files that no build needs any more
  location=state/builds/*.json (glob)
  $ ls state; ls state/* | wc -l
  builds
  keys
  last
  runs
  segments
  states
  22

The next batch, on other machines: what is new is one object. A machine that has it all fetches nothing, and leaves the same.

  $ cp one first.1; cp two first.2; echo '{"id":"d1","group":"g9"}' | hour 11
  $ slice > slice; ask --json < slice > last.json; ask < slice | tee last | cut -f 1
  #last
  #shard
  #shard
  2026-05-04T11:00:00Z
  #end
  $ cut -d , -f 1 last.json
  {"#":"last"
  {"#":"shard"
  {"#":"shard"
  {"time":"2026-05-04T11:00:00Z"
  {"#":"end"
  $ shard 1 c $(from 1) < slice > one; shard 1 a $(from 1) < slice | cmp - one
  $ shard 2 c2 $(from 2) < slice > two
  $ grep -o 'touched=[0-9]*' one two
  one:touched=* (glob)
  two:touched=* (glob)
  $ join() { delta-build --join --state state --last $(sed -n 's/^#last.id=//p' last) one two; }
  $ join > joined; join | cmp - joined
  $ delta-build --fields fields --work whole < slice > receipt
  $ index=$(sed -n 's/^#index.*location=//p' joined); index-check $index
  $ for what in documents dump; do index-check --$what $index > ours; index-check --$what whole/builds/*.json | diff ours -; done
  $ index-publish dest < joined | tail -n 2 | cut -f 1,2
  #published	generation=1
  #end	lines=0
  $ ls state/builds/*.published | wc -l
  1

What is missing or damaged makes a build begin from nothing, and it says so where it is asked:

  $ ask < slice > last
  $ shard 1 a $(printf '%064d' 0) -v < slice > from-nothing
  delta-build: cannot read state/states/0*.state: no such object; the build begins from nothing (glob)
  $ for file in state/keys/*; do echo >> $file; done
  $ shard 1 d $(from 1) -v < slice | cut -f 1
  delta-build: cannot read state/keys/*.keys: it is damaged, or another version's; the build begins from nothing (glob)
  #list
  #slice
  #index
  #end
  $ shard 1 c $(from 1) < slice | cmp - one
  $ shard 2 d $(from 1) < slice | cmp -s - one
  [1]

Other fields, another format or number of shards begin from nothing, on top of the same build:

  $ ask --shards 3 < slice | sed 's/id=[0-9a-f]\{64\}/id=HASH/' | cut -f 1-3
  #last	id=HASH
  #shard	number=1	state=none
  #shard	number=2	state=none
  #shard	number=3	state=none
  2026-05-04T10:00:00Z	*	* (glob)
  2026-05-04T11:00:00Z	*	* (glob)
  #end	lines=2
  $ ask --format ndjson < slice | grep -c none
  2
  $ echo 'price number' | cat fields - > other; ask --fields other < slice | grep -c none
  2

Of two joins that follow the same build one is made:

  $ delta-build --join --state state --last none first.1 first.2
  delta-build: cannot join in state: the last build is * now: another join was faster (glob)
  [75]

Refused:

  $ delta-build --fields fields --work work.a --state state < /dev/null
  delta-build: --last is missing: with --state, say which state to go on from, or none
  [64]
  $ delta-build --fields fields --work work.a --last none < /dev/null
  delta-build: --last names what lies in --state, which is missing
  [64]
  $ shard 1 a yesterday < slice
  delta-build: --last takes 64 hexadecimal digits, as #last, #shard and #index have them, or none
  [64]
  $ delta-build --last-build --fields fields --shards 2 < slice
  delta-build: --last-build says what lies in --state, which is missing
  [64]
  $ delta-build --last-build --fields fields --state state < slice
  delta-build: --shards takes from 1 to 65536: how many shards are built
  [64]
  $ delta-build --join --state state --last none --grace soon one two
  delta-build: cannot read --grace 'soon': write 300, 5m or 5h
  [64]
  $ delta-build --fields fields --shard 1/2 --work work.e < slice > local
  $ delta-build --join --state state --last none local two
  delta-build: cannot join local: its #index has no state=: it was built without --state
  [65]
  $ delta-build --join --state state --last none one
  delta-build: cannot join the shards: shard 2/2 is missing
  [65]
  $ delta-build --join --state elsewhere --last none one two
  delta-build: cannot read elsewhere/builds/*.json: no such object: it was cleaned away, or --state is another one (glob)
  [75]
  $ ls elsewhere 2> /dev/null
  [2]
  $ : | ask; : > empty; delta-build --join --state state --last none empty empty
  $ head -n 2 slice | ask
  delta-build: cannot read standard input: the stream ends without #end: it was cut short
  [65]
