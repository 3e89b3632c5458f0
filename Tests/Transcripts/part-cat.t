What part-cat takes, prints and refuses. (CSV itself is in RecordsTests and Pipes/73-csv, Parquet in Pipes/70-parquet.)

  $ export FRESHET_LAYOUT='hour=%Y-%m-%dT%H'
  $ put() { mkdir -p in/hour=2026-05-04T$1; cat > in/hour=2026-05-04T$1/$2; }
  $ printf '%s\n' '{"b": 1.50, "a":"\u0041\/", "n":[ 1 , {"x":null} ]}' '' ' {"a":2}' | put 10 a.json
  $ printf 'a,b,n\r\n1,2,\r\n"x\ny","","q,""q"""\r\n' | put 11 b.csv
  $ printf 'a\tb\n7\t8\n' | gzip | put 11 c.tsv.gz
  $ echo '{"a":"zst"}' | zstd -q | put 12 d
  $ part-ls in > slice

The records of a slice, in its order, whatever the threads; in either form, and without a #:

  $ part-cat < slice
  {"b":1.50,"a":"A/","n":[1,{"x":null}]}
  {"a":2}
  {"a":"1","b":"2","n":null}
  {"a":"x\ny","b":"","n":"q,\"q\""}
  {"a":"7","b":"8"}
  {"a":"zst"}
  $ part-cat < slice > all
  $ for n in 1 2 3 8; do part-cat --threads $n --jobs $n < slice | cmp - all; done
  $ part-ls --json in | part-cat | cmp - all
  $ grep -v '#' slice | sort -r | part-cat | cmp - all
  $ part-pick --policy next --window 1h --now 2026-05-05T00:00:00Z < slice | part-cat
  {"b":1.50,"a":"A/","n":[1,{"x":null}]}
  {"a":2}

