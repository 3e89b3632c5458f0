wm hold, and what is refused under a lease that was lost. What takes time (leases that run out, holders that are killed
or sleep) is in Tests/Pipes/28-hold, the rules of a lease in WatermarksTests (LeaseTests, TenureTests).
Not tested: a terminal; the sleep of a machine.

  $ export FRESHET_WM=sqlite:wm.db; soon() { for i in $(seq 300); do "$@" 2> /dev/null && return; sleep 0.1; done; echo never; }

The command gets the token, our streams, its arguments byte by byte, and the store, wherever it goes:

  $ wm hold ads --ttl 10s -- sh -c 'echo "$FRESHET_LEASE $FRESHET_FENCE"; cd /; wm set ads @0; env | grep -c PASSWORD'
  ads \d{10} (re)
  1970-01-01T00:00:00Z@0
  0
  [1]
  $ echo in | wm hold ads -- cat; wm hold ads -- printf '<%s>' $'a\xff' '' --ttl -- | od -An -c; wm hold ads -- cat < /dev/null >&-
  in
     <   a 377   >   <   >   <   -   -   t   t   l   >   <   -   -
     >
  $ wm get ads
  1970-01-01T00:00:00Z

It ends as its command does, and gives the lease back:

  $ wm hold ads -- true; wm hold ads -- sh -c 'exit 3'
  [3]
  $ wm hold ads -- sh -c 'kill -KILL $$'
  [137]
  $ wm hold ads -- sh -c 'kill -TERM $$'
  [143]
  $ (wm hold ads -- sh -c 'kill -INT $$'); echo "exit $?"
  exit 130
  $ wm hold ads -- no-such-command
  wm: cannot run no-such-command: No such file or directory
  [66]
  $ touch plain; wm hold ads -- ./plain
  wm: cannot run ./plain: Permission denied
  [77]
  $ mkdir bin; echo 'echo "$#: $2"; exit 6' > bin/no-first-line; chmod +x bin/no-first-line; PATH=$PATH:$PWD/bin wm hold ads -- no-first-line a 'b  c'
  2: b  c
  [6]
  $ wm hold ads -- true

One at a time. The line says who has it, since when, and until when; others have nothing to do with it:

  $ wm hold ads --ttl 1h -- sh -c 'touch begun; until [ -e go ]; do sleep 0.1; done; echo first' & soon test -e begun
  $ wm hold ads -- echo second
  wm: cannot hold ads: *@*:* has it since 20*Z, until 20*Z unless they renew it (glob)
  [75]
  $ wm hold tenant/ads -- echo other
  other
  $ wm hold ads --wait 1s -- echo second 2> said; echo "exit $?"; wc -l < said
  exit 75
  1
  $ wm hold ads --wait 1h -- echo second & sleep 0.2; touch go; wait
  first
  second

A fence grows with each holder, and never begins again:

  $ fence() { wm hold "$@" -- printenv FRESHET_FENCE; }
  $ first=$(fence ads); second=$(fence ads); wm rm ads; third=$(fence ads); [ "$first" -lt "$second" ] && [ "$second" -lt "$third" ]
  $ [ "$(fence ads --now @5)" -gt "$third" ]

One in another: what runs shows the inner token.

  $ wm hold a -- wm hold b -- printenv FRESHET_LEASE
  b
  $ wm hold a -- wm hold a -- true
  wm: cannot hold a: * (glob)
  [75]

Signals are the command's, and all that it has started. (What a script starts beside itself ignores INT and QUIT.)

  $ for signal in TERM INT HUP QUIT; do
  >   rm -f begun; env --default-signal wm hold ads -- bash -c "trap 'echo $signal; exit 5' $signal; touch begun; while :; do sleep 0.1; done" 2> /dev/null &
  >   soon test -e begun; kill -$signal $!; wait $!; echo "exit $?"
  > done
  TERM
  exit 5
  INT
  exit 5
  HUP
  exit 5
  QUIT
  exit 5
  $ wm hold ads -- sh -c 'sleep 1001 | sleep 1002' & sleeps() { pgrep -f 'sleep 100[1]' > pids && pgrep -f 'sleep 100[2]' >> pids; }
  $ soon sleeps; kill $!; wait $!; echo "exit $?"; gone() { ! ps -o stat= -p "$(paste -sd, pids)" | grep -qv Z; }; soon gone
  exit 143

That goes for a command that leaves its group:

  $ rm -f begun; wm hold ads -- perl -e 'setpgrp(0, getpgrp(getppid)) or die; open(F, ">begun"); sleep 1000' & soon test -e begun
  $ kill $!; wait $!; echo "exit $?"
  exit 143

SIGUSR1 is ours: it says what is held.

  $ rm -f begun go; wm hold ads -- sh -c 'touch begun; until [ -e go ]; do sleep 0.1; done' 2> said & soon test -e begun
  $ kill -USR1 $!; soon grep -q . said; touch go; wait; cat said
  wm: holding ads, fence * (glob)

