Several places, the change as lines, and targets' addresses. What is asked of a target is tested in ServingTests and Tests/Pipes/80 to 82.

  $ printf '%s\n' 'id id' 'item group' 'title text' > fields
  $ export FRESHET_FIELDS=fields FRESHET_LAYOUT='dt=%Y-%m-%d/hour=%H' FRESHET_EVERY=1h FRESHET_WINDOW=2h
  $ hour() { mkdir -p in/dt=2026-05-04/hour=$1 && cat > in/dt=2026-05-04/hour=$1/part-0.json; }
  $ slice() { part-ls in --after "$1" | part-pick --policy latest --now 2026-05-05T00:00:00Z; }
  $ fields() { grep "^#$1" | tr '\t' '\n' | grep -E "^($2)="; }

The first place counts; a second one has generations of its own:

  $ printf '%s\n' '{"id":"a1","item":"i1","title":"red"}' '{"id":"a2","item":"i1","title":"blue"}' | hour 10
  $ slice '' | delta-build --work w > first
  $ index-publish copy < first > /dev/null; index-publish dest --to copy --to third < first > r; cut -f 1 r
  #list
  #slice
  #index
  #published
  #taken
  #taken
  #end
  $ fields published 'generation|location' < r; fields taken 'generation|uploaded|location' < r
  generation=1
  location=dest
  generation=2
  uploaded=0
  location=copy
  generation=1
  uploaded=1
  location=third
  $ index-publish --to other --json < first | grep published | cut -c 1-33
  {"#":"published","generation":1,"
  $ wm advance ads < r
  2026-05-04T10:00:00Z@1

One that can't be reached is said, and caught up later; one that refuses is exit 1, and the receipt is whole:

  $ FRESHET_PATIENCE=0s index-publish fresh --to solr+http://127.0.0.1:9/solr/ads < first > r; fields published generation < r; grep taken r
  index-publish: cannot * http://127.0.0.1:9/solr/admin/* (glob)
  generation=1
  [1]
  $ mkdir lock && ln -s nowhere lock/CURRENT; index-publish fresh2 --to lock < first > r; echo $?; tail -n 1 r; grep taken r
  index-publish: cannot write lock/CURRENT: it is no regular file
  1
  #end	lines=0
  [1]
  $ index-publish lock --to fresh3 < first; echo $?; index-publish --position fresh3
  index-publish: cannot write lock/CURRENT: it is no regular file
  73
  2026-05-04T10:00:00Z

What was overtaken at a target in a stage before goes on as it is, and nothing of it is published. No watermark moves past what was not printed:

  $ printf '#list\tgeneration=1\n#published\tgeneration=3\tto=2026-05-04T10:00:00Z\tlocation=solr+http://h/solr/ads\tsuperseded=1\n#end\tlines=0\n' > faster
  $ index-publish nowhere < faster | cmp - faster; index-publish - --receipt handed < faster; wc -c < handed; ls nowhere
  index-publish: another pipe was faster, and this is left to it
  index-publish: cannot print the change: another pipe was faster at the target before, and prints its own
  0
  ls: cannot access 'nowhere': No such file or directory
  [2]

What was overtaken at the first place goes nowhere else:

  $ mkdir -p race/dt=2026-05-04/hour=10; echo '{"id":"b1","item":"i1"}' > race/dt=2026-05-04/hour=10/part-0.json
  $ race() { part-ls race | part-pick --policy latest --now 2026-05-05T00:00:00Z | delta-build --work $1; }
  $ race wa > slow; echo '{"id":"b2","item":"i2"}' > race/dt=2026-05-04/hour=10/part-1.json; race wb | index-publish P --to S > r
  $ index-publish P --to S < slow > r; fields published superseded < r; grep taken r; index-check --documents S | wc -l
  index-publish: another pipe was faster: generation 1 is published, and nothing of this batch
  index-publish: S is left to the pipe that was faster
  superseded=1
  2
  $ gate="case \$FRESHET_INDEX in N/*) unset FRESHET_INDEX; index-publish O --to N --index $(echo wb/builds/*.json);; esac"
  $ index-publish O --to N --index $(echo wa/builds/*.json) --gate "$gate" 2>&1 | grep -o '^[^:#]*: [^:]*'
  index-publish: another pipe was faster
  $ for place in O N; do index-check --documents $place | grep -c b2; done
  1
  1
  $ index-publish --dry-run P --to S < slow
  index-publish: another pipe was faster: generation 1 is published, and nothing of this batch
  index-publish: S is left to the pipe that was faster

Not so where it was overtaken by itself, in a run that was killed before it came to the second place:

  $ race wc > again; index-publish T < again > r; index-publish T --to U < again 2> /dev/null | fields taken 'generation|location'
  generation=1
  location=U

Where several generations were faster, the change is from the one that this batch's watermark is at, and all since; where nothing tells which it is, from all there were, and from nothing:

  $ pipe() { mkdir -p pipes/dt=2026-05-04/hour=$2; echo "{\"id\":\"c$2\",\"item\":\"i1\"}" > pipes/dt=2026-05-04/hour=$2/part-0.json; FRESHET_WINDOW=9h part-ls pipes --after "$(wm get -g $1)" | FRESHET_WINDOW=9h part-pick --policy latest --now 2026-05-05T00:00:00Z | delta-build --work w$1 | index-publish -q Q; }
  $ pipe k 10 | wm advance k; wm set o "$(wm get -g k)" > r; for i in 11 12 13; do pipe o $i | wm advance o; done
  2026-05-04T10:00:00Z@1
  2026-05-04T11:00:00Z@2
  2026-05-04T12:00:00Z@3
  2026-05-04T13:00:00Z@4
  $ pipe k 14 > r; fields published 'superseded|after-generation|generation' < r; index-publish - < r | cut -c 1-30
  generation=4
  superseded=1
  after-generation=1
  {"op":"add","id":"c11","group"
  {"op":"add","id":"c12","group"
  {"op":"add","id":"c13","group"
  {"op":"end","generation":4,"to
  $ sed 's/.after-generation=1//' r > untold; index-publish - < untold | cut -c 1-30
  {"op":"add","id":"c10","group"
  {"op":"add","id":"c11","group"
  {"op":"add","id":"c12","group"
  {"op":"add","id":"c13","group"
  {"op":"end","generation":4,"to
  $ index-publish - --after-generation 1 < untold | tail -n 1 | cut -c 1-30
  {"op":"end","generation":4,"to
  $ index-publish - --after-generation 3 < r | cut -c 1-30; rm Q/generations/1-*; index-publish - < r
  {"op":"add","id":"c13","group"
  {"op":"end","generation":4,"to
  index-publish: cannot print the change: nothing here tells what its reader may have, from generation 1 on (--from none prints all documents, to a reader who has thrown away what he had)
  [1]

The change: what was published since the generation that the watermark is at, or since the one before.

  $ N() { sed -E 's/("generation":|generation=|@)[0-9]{16}/\1N/'; }
  $ index-publish - --receipt done < first | N; wm advance lines < done | N
  index-publish: all documents are printed: no state before this one is known (see --from)
  {"op":"add","id":"a1","group":"i1","document":{"id":"a1","item":"i1","title":"red"}}
  {"op":"add","id":"a2","group":"i1","document":{"id":"a2","item":"i1","title":"blue"}}
  {"op":"end","generation":N,"to":"2026-05-04T10:00:00Z","adds":2,"deletes":0}
  2026-05-04T10:00:00Z@N
  $ printf '%s\n' '{"id":"a1","_delete":true}' '{"id":"a2","item":"i2","title":"blue"}' '{"id":"a3","item":"i1","title":"new"}' | hour 11
  $ slice "$(wm get -g lines)" | delta-build --work w | index-publish - | N
  {"op":"delete","id":"a1","group":"i1"}
  {"op":"add","id":"a3","group":"i1","document":{"id":"a3","item":"i1","title":"new"}}
  {"op":"add","id":"a2","group":"i2","document":{"id":"a2","item":"i2","title":"blue"}}
  {"op":"end","generation":N,"to":"2026-05-04T11:00:00Z","adds":2,"deletes":1}
  $ slice "$(wm get -g ads)" | delta-build --work w > second; index-publish dest < second | index-publish - --with-key --receipt done
  a1	{"op":"delete","id":"a1","group":"i1"}
  a3	{"op":"add","id":"a3","group":"i1","document":{"id":"a3","item":"i1","title":"new"}}
  a2	{"op":"add","id":"a2","group":"i2","document":{"id":"a2","item":"i2","title":"blue"}}
  $ cut -f 1 done; fields published 'generation|uploaded|adds|deletes|location' < done
  #list
  #slice
  #index
  #published
  #published
  #end
  generation=2
  uploaded=1
  location=dest
  generation=2
  uploaded=3
  adds=2
  deletes=1
  location=-
  $ wm advance ads < done; index-publish - --receipt done < /dev/null; wc -c < done
  2026-05-04T11:00:00Z@2
  0
  $ index-publish - --index dest --from none | tail -n 1
  {"op":"end","generation":2,"to":"2026-05-04T11:00:00Z","adds":2,"deletes":0}
  $ index-publish - --index dest --from dest
  {"op":"end","generation":2,"to":"2026-05-04T11:00:00Z","adds":0,"deletes":0}
  $ index-publish - --index dest --from dest/generations/1-*.json --dry-run
  index-publish: would print 2 documents to add, 1 to delete
  $ echo '{"id":"o","item":"i"}' | delta-build --records --work one | index-publish - --from none --dry-run
  index-publish: would print 1 document to add, 0 to delete
  $ index-publish - --index dest --max-shrink 40%
  index-publish: cannot print the change: 1 of its 2 documents would be deleted, more than 40% (--max-shrink)
  [1]
  $ index-publish - --index dest > /dev/full
  index-publish: cannot write standard output: No space left on device
  [74]
  $ printf '%s\n' '{"id":"a\tb 1%","item":"i"}' | delta-build --records --work t | index-publish - --with-key --from none | cut -f 1
  a%09b 1%25
  $ index-publish - --index nowhere
  index-publish: cannot read nowhere: no index was published there
  [66]

A batch that did not arrive is not the end of what it deleted, however many come behind it; and what can't be known is not guessed:

  $ day() { mkdir -p late/dt=2026-05-06/hour=$1 && cat > late/dt=2026-05-06/hour=$1/part-0.json; }
  $ late() { part-ls late --after "$(wm get -g late)" | part-pick --policy latest --now 2026-05-07T00:00:00Z | delta-build --work wl | index-publish - --receipt done "$@"; }
  $ printf '%s\n' '{"id":"a1","item":"i1"}' '{"id":"a2","item":"i1"}' | day 10; FRESHET_WINDOW=20h; late -q > lost; wm advance late < done | N
  2026-05-06T10:00:00Z@N
  $ echo '{"id":"a2","_delete":true}' | day 11; late > lost; for h in 12 13 14; do echo "{\"id\":\"a$h\",\"item\":\"i1\"}" | day $h; late > lost; done
  $ N < lost | cut -c 1-40; ls wl/builds | grep -c json
  {"op":"add","id":"a12","group":"i1","doc
  {"op":"add","id":"a13","group":"i1","doc
  {"op":"add","id":"a14","group":"i1","doc
  {"op":"delete","id":"a2","group":"i1"}
  {"op":"end","generation":N,"to":"2026-05
  5
  $ wm advance late < done | N; for h in 15 16 17; do echo "{\"id\":\"a$h\",\"item\":\"i1\"}" | day $h; late > lost; done; ls wl/builds | grep -c json
  2026-05-06T14:00:00Z@N
  4
  $ N < lost | cut -c 1-40
  {"op":"add","id":"a15","group":"i1","doc
  {"op":"add","id":"a16","group":"i1","doc
  {"op":"add","id":"a17","group":"i1","doc
  {"op":"end","generation":N,"to":"2026-05
  $ tr '\t' ' ' < wl/builds/printed | sed 's/index=.*/index=.../' | N
  #printed generation=N index=...
  #printed generation=N index=...
  #printed generation=N index=...
  #printed generation=N index=...
  #end lines=4
  $ cp wl/builds/printed kept; sed -i 's/index=./index=0/' wl/builds/printed; late
  index-publish: cannot print the change: what its reader may have is gone: cannot * (--from none prints * (glob)
  [1]
  $ for cut in 'head -c 90' 'head -n 1' 'head -n 4' 'tail -n 4'; do $cut kept > wl/builds/printed; late; done 2>&1 | N; rm wl/builds/printed; late; late --from none | tail -n 1 | N; wm advance late < done | N
  index-publish: cannot print the change: nothing here tells what its reader may have, from generation * on (--from none * (glob)
  index-publish: cannot print the change: nothing here tells what its reader may have, from generation * on (--from none * (glob)
  index-publish: cannot print the change: nothing here tells what its reader may have, from generation * on (--from none * (glob)
  index-publish: cannot print the change: nothing here tells what its reader may have, from generation * on (--from none * (glob)
  index-publish: cannot print the change: nothing here tells what its reader may have, from generation * on (--from none * (glob)
  {"op":"end","generation":N,"to":"2026-05-06T17:00:00Z","adds":7,"deletes":0}
  2026-05-06T17:00:00Z@N

What was printed, and did not move the watermark, may have arrived, whole or in part; so is its deletion printed:

  $ printf '%s\n' '{"id":"d","item":"i9"}' | day 18; late | head -c 1 > lost; late | wc -l
  2
  $ printf '%s\n' '{"id":"d","_delete":true}' | day 19; late | N; late | tail -n 1 | N; wm advance late < done | N
  {"op":"delete","id":"d","group":"i9"}
  {"op":"end","generation":N,"to":"2026-05-06T19:00:00Z","adds":0,"deletes":1}
  {"op":"end","generation":N,"to":"2026-05-06T19:00:00Z","adds":0,"deletes":1}
  2026-05-06T19:00:00Z@N

What the watermark stands at is printed again when it comes back behind something else, however often it is built:

  $ echo '{"id":"e","item":"i9"}' > late/dt=2026-05-06/hour=19/part-1.json; slice() { part-ls late --after "$(wm get -g late)" | part-pick --policy latest --late --now 2026-05-07T00:00:00Z; }
  $ slice | delta-build --work wl | index-publish - | head -n 1; rm late/*/*/part-1.json; slice | delta-build --work wl > killed; slice | delta-build --work wl | index-publish - | N
  {"op":"add","id":"e","group":"i9","document":{"id":"e","item":"i9"}}
  {"op":"delete","id":"e","group":"i9"}
  {"op":"end","generation":N,"to":"2026-05-06T19:00:00Z","adds":0,"deletes":1}

Two work directories give no number twice, so one that was away does not take the other's for its own:

  $ on() { part-ls late --after "$(wm get -g two)" | part-pick --policy latest --late --now 2026-05-07T00:00:00Z | delta-build --work $1 | index-publish - -q --receipt $1.done $2 $3; }
  $ on left > lost; wm advance two < left.done | N; echo '{"id":"l","item":"i9"}' | day 20; on left > lost
  2026-05-06T19:00:00Z@N
  $ on right --from none > lost; wm advance two < right.done | N; rm -r late/*/hour=20; echo '{"id":"z","item":"i9"}' | day 21; on left
  2026-05-06T20:00:00Z@N
  index-publish: cannot print the change: nothing here tells what its reader may have, from generation * on (--from none * (glob)
  [1]

No number is too large for another one behind it:

  $ index-publish - --index B --from none --after-generation 9223372036854775807
  index-publish: --after-generation: a number from 0 to 2^53 - 1 (see index-publish --help)
  [64]

One run prints at a time, or the older one's lines could arrive last. And a look changes nothing:

  $ seq 3000 | sed 's/.*/{"id":"k&","item":"k&"}/' | day 22; mkfifo waits; on left --from none > waits & exec 5< waits; read -r line <&5; on left --from none
  index-publish: cannot print the change: another index-publish is at it, of a build of the same directory
  [75]
  $ tail -n 1 <&5 | N; exec 5<&-; wait; cp left/builds/printed kept
  {"op":"end","generation":N,"to":"2026-05-06T22:00:00Z","adds":3008,"deletes":0}
  $ for build in left/builds/*.json; do index-publish - --index $build --from none -q; done | grep -c op...end; cmp kept left/builds/printed
  4

Behind a base, too, which may have been printed or not, however often the first batch is:

  $ printf '%s\n' '{"id":"b1","item":"i1"}' '{"id":"b2","item":"i2"}' | delta-build --records --work wb0 | index-publish --base --to 2026-05-04T09:00:00Z B | tail -n 2 | cut -f 1,2
  #published	generation=1
  #end	lines=0
  $ mkdir -p based/dt=2026-05-04/hour=10; echo '{"id":"b1","_delete":true}' > based/dt=2026-05-04/hour=10/part-0.json
  $ based() { part-ls based | part-pick --policy latest --now 2026-05-05T00:00:00Z | delta-build --work wb1 | index-publish -q B | index-publish -; }
  $ based; based
  {"op":"delete","id":"b1","group":"i1"}
  {"op":"add","id":"b2","group":"i2","document":{"id":"b2","item":"i2"}}
  {"op":"end","generation":2,"to":"2026-05-04T10:00:00Z","adds":1,"deletes":1}
  {"op":"delete","id":"b1","group":"i1"}
  {"op":"add","id":"b2","group":"i2","document":{"id":"b2","item":"i2"}}
  {"op":"end","generation":2,"to":"2026-05-04T10:00:00Z","adds":1,"deletes":1}
  $ ln -s wb0/builds linked; index-publish - --index $(echo linked/*.json) --receipt r > lost; echo $?; ls wb0/builds | grep -c printed; rm wb0/builds/printed
  index-publish: all documents are printed: no state before this one is known (see --from)
  0
  1
  $ index-publish - --base --index wb0/builds/*.json
  index-publish: --base is not for -: publish to a directory, and print what is published there (see index-publish --help)
  [64]

A receipt of before is gone, whatever comes: nothing moves the watermark past what did not arrive:

  $ index-publish - --index B --from B --receipt r > lost; head -c 9 r | index-publish - --receipt r; wc -c < r; wm advance late < r
  index-publish: cannot read standard input: the last line has no newline: it was cut short
  0
  $ index-publish - --index B --from B --receipt r > lost; FRESHET_MAX_SHRINK=all index-publish - --receipt r < first; wc -c < r
  index-publish: --max-shrink: 'all' is no percentage (see index-publish --help)
  0
  $ index-publish - --index B --from B --receipt r > lost; index-publish - --index B --from none --min-docs 9 --receipt r; wc -c < r
  index-publish: cannot print the change: documents in the index: 1, fewer than 9 (--min-docs)
  0

The receipt's file is replaced; what is no file is written into, and what can't be is refused before anything is printed:

  $ mkfifo pipe; ln -s there link; cat pipe > piped & index-publish - --index B --from B --receipt pipe > lost; wait; tail -n 1 piped; index-publish - --index B --from B --receipt link > lost; test -L link && tail -n 1 there
  #end	lines=0
  #end	lines=0
  $ index-publish - --index B --from B --receipt in; index-publish - --index B --from B --receipt nowhere/r; index-publish - --index B --from B --receipt r/
  index-publish: cannot create in: Is a directory
  index-publish: cannot create nowhere/r: No such file or directory
  index-publish: cannot create r/: Is a directory
  [73]
  $ export FRESHET_WINDOW=2h

A build that the receipt names by a relative path, read from elsewhere:

  $ mkdir elsewhere; (cd elsewhere && index-publish dest < ../first; ls)
  index-publish: cannot read w/builds/*.json: no such directory or bucket: from here it is /*/elsewhere/w/builds/*.json (glob)
  $ sed -E 's#location=[^\t]*#location=s3:/x.json#' first > gone; index-publish dest < gone
  index-publish: cannot read s3:/x.json: * (glob)
  [66]

Options that can't be:

  $ index-publish - --to dest < first
  index-publish: - takes standard output: it goes with no --to (see index-publish --help)
  [64]
  $ index-publish dest --with-key < first
  index-publish: --with-key and --receipt are for - (see index-publish --help)
  [64]
  $ FRESHET_FROM=2026-05-04T10:00:00Z FRESHET_JOBS=999 index-publish --position dest
  2026-05-04T11:00:00Z
  $ index-publish dest --to dest < first
  index-publish: a place is named twice (see index-publish --help)
  [64]
  $ index-publish dest --to "$PWD/./dest/" < first
  index-publish: a place is named twice (see index-publish --help)
  [64]
  $ index-publish dest --to 2026-05-04T10:00:00Z --to now < first
  index-publish: --to: two positions (see index-publish --help)
  [64]
  $ index-publish https://search:9200/ads < first; index-publish dest --to elastic+http://h/ads < first; ls -d *:*
  index-publish: 'https://search:9200/ads' is no place that is known: s3://, or solr+, elasticsearch+ or opensearch+ before http(s)://; a directory of that name is ./https://search:9200/ads (see index-publish --help)
  index-publish: 'elastic+http://h/ads' is no place that is known: s3://, or solr+, elasticsearch+ or opensearch+ before http(s)://; a directory of that name is ./elastic+http://h/ads (see index-publish --help)
  ls: cannot access '*:*': No such file or directory
  [2]
  $ index-publish s3:/b/x < first
  index-publish: 's3:/b/x' is no place that is known: s3://, or solr+, elasticsearch+ or opensearch+ before http(s)://; a directory of that name is ./s3:/b/x (see index-publish --help)
  [64]
  $ index-publish --list dest --to copy
  index-publish: --position, --list, --gc and --rollback are for one place (see index-publish --help)
  [64]
  $ index-publish --rollback 1 solr+http://localhost/solr/ads
  index-publish: --rollback is for a destination: roll that back, then --index DESTINATION solr+http://localhost/solr/ads (see index-publish --help)
  [64]
  $ index-publish --gate true solr+http://localhost/solr/ads < first
  index-publish: --gate is for a destination (see index-publish --help)
  [64]
  $ index-publish --max-request lots dest < first
  index-publish: --max-request takes a size such as 512K or 5M, not 'lots' (see index-publish --help)
  [64]
  $ index-publish --jobs 0 dest < first; index-publish --skip-refused=-1 dest < first
  index-publish: --jobs: not below 1 (see index-publish --help)
  index-publish: --skip-refused: not below 0 (see index-publish --help)
  [64]
  $ index-publish --cert mine.pem dest < first
  index-publish: --cert and --key go together (see index-publish --help)
  [64]
  $ index-publish elasticsearch+http://me:secret@localhost/ads < first
  index-publish: cannot use http://...: an address with credentials in it is refused; put them into a file: --credentials FILE
  [64]
