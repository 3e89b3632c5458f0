The command line of part-ls. What a listing finds is tested in ListingTests.

  $ for m in 00 05 10; do
  >   d=ads/dt=2026-05-04/hour=10/minute=$m; mkdir -p $d
  >   printf '%s\n' $m > $d/part-0.json; printf '%s%s\n' $m $m > $d/part-1.json
  > done
  $ find ads -type f -exec touch -d 2026-05-04T10:11:42Z {} +
  $ touch ads/dt=2026-05-04/hour=10/minute=00/_SUCCESS
  $ L='dt=%Y-%m-%d/hour=%H/minute=%M'

  $ part-ls ads/ -l "$L" --until 2026-05-04T10:05:00Z
  #list	uri=ads	layout=dt=%25Y-%25m-%25d/hour=%25H/minute=%25M	every=60	window=	after=	generation=	since=	until=2026-05-04T10:05:00Z	plan=flat	requests=0
  2026-05-04T10:00:00Z	2026-05-04T10:11:42Z	3	3-18ac5515189b2c00	ads/dt=2026-05-04/hour=10/minute=00/part-0.json
  2026-05-04T10:00:00Z	2026-05-04T10:11:42Z	5	5-18ac5515189b2c00	ads/dt=2026-05-04/hour=10/minute=00/part-1.json
  #end	lines=2

What a batch after a watermark can need, and the keys that the next tool reads:

  $ part-ls ads -l "$L" --every 5m --window 10m --after 2026-05-04T10:10:00Z@811 | cut -f 1,4-8
  #list	every=300	window=600	after=2026-05-04T10:10:00Z	generation=811	since=2026-05-04T10:00:00Z
  2026-05-04T10:00:00Z	3-18ac5515189b2c00	ads/dt=2026-05-04/hour=10/minute=00/part-0.json
  2026-05-04T10:00:00Z	5-18ac5515189b2c00	ads/dt=2026-05-04/hour=10/minute=00/part-1.json
  2026-05-04T10:05:00Z	3-18ac5515189b2c00	ads/dt=2026-05-04/hour=10/minute=05/part-0.json
  2026-05-04T10:05:00Z	5-18ac5515189b2c00	ads/dt=2026-05-04/hour=10/minute=05/part-1.json
  2026-05-04T10:10:00Z	3-18ac5515189b2c00	ads/dt=2026-05-04/hour=10/minute=10/part-0.json
  2026-05-04T10:10:00Z	5-18ac5515189b2c00	ads/dt=2026-05-04/hour=10/minute=10/part-1.json
  #end
  $ part-ls ads -l "$L" --after @1777889400 | head -n 1 | cut -f 5-9
  window=	after=2026-05-04T10:10:00Z	generation=	since=	until=
  $ part-ls ads -l "$L" --window 5h --after '' | head -n 1 | cut -f 5-8
  window=18000	after=	generation=	since=
  $ part-ls ads -l "$L" --after 2026-05-04T10:10:00Z --window 10m --since now-5m --now 2026-05-04T10:15:00Z -v | tail -n 1
  part-ls: plan: flat:dt=2026-05-04/hour=10/minute=10
  #end	lines=2

Summaries, and JSON:

  $ part-ls -s ads -l "$L" --since 2026-05-04T10:05:00Z
  2026-05-04T10:05:00Z	2026-05-04T10:11:42Z	8	2	ads/dt=2026-05-04/hour=10/minute=05
  2026-05-04T10:10:00Z	2026-05-04T10:11:42Z	8	2	ads/dt=2026-05-04/hour=10/minute=10
  $ part-ls -s ads -l 'dt=*/hour=*/minute=*/%Y' 2>&1
  part-ls: cannot read the layout 'dt=*/hour=*/minute=*/%Y': its smallest unit must be a day (%d, %j) or less: months and years have no fixed length
  [64]
  $ part-ls -s ads -l 'dt=%Y-%m-%d/*' --json
  {"time":"2026-05-04T00:00:00Z","newest":"2026-05-04T10:11:42Z","bytes":24,"objects":6,"location":"ads/dt=2026-05-04/hour=10"}
  $ FRESHET_LAYOUT=$L part-ls ads --since 2026-05-04T10:10:00Z --json
  {"#":"list","uri":"ads","layout":"dt=%25Y-%25m-%25d/hour=%25H/minute=%25M","every":60,"window":"","after":"","generation":"","since":"2026-05-04T10:10:00Z","until":"","plan":"flat:dt=2026-05-04/hour=10/minute=10","requests":0}
  {"time":"2026-05-04T10:10:00Z","modified":"2026-05-04T10:11:42Z","bytes":3,"tag":"3-18ac5515189b2c00","location":"ads/dt=2026-05-04/hour=10/minute=10/part-0.json"}
  {"time":"2026-05-04T10:10:00Z","modified":"2026-05-04T10:11:42Z","bytes":5,"tag":"5-18ac5515189b2c00","location":"ads/dt=2026-05-04/hour=10/minute=10/part-1.json"}
  {"#":"end","lines":2}