A lease that was lost is the command's end, whether or not anybody reads what is said of it:

  $ steal='sqlite3 wm.db "UPDATE lease SET fence = fence + 1"; sleep 1000'; wm hold lost --ttl 1s -- sh -c "$steal"
  wm: lost the lease lost, so its command is stopped: *@*:* has it since 20*Z (glob)
  [75]
  $ { wm hold gone --ttl 1s -- sh -c "exec > /dev/null 2>&1; $steal"; echo $? > code; } 2>&1 | true; cat code
  75
  $ { wm hold told --ttl 1s -v -- sh -c 'exec > /dev/null 2>&1; sleep 1'; echo $? > code; } 2>&1 | true; cat code
  0

One that was given up as the store did not answer, and was renewed then after all, is given back:

  $ wm hold slow --ttl 2s -- sh -c '(echo "BEGIN IMMEDIATE;"; sleep 1000) | sqlite3 wm.db'; wm hold slow -- true
  wm: lost the lease slow, so its command is stopped: it could not be renewed in time: the store did not answer

Who has lost the lease advances nothing, whatever they advance; the newest may, and so may a person:

  $ receipt() {
  >   printf '#slice\tto=2026-05-04T10:0%s:00Z\tevery=300\n#published\tgeneration=%s\tto=2026-05-04T10:0%s:00Z\n#end\tlines=0\n' "$1" "$1" "$1"
  > }
  $ old=$(fence ads); new=$(fence ads); receipt 1 | FRESHET_FENCE=$old wm advance ads
  wm: cannot advance under the lease ads: it was lost: * has it since * (fence *, ours *) (glob)
  [1]
  $ receipt 1 | FRESHET_FENCE=$old FRESHET_LEASE=ads wm advance other
  wm: cannot advance under the lease ads: it was lost: * (glob)
  [1]
  $ receipt 1 | FRESHET_FENCE=$new FRESHET_LEASE=ads wm advance ads; wm log ads -n 1 | grep -c "fence=$new"
  2026-05-04T10:01:00Z@1
  1
  $ receipt 2 | wm advance ads; receipt 3 | wm hold ads -- wm advance ads
  2026-05-04T10:02:00Z@2
  2026-05-04T10:03:00Z@3
  $ receipt 4 | FRESHET_FENCE=x wm advance ads
  wm: FRESHET_FENCE: 'x' is no fence (see wm --help)
  [64]
  $ receipt 4 | FRESHET_FENCE=9007199254740992 wm advance ads
  wm: FRESHET_FENCE: '9007199254740992' is no fence (see wm --help)
  [64]
  $ receipt 4 | FRESHET_FENCE=1 FRESHET_LEASE=../x wm advance ads
  wm: cannot use the name '../x': * (glob)
  [64]

Nor do they publish, unless a person forces it; a generation carries what it has seen:

  $ echo 'ad id' > fields; build() { echo "{\"ad\":\"$1\"}" | delta-build --records --fields fields --work work; }
  $ build a | wm hold ads -- index-publish dest | tr '\t' '\n' | grep -E 'fence|lease'; new=$(fence ads)
  fence=\d+ (re)
  lease=ads
  $ build b | FRESHET_FENCE=$new FRESHET_LEASE=ads index-publish dest > /dev/null; build c > receipt; index-publish dest < receipt | grep -c fence
  0
  [1]
  $ FRESHET_FENCE=$old FRESHET_LEASE=ads index-publish dest < receipt
  index-publish: cannot publish to dest: the lease ads was lost: fence * has published here, and ours is * (glob)
  [1]
  $ FRESHET_FENCE=$old index-publish dest < receipt
  index-publish: cannot publish to dest: the lease ads was lost: fence * has published here, and ours is * (glob)
  [1]
  $ FRESHET_FENCE=$old FRESHET_LEASE=ads index-publish --rollback 1 dest
  index-publish: cannot publish to dest: the lease ads was lost: * (glob)
  [1]
  $ FRESHET_FENCE=$old FRESHET_LEASE=other index-publish dest < receipt | tr '\t' '\n' | grep lease
  lease=other
  $ FRESHET_FENCE=$old FRESHET_LEASE=ads index-publish --force dest < receipt | tr '\t' '\n' | grep -E 'force|lease='
  index-publish: forced, although the lease ads was lost: fence * has published here, and ours is * (glob)
  lease=ads
  force=1
  $ grep -o '"fence":{.*' dest/generations/5-*.json | sed "s/$new/NEW/; s/$old/OLD/"
  "fence":{"ads":NEW,"other":OLD},"lease":"ads"}

What is typed wrong:

  $ wm hold ads
  wm: say what to run, after --: wm hold ads -- command ... (see wm --help)
  [64]
  $ wm hold ads echo
  wm: unexpected argument 'echo' (see wm --help)
  [64]
  $ for ttl in 0 999999999 -1s soon; do wm hold ads --ttl="$ttl" -- true; done
  wm: --ttl must be from 1s to 7d
  wm: --ttl must be from 1s to 7d
  wm: cannot read --ttl '-1s': write 300, 5m or 5h
  wm: cannot read --ttl 'soon': write 300, 5m or 5h
  [64]
  $ wm hold ads --wait long -- true
  wm: cannot read --wait 'long': write 300, 5m or 5h
  [64]
  $ wm hold ../x -- true
  wm: cannot use the name '../x': * (glob)
  [64]
