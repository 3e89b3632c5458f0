The loop, bin/freshet. Its stages are stand-ins here, which say what they were given and answer as they are told; only
wm is the real one. The whole pipe with the real tools is tested elsewhere.

  $ freshet=$TESTS/../bin/freshet; loop() { dash "$freshet" "$@"; }
  $ export FRESHET_WM=sqlite:$PWD/wm.db PATH=$PWD/stand-in:$PATH CALLS=$PWD/calls TMPDIR=$PWD/tmp
  $ mkdir stand-in tmp
  $ cat > stand-in/part-ls <<'END'
  > #!/bin/sh
  > echo "part-ls $* layout=$FRESHET_LAYOUT window=$FRESHET_WINDOW every=$FRESHET_EVERY" >> "$CALLS"
  > if [ -f say-part-ls ]; then . ./say-part-ls; fi
  > printf '#list\tevery=300\n#end\tlines=0\n'
  > END
  $ cat > stand-in/part-pick <<'END'
  > #!/bin/sh
  > echo "part-pick $* settle=$FRESHET_SETTLE${FRESHET_TO+ to=$FRESHET_TO}" >> "$CALLS"
  > lines=$(cat)
  > if [ -f say-part-pick ]; then . ./say-part-pick; fi
  > if [ -z "$lines" ]; then echo 'part-pick: nothing is due: the input is empty' >&2; exit 0; fi
  > echo 'part-pick: the clock said so' >&2
  > printf '#slice\tto=2026-05-04T10:05:00Z\tevery=300\tpolicy=%s\tobjects=61\tskipped=0\tgap=0\thash=cafe\n#end\tlines=0\n' "${1#*=}"
  > END
  $ cat > stand-in/delta-build <<'END'
  > #!/bin/sh
  > echo "delta-build $* fields=$FRESHET_FIELDS work=$FRESHET_WORK" >> "$CALLS"
  > lines=$(cat)
  > if [ -f say-delta-build ]; then . ./say-delta-build; fi
  > if [ -n "$lines" ]; then printf '%s\n' "$lines" | sed '/#end/d'; printf '#index\tid=babe\n#end\tlines=0\n'; fi
  > END
  $ cat > stand-in/index-publish <<'END'
  > #!/bin/sh
  > echo "index-publish $*" >> "$CALLS"
  > lines=$(cat)
  > if [ -f say-index-publish ]; then . ./say-index-publish; fi
  > if [ -z "$lines" ]; then exit 0; fi
  > echo x >> generations
  > printf '%s\n' "$lines" | sed '/#end/d'
  > printf '#published\tgeneration=%s\tto=2026-05-04T10:05:00Z\n#end\tlines=0\n' "$(wc -l < generations | tr -d ' ')"
  > if [ -f refuse ]; then echo 'index-publish: no luck there' >&2; exit 1; fi
  > END
  $ chmod +x stand-in/*

One batch, and its line: what was picked and why, and how old it was as each stage was done:

  $ loop --once --layout 'dt=%Y' --window=5h --every 5m --settle 10s --fields f --work w in s3://b/index/ads/ > out; echo $?
  0
  $ cut -f 1,3-5,7-10,15-16,17- out
  ads	advance	-	2026-05-04T10:05:00Z@1	policy=latest	objects=61	skipped=0	gap=0	advanced=*	slice=cafe	index=babe	the clock said so (glob)
  $ cut -f 11-14 out
  listed=*	picked=*	built=*	published=* (glob)
  $ sort calls
  delta-build  fields=f work=w
  index-publish -- s3://b/index/ads/
  part-ls --after= -- in layout=dt=%Y window=5h every=5m
  part-pick --policy=latest --late --explain settle=10s
  $ ls -A tmp; rm calls

The watermark is read before the listing starts, and handed on:

  $ loop --once --name ads --policy next in out | cut -f 3-5,7; grep -E 'ls|pick' calls | sort
  advance	2026-05-04T10:05:00Z@1	2026-05-04T10:05:00Z@2	policy=next
  part-ls --after=2026-05-04T10:05:00Z@1 -- in layout= window= every=
  part-pick --policy=next --late --explain settle=

Nothing due is nothing printed:

  $ echo exit 0 > say-part-ls; loop --once --name ads in out
  $ loop --once --name ads -v in out; rm say-part-ls
  part-pick: nothing is due: the input is empty

The first stage that failed is named, with its exit status; the watermark stays:

  $ for stage in part-ls part-pick delta-build index-publish; do
  >   echo "echo $stage: no luck >&2; exit 69" > say-$stage
  >   loop --once --name ads in out || echo "[$?]"
  >   rm say-$stage
  > done
  part-ls: no luck
  freshet: ads: the batch failed at part-ls, exit 69
  [69]
  part-pick: no luck
  freshet: ads: the batch failed at part-pick, exit 69
  [69]
  delta-build: no luck
  freshet: ads: the batch failed at delta-build, exit 69
  [69]
  index-publish: no luck
  freshet: ads: the batch failed at index-publish, exit 69
  [69]
  $ echo 'kill -9 $$' > say-delta-build; loop --once --name ads in out; rm say-delta-build
  freshet: ads: the batch failed at delta-build, exit 137
  $ echo 'yes | head -c 1000000; exit 0' > say-part-ls; echo 'exit 65' > say-part-pick; sed -i.old 's/lines=$(cat)/lines=/' stand-in/part-pick
  $ loop --once --name ads in out
  freshet: ads: the batch failed at part-pick, exit 65
  [65]
  $ mv stand-in/part-pick.old stand-in/part-pick; rm say-*; echo 'printf "#published\n"; exit 0' > say-index-publish
  $ loop --once --name ads in out
  wm: cannot read standard input: the stream ends without #end: it was cut short
  freshet: ads: the batch failed at wm, exit 65
  [65]
  $ wm get -g ads
  2026-05-04T10:05:00Z@2

In a loop: `latest` until a batch has succeeded, `rate` from then on; a failure waits for the next tick, but one that
the next tick will not mend ends it:

  $ rm -f calls say-*; echo 'echo x >> tries; case $(wc -l < tries) in 1) exit 75 ;; 4) exit 64 ;; esac' > say-part-ls
  $ loop --tick 1s --name ads in out > lines; echo "exit $?"; cut -f 3-5,7 lines; rm say-part-ls
  freshet: ads: the batch failed at part-ls, exit 75
  freshet: ads: the batch failed at part-ls, exit 64
  exit 64
  advance	2026-05-04T10:05:00Z@2	2026-05-04T10:05:00Z@3	policy=latest
  advance	2026-05-04T10:05:00Z@3	2026-05-04T10:05:00Z@4	policy=rate
  $ grep pick calls
  part-pick --policy=latest --late --explain settle=
  part-pick --policy=latest --late --explain settle=
  part-pick --policy=rate --late --explain settle=
  part-pick --policy=rate --late --explain settle=
  $ echo 'exit 78' > say-delta-build; loop --tick 1h --name ads in out; rm say-delta-build
  freshet: ads: the batch failed at delta-build, exit 78

A planned restart is exit 0, after the batch:

  $ echo exit 0 > say-part-ls; loop --tick 1s --max-age 2s --name ads in out; ls -A tmp; rm say-part-ls

Another loop was faster: wm says so, and there is no batch of ours to log:

  $ echo 'rm -f generations' > say-index-publish; loop --once --name ads in out; rm say-index-publish
  wm: ads is at 2026-05-04T10:05:00Z@4 already; the receipt is of generation 1

A stop is clean. While it sleeps, at once, and its sleep with it:

  $ echo exit 0 > say-part-ls; rm -f calls; soon() { for i in $(seq 300); do "$@" 2> /dev/null && return; sleep 0.1; done; echo never; }
  $ dash "$freshet" --tick 1h --name ads in out & sleeps() { sleeper=$(pgrep -x sleep -P $!); }; soon sleeps
  $ kill $!; wait $!; echo "exit $?"; kill -0 "$sleeper" 2> /dev/null || echo no sleep; ls -A tmp
  exit 0
  no sleep

At SIGUSR1 it says that it waits, and goes on waiting:

  $ dash "$freshet" --tick 1h --name ads in out 2> said & soon sleeps; kill -USR1 $!; soon grep -q . said; cat said
  freshet: ads: waiting for the next tick
  $ rm calls; kill -USR1 $!; sleep 0.5; ls calls 2> /dev/null; kill $!; wait $!; kill -0 "$sleeper" 2> /dev/null || echo no sleep
  no sleep

While a batch runs, once that is done:

  $ rm -f calls; echo 'until [ -f go ]; do sleep 0.1; done' > say-part-ls
  $ dash "$freshet" --tick 1h --name ads in ads > lines & soon grep -q ls calls
  $ echo 'rm say-index-publish; while [ -s generations ] && [ $(wc -l < generations) -lt 4 ]; do echo x >> generations; done' > say-index-publish
  $ kill $!; touch go; wait $!; echo "exit $?"; cut -f 2-5 lines | cut -f 2-; ls -A tmp
  exit 0
  advance	2026-05-04T10:05:00Z@4	2026-05-04T10:05:00Z@5

With a signal to all of it, as a terminal and systemd send it, at once, and without a word:

  $ rm -f calls go
  $ setsid dash "$freshet" --tick 1h --name ads in ads & soon grep -q ls calls
  $ kill -- -$!; wait $!; echo "exit $?"; ls -A tmp; rm say-*
  exit 0
  $ wm get -g ads
  2026-05-04T10:05:00Z@5

What is typed wrong:

  $ loop
  freshet: SOURCE or DEST is missing (see freshet --help)
  [64]
  $ loop in out more
  freshet: too many arguments (see freshet --help)
  [64]
  $ loop --bogus in out
  freshet: unknown option '--bogus' (see freshet --help)
  [64]
  $ loop in out --tick
  freshet: too many arguments (see freshet --help)
  [64]
  $ loop --tick
  freshet: --tick needs a value (see freshet --help)
  [64]
  $ for tick in 0 5x -1 s 1h30 99999999999; do FRESHET_TICK=3h loop --once --tick "$tick" in out; done 2>&1 | sort | uniq -c | tr -s ' '
   6 freshet: --tick must be above 0, as 30s or 5m
  $ loop --once --name ../x in out
  wm: cannot use the name '../x': write 1 to 64 of A-Z a-z 0-9 . _ -, not beginning with - or . (or several, joined with /)
  freshet: ../x: the batch failed at wm, exit 64
  [64]
  $ mkdir alone; cp "$TESTS/../bin/freshet" alone; PATH=/usr/bin:/bin alone/freshet in out
  freshet: cannot find wm: it is neither beside freshet nor in PATH
  [78]
  $ TMPDIR=/nowhere loop in out
  freshet: cannot create a directory in /nowhere
  [73]
  $ loop --version; loop --help | head -n 1
  0.1.0
  usage: freshet [options] SOURCE DEST

By variables alone, as under systemd; and by another shell:

  $ FRESHET_SOURCE=in FRESHET_DEST=x/ads FRESHET_ONCE=1 FRESHET_JSON=1 FRESHET_EMPTY_FAILS=1 bash --posix "$freshet" | cut -f 1,3-5
  ads	advance	2026-05-04T10:05:00Z@5	2026-05-04T10:05:00Z@6

Other places go to index-publish, and no other tool sees them: what is --to there is a time to part-pick. The option's take the
place of the variable's, which has none with a blank in it:

  $ publishes() { rm -f calls; loop --once --name ads "$@" in out > lines; echo $?; grep -E 'pick|publish' calls | sort; }
  $ FRESHET_TO=' s3://b/x  ./* ' publishes
  0
  index-publish --to s3://b/x --to ./* -- out
  part-pick --policy=latest --late --explain settle=
  $ FRESHET_TO=s3://b/x publishes --to solr+http://h/solr/ads --to='a b=c'
  0
  index-publish --to solr+http://h/solr/ads --to a b=c -- out
  part-pick --policy=latest --late --explain settle=
  $ echo 'printf "%s|" publish "$@" >> "$CALLS"; echo >> "$CALLS"' > say-index-publish; publishes --to 'a b' --to c | grep 'h|'; rm say-index-publish
  publish|--to|a b|--to|c|--|out|
  $ for to in '' - --base; do loop --once --name ads --to "$to" in out || echo "[$?]"; done; FRESHET_TO='x -q' loop --once in out
  freshet: '' is no place to publish to (see freshet --help)
  [64]
  freshet: '-' is no place to publish to (see freshet --help)
  [64]
  freshet: '--base' is no place to publish to (see freshet --help)
  [64]
  freshet: '-q' is no place to publish to (see freshet --help)
  [64]
  $ loop --once --to="$(printf 'a\nb')" in out
  freshet: 'a
  b' is no place to publish to (see freshet --help)
  [64]

One of them that refuses is said, and exit 1; the watermark follows the first place, and so does the policy:

  $ touch refuse; loop --once --name ads --to x in out | cut -f 3-5,7
  index-publish: no luck there
  freshet: ads: the batch is published, but not at every place: index-publish, exit 1
  advance	2026-05-04T10:05:00Z@9	2026-05-04T10:05:00Z@10	policy=latest
  $ loop --once --name ads --to x in out > lines 2>&1
  [1]
  $ echo 'echo x >> tries; [ $(wc -l < tries) -lt 3 ] || exit 64' > say-part-ls; rm tries calls
  $ loop --tick 1s --name ads --to x in out 2> said | cut -f 3-5,7; cat said; rm refuse say-part-ls
  advance	2026-05-04T10:05:00Z@11	2026-05-04T10:05:00Z@12	policy=latest
  advance	2026-05-04T10:05:00Z@12	2026-05-04T10:05:00Z@13	policy=rate
  index-publish: no luck there
  freshet: ads: the batch is published, but not at every place: index-publish, exit 1
  index-publish: no luck there
  freshet: ads: the batch is published, but not at every place: index-publish, exit 1
  freshet: ads: the batch failed at part-ls, exit 64

Where the first place has refused, nothing is published, and the watermark stays:

  $ echo 'exit 1' > say-index-publish; loop --once --name ads --to x in out; wm get -g ads; rm say-index-publish
  freshet: ads: the batch failed at index-publish, exit 1
  2026-05-04T10:05:00Z@13
