The command line of part-pick. What the policies choose is tested in PickingTests.

  $ for m in 00 05 10; do
  >   t=2026-05-04T10:$m:00Z
  >   printf '%s\t%s\t%d\t%s\t%s\n' $t $t 10 tag$m /data/$m.json
  > done > listing

  $ part-pick --policy latest --every 5m --window 10m --now 2026-05-04T10:16:00Z --explain < listing
  part-pick: latest at 2026-05-04T10:16:00Z: watermark none, window (2026-05-04T10:00:00Z, 2026-05-04T10:10:00Z], 2 objects, skipped 0, gap 0
  #slice	after=	generation=	from=2026-05-04T10:00:00Z	to=2026-05-04T10:10:00Z	every=300	window=600	policy=latest	objects=2	skipped=0	gap=0	hash=* (glob)
  2026-05-04T10:05:00Z	2026-05-04T10:05:00Z	10	tag05	/data/05.json
  2026-05-04T10:10:00Z	2026-05-04T10:10:00Z	10	tag10	/data/10.json
  #end	lines=2

The hash is that of the object lines, so anybody can compute it:

  $ printf '#list\tevery=300\twindow=600\tafter=\n' > framed; cat listing >> framed; printf '#end\tlines=3\n' >> framed
  $ part-pick --policy latest --now 2026-05-04T10:16:00Z < framed > slice; head -n 1 slice
  #list	every=300	window=600	after=
  $ test "$(sed -n 's/^#slice.*hash=//p' slice)" = "$(grep -v '^#' slice | sha256sum | cut -d ' ' -f 1)" && echo same
  same

Nothing due is nothing printed, and exit 0 unless -e was given:

  $ part-pick --policy latest --every 5m --window 10m --after 2026-05-04T10:10:00Z --now @1777889800 < listing
  $ part-pick -e --policy latest --every 5m --window 10m --after 2026-05-04T10:10:00Z --now @1777889800 < listing
  [1]
  $ part-pick --explain --policy latest --every 5m --window 10m --after 2026-05-04T10:10:00Z --now @1777889800 < listing
  part-pick: nothing is due: the watermark is at 2026-05-04T10:10:00Z already
  $ part-pick < /dev/null

With --late it is due again; and a gap can be refused:

  $ part-pick --late --policy latest --every 5m --window 10m --after 2026-05-04T10:10:00Z@7 --now @1777889800 < listing | head -n 1 | cut -f 2-5
  after=2026-05-04T10:10:00Z	generation=7	from=2026-05-04T10:00:00Z	to=2026-05-04T10:10:00Z
  $ part-pick --no-gap --policy latest --every 5m --window 5m --after 2026-05-04T10:00:00Z --now @1777889800 < listing
  part-pick: cannot pick (2026-05-04T10:05:00Z, 2026-05-04T10:10:00Z]: a gap of 1 after the watermark 2026-05-04T10:00:00Z would be in no batch; widen --window, or publish a new base
  [1]

A window that the listing does not reach is said:

  $ sed 's/after=/after=\tsince=2026-05-04T10:00:00Z/' framed | part-pick --policy latest --window 1h --now @1777889800 > slice
  part-pick: the slice may be short: the listing begins at 2026-05-04T10:00:00Z, and the window after 2026-05-04T09:10:00Z

What can't be is refused:

  $ head -c 200 framed | part-pick
  part-pick: cannot read standard input: the last line has no newline: it was cut short
  [65]
  $ head -n 2 framed | part-pick
  part-pick: cannot read standard input: the stream ends without #end: it was cut short
  [65]
  $ grep -v 10:05 framed | part-pick
  part-pick: cannot read standard input: line 4: #end counts 3 object lines, and there are 2: some were lost
  [65]
  $ echo garbage | part-pick
  part-pick: cannot read standard input: line 1: neither an object line nor a receipt: 'garbage'
  [65]
  $ sed 's/every=300/every=often/' framed | part-pick --policy latest
  part-pick: cannot read standard input: #list has every=often
  [65]
  $ sed 's/every=300/every=300\tgeneration=last/' framed | part-pick --policy latest
  part-pick: cannot read standard input: #list has generation=last
  [65]
  $ part-pick --policy newest --every 5m --window 1h < listing
  part-pick: unknown policy 'newest': rate, latest, next or catch-up
  [64]
  $ sed 's/every=300/every=often/' framed | part-pick --policy latest
  part-pick: cannot read standard input: #list has every=often
  [65]
  $ sed 's/every=300/every=300\tgeneration=last/' framed | part-pick --policy latest
  part-pick: cannot read standard input: #list has generation=last
  [65]
  $ part-pick --policy newest < /dev/null
  part-pick: unknown policy 'newest': rate, latest, next or catch-up
  [64]
  $ part-pick --policy catch-up --every 5m --window 1h < listing
  part-pick: --policy catch-up needs --max-lag N, N not below 0
  [64]
  $ part-pick --window 1h < listing
  part-pick: --every is missing, and the listing does not say it
  [64]
  $ part-pick --every 5m < listing
  part-pick: --window is missing, and the listing does not say it
  [64]
  $ part-pick --every 5x --window 1h < listing
  part-pick: cannot read --every '5x': write 300, 5m or 5h
  [64]
  $ part-pick --every 5m --window 1h --now yesterday < listing
  part-pick: cannot read the time 'yesterday': write 2026-05-04T10:05:00Z, @1777889100 or now-5h
  [64]
  $ part-pick --bogus < listing
  part-pick: unknown option '--bogus' (see part-pick --help)
  [64]
  $ part-pick --every 5m --window 1h < listing > /dev/full
  part-pick: cannot write standard output: No space left on device
  [74]

An empty value is a value, with = too:

  $ part-pick --policy next --every 5m --window 5m --after= --now @1777889800 < listing | head -n 1 | cut -f 2
  after=

Every option has its variable; what is typed wins; both forms of the lines are read:

  $ FRESHET_POLICY=next FRESHET_EVERY=5m FRESHET_WINDOW=5m FRESHET_JSON=1 part-pick --now @1777889800 < listing
  {"#":"slice","after":"","generation":"","from":"2026-05-04T09:55:00Z","to":"2026-05-04T10:00:00Z","every":300,"window":300,"policy":"next","objects":1,"skipped":0,"gap":0,"hash":"*"} (glob)
  {"time":"2026-05-04T10:00:00Z","modified":"2026-05-04T10:00:00Z","bytes":10,"tag":"tag00","location":"/data/00.json"}
  {"#":"end","lines":1}
  $ FRESHET_POLICY=next part-pick --policy latest --json --now @1777889800 < framed | part-pick --policy next --now @1777889800 | sed -n 's/.*\(policy=[a-z]*\).*/\1/p'
  policy=latest
  policy=next
