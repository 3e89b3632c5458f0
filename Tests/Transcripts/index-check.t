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
  terms of title,term blocks of title,postings of title,positions of title,norms of title,terms of brand,term blocks of brand,postings of brand,store,store blocks,ids,id tombstones,meta,

Damage:

  $ segment=$(echo work/segments/*.seg); cp $segment whole
  $ damage() { cp whole $segment; printf "\\x$2" | dd of=$segment bs=1 seek=$1 conv=notrunc status=none; }
  $ damage 16 05; index-check $index
  *.seg	file	its SHA-256 is not that of the manifest (glob)
  *.seg	terms of title	its checksum is wrong (glob)
  *.seg	terms of title	* (glob)
  [65]
  $ damage 16 05; index-check --json $index | head -n 1
  {"file":"*.seg","part":"file","what":"its SHA-256 is not that of the manifest"} (glob)
  $ damage 8 03; index-check $index; index-search $index red
  *.seg	file	its SHA-256 is not that of the manifest (glob)
  *.seg	file	its format is 3, and this version reads 2 (glob)
  index-search: cannot read *.seg: file: its format is 3, and this version reads 2 (glob)
  [65]
  $ damage 16 05; index-search $index red
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
