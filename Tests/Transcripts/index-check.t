What index-check prints of whole and of damaged indexes. (Every flipped bit of a segment is in SegmentsTests.)

  $ printf '%s\n' 'id id' 'title text' 'brand keyword' > fields
  $ build() { delta-build --records --fields fields --work $1 | tr '\t' '\n' | sed -n 's/^location=//p'; }
  $ index=$(printf '%s\n' '{"id":"b:1","title":"Red, red shoes","brand":"x y"}' '{"id":"a","title":"shoes"}' \
  >   '{"id":"c","_delete":true}' | build work)
  $ index-check $index; index-check -v $index
  index-check: 0-*.seg: whole (glob)
  $ index-check --dump $index
  brand	x%20y	1	b:1:1
  title	red	1	b:1:2
  title	shoes	2	a:1	b:1:1
  $ index-check --dump --json $index | tail -n 1
  {"field":"title","term":"shoes","documents":[{"id":"a","frequency":1},{"id":"b:1","frequency":1}]}
  $ index-check --documents $index
  {"id":"a","title":"shoes"}
  {"id":"b:1","title":"Red, red shoes","brand":"x y"}
  $ index-check --stat $index | head -n 6; FRESHET_STAT=1 index-check --json $index | head -n 1
  documents	2
  groups	2
  tombstones	1
  terms	3
  postings	4
  segments	1
  {"key":"documents","value":2}
  $ index-check --stat $index | grep 'bytes of' | sed 's/.*bytes of //' | cut -f 1 | tr '\n' ',' && echo
  store,store blocks,terms of title,term blocks of title,postings of title,positions of title,norms of title,terms of brand,term blocks of brand,postings of brand,ids,id tombstones,meta,

One text field in the Common Index File Format: a list a term, `red` and `shoes`, and a record a document, `a` and `b:1`.

  $ index-check --ciff title.ciff --field title $index; tail -c 54 title.ciff > rest
  $ for length in 16 22 6 10; do head -c $length | od -An -v -tx1 -w$length; done < rest
   0f 0a 03 72 65 64 10 01 18 02 22 04 08 01 10 02
   15 0a 05 73 68 6f 65 73 10 02 18 02 22 02 10 01 22 04 08 01 10 01
   05 12 01 61 18 01
   09 08 01 12 03 62 3a 31 18 03
  $ index-check --ciff - $index | cmp - title.ciff; FRESHET_CIFF=other.ciff index-check $index; cmp other.ciff title.ciff
  $ ls -A
  fields
  other.ciff
  rest
  title.ciff
  work
  $ index-check --ciff x --field brand $index
  index-check: --field 'brand' is no text field; those are title
  [64]
  $ printf '%s\n' 'id id' 'title text' 'body text' > fields2
  $ two=$(echo '{"id":"1"}' | delta-build --records --fields fields2 --work work2 | tr '\t' '\n' | sed -n 's/^location=//p')
  $ index-check --ciff x $two
  index-check: --field is missing; the text fields are body, title
  [64]
  $ index-check --field title $index
  index-check: --field is for --ciff
  [64]
  $ index-check --ciff x --stat $index
  index-check: --ciff can't be given with --stat, --dump or --documents
  [64]
  $ index-check --ciff x $index $index
  index-check: --ciff takes one index
  [64]
  $ index-check --ciff nowhere/x $index
  index-check: cannot write nowhere/x: No such file or directory
  [73]
  $ index-check --ciff= $index; index-check --ciff d/ $index
  index-check: --ciff '' names no file
  index-check: --ciff 'd/' names no file
  [64]
  $ ln -s title.ciff link; index-check --ciff link $index
  index-check: cannot write link: it is there, and is no regular file
  [73]
  $ index-check --ciff - $index > /dev/full
  index-check: cannot write standard output: No space left on device
  [74]

Damage:

  $ segment=$(echo work/segments/*.seg); cp $segment whole
  $ damage() { cp whole $segment; printf "\\x$2" | dd of=$segment bs=1 seek=$1 conv=notrunc status=none; }
  $ terms=$(index-check --stat $index | awk -F '\t' '/bytes of store/ { n += int(($NF + 7) / 8) * 8 } END { print 16 + n }')
  $ damage $terms 05; index-check $index
  *.seg	file	its SHA-256 is not that of the manifest (glob)
  *.seg	terms of title	its checksum is wrong (glob)
  *.seg	terms of title	* (glob)
  [65]
  $ damage $terms 05; index-check --json $index | head -n 1
  {"file":"*.seg","part":"file","what":"its SHA-256 is not that of the manifest"} (glob)
  $ damage 8 03; index-check $index; index-search $index red
  *.seg	file	its SHA-256 is not that of the manifest (glob)
  *.seg	file	its format is 3, and this version reads 2 (glob)
  index-search: cannot read *.seg: file: its format is 3, and this version reads 2 (glob)
  [65]
  $ damage $((terms + 1)) 7f; index-search $index red
  index-search: cannot read *.seg: terms of title: a term is damaged (glob)
  [65]
  $ head -c 100 whole > $segment; index-check $index
  index-check: * (glob)
  [65]
  $ rm $segment; index-check $index
  index-check: cannot open *.seg: it is missing, and the index needs it (glob)
  [65]
  $ index-check --stat --dump $index
  index-check: only one of --stat, --dump and --documents can be given
  [64]
