The command line of index-publish. The rules, the faults and the races are tested in PublishingTests.

  $ printf '%s\n' 'id id' 'title text' > fields
  $ export FRESHET_FIELDS=fields FRESHET_LAYOUT='dt=%Y-%m-%d/hour=%H' FRESHET_EVERY=1h FRESHET_WINDOW=2h
  $ records() { seq -f '{"id":"%g","title":"record"}' $1 $2; }
  $ hour() { mkdir -p in/dt=2026-05-04/hour=$1 && cat > in/dt=2026-05-04/hour=$1/part-0.json; }
  $ slice() { part-ls in --after "$1" | part-pick --policy latest --now 2026-05-05T00:00:00Z; }
  $ fields() { grep "^#$1" | tr '\t' '\n' | grep -E "^($2)="; }

Nothing to publish, and what is no receipt:

  $ index-publish dest < /dev/null; index-publish -e dest < /dev/null
  [1]
  $ printf '#slice\tto=2026-05-04T10:00:00Z\n#end\tlines=0\n' | index-publish dest
  index-publish: cannot publish standard input: no #index: is delta-build missing?
  [65]
  $ printf '#slice\tto=2026-05-04T10:00:00Z\n' | index-publish dest
  index-publish: cannot read standard input: the stream ends without #end: it was cut short
  [65]
  $ printf '#index\tlocation=nowhere.json\n#end\tlines=0\n' | index-publish dest
  index-publish: cannot read nowhere.json: no such object: from here it is /*/nowhere.json (glob)
  [66]
  $ ls dest 2>&1
  ls: cannot access 'dest': No such file or directory
  [2]

Two batches:

  $ records 1 10 | hour 10; slice '' | delta-build --work w1 > first
  $ index-publish dest < first > receipt; cut -f 1 receipt
  #list
  #slice
  #index
  #published
  #end
  $ fields published 'generation|to|uploaded|location' < receipt
  generation=1
  to=2026-05-04T10:00:00Z
  uploaded=1
  location=dest
  $ records 11 12 | hour 11; slice 2026-05-04T10:00:00Z@1 | delta-build --work w1 > second
  $ index-publish --json dest < second | tail -n 2
  {"#":"published","generation":2,"to":"2026-05-04T11:00:00Z","uploaded":1,"lineage":"*","location":"dest"} (glob)
  {"#":"end","lines":0}
  $ index-publish --position dest; index-publish --position --json dest
  2026-05-04T11:00:00Z
  {"position":"2026-05-04T11:00:00Z"}
  $ index-publish --position --base dest; index-publish --position --base -e dest
  [1]
  $ ls -A dest; ls dest/generations | wc -l; ls dest/segments | wc -l
  .lock
  CURRENT
  generations
  segments
  2
  2

Run again, after a kill for one, it hands on the receipt of what is there, and changes nothing:

  $ find dest -type f | xargs sha256sum > before
  $ index-publish dest < second | fields published 'generation|to|uploaded|superseded'
  index-publish: another pipe was faster: generation 2 is published, and nothing of this batch
  generation=2
  to=2026-05-04T11:00:00Z
  uploaded=0
  superseded=1
  $ index-publish -q dest < first | fields slice to
  to=2026-05-04T11:00:00Z
  $ find dest -type f | xargs sha256sum | diff before -

What is published already is published only as long as it is there. Word of it is left beside the build, or none:

  $ cp -r dest lost; part-ls in --after 2026-05-04T11:00:00Z@2 |
  >   part-pick --from 2026-05-04T09:00:00Z --to 2026-05-04T11:00:00Z > again
  $ rm w1/builds/*.published; delta-build --work w1 < again > third
  $ (trap '' XFSZ; ulimit -f 0; index-publish lost < third); ls -A w1/builds | grep -vc json
  0
  [1]
  $ index-publish -v lost < third; ls w1/builds/*.published | wc -l
  index-publish: nothing to publish: generation 2 is this very index
  1
  $ rm lost/segments/*; index-publish lost < third
  index-publish: cannot publish to lost: lost/segments/*.seg, which generation 2 needs, is missing or damaged (--force sends anew what the build has) (glob)
  [65]
  $ index-publish --force lost < third 2> /dev/null | fields published 'generation|force'; index-check lost
  generation=3
  force=1

A destination that was reset:

  $ index-publish elsewhere < second
  index-publish: cannot publish to elsewhere: it is at generation 0, and the watermark at 1: it was reset or restored (--force goes on from what is there)
  [65]
  $ ls elsewhere 2>/dev/null
  [2]
  $ index-publish --force elsewhere < second | fields published 'generation|uploaded|force'
  index-publish: forced, although it is at generation 0, and the watermark at 1: it was reset or restored (--force goes on from what is there)
  generation=1
  uploaded=2
  force=1
  $ index-publish --list elsewhere
  1	2026-05-04T11:00:00Z	-	12	2	current,forced	elsewhere/generations/1-*.json (glob)

Guards, by hand:

  $ records 1 3 | delta-build --records --work w2 > small; small=$(fields index location < small | cut -d = -f 2)
  $ index-publish --index "$small" dest
  index-publish: cannot publish to dest: the delta would shrink from 12 to 3 documents, by more than 50% (--max-shrink)
  [1]
  $ index-publish --index "$small" --max-shrink 80% --min-docs 4 dest
  index-publish: cannot publish to dest: documents in the delta: 3, fewer than 4 (--min-docs)
  [1]
  $ FRESHET_MAX_SHRINK=80 index-publish --index "$small" --gate 'test -e $FRESHET_DEST/CURRENT && echo seen; exit 4' dest
  seen
  index-publish: cannot publish to dest: the gate refused it (exit 4)
  [1]
  $ index-publish --index "$small" --max-shrink 80 --dry-run dest
  index-publish: would publish generation 3 to dest: base: none, delta: 3 documents, position: 2026-05-04T11:00:00Z, at most 1 file of * bytes to send (glob)
  $ index-publish --index "$small" --max-shrink 80 --after-generation 1 dest | fields published 'generation|superseded'
  index-publish: another pipe was faster: generation 2 is published, and nothing of this batch
  generation=2
  superseded=1
  $ index-publish --index "$small" --force --gate 'grep -q CURRENT /dev/null; test -f "$FRESHET_INDEX"' dest | cut -f 1
  index-publish: forced, although the delta would shrink from 12 to 3 documents, by more than 50% (--max-shrink)
  #index
  #published
  #end

A gate may do what it likes with its own place, its input and its output; one that is killed has refused:

  $ cp -r dest gated; index-publish --index "$small" --max-shrink 100 --gate 'cat; cd /; seq 50000; kill -9 $$' gated 2>&1 > stdout | tail -n 2; wc -c < stdout
  50000
  index-publish: cannot publish to gated: the gate refused it (exit 137)
  0
  $ echo small | index-publish --index "$small" --max-shrink 100 --gate 'read line; test -z "$line" && exit 3; exit 4' gated
  index-publish: cannot publish to gated: the gate refused it (exit 3)
  [1]

One that hangs is nobody's hindrance: another publisher passes it by, and it finds out when it ends.

  $ cp -r dest slow; mkfifo go
  $ index-publish --index "$small" --max-shrink 100 --after-generation 3 --gate 'read x < go' slow 2> said > theirs & 
  $ until ls slow/generations/4-* > there 2> /dev/null; do sleep 0.01; done
  $ index-publish --index "$small" --max-shrink 100 --after-generation 3 slow | fields published generation
  generation=4
  $ echo > go; wait; cat said; fields published 'generation|superseded' < theirs
  index-publish: another pipe was faster: generation 4 is published, and nothing of this batch
  generation=4
  superseded=1

A signal ends it though it be the first process of a container, which the kernel spares:

  $ contained() { if unshare -rpf true 2> /dev/null; then unshare -rpf "$@"; else return 143; fi; }
  $ contained index-publish --index "$small" --gate 'kill $PPID; sleep 1' contained
  [143]
  $ test -e contained/CURRENT
  [1]

Rehearsed, nothing at all is changed:

  $ tree() { find "$@" -printf '%p %i %T@ %C@ %m\n' 2> /dev/null | sort; }; tree dest w1 w2 > before
  $ index-publish --index "$small" --max-shrink 100 --gate 'echo > ran' --dry-run dest 2> /dev/null
  $ index-publish --dry-run dest < first
  index-publish: another pipe was faster: generation 3 is published, and nothing of this batch
  $ index-publish --rollback 1 --dry-run dest 2>&1 | cut -c 1-45; index-publish --gc --keep 0 --grace 0s --dry-run dest 2>&1 | wc -l
  index-publish: would publish generation 4 to 
  4
  $ index-publish --index "$small" --dry-run none 2>&1 | cut -c 1-45; tree dest w1 w2 | diff before - && ls ran none
  index-publish: would publish generation 1 to 
  ls: cannot access 'ran': No such file or directory
  ls: cannot access 'none': No such file or directory
  [2]

A receipt that can't be written is not lost: the next run hands it on.

  $ cp -r dest full; index-publish --index "$small" --max-shrink 100 full > /dev/full
  index-publish: cannot write standard output: No space left on device
  [74]
  $ index-check full; index-publish --index "$small" --after-generation 3 full 2> /dev/null | fields published 'generation|superseded'
  generation=4
  superseded=1

A base, and a rollback:

  $ records 1 100 | delta-build --records --work w3 > base
  $ index-publish --base --to 2026-05-04T08:00:00Z dest < base | fields published 'generation|to'
  generation=4
  to=2026-05-04T11:00:00Z
  $ index-publish --position --base dest
  2026-05-04T08:00:00Z
  $ index-publish --rollback 2 dest | fields 'published' 'generation|to|rollback'
  generation=5
  to=2026-05-04T11:00:00Z
  rollback=2
  $ index-publish --list dest | cut -f 1-6
  5	2026-05-04T11:00:00Z	-	12	2	current,rollback=2
  4	2026-05-04T11:00:00Z	100	3	2	-
  3	2026-05-04T11:00:00Z	-	3	1	forced
  2	2026-05-04T11:00:00Z	-	12	2	-
  1	2026-05-04T10:00:00Z	-	10	1	-
  $ index-publish --list --json dest | head -n 1
  {"generation":5,"position":"2026-05-04T11:00:00Z","base":null,"delta":12,"segments":2,"current":true,"forced":null,"rollback":2,"manifest":"dest/generations/5-*.json"} (glob)
  $ cp -r dest rolled; for n in 2 5 6 3 1; do index-publish --rollback $n rolled | fields published 'generation|to|rollback' | paste -s; done
  generation=6	to=2026-05-04T11:00:00Z	rollback=2
  generation=7	to=2026-05-04T11:00:00Z	rollback=5
  generation=8	to=2026-05-04T11:00:00Z	rollback=6
  generation=9	to=2026-05-04T11:00:00Z	rollback=3
  generation=10	to=2026-05-04T10:00:00Z	rollback=1
  $ index-publish --gc --keep 0 --grace 0s rolled | wc -l; index-check rolled; index-publish --rollback 9 rolled
  12
  index-publish: cannot roll back to generation 9: rolled does not have it, or no longer
  [66]
  $ index-publish --rollback 17 dest
  index-publish: cannot roll back to generation 17: dest does not have it, or no longer
  [66]

The collector:

  $ index-publish --gc dest; index-publish --gc -e dest
  [1]
  $ index-publish --gc --dry-run --keep 0 --grace 0s dest 2>&1 | wc -l
  7
  $ index-publish --gc --keep 0 --grace 0s dest | sort | cut -c 1-19
  dest/generations/1-
  dest/generations/2-
  dest/generations/3-
  dest/generations/3-
  dest/generations/4-
  dest/segments/0-* (glob)
  dest/segments/1-* (glob)
  $ index-publish --list dest | cut -f 1
  5

Damage:

  $ sed 's/"generation":5/"generation":6/' dest/CURRENT > c && cp -r dest broken && cp c broken/CURRENT && index-publish broken < first
  index-publish: cannot read broken/CURRENT: its checksum does not fit: it is damaged
  [65]
  $ rm dest/generations/5-*; index-publish --position dest
  index-publish: cannot read dest/CURRENT: it names generations/5-*.json, which is missing (glob)
  [65]
  $ echo x >> w3/segments/*.seg; index-publish --base fresh < base
  index-publish: cannot read w3/builds/../segments/*.seg: it has * bytes, and * were written (glob)
  [65]
  $ test -e fresh/CURRENT
  [1]

Options that can't be:

  $ index-publish --list --gc dest
  index-publish: one of --position, --list, --gc and --rollback (see index-publish --help)
  [64]
  $ index-publish --max-shrink lots dest
  index-publish: --max-shrink: 'lots' is no percentage (see index-publish --help)
  [64]
  $ index-publish --gc --grace soon dest
  index-publish: cannot read --grace 'soon': write 300, 5m or 5h
  [64]
  $ index-publish
  index-publish: missing expected argument '<destination>', or --to (see index-publish --help)
  [64]
  $ FRESHET_FENCE=x index-publish dest < first
  index-publish: FRESHET_FENCE: 'x' is no fence (see index-publish --help)
  [64]
  $ FRESHET_FENCE=9007199254740992 index-publish dest < first
  index-publish: FRESHET_FENCE: '9007199254740992' is no fence (see index-publish --help)
  [64]
