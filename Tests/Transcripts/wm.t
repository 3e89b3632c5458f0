The command line of wm. The rules of a move are tested in WatermarksTests, and what can happen to the file.
Not tested: file systems over a network; power cuts.

  $ export FRESHET_NOW=2026-05-04T10:11:05Z
  $ receipt() {  # generation, position, lineage
  >   printf '#slice\tafter=2026-05-04T10:00:00Z\tgeneration=811\tfrom=2026-05-04T05:05:00Z\tto=2026-05-04T10:05:00Z'
  >   printf '\tevery=300\twindow=18000\tpolicy=rate\tobjects=61\tskipped=0\tgap=0\thash=cafe\n#index\tid=babe\n'
  >   printf '#published\tgeneration=%s\tto=2026-05-04T%s:00Z\tlineage=%s\n#end\tlines=0\n' "$1" "$2" "${3-L1}"
  > }

No watermark yet: nothing is printed, and nothing is made:

  $ wm get ads; wm get -g ads; wm ls; wm log ads; find . -type f
  $ wm get -e ads
  [1]
  $ wm ls -e
  [1]
  $ wm lag ads
  wm: cannot tell the lag of ads: there is no such watermark
  [66]
  $ wm rewind ads
  wm: cannot rewind ads: there is no such watermark
  [66]
  $ wm rm ads
  wm: cannot remove ads: there is no such watermark
  [66]

A person's word, and receipts; the file is where XDG_STATE_HOME says, and its owner's alone:

  $ wm set ads 2026-05-04T10:00:00Z@811 --why 'moved from the old system'
  2026-05-04T10:00:00Z@811
  $ receipt 812 10:05 | wm advance ads --listed 2026-05-04T10:11:01Z --picked @1777889462 --built @1777889463 --published now-1s
  2026-05-04T10:05:00Z@812
  $ wm get ads; wm get -g ads; wm get --json ads
  2026-05-04T10:05:00Z
  2026-05-04T10:05:00Z@812
  {"name":"ads","position":"2026-05-04T10:05:00Z","generation":812,"lineage":"L1","slice":"cafe","who":"*","at":"2026-05-04T10:11:05Z"} (glob)
  $ stat -c %a freshet freshet/watermarks.db
  700
  600
  $ wm log ads | cut -f 1-4,6-
  2026-05-04T10:11:05Z	advance	2026-05-04T10:00:00Z@811	2026-05-04T10:05:00Z@812	policy=rate	objects=61	skipped=0	gap=0	listed=61	picked=62	built=63	published=64	advanced=65	slice=cafe	index=babe	lineage=L1
  2026-05-04T10:11:05Z	set	-	2026-05-04T10:00:00Z@811	why=moved%20from%20the%20old%20system
  $ wm log --json -n 1 ads
  {"sequence":2,"name":"ads","at":"2026-05-04T10:11:05Z","action":"advance","from":"2026-05-04T10:00:00Z@811","to":"2026-05-04T10:05:00Z@812","who":"*","policy":"rate","objects":61,"skipped":0,"gap":0,"listed":61,"picked":62,"built":63,"published":64,"advanced":65,"slice":"cafe","index":"babe","lineage":"L1"} (glob)
  $ sqlite3 -separator ' ' freshet/watermarks.db 'SELECT name, position, generation, lineage FROM watermark; SELECT seq, action, to_position, policy, partition_end FROM log'
  ads 2026-05-04T10:05:00Z 812 L1
  1 set 2026-05-04T10:00:00Z  
  2 advance 2026-05-04T10:05:00Z rate 2026-05-04T10:10:00Z

The same receipt again, an older one, and none at all:

  $ receipt 812 10:05 | wm advance ads
  wm: ads is at 2026-05-04T10:05:00Z@812 already; the receipt is of generation 812
  2026-05-04T10:05:00Z@812
  $ receipt 700 09:00 | wm advance -q ads
  2026-05-04T10:05:00Z@812
  $ wm advance ads < /dev/null
  $ wm advance -e ads < /dev/null
  [1]
  $ wm log ads | wc -l
  2

