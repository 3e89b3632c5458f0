Tables: what is refused, and which options go together. What a log says is tested in TablesTests, and with tables that other
programs write in Tests/Pipes/72-delta.

  $ mkdir -p ads/_delta_log ads/dt=2026-05-04
  $ touch ads/dt=2026-05-04/gone.parquet ads/dt=2026-05-04/a.parquet
  $ action() { printf '{"%s":{"path":"%s","partitionValues":{"dt":"2026-05-04"},"size":%d,"modificationTime":1777889502000,"dataChange":true}}\n' "$@"; }
  $ meta() { printf '{"protocol":{"minReaderVersion":%d,"minWriterVersion":2}}\n{"metaData":{"id":"x","format":{"provider":"parquet"},"schemaString":"{\\"fields\\":[{\\"name\\":\\"dt\\",\\"type\\":\\"date\\"}]}","partitionColumns":["dt"],"configuration":{}}}\n' $1; }
  $ log() { cat > ads/_delta_log/0000000000000000000$1.json; touch -d 2026-05-04T10:00:30Z ads/_delta_log/*; }
  $ { meta 1; action add dt=2026-05-04/gone.parquet 4; } | log 0
  $ { action remove dt=2026-05-04/gone.parquet 4; action add dt=2026-05-04/a.parquet 5; } | log 1

A plain listing would find dead files:

  $ part-ls ads -l dt=%Y-%m-%d
  part-ls: cannot list ads: it is a Delta table, and files that no longer belong to it still lie there; list it with --table delta, or all that lies there with --table none
  [1]
  $ part-ls ads -l dt=%Y-%m-%d --table none | grep -c parquet
  2
  $ part-ls ads -l dt=%Y-%m-%d --table delta
  #list	uri=ads	layout=dt=%25Y-%25m-%25d	every=86400	window=	after=	generation=	since=	until=	table=delta	version=1	plan=log	requests=0
  2026-05-04T00:00:00Z	2026-05-04T10:11:42Z	5	delta:{"modified":1777889502000,"columns":{"dt":"2026-05-04"}}	ads/dt=2026-05-04/a.parquet
  #end	lines=1
  $ part-ls ads/ -l dt=%Y-%m-%d --table auto --json | tail -n 2
  {"time":"2026-05-04T00:00:00Z","modified":"2026-05-04T10:11:42Z","bytes":5,"tag":"delta:{\"modified\":1777889502000,\"columns\":{\"dt\":\"2026-05-04\"}}","location":"ads/dt=2026-05-04/a.parquet"}
  {"#":"end","lines":1}
  $ part-ls . -l ads/dt=%Y-%m-%d
  part-ls: cannot list ./ads: it is a Delta table, and files that no longer belong to it still lie there; list it with --table delta, or all that lies there with --table none
  [1]
  $ part-ls . -l ads/dt=%Y-%m-%d --table auto 2> none
  [1]
  $ part-ls . -l ads/dt=%Y-%m-%d --table none | grep -c parquet
  2
  $ part-ls -s ads -l dt=%Y-%m-%d --table auto
  2026-05-04T00:00:00Z	2026-05-04T10:11:42Z	5	1	ads
  $ part-ls ads -l dt=%Y-%m-%d --table auto --since 2026-05-05T00:00:00Z -e | cut -f 1,8
  #list	since=2026-05-05T00:00:00Z
  #end
  $ part-ls ads -l dt=%Y-%m-%d --table auto --since 2026-05-05T00:00:00Z -e > none
  [1]

By the commit's time; by a column; only what is new:

  $ part-ls ads --table delta --commit-time --every 5m | cut -f 1,4,10-
  #list	every=300	commit-time=true	table=delta	version=1	plan=log	requests=0
  2026-05-04T10:00:00Z	delta:{"modified":1777889502000,"columns":{"dt":"2026-05-04"}}
  #end
  $ part-ls ads --table delta --time-column dt --every 1h | cut -f 1,4,10-
  #list	every=3600	time-column=dt	table=delta	version=1	plan=log	requests=0
  2026-05-04T00:00:00Z	delta:{"modified":1777889502000,"columns":{"dt":"2026-05-04"}}
  #end
  $ part-ls ads --table delta --time-column DT --every 1h
  part-ls: cannot find the column 'DT' in version 1 of ads: it has 'dt'
  [66]
  $ part-ls ads --table delta --commit-time --every 5m -v 2>&1 > none
  part-ls: plan: log, version 1, requests: 0
  $ part-ls ads --table delta -l dt=%Y-%m-%d --after-version 0 | cut -f 1,10-
  #list	table=delta	version=1	after-version=0	removed=1	plan=log	requests=0
  2026-05-04T00:00:00Z
  #end
  $ part-ls ads --table delta -l dt=%Y-%m-%d --after-version 1 | cut -f 1,10-
  #list	table=delta	version=1	after-version=1	removed=0	plan=log	requests=0
  #end
  $ part-ls ads --table delta -l dt=%Y-%m-%d --after-version 1 -e > none
  [1]
  $ part-ls ads --table delta -l dt=%Y-%m-%d --after-version '' | cut -f 1,10-
  #list	table=delta	version=1	plan=log	requests=0
  2026-05-04T00:00:00Z
  #end
  $ part-ls ads --table delta -l dt=%Y-%m-%d --after-version 2
  part-ls: cannot list ads: there is no version 2, its newest is 1; was it made anew?
  [65]

What does not go together:

  $ part-ls ads --table parquet -l dt=%Y-%m-%d
  part-ls: cannot read --table 'parquet': it is none, auto or delta
  [64]
  $ part-ls ads --table delta
  part-ls: cannot list ads: where is its time? give -l column=pattern/..., or --time-column and --every, or --commit-time and --every
  [64]
  $ part-ls ads --table delta -l dt=%Y-%m-%d --commit-time
  part-ls: cannot list ads: its time is in one place: give -l column=pattern/..., or --time-column and --every, or --commit-time and --every
  [64]
  $ part-ls ads --table delta --commit-time
  part-ls: cannot list ads: --time-column and --commit-time need --every: from one partition's start to the next one's
  [64]
  $ part-ls ads -l dt=%Y-%m-%d --after-version 0
  part-ls: cannot list ads: --after-version needs --table delta
  [64]
  $ part-ls ads -l dt=%Y-%m-%d --commit-time --table none
  part-ls: cannot list ads: --commit-time needs --table delta
  [64]
  $ part-ls ads/dt=2026-05-04 -l dt=%Y-%m-%d --time-column at --table auto
  part-ls: cannot list ads/dt=2026-05-04: it is no table, and --time-column is for tables
  [64]
  $ part-ls ads --table delta -l dt=%Y-%m-%d --after-version=-1
  part-ls: cannot read --after-version '-1': it is a number, from 0
  [64]
  $ part-ls ads --table delta -l 'dt=%Y-%m-%d/hour=%H'
  part-ls: cannot match the layout 'dt=%Y-%m-%d/hour=%H' in ads: 'hour' is no partition column of the table, which has: dt
  [66]
  $ part-ls ads --table delta -l '%Y-%m-%d'
  part-ls: cannot match the layout '%Y-%m-%d': in a table each component is column=pattern, as in dt=%Y-%m-%d
  [64]

A log that lacks versions, or needs what is not known; no log at all:

  $ meta 4 | log 3
  $ part-ls ads --table delta -l dt=%Y-%m-%d
  part-ls: cannot list ads: version 2 is missing from its log, whose newest is 3, and no checkpoint stands for it
  [65]
  $ : | log 2
  $ part-ls ads --table delta -l dt=%Y-%m-%d
  part-ls: cannot list version 3 of ads: it needs reader version 4; let an engine write its rows as files
  [65]
  $ echo '{"add":{}}' | log 4
  $ part-ls ads --table delta -l dt=%Y-%m-%d
  part-ls: cannot read version 4 of ads: line 1: a file has no path
  [65]
  $ part-ls ads/dt=2026-05-04 --table delta -l dt=%Y-%m-%d
  part-ls: cannot list ads/dt=2026-05-04: it is no Delta table: there is no version in its _delta_log
  [66]
  $ part-ls nowhere --table delta -l dt=%Y-%m-%d
  part-ls: cannot list nowhere: no such directory or bucket
  [66]
  $ part-ls nowhere -l dt=%Y-%m-%d
  part-ls: cannot list nowhere: no such directory or bucket
  [66]

Iceberg:

  $ mkdir -p ice/metadata ice/data && touch ice/metadata/00001-5f8b.metadata.json
  $ part-ls ice -l dt=%Y-%m-%d
  part-ls: cannot list ice: it is an Iceberg table, of which only its catalog knows what belongs to it; where it has no delete files, let an engine list its files and give the lines to part-pick, or all that lies there with --table none
  [1]
  $ part-ls ice -l dt=%Y-%m-%d --table auto 2>/dev/null
  [1]
  $ part-ls ice -l dt=%Y-%m-%d --table none
  part-ls: cannot match the layout 'dt=%Y-%m-%d' below ice: found e.g. 'data/'
  [66]
