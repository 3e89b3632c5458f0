What all executables have in common: help, version, wrong usage, variables, and what they say of their progress.

  $ tools='part-ls part-pick part-cat delta-build index-publish wm index-search index-check'
  $ for tool in $tools; do
  >   $tool -h > short 2>&1 && $tool --help > long 2>&1 && cmp short long && grep -q "^USAGE: $tool " long || echo "$tool: no help"
  >   [ "$($tool --version)" = "$(wm --version)" ] || echo "$tool: another version"
  >   $tool --nonsense < /dev/null > out 2> err; [ "$? $(wc -l < err) $(wc -c < out)" = "64 1 0" ] || echo "$tool: $(cat err)"
  > done
  $ for sub in get set advance rewind lag log ls rm; do
  >   wm $sub --help | grep -q "^USAGE: wm $sub " || echo "$sub: no help"
  >   wm $sub x y z --nonsense < /dev/null > out 2> err; [ "$? $(wc -l < err) $(wc -c < out)" = "64 1 0" ] || echo "$sub: $(cat err)"
  > done

Every option has its variable. The command line wins; an empty variable counts as none; so does a flag's that says no.

  $ mkdir -p ads/dt=2026-05-04 && touch ads/dt=2026-05-04/a ads/dt=2026-05-04/b
  $ export FRESHET_LAYOUT=dt=%Y-%m-%d
  $ part-ls ads | tail -n 3 | cut -f 1,5
  2026-05-04T00:00:00Z	ads/dt=2026-05-04/a
  2026-05-04T00:00:00Z	ads/dt=2026-05-04/b
  #end
  $ FRESHET_SUMMARY=1 part-ls ads | cut -f 4
  2
  $ for no in '' 0 no false; do FRESHET_SUMMARY=$no part-ls ads | head -n 1 | cut -f 1; done
  #list
  #list
  #list
  #list
  $ FRESHET_LAYOUT=x=%Y-%m-%d part-ls ads -l dt=%Y-%m-%d | tail -n 1
  #end	lines=2
  $ FRESHET_LAYOUT= part-ls ads
  part-ls: cannot list ads: no layout; say how time is spelled in its paths, as in -l dt=%Y-%m-%d/hour=%H
  [64]
  $ FRESHET_JOBS=many part-ls ads
  part-ls: the value 'many' is invalid for '--jobs <n>' (see part-ls --help)
  [64]
  $ FRESHET_STORE=sqlite:$PWD/wm.db FRESHET_NOW=2026-05-05T00:00:00Z FRESHET_WHY=test wm set ads now-1h
  2026-05-04T23:00:00Z@0
  $ FRESHET_STORE=sqlite:$PWD/wm.db FRESHET_NUMBER=1 wm log ads | cut -f 1,4,6
  2026-05-05T00:00:00Z	2026-05-04T23:00:00Z@0	why=test

A name that begins with - goes behind --; so does one that is an option's:

  $ mv ads ./-q; part-ls -s -- -q | cut -f 5
  -q/dt=2026-05-04
  $ mv ./-q ads

How far it is, at SIGUSR1, which ends no tool:

  $ mkfifo fifo; exec 9<> fifo; printf 'id id\n' > ads.fields
  $ soon() { for _ in $(seq 300); do if "$@"; then return; fi; sleep 0.02; done; echo "not soon: $*"; }
  $ blocks() { grep -q '^SigBlk:.*[2367abef]..$' /proc/$1/status; }
  $ waits() { kill -USR1 "$1"; grep -q waiting said; }
  $ asked() { "$@" < fifo 2> said & soon blocks $!; soon waits $!; grep -m 1 waiting said; kill $!; wait $! 2> /dev/null; }
  $ asked part-pick -q
  part-pick: waiting for the listing
  [143]
  $ asked part-cat
  part-cat: waiting for the slice
  [143]
  $ asked delta-build --fields ads.fields --work work
  delta-build: waiting for the slice
  [143]
  $ asked index-publish published
  index-publish: waiting for the receipt
  [143]
  $ asked wm advance ads
  wm: waiting for the receipt
  [143]

On a terminal what takes long is said unasked, unless -q was given; elsewhere never:

  $ script -qc 'timeout 4 part-pick < fifo' /dev/null < /dev/null | tr -d '\r'
  part-pick: waiting for the listing
  $ script -qc 'timeout 4 part-pick -q < fifo' /dev/null < /dev/null
  $ timeout 4 part-pick < fifo
  [124]

A reader of stdout who has gone ends a tool without a word, by SIGPIPE.

  $ python3 -c 'import os, subprocess; r, w = os.pipe(); os.close(r); print(subprocess.run(["part-ls", "ads"], stdout=w).returncode)'
  -13