Another pipe was faster: its receipt counts, and of our own batch nothing is logged, nor the times of our stages:

  $ receipt 814 10:10 | wm advance ads --listed now
  2026-05-04T10:10:00Z@814
  $ wm log ads -n 1 | cut -f 2-4,6-
  advance	2026-05-04T10:05:00Z@812	2026-05-04T10:10:00Z@814	advanced=-235	lineage=L1
  $ receipt 815 10:05 | sed 's/lineage/superseded=1	lineage/' | wm advance ads --json --listed now | cut -d , -f 1-4
  {"name":"ads","position":"2026-05-04T10:10:00Z","generation":815,"lineage":"L1"
  $ wm log ads -n 1 | cut -f 2-4,6-
  advance	2026-05-04T10:10:00Z@814	2026-05-04T10:10:00Z@815	policy=rate	objects=61	skipped=0	gap=0	advanced=65	slice=cafe	index=babe	lineage=L1
  $ receipt 816 10:05 | sed 's/lineage/rollback=803	lineage/' | wm advance ads
  2026-05-04T10:05:00Z@816

Another destination:

  $ receipt 3 10:15 L2 | wm advance ads
  wm: cannot advance ads: it is at 2026-05-04T10:05:00Z@816 of lineage L1, and the receipt at 2026-05-04T10:15:00Z@3 of lineage L2: the destination was replaced; 'wm set ads TIME@N' goes on from there
  [1]
  $ wm set ads 2026-05-04T10:10:00Z@2; receipt 3 10:15 L2 | wm advance ads
  2026-05-04T10:10:00Z@2
  2026-05-04T10:15:00Z@3

Back, and forgotten:

  $ wm rewind ads --why 'a bad file'; wm rewind ads
  2026-05-04T10:10:00Z@3
  2026-05-04T10:05:00Z@3
  $ wm rm ads; wm get ads; wm log ads -n 1 | cut -f 2-4
  remove	2026-05-04T10:05:00Z@3	-
  $ wm rm ads
  wm: cannot remove ads: there is no such watermark
  [66]

What a receipt must be:

  $ receipt 1 10:05 | grep -v '#published' | wm advance ads
  wm: cannot advance by standard input: no #published: is index-publish missing? (For a command of your own: --slice)
  [65]
  $ receipt 1 10:05 | grep -v '#slice' | wm advance ads
  wm: cannot advance by standard input: no #slice: without one there is nothing to advance to
  [65]
  $ receipt 1 10:05 | grep -v '#end' | wm advance ads
  wm: cannot read standard input: the stream ends without #end: it was cut short
  [65]
  $ printf '2026-05-04T10:05:00Z\t2026-05-04T10:05:00Z\t1\tt\t/a\n' | wm advance ads
  wm: cannot advance by standard input: no #published: is index-publish missing? (For a command of your own: --slice)
  [65]
  $ for generation in 0 -1 x '' 99999999999999999999; do receipt "$generation" 10:05 | wm advance ads; done
  wm: cannot advance by standard input: #published is of generation 0
  wm: cannot advance by standard input: #published has a generation= that is none
  wm: cannot advance by standard input: #published has a generation= that is none
  wm: cannot advance by standard input: #published has no generation=
  wm: cannot advance by standard input: #published has a generation= that is none
  [65]
  $ receipt 1 25:00 | wm advance ads
  wm: cannot advance by standard input: #published has a to= that is none
  [65]
  $ receipt 1 10:05 a%0Ab | wm advance ads
  wm: cannot advance by standard input: #published has a lineage= that is none
  [65]
  $ printf '#slice\tto=2026-05-04T10:05:00Z\n#published\tgeneration=1\tto=2026-05-04T10:05:00Z\n#end\tlines=0\n' > whole
  $ for ((n = 1; n < $(stat -c %s whole); n += $([ $SIZE = quick ] && echo 21 || echo 1))); do
  >   head -c $n whole | wm advance ads 2> said && echo taken at $n; done; wm get ads
  $ receipt 1 10:05 | wm advance ads > /dev/full
  wm: cannot write standard output: No space left on device
  [74]
  $ receipt 1 10:05 | wm advance -q ads; wm rm ads
  2026-05-04T10:05:00Z@1

The other form of the lines is read too:

  $ receipt 7 10:05 | sed 's/\t/","/g; s/=/":"/g; s/^#\([a-z]*\)/{"#":"\1/; s/$/"}/' | wm advance tenant/ads
  2026-05-04T10:05:00Z@7

How far behind:

  $ wm lag tenant/ads; wm lag --json tenant/ads; wm lag tenant/ads --every 1h; wm lag tenant/ads --now now
  65
  {"name":"tenant/ads","position":"2026-05-04T10:05:00Z","every":300,"lag":65}
  -3235
  \d+ (re)
  $ wm lag tenant/ads --max 65
  65
  $ wm lag tenant/ads --max 1m
  65
  [1]
  $ wm set new 2026-05-04T10:00:00Z; wm lag new
  2026-05-04T10:00:00Z@0
  wm: cannot tell the lag of new: no receipt has told how long a partition is; say --every
  [64]
  $ wm lag new --every 5m
  365
  $ wm ls | cut -f 1-3; wm ls tenant/ | cut -f 1; wm ls --json new
  new	2026-05-04T10:00:00Z@0	2026-05-04T10:11:05Z
  tenant/ads	2026-05-04T10:05:00Z@7	2026-05-04T10:11:05Z
  tenant/ads
  {"name":"new","position":"2026-05-04T10:00:00Z","generation":0,"who":"*","at":"2026-05-04T10:11:05Z"} (glob)

Idle, where a batch found nothing to do, and stalled, where nobody knows of one; noted once a minute:

  $ wm ls --stale 1h; wm ls --stale 1h --now 2026-05-04T11:11:06Z | cut -f 1,3,5
  new	2026-05-04T10:11:05Z	stalled
  tenant/ads	2026-05-04T10:11:05Z	stalled
  $ wm idle new --now 2026-05-04T11:00:00Z; wm idle new --now 2026-05-04T11:00:59Z; wm get --json new | grep -o '"idle".*'
  "idle":"2026-05-04T11:00:00Z"}
  $ wm idle new --now 2026-05-04T11:01:00Z; wm ls --stale 1h --now 2026-05-04T11:11:06Z | cut -f 1,3,5
  new	2026-05-04T10:11:05Z	idle
  tenant/ads	2026-05-04T10:11:05Z	stalled
  $ wm ls --stalled 1h --now 2026-05-04T11:11:06Z | cut -f 1,5; wm ls --stalled 10m new --now 2026-05-04T11:11:06Z | cut -f 1
  tenant/ads
  new
  $ wm ls --stalled 1h --stale 1h
  wm: one of --stale and --stalled
  [64]
  $ wm idle nobody; wm idle nobody --store sqlite:none.db; ls none.db
  ls: cannot access 'none.db': No such file or directory
  [2]
  $ wm set new 2026-05-04T10:00:00Z; wm get --json new | grep -c idle
  2026-05-04T10:00:00Z@0
  0
  [1]