A listing of more than 16,384 objects says at its end what it took; the next tool passes on one line of the two:

  $ mkdir -p many/20260504 many/20260505 && (cd many/20260504 && seq -w 16384 | xargs touch) && touch many/20260505/x
  $ part-ls many -l %Y%m%d --until 2026-05-05T00:00:00Z | grep '^#' | cut -f 1,9-
  #list	until=2026-05-05T00:00:00Z	plan=flat	requests=0
  #end
  $ part-ls many -l %Y%m%d | grep '^#' | cut -f 1,10-
  #list	plan=flat	requests=
  #list	plan=flat	requests=0
  #end
  $ part-ls many -l %Y%m%d | part-pick --policy latest --window 1d --now 2026-05-07T00:00:00Z | cut -f 1,10- | grep '#list\|#end'
  #list	plan=flat	requests=0
  #end
  $ rm -r many

An empty listing is data; -e makes it exit 1:

  $ part-ls ads -l "$L" --since 2026-05-05T00:00:00Z | tail -n 1
  #end	lines=0
  $ part-ls -e ads -l "$L" --since 2026-05-05T00:00:00Z > empty; echo $?; wc -l < empty
  1
  2
  $ mkdir void; part-ls -s void -l "$L"

Names that would break a line do not:

  $ mkdir -p 'h/20260504' && cd h && touch "20260504/-a b%$(printf '\t\n\033[31m\377')" 20260504/+ü 20260504/.hidden && cd ..
  $ part-ls h -l %Y%m%d | grep -v '^#' | cut -f 5
  h/20260504/+ü
  h/20260504/-a%20b%25%09%0A%1B[31m%FF
  $ mv h ./-h && part-ls -l %Y%m%d -s -- -h | cut -f 4-
  2	-h/20260504

What can't be, each in one line:

  $ part-ls ads
  part-ls: cannot list ads: no layout; say how time is spelled in its paths, as in -l dt=%Y-%m-%d/hour=%H
  [64]
  $ part-ls ads -l 'day=%Y-%m-%d'
  part-ls: cannot match the layout 'day=%Y-%m-%d' below ads: found e.g. 'dt=2026-05-04/'
  [66]
  $ part-ls ads -l 'dt=%Y-%m-%d/hour=%H/%M'
  part-ls: cannot match the layout 'dt=%Y-%m-%d/hour=%H/%M' below ads: found e.g. 'dt=2026-05-04/hour=10/minute=00/'
  [66]
  $ part-ls nowhere -l "$L"
  part-ls: cannot list nowhere: no such directory or bucket
  [66]
  $ part-ls ads -l "$L" --every 90s
  part-ls: cannot read --every '90s': the layout's partitions begin at multiples of 1m
  [64]
  $ part-ls ads -l "$L" --window 5x
  part-ls: cannot read --window '5x': write 300, 5m or 5h
  [64]
  $ part-ls ads -l "$L" --since 2026-05-04T10:00:00Z --until 2026-05-04T10:00:00Z
  part-ls: --since 2026-05-04T10:00:00Z is not before --until 2026-05-04T10:00:00Z
  [64]
  $ part-ls ads -l "$L" --after 2026-05-04T10:00:00Z@x
  part-ls: cannot read the position '2026-05-04T10:00:00Z@x': write TIME or TIME@GENERATION
  [64]
  $ part-ls ads -l "$L" --jobs 0
  part-ls: --jobs is a number from 1 to 256
  [64]
  $ part-ls s3:// -l "$L"
  part-ls: cannot list 's3://': it is neither a path nor s3://bucket/prefix
  [64]
  $ part-ls ads -l "$L" > /dev/full
  part-ls: cannot write standard output: No space left on device
  [74]