Objects by name, in the order that they are named in; no slice is waited for:

  $ part-cat in/*12/d in/*10/a.json | tail -n 2
  {"b":1.50,"a":"A/","n":[1,{"x":null}]}
  {"a":2}

Only some members, and numbers where the fields file has them:

  $ part-cat --select n,b < slice
  {"b":1.50,"n":[1,{"x":null}]}
  {}
  {"b":"2","n":null}
  {"b":"","n":"q,\"q\""}
  {"b":"8"}
  {}
  $ printf 'a id\nb number\n' > fields
  $ part-cat --fields fields < slice
  {"b":1.50,"a":"A/"}
  {"a":2}
  {"a":"1","b":2}
  {"a":"x\ny","b":""}
  {"a":"7","b":8}
  {"a":"zst"}
  $ part-cat --fields fields --select b in/*11/*
  {"b":2}
  {"b":""}
  {"b":8}

Formats that are told, and CSV without a header row:

  $ part-cat --format csv --columns x,y,z --select z in/*11/b.csv
  {"z":"n"}
  {"z":null}
  {"z":"q,\"q\""}
  $ part-cat --format tsv in/*12/d
  part-cat: cannot read in/hour=2026-05-04T12/d: line 1: a quote in a field that doesn't begin with one
  [65]
  $ part-cat --format ndjson in/*11/b.csv
  part-cat: cannot read in/hour=2026-05-04T11/b.csv: line 1: not a JSON object
  [65]
  $ part-cat --format parquet in/*12/d 2>&1 | cut -d : -f 1-2
  part-cat: cannot read in/hour=2026-05-04T12/d
  $ part-cat --format xml < slice
  part-cat: --format is auto, ndjson, csv, tsv or parquet, not xml
  [64]
  $ part-cat --columns a,,b < slice
  part-cat: --columns: a column has no name
  [64]
  $ part-cat --format ndjson --columns a < slice
  part-cat: --columns is for CSV and TSV: ndjson names its own
  [64]
  $ part-cat --columns a in/*12/d
  part-cat: cannot read in/hour=2026-05-04T12/d: it is taken for NDJSON, and --columns is for CSV and TSV: tell --format
  [65]
  $ part-cat --select a, < slice
  part-cat: --select takes names with commas between them
  [64]

Only the records of a time:

  $ printf '%s\n' 't,v' '2026-05-04T10:00:00Z,1' '2026-05-04T12:30:00+02:00,2' ',3' '1777892400,4' '2026-05-04,5' > times.csv
  $ part-cat --time-column t --since 2026-05-04T10:00:00Z --until 2026-05-04T11:00:00Z --select v times.csv
  {"v":"1"}
  {"v":"2"}
  $ part-cat --time-column t --until 2026-05-04T00:00:01Z --fields fields --select v times.csv
  {"v":"5"}
  $ part-cat --time-column t --since 2026-05-04 --until 2026-05-04T00:00:01 --select v times.csv
  {"v":"5"}
  $ part-cat --time-column t --since now-5h times.csv
  part-cat: cannot read the time --since 'now-5h': write 2026-05-04, 2026-05-04T10:05:00Z or @1777889100
  [64]
  $ part-cat --time-column typo --since 2026-05-04 times.csv
  part-cat: cannot read times.csv: it has no column 'typo'
  [65]
  $ echo 'x,6' >> times.csv
  $ part-cat --time-column t --since 2026-05-04T11:00:00Z times.csv
  {"t":"1777892400","v":"4"}
  part-cat: cannot read times.csv: line 7: 't' is no time
  [65]
  $ part-cat --since 2026-05-04T11:00:00Z times.csv
  part-cat: --since and --until need --time-column: which column has the time?
  [64]
  $ FRESHET_SINCE=2026-05-04T11:00:00Z part-cat times.csv | wc -l
  6
  $ FRESHET_TIME_COLUMN=t FRESHET_SINCE=2026-05-04T11:00:00Z part-cat times.csv | wc -l
  6
  $ FRESHET_ROWS_SINCE=2026-05-04T11:00:00Z FRESHET_ROWS_TIME_COLUMN=t part-cat --skip-bad 1 -q times.csv
  {"t":"1777892400","v":"4"}

What is malformed ends it, at a whole line, or is passed over and named; the lines are those of the file:

  $ printf '%s\n' 'a,b' '1,"x' 'y"' '2' '3,z' '4' | put 13 e.csv
  $ part-cat in/*13/e.csv in/*12/d
  {"a":"1","b":"x\ny"}
  part-cat: cannot read in/hour=2026-05-04T13/e.csv: line 4: it has 1 field, and the header 2
  [65]
  $ part-cat --skip-bad 2 in/*13/e.csv in/*12/d
  {"a":"1","b":"x\ny"}
  part-cat: in/hour=2026-05-04T13/e.csv: line 4: it has 1 field, and the header 2; passed over
  {"a":"3","b":"z"}
  part-cat: in/hour=2026-05-04T13/e.csv: line 6: it has 1 field, and the header 2; passed over
  {"a":"zst"}
  $ part-cat --skip-bad 1 -q --threads 1 in/*13/e.csv in/*12/d
  {"a":"1","b":"x\ny"}
  {"a":"3","b":"z"}
  part-cat: cannot read in/hour=2026-05-04T13/e.csv: line 6: it has 1 field, and the header 2
  [65]
  $ printf '{"a":1}\n{"a":2,}\n{"a":3}' > bad; part-cat bad
  {"a":1}
  part-cat: cannot read bad: line 2: byte 7: a member's name is missing
  [65]
  $ printf 'a,b\n1,2\n3,x"y\n4,5\n' > stray.csv; part-cat --skip-bad 9 stray.csv
  {"a":"1","b":"2"}
  part-cat: cannot read stray.csv: line 3: a quote in a field that doesn't begin with one
  [65]
  $ printf 'a,b\n1,\377\n3,4\n' > latin.csv; part-cat --skip-bad 1 latin.csv
  part-cat: latin.csv: line 2: invalid UTF-8; passed over
  {"a":"3","b":"4"}
  $ gzip < stray.csv | head -c 30 > cut.csv.gz; part-cat cut.csv.gz
  part-cat: cannot read cut.csv.gz: it is cut short
  [65]

A truncated slice prints nothing; an object that changed ends it with 75:

  $ head -n 3 slice | part-cat
  part-cat: cannot read standard input: the stream ends without #end: it was cut short
  [65]
  $ echo '{"a":"new"}' | put 11 c.tsv.gz; part-cat < slice | tail -n 1
  part-cat: cannot read in/hour=2026-05-04T11/c.tsv.gz: it was changed after it was listed; list again
  {"a":"x\ny","b":"","n":"q,\"q\""}
  $ part-cat < slice > /dev/null 2>&1
  [75]
  $ rm in/*11/c.tsv.gz; part-cat < slice > /dev/null
  part-cat: cannot read in/hour=2026-05-04T11/c.tsv.gz: it is gone; list again
  [75]

Nothing is nothing, and what isn't there is told:

  $ part-cat < /dev/null
  $ part-cat -e < /dev/null
  [1]
  $ part-cat nothing.json
  part-cat: cannot read nothing.json: no such object
  [66]
  $ part-cat in/
  part-cat: cannot open in/: it is a directory
  [66]
  $ part-cat in
  part-cat: cannot read in: no such object
  [66]
  $ part-cat --fields nowhere < slice
  part-cat: cannot open nowhere: No such file or directory
  [66]
  $ part-cat --skip-bad=-1 < slice
  part-cat: --skip-bad must not be below 0
  [64]

A record of CSV that becomes too much JSON is one that can be passed over:

  $ (printf 'a\n'; head -c 4000000 /dev/zero | tr '\0' '\001'; printf '\n2\n') | part-cat --skip-bad 1 --format csv -
  part-cat: standard input: line 2: a record longer than 16 MiB of JSON; passed over
  {"a":"2"}

Records that come on standard input:

  $ printf 'a,b\n1,\n' | part-cat --format csv -
  {"a":"1","b":null}
  $ echo '{"a":1}' | gzip | part-cat -
  {"a":1}
  $ part-cat - - < /dev/null
  part-cat: standard input can be read once
  [64]
  $ part-cat - < /dev/null

Who has seen enough ends it without a word, and a full disk is told:

  $ for i in $(seq 20000); do echo '{"a":"'$i'"}'; done > many; part-cat many many many | head -n 1
  {"a":"1"}
  $ part-cat many > /dev/full
  part-cat: cannot write standard output: No space left on device
  [74]

Many objects of many pieces, in their order:

  $ for i in $(seq $([ $SIZE = quick ] && echo 16 || echo 30)); do cat many; done > large
  $ part-cat --threads 4 large many large | cmp - <(cat large many large)

Records with the shard that each is for, malformed ones among them; of a CSV file, too:

  $ printf '%s\n' 'id id' 'g group' 't text' 'n number' > routed.fields
  $ printf '%s\n' '{"id":"x","g":"a","n":1.50,"n":2e3,"other":1}' '' '{"id":"x","_delete":true,"t":"y"}' 'no' > 'a b'
  $ printf '%s\n' '{"g":"b","_delete":true}' '{"g":"b","t":null}' '{"id":"x"}' >> 'a b'
  $ printf '%s\n' 'id,g,n' 'y,a,7' > c.csv
  $ part-cat --shards 4 --fields routed.fields 'a b' c.csv
  4	*	a%20b	1	{"id":"x","g":"a","n":2000} (glob)
  4	*	a%20b	3	{"id":"x","_delete":true} (glob)
  bad	-	a%20b	4	not a JSON object
  \*	-	a%20b	5	{"g":"b","_delete":true} (re)
  2	-	a%20b	6	{"g":"b","t":null}
  bad	-	a%20b	7	it has no 'g'
  4	*	c.csv	2	{"id":"y","g":"a","n":7} (glob)
  #end	lines=7
  $ part-cat --shards 4 --fields routed.fields < /dev/null
  #end	lines=0
  $ sed 's/id/g/;s/no/{}/' many > more; cat more more more more > large
  $ part-cat --shards 9 --fields <(printf 'a id\n') --threads 1 large many > one; part-cat --shards 9 --fields <(printf 'a id\n') large many | cmp - one; tail -n 1 one
  #end	lines=100000
  $ awk -F '\t' '!/^#/ { line[$3]++; if ($4 != line[$3]) exit 1 }' one
  $ part-cat --shards 4 many; part-cat --shards 0 --fields routed.fields many; part-cat --shards 4 --fields routed.fields -
  part-cat: --shards goes with --fields, which says what a group is, and not with --select
  part-cat: --shards must be from 1 to 65536
  part-cat: --shards names the object of each record, and standard input is none
  [64]