What is typed wrong:

  $ wm
  wm: say what to do: get, set, advance, rewind, idle, lag, log, ls, rm or hold (see wm --help)
  [64]
  $ wm get
  wm: missing expected argument '<name>' (see wm --help)
  [64]
  $ wm get ../ads
  wm: cannot use the name '../ads': write 1 to 64 of A-Z a-z 0-9 . _ -, not beginning with - or . (or several, joined with /)
  [64]
  $ wm set ads yesterday
  wm: cannot read the time 'yesterday': write 2026-05-04T10:05:00Z, @1777889100 or now-5h
  [64]
  $ wm set ads 2026-05-04T10:05:00Z@-1
  wm: cannot read the position '2026-05-04T10:05:00Z@-1': write TIME or TIME@GENERATION
  [64]
  $ wm set ads ''
  wm: the position is empty; 'wm rm ads' forgets a watermark
  [64]
  $ wm log ads -n -1
  wm: * (glob)
  [64]
  $ wm ls --stale often
  wm: cannot read --stale 'often': write 300, 5m or 5h
  [64]
  $ wm get ads --store mysql://db
  wm: cannot use the store: write sqlite:PATH, postgres://HOST/DATABASE or s3://BUCKET/PREFIX
  [64]
  $ wm get ads --store postgres://user:secret@db/x
  wm: cannot use the store postgres://...: everybody can see a password on a command line; say it in the file PGPASSFILE, or all in FRESHET_WM
  [64]
  $ env -u HOME -u XDG_STATE_HOME wm get ads
  wm: cannot find the watermark store: neither XDG_STATE_HOME nor HOME is set; say --store sqlite:PATH
  [78]

