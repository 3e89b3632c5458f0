"""parquet: columns of Parquet files become values in memory. Against pyarrow on one thread.

    bench/run parquet [--full] [--runs N] [--rows N]

CPU seconds from opening the file on, in a process that has read the column before: of bench/parquet-columns, and of
pyarrow's ParquetFile.read with use_threads=False. The file is in the page cache. pyarrow makes a column of the whole file,
with a place for each null, in which each string is copied; the reader here gives batches of values without gaps, strings as
pointers to where they were decoded. So there are two ratios: `decoded` is that, `copied` a column put together as pyarrow's.
"""

import os
import statistics
import subprocess
import sys
import time

import measure
import page

COLUMNS = ["id", "quantity", "price", "flag", "brand", "title", "key", "quantity?", "price?", "brand?", "title?"]
FILES = ["dictionary", "plain", "delta"]
CODECS = ["none", "snappy", "zstd", "gzip"]


def texts(random, rows):
    """A vocabulary with Zipf's frequencies; brands of one word, titles of four."""
    import numpy

    lengths = random.integers(3, 12, 5000)
    words = numpy.array(["".join(chr(97 + c) for c in random.integers(0, 26, n)) for n in lengths])
    brands = words[numpy.minimum(random.zipf(1.3, rows) - 1, len(words) - 1)]
    titles = words[random.integers(0, len(words), rows)]
    for _ in range(3):
        titles = numpy.char.add(numpy.char.add(titles, " "), words[random.integers(0, len(words), rows)])
    return brands, titles


def products(rows):
    """A table of that many rows; a column whose name ends in ? has a fifth of nulls, the others none."""
    import numpy
    import pyarrow
    import pyarrow.compute

    random = numpy.random.default_rng(7)
    brands, titles = texts(random, rows)
    keys = numpy.char.add("item-", numpy.char.zfill((numpy.arange(rows) * 3).astype("U9"), 9))
    columns = {
        "id": pyarrow.array(numpy.cumsum(random.integers(1, 9, rows))),
        "quantity": pyarrow.array(random.integers(0, 200, rows).astype("int32")),
        "price": pyarrow.array(numpy.round(random.lognormal(3, 1, rows), 2)),
        "flag": pyarrow.array(random.random(rows) < 0.3),
        "brand": pyarrow.array(brands),
        "title": pyarrow.array(titles),
        "key": pyarrow.array(keys),
    }
    present = pyarrow.array(random.random(rows) >= 0.2)
    for name in COLUMNS:
        if name.endswith("?"):
            columns[name] = pyarrow.compute.if_else(present, columns[name[:-1]], None)
    table = pyarrow.table(columns)
    return table.cast(pyarrow.schema([f.with_nullable(f.name.endswith("?")) for f in table.schema]))


def encodings(table):
    """What newer writers choose where they don't make a dictionary."""
    chosen = {}
    for name in table.schema.names:
        kind = str(table.schema.field(name).type)
        chosen[name] = {"double": "BYTE_STREAM_SPLIT", "bool": "RLE", "string": "DELTA_LENGTH_BYTE_ARRAY"}.get(
            kind, "DELTA_BINARY_PACKED"
        )
    return {**chosen, "key": "DELTA_BYTE_ARRAY"}


def make(folder, rows):
    """Writes the files; another process does, so that this one stays small."""
    from pyarrow import parquet

    table = products(rows)
    for codec in CODECS:
        parquet.write_table(table, f"{folder}/dictionary-{codec}", compression=codec)
        parquet.write_table(table, f"{folder}/plain-{codec}", compression=codec, use_dictionary=False)
        parquet.write_table(
            table,
            f"{folder}/delta-{codec}",
            compression=codec,
            use_dictionary=False,
            column_encoding=encodings(table),
            data_page_version="2.0",
        )


def ours(file, column, *options):
    command = [measure.tool("parquet-columns"), *options, file, column]
    lines = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split("\n")
    return float(lines[1].split()[1]), lines[0].split()[1:3]


def theirs(file, column):
    from pyarrow import parquet

    start = time.process_time()
    table = parquet.ParquetFile(file).read(columns=[column], use_threads=False)
    cpu = time.process_time() - start
    return cpu, [str(table.num_rows), str(table.num_rows - table.column(0).null_count)]


def compare(file, column, runs):
    """Milliseconds of all three, and the ratios of ours to the last, by turns."""
    costs = []
    for _ in range(runs + 1):
        (decoded, count), (copied, _), (peer, wanted) = ours(file, column), ours(file, column, "-c"), theirs(file, column)
        if count != wanted:
            sys.exit(f"bench: {column} of {file}: {count} is not {wanted}")
        costs.append((decoded, copied, peer))
    costs = costs[1:]
    return [
        *(statistics.median(c[i] for c in costs) * 1000 for i in range(3)),
        *(statistics.median(c[i] / c[2] for c in costs) for i in range(2)),
    ]


def cells(found):
    return [f"{figure:.1f}" for figure in found[:3]] + [f"{ratio:.2f}" for ratio in found[3:]]


def summary(ratios):
    """The median and the greatest of the ratios of the columns of a file."""
    return [f"{of(c[i] for c in ratios):.2f}" for i in range(2) for of in (statistics.median, max)]


def main(arguments):
    if arguments[:1] == ["make"]:
        return make(arguments[1], int(arguments[2]))
    options = page.options(__doc__, runs=5)
    options.add_argument("--rows", type=int, help="how many rows a file has (1,000,000; with --full 2,000,000)")
    choice = options.parse_args(arguments)
    rows = choice.rows or (2_000_000 if choice.full else 1_000_000)
    columns, files = [], []
    with measure.scratch() as folder:
        subprocess.run([sys.executable, __file__, "make", folder, str(rows)], check=True)
        for name in FILES:
            for codec in CODECS:
                found = [compare(f"{folder}/{name}-{codec}", column, choice.runs) for column in COLUMNS]
                columns += [[f"{c}, {name}, {codec}", *cells(f)] for c, f in zip(COLUMNS, found)]
                files.append([f"{name}, {codec}", *summary([f[3:] for f in found])])
    page.report(
        "parquet",
        choice,
        arguments,
        f"{len(COLUMNS)} columns of {rows:,} rows, CPU as a ratio to pyarrow's: of the column in the middle, and of the slowest.",
        page.table(["", "decoded", "slowest", "copied", "slowest"], files),
        details=[page.table(["", "decoded ms", "copied ms", "pyarrow ms", "decoded", "copied"], columns)],
    )


if __name__ == "__main__":
    main(sys.argv[1:])
