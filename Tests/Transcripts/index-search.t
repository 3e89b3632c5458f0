What index-search finds, prints and refuses. (What a query finds, and in what order, is tested against looking at every document
in SegmentsTests.)

  $ printf '%s\n' 'id id' 'maker group' 'title text' 'note text nopositions' 'brand keyword' 'price number' > fields
  $ build() { delta-build --records --fields fields --work $1 | tr '\t' '\n' | sed -n 's/^location=//p'; }
  $ base=$(printf '%s\n' \
  >   '{"id":"1","maker":"a","title":"Red shoes","brand":"Acme","price":30}' \
  >   '{"id":"2","maker":"a","title":"Blue running shoes","brand":"Acme","price":55}' \
  >   '{"id":"3","maker":"b","title":"Red hat","price":-12.5}' \
  >   '{"id":"4 \t","maker":"c","title":"Old hat","note":"of wool"}' | build base)

Hits:

  $ index-search $base red | cut -f 2,3
  1	{"id":"1","maker":"a","title":"Red shoes","brand":"Acme","price":30}
  3	{"id":"3","maker":"b","title":"Red hat","price":-12.5}
  $ index-search $base red hat -k 1
  *.??????	3	{"id":"3","maker":"b","title":"Red hat","price":-12.5} (glob)
  $ index-search $base '"running shoes"' | cut -f 2; index-search $base '+shoes -blue' | cut -f 2
  2
  1
  $ index-search $base --all red hat | cut -f 2; index-search $base 'price:-20..' 'maker:b' | cut -f 1-2
  3
  0.000000	3
  $ index-search $base note:wool; index-search --json $base brand:Acme -k 1
  0.130765	4%20%09	{"id":"4 \t","maker":"c","title":"Old hat","note":"of wool"}
  {"score":*,"id":"1","group":"a","document":{"id":"1","maker":"a","title":"Red shoes","brand":"Acme","price":30}} (glob)
  $ index-search -- $base -shoes -red | cut -f 2
  4%20%09
  $ index-search $base nothing; index-search -e $base nothing
  [1]
  $ FRESHET_TOP=1 FRESHET_JSON=1 index-search $base hat | grep -c score
  1

Runs, as TREC's tools read them:

  $ printf '%s\n' 'q 1@shoes red' '' 'hat maker:c' | tr @ '\t' > queries
  $ index-search -k 2 --queries queries $base
  q%201 Q0 1 1 ?.?????? freshet (glob)
  q%201 Q0 * 2 ?.?????? freshet (glob)
  3 Q0 4%20%09 1 ?.?????? freshet (glob)
  $ index-search --all --queries - $base < queries | cut -d ' ' -f 1-4
  q%201 Q0 1 1
  3 Q0 4%20%09 1
  $ echo 'hat -maker:c' | index-search --json --queries - $base
  {"query":"1","rank":1,"score":*,"id":"3","group":"b","document":{"id":"3",*}} (glob)
  $ index-search -v --queries queries $base 2>&1 >/dev/null
  index-search: 2 queries, median *.? us, p99 *.? us, * queries a second (glob)
  $ index-search -e --queries /dev/null $base
  [1]

One index over another:

  $ delta=$(printf '%s\n' '{"id":"2","maker":"a","title":"Green shoes"}' '{"maker":"b","_delete":true}' | build delta)
  $ index-search --base $base $delta 'shoes hat' | cut -f 2-
  4%20%09	{"id":"4 \t","maker":"c","title":"Old hat","note":"of wool"}
  2	{"id":"2","maker":"a","title":"Green shoes"}

What is refused:

  $ index-search $base '"red'; index-search $base 'title:'; index-search $base red -k 0
  index-search: cannot read the query "red: a quote is not closed
  index-search: cannot read the query title:: nothing follows title:
  index-search: --top must be at least 1
  [64]
  $ index-search $base 'colour:red'; index-search $base price:cheap; index-search $base 'note:"of wool"'
  index-search: cannot search: there is no field colour; there are brand, id, maker, note, price, title
  index-search: cannot search: price is a number field, which takes 15, 10..20, 10.. or ..20, not cheap
  index-search: cannot search: note keeps positions, which a phrase needs
  [64]
  $ index-search $base; index-search --queries queries $base red
  index-search: give either a query or --queries (see index-search --help)
  index-search: give either a query or --queries (see index-search --help)
  [64]
  $ printf '%s\n' hat '"red' | index-search --queries - $base
  1 Q0 3 1 * freshet (glob)
  1 Q0 4%20%09 2 * freshet (glob)
  index-search: cannot answer line 2 of standard input: a quote is not closed
  [65]
  $ echo 'colour:red' > queries; index-search --queries queries $base
  index-search: cannot answer line 1 of queries: cannot search: there is no field colour; * (glob)
  [65]
  $ printf 'hat\n\377\n' > queries; index-search --queries queries $base; index-search --queries none $base
  index-search: cannot read line 2 of queries: it is not UTF-8
  index-search: cannot open none: No such file or directory
  [66]
  $ index-search nowhere red
  index-search: cannot open nowhere: * (glob)
  [66]

An index of no documents knows no field, and has no hits:

  $ mkdir -p empty/dt=2026-05-04; : > empty/dt=2026-05-04/x.json
  $ part-ls empty -l dt=%Y-%m-%d | part-pick --policy latest --window 2d --now 2026-05-06T00:00:00Z |
  >   delta-build --fields fields --work none | tr '\t' '\n' | sed -n 's/^location=//p' > none.index
  $ index-search "$(cat none.index)" red; index-search "$(cat none.index)" colour:red