Where the store is said, by option and by variable; what is typed wins:

  $ FRESHET_WM=sqlite:$PWD/a.db FRESHET_WHY=because wm set x @0 && FRESHET_STORE=sqlite:a.db wm log x | cut -f 2,4,6
  1970-01-01T00:00:00Z@0
  set	1970-01-01T00:00:00Z@0	why=because
  $ FRESHET_WM=sqlite:a.db wm get x --store sqlite:b.db; ls b.db
  ls: cannot access 'b.db': No such file or directory
  [2]
  $ umask 0277; wm set x @0 --store sqlite:odd/c.db; umask 022; stat -c %a odd/c.db
  1970-01-01T00:00:00Z@0
  600

What can't be opened, as any user who is not root:

  $ other() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; else "$@"; fi; }
  $ chmod 755 .; mkdir locked; wm set x @5@1 --store sqlite:locked/ro.db; chmod 444 locked/ro.db; chmod 555 locked
  1970-01-01T00:00:05Z@1
  $ other wm get -g x --store sqlite:locked/ro.db
  1970-01-01T00:00:05Z@1
  $ other wm set x @6 --store sqlite:locked/ro.db
  wm: cannot use locked/ro.db: attempt to write a readonly database (SQLite *, in 'REPLACE INTO watermark *') (glob)
  [77]
  $ other wm set x @6 --store sqlite:locked/new.db
  wm: cannot create locked/new.db: Permission denied
  [77]
  $ chmod 000 locked/ro.db; other wm get x --store sqlite:locked/ro.db
  wm: cannot open locked/ro.db: Permission denied
  [77]
  $ wm set x @6 --store sqlite:a.db/new.db
  wm: cannot open a.db/new.db: Not a directory
  [66]
  $ echo 'no database, this, and long enough to be taken for one by its first page only' > text.db; wm get x --store sqlite:text.db
  wm: cannot use text.db: file is not a database (SQLite 26, in *); move it away, and the next batch takes up from what is published, or mend it: sqlite3 text.db .recover (glob)
  [65]

Eight at once, each with the same receipts in an order of its own (in WatermarksTests it is 8 x 200): each generation
moves the watermark once at most, never backwards, and the newest is what stays.

  $ unset FRESHET_NOW; export FRESHET_WM=sqlite:$PWD/race.db
  $ most=$([ $SIZE = quick ] && echo 2 || echo 25)
  $ for p in 1 2 3 4 5 6 7 8; do
  >   seq $most | sort -R | while read -r n; do receipt $n 10:05 | wm advance -q ads > /dev/null || echo "exit $?"; done &
  > done; wait
  $ [ "$(wm get -g ads)" = "2026-05-04T10:05:00Z@$most" ] || wm get -g ads
  $ wm log ads | cut -f 4 | cut -d @ -f 2 > moved; test -s moved && sort -nru moved | cmp moved - && echo only forward
  only forward

