Shards whose records are brought to them (delta-build --fed), and what they are asked (--ask). (That they are the shards of a build that
reads the objects is in DeltasTests, and with a program that brings them in Pipes/75-fed.)

  $ printf '%s\n' 'id id' 'group group' 'title text' > fields
  $ hour() { mkdir -p in/hour=2026-05-04T$1; cat > in/hour=2026-05-04T$1/a.json; }
  $ printf '%s\n' '{"id":"x","group":"a","title":"one"}' '{"id":"y","group":"b","title":"two"}' '{"group":"c","_delete":true}' | hour 10
  $ slice() { part-ls in -l 'hour=%Y-%m-%dT%H' | part-pick --policy latest --window 5h --now 2026-05-05T00:00:00Z; }
  $ slice > slice; part-cat --shards 2 --fields fields < slice > routed; cut -f 1,4,5 routed
  2	1	{"id":"x","group":"a","title":"one"}
  2	2	{"id":"y","group":"b","title":"two"}
  *	3	{"group":"c","_delete":true}
  #end
  $ fed() { delta-build --fed --shard $1/2 --work work.$1 --fields fields; }
  $ for shard in 1 2; do cat slice routed | fed $shard > receipt.$shard; done
  $ delta-build --join receipt.1 receipt.2 --work joined > joined.receipt; index-check --documents joined/builds/*.json
  {"id":"x","group":"a","title":"one"}
  {"id":"y","group":"b","title":"two"}
  $ delta-build --work whole --fields fields < slice | grep -o 'documents=.*touched=[0-9]*'; grep -o 'documents=.*touched=[0-9]*' joined.receipt
  documents=2	tombstones=1	groups=2	touched=2 (glob)
  documents=2	tombstones=1	groups=2	touched=2 (glob)

The same again, in another order, in part, or not at all, makes the same; so does another attempt elsewhere:

  $ cp -r work.2 before
  $ lines() { grep -v '^#' routed | sort -r | cat - <(grep -v '^#' routed); printf '#end\tlines=6\n'; }
  $ (cat slice; lines) | fed 2 | diff - receipt.2; (cat slice; printf '#end\tlines=0\n') | fed 2 | diff - receipt.2; diff -r before work.2
  $ (cat slice; lines) | delta-build --fed --shard 2/2 --work other --fields fields > /dev/null; diff -r -x state work.2 other

What is cut short, changed or of something else changes nothing:

  $ fed 1 < /dev/null; fed 1 < slice; (cat slice; head -n 2 routed) | fed 1; (cat slice; head -c -1 routed) | fed 1
  delta-build: cannot read standard input: the slice ends without #end: it was cut short
  delta-build: cannot read standard input: what follows the slice ends without #end: it was cut short
  delta-build: cannot read standard input: what follows the slice ends without #end: it was cut short
  delta-build: cannot read standard input: what follows the slice ends without #end: it was cut short
  [65]
  $ (cat slice; sed 2d routed) | fed 1; (cat slice routed; echo more) | fed 1; (cat slice; echo no; cat routed) | fed 1
  delta-build: cannot read standard input: #end counts 3 lines behind the slice, and there are 2: some were lost
  delta-build: cannot read standard input: something follows #end
  delta-build: cannot read standard input: line 1 behind the slice is no routed line
  [65]
  $ (cat slice; sed 's/b.json/a.json/;s/a.json/b.json/' routed) | fed 1
  delta-build: cannot read in/hour=2026-05-04T10/b.json: it was fed, and is not in the slice
  [65]
  $ (cat slice; sed 2s/two/2/ routed) | fed 2
  delta-build: cannot read in/hour=2026-05-04T10/a.json: line 2: it was fed twice, and differently
  [65]
  $ (cat slice; sed 's/"group":"b"/"group":{}/' routed) | fed 2
  delta-build: cannot read in/hour=2026-05-04T10/a.json: line 2: 'group' must be a string or a whole number
  [65]
  $ rm work.2/state before/state; diff -r before work.2 && cp -r before/. work.2 && rm -rf work.2 && cp -r other work.2

Malformed records count where they are brought:

  $ (cat slice; printf 'bad\t-\tin/hour=2026-05-04T10/a.json\t9\tnot JSON\n'; sed 's/=3/=4/' routed) > bad; fed 1 < bad
  delta-build: cannot read in/hour=2026-05-04T10/a.json: line 9: not JSON
  [65]
  $ delta-build --fed --shard 1/2 --work bad.1 --fields fields --skip-bad 1 < bad | grep -o 'bad=.*shard'
  delta-build: in/hour=2026-05-04T10/a.json: line 9: not JSON; passed over
  bad=1	shard

A record of a document that another shard had: it is asked, says that it wants the new one, and what it has.

  $ echo '{"id":"x","group":"d","title":"three"}' | hour 11; slice > next; part-cat --shards 2 --fields fields < next | grep hour=2026-05-04T11 > new; cut -f 1 new
  1
  $ key=$(cut -f 2 new); ask() { delta-build --ask --shard $1/2 --work work.$1 --fields fields; }
  $ (cat next; printf "$key\t1\n#end\tlines=1\n") | ask 2 > answer; sed "s/$key/KEY/" answer
  want	KEY
  1	KEY	in/hour=2026-05-04T10/a.json	1	{"id":"x","group":"a","title":"one"}
  #end	lines=2
  $ (cat next; printf "$key\t1\n#end\tlines=1\n") | ask 1; (cat next; printf '#end\tlines=0\n') | ask 2
  #end	lines=0
  #end	lines=0
  $ (cat next; grep -h "^1" answer new; printf '#end\tlines=2\n') | fed 1 > receipt.1; (cat next new; printf '#end\tlines=1\n') | fed 2 > receipt.2
  $ delta-build --join receipt.1 receipt.2 --work joined > joined.receipt; delta-build --work whole --fields fields < next > whole.receipt
  $ at() { sed -n 's/.*location=//p' $1; }; index-check --documents $(at joined.receipt)
  {"id":"x","group":"d","title":"three"}
  {"id":"y","group":"b","title":"two"}
  $ for what in documents dump; do index-check --$what $(at joined.receipt) > ours; index-check --$what $(at whole.receipt) | cmp ours -; done

  $ (cat next; printf "$key 1\n#end\tlines=1\n") | ask 1; (cat next; printf "$key\t3\n#end\tlines=1\n") | ask 1; (cat next; printf "$key\t2\n") | ask 1
  delta-build: cannot read standard input: line 1 behind the slice is no question: a key, a TAB, a shard
  delta-build: cannot read standard input: line 1 behind the slice is no question: a key, a TAB, a shard
  delta-build: cannot read standard input: what follows the slice ends without #end: it was cut short
  [65]

What can't be:

  $ delta-build --fed --fields fields --work w < slice
  delta-build: --fed goes with --shard: say of which shard, such as --shard 2/8
  [64]