Killed at any moment, the next one goes on:

  $ export FRESHET_WM=sqlite:$PWD/kill.db; receipt 1 10:05 | wm advance ads
  2026-05-04T10:05:00Z@1
  $ for n in $(seq 2 $([ $SIZE = quick ] && echo 7 || echo 60)); do
  >   receipt $n 10:05 > in; wm advance -q ads < in > /dev/null & sleep 0.0$((RANDOM % 8))$((RANDOM % 10)); kill -9 $! && wait $!
  >   at=$(wm get -g ads) || echo "exit $?"; at=${at#*@}
  >   [ "$at" -le $n ] && [ "$at" -ge "${last:-1}" ] || echo "at $at after $n"; last=$at
  > done 2> /dev/null
  $ wm log ads | cut -f 4 | cut -d @ -f 2 > moved; test -s moved && sort -nru moved | cmp moved - && sqlite3 kill.db 'PRAGMA integrity_check'
  ok
  $ receipt 61 10:10 | wm advance ads
  2026-05-04T10:10:00Z@61

A command of the user's own has done a slice: the watermark moves by it, once, and an index's does not.

  $ export FRESHET_WM=sqlite:$PWD/own.db
  $ slice() { printf '#slice\tafter=%s\tgeneration=%s\tto=2026-05-04T%s:00Z\tevery=300\tpolicy=rate\tobjects=2\n#end\tlines=0\n' "$1" "$2" $3; }
  $ slice '' '' 10:00 | wm advance own
  wm: cannot advance by standard input: no #published: is index-publish missing? (For a command of your own: --slice)
  [65]
  $ wm advance --slice own < /dev/null; wm get own
  $ slice '' '' 10:00 | wm advance --slice own
  2026-05-04T10:00:00Z@1
  $ slice 2026-05-04T10:00:00Z 1 10:05 | wm advance --slice own; wm get -g own
  2026-05-04T10:05:00Z@2
  2026-05-04T10:05:00Z@2
  $ slice 2026-05-04T10:00:00Z 1 10:10 | wm advance --slice own
  wm: own is at 2026-05-04T10:05:00Z@2 already; the receipt is of generation 2
  2026-05-04T10:05:00Z@2
  $ slice '' '' 10:10 | wm advance --slice own
  wm: cannot advance own: it is at 2026-05-04T10:05:00Z@2, and the slice was listed after none: list with --after "$(wm get -g own)"
  [1]
  $ slice '' '' 10:00 | wm advance --slice own
  wm: own is at 2026-05-04T10:05:00Z@2 already; the receipt is of generation 1
  2026-05-04T10:05:00Z@2
  $ slice 2026-05-04T10:05:00Z '' 10:10 | wm advance --slice own
  wm: cannot advance by standard input: #slice has no generation=: list with --after "$(wm get -g NAME)"
  [65]
  $ wm log own -n 1 | cut -f 2-4,6-
  advance	2026-05-04T10:00:00Z@1	2026-05-04T10:05:00Z@2	policy=rate	objects=2	advanced=* (glob)
  $ receipt 1 10:00 d1 | wm advance index
  2026-05-04T10:00:00Z@1
  $ slice 2026-05-04T10:00:00Z 1 10:05 | wm advance --slice index
  wm: cannot advance index: it is of what index-publish publishes; a slice that becomes no index needs another name
  [1]
  $ receipt 2 10:05 d1 | wm advance --slice index
  wm: cannot advance by standard input: it has #published: leave out --slice, so that the watermark follows what is published
  [65]
  $ receipt 3 10:15 d1 | wm advance own
  wm: cannot advance own: it follows slices, by --slice; what index-publish publishes needs another name
  [1]
  $ printf '#slice\tto=25\n#end\tlines=0\n' | wm advance --slice own
  wm: cannot advance by standard input: #slice has a to= that is none
  [65]
  $ printf '#slice\tpolicy=rate\n#end\tlines=0\n' | wm advance --slice own
  wm: cannot advance by standard input: #slice has no to=
  [65]
  $ slice '' 9223372036854775807 10:00 | wm advance --slice own
  wm: cannot advance by standard input: #slice has a generation= that is none
  [65]
