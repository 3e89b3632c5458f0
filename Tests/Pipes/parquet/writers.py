"""Parquet files of several writers: each function gives (name, how to write it to a path) for every file that its writer makes, and
perhaps the table that is in it."""

import datetime
import decimal
import os
import random

import pyarrow as pa
import pyarrow.parquet as pq
import values

CODECS = ["none", "snappy", "gzip", "brotli", "zstd", "lz4"]


def by_pyarrow(size):
    rows = {"full": 300}.get(size, 3000)

    def file(name, table, **options):
        return name, lambda path: pq.write_table(table, path, **options), table

    flat, bare, full = values.flat(rows), values.flat(rows, "none", 2), values.flat(rows // 3, "all")
    shapes, maps = values.shapes(rows // 2), values.maps(rows // 3)
    for codec in CODECS:
        for version in ("1.0", "2.0"):
            for dictionary in (True, False):
                name = f"{codec}-v{version[0]}-{'dictionary' if dictionary else 'plain'}"
                yield file("flat-" + name, flat, compression=codec, data_page_version=version, use_dictionary=dictionary)
                yield file("required-" + name, bare, compression=codec, data_page_version=version, use_dictionary=dictionary)
                yield file(
                    "shapes-" + name,
                    shapes,
                    compression=codec,
                    data_page_version=version,
                    use_dictionary=dictionary,
                    data_page_size=200,
                    write_batch_size=5,
                )
    for version in ("1.0", "2.0"):
        yield file(f"all-null-v{version[0]}", full, data_page_version=version)
        yield file(f"maps-v{version[0]}", maps, data_page_version=version)
        for codec in ("none", "zstd"):
            yield from encoded(file, codec, version, rows)
        for number, (batch, page, group) in enumerate([(1, 1, 50), (7, 64, 10**6), (1000, 10**6, 1), (64, 200, 33)]):
            options = {"data_page_version": version, "write_batch_size": batch, "data_page_size": page, "row_group_size": group}
            few = min(rows, 120) if group == 1 or batch == 1 else rows
            yield file(f"pages-{number}-v{version[0]}", flat.slice(0, few), **options)
            yield file(f"pages-{number}-nested-v{version[0]}", shapes.slice(0, few), **options)
        yield file(
            f"fallback-v{version[0]}",
            values.flat(rows * 3),
            data_page_version=version,
            dictionary_pagesize_limit=200,
            data_page_size=500,
            write_batch_size=20,
        )
    yield file("checksums", flat, write_page_checksum=True, compression="snappy")
    yield file("checksums-v2", shapes, write_page_checksum=True, data_page_version="2.0", data_page_size=100, write_batch_size=5)
    yield file("no-statistics", flat, write_statistics=False)
    yield file("page-index", flat, write_page_index=True, data_page_size=100, write_batch_size=9)
    old = flat.drop_columns([name for name in flat.column_names if name.startswith("at_ns")])
    yield file("format-1.0", old, version="1.0")
    yield file("format-2.4", old, version="2.4")
    yield file("no-arrow-schema", flat, store_schema=False)
    yield file("legacy-lists", shapes, use_compliant_nested_type=False)
    yield file("decimals-as-integers", flat, store_decimal_as_integer=True)
    yield file("int96", moments(rows), use_deprecated_int96_timestamps=True)
    yield file("sorted-columns", values.simple(rows), sorting_columns=[pq.SortingColumn(0, descending=True)])
    yield file("content-defined-chunks", values.simple(rows * 5), use_content_defined_chunking=True)
    yield file("bloom", values.simple(rows), bloom_filter_options={"string": True, "int64": True})
    names = ["", "a.b", 'q"x', "new\nline", "ü😀", " ", "--x", "back\\slash", "x" * 1000]
    yield file("names", pa.table([[1, None]] * len(names), names))
    yield file("wide", values.wide(1000))
    yield file("no-rows", flat.slice(0, 0))
    yield file("no-rows-nested", shapes.slice(0, 0))
    yield file("no-columns", pa.table({}))
    yield "no-row-groups", lambda path: pq.ParquetWriter(path, flat.schema).close()
    yield "empty-row-groups", lambda path: pieces(path, [flat.slice(0, 0), flat.slice(0, 9), flat.slice(9, 0), flat.slice(9, 1), flat.slice(0, 0)])
    yield "many-row-groups", lambda path: pieces(path, [values.simple(40, seed) for seed in range(30 if size == "full" else 400)])
    for form in ("list", "struct", "both"):
        yield file(f"deep-{form}", values.deep(30, form))
    for seed in range(40 if size == "full" else 1000):
        chance = random.Random(seed)
        options = {
            "compression": chance.choice(CODECS),
            "data_page_version": chance.choice(["1.0", "2.0"]),
            "use_dictionary": chance.random() < 0.5,
            "data_page_size": chance.choice([1, 50, 1000, 10**6]),
            "write_batch_size": chance.choice([1, 3, 50, 1000]),
            "row_group_size": chance.choice([3, 20, 10**6]),
            "write_page_checksum": chance.random() < 0.3,
            "use_compliant_nested_type": chance.random() < 0.8,
        }
        yield file(f"random-{seed}", values.nested(chance.choice([1, 10, 60]), seed), **options)
    yield "records-across-pages", lambda path: long_records(path)


def long_records(path):
    """Lists that are longer than a page."""
    chance = random.Random(3)
    lists = [None if chance.random() < 0.1 else [chance.choice([None, number]) for number in range(chance.choice([0, 1, 500]))] for _ in range(60)]
    table = pa.table(
        {"l": pa.array(lists, pa.list_(pa.int32())), "s": pa.array([one and [str(number) for number in one] for one in lists], pa.list_(pa.string()))}
    )
    pq.write_table(table, path, data_page_size=100, write_batch_size=11, row_group_size=25)


def encoded(file, codec, version, rows):
    """One column a type and encoding."""
    base = {nulls: values.flat(rows, nulls, 7) for nulls in ("some", "none")}
    integers = ["int8", "uint16", "int32", "uint32", "int64", "uint64", "date", "time_ms", "time_ns", "at_us_utc", "at_ns_local", "duration"]
    texts, fixed = ["string", "binary", "json"], ["fixed", "uuid", "decimal_38_10", "decimal_9_2", "decimal_76_20", "half"]
    floats = ["float", "double"]
    plans = {
        "DELTA_BINARY_PACKED": integers,
        "DELTA_LENGTH_BYTE_ARRAY": texts,
        "DELTA_BYTE_ARRAY": texts + fixed,
        "BYTE_STREAM_SPLIT": [*floats, *integers, *fixed],
        "RLE": ["bool"],
        "PLAIN": ["bool", *integers, *floats, *texts, *fixed],
    }
    for encoding, names in plans.items():
        for nulls, table in base.items():
            for page in (10**6, 150):
                options = {
                    "use_dictionary": False,
                    "column_encoding": {name: encoding for name in names},
                    "compression": codec,
                    "data_page_version": version,
                }
                name = f"encoded-{encoding}-{codec}-v{version[0]}-nulls-{nulls}-{page}"
                yield file(name, table.select(names), **options, data_page_size=page, write_batch_size=1000 if page > 1000 else 13)
    # Deltas need many values of each width.
    for seed in range(8):
        yield file(
            f"deltas-{seed}-{codec}-v{version[0]}",
            deltas(seed, rows * 4),
            use_dictionary=False,
            compression=codec,
            data_page_version=version,
            column_encoding={
                "int32": "DELTA_BINARY_PACKED",
                "int64": "DELTA_BINARY_PACKED",
                "text": "DELTA_BYTE_ARRAY",
                "list.list.element": "DELTA_BINARY_PACKED",
            },
        )


def deltas(seed, rows):
    chance = random.Random(seed)

    def walk(bits):
        """Steps of changing widths, that wrap around."""
        at, found, step = 0, [], 1
        for place in range(rows):
            if place % 37 == 0:
                step = 2 ** chance.randint(0, bits - 1)
            at = (at + chance.randint(-step, step) + 2 ** (bits - 1)) % 2**bits - 2 ** (bits - 1)
            found.append(at)
        return found

    numbers = walk(32)
    return pa.table(
        {
            "int32": pa.array(numbers, pa.int32()),
            "int64": pa.array(walk(64), pa.int64()),
            "text": [("prefix" * chance.randint(0, 5))[: chance.randint(0, 30)] + str(number % 7) for number in numbers],
            "list": pa.array([numbers[place : place + place % 4] if place % 5 else None for place in range(rows)], pa.list_(pa.int32())),
        }
    )


def moments(rows):
    table = values.flat(rows, "some", 9, without=())
    return table.select([name for name in table.column_names if name.startswith(("at_ns", "at_us_utc"))][:3]).select(["at_ns_local", "at_ns_utc"])


def pieces(path, tables):
    with pq.ParquetWriter(path, tables[0].schema) as writer:
        for table in tables:
            writer.write_table(table)


def by_duckdb(size):
    import duckdb

    rows = 500 if size == "full" else 20_000
    base = """SELECT i, i % 7 = 0 AS boolean, (i % 256 - 128)::TINYINT AS tiny, (i * 37 % 65536 - 32768)::SMALLINT AS small, (i * 7919)::INTEGER AS int32,
      (i * 1000000007)::BIGINT AS int64, (i % 256)::UTINYINT AS utiny, (i * 37 % 65536)::USMALLINT AS usmall, (4294967295 - i)::UINTEGER AS uint32,
      (18446744073709551615::UBIGINT - i::UBIGINT) AS uint64, CASE WHEN i % 3 = 0 THEN NULL ELSE i / 7 END::FLOAT AS float,
      CASE i % 11 WHEN 0 THEN 'nan'::DOUBLE WHEN 1 THEN 'inf'::DOUBLE WHEN 2 THEN '-inf'::DOUBLE WHEN 3 THEN -0.0::DOUBLE ELSE i / 3 END AS double,
      (i % 900 - 450)::DECIMAL(4, 1) AS decimal4, (i * 3.17)::DECIMAL(9, 2) AS decimal9, (i * -123456.789)::DECIMAL(18, 3) AS decimal18,
      (i * 99999999999.5)::DECIMAL(38, 10) AS decimal38, DATE '1969-12-01' + i::INTEGER AS day, TIME '00:00:00' + to_microseconds(i * 1234567) AS time,
      TIMESTAMP '1960-01-01' + to_microseconds(i * 123456789012) AS at, TIMESTAMPTZ '1960-01-01 00:00:00+00' + to_microseconds(i * 123456789012) AS at_utc,
      make_timestamp_ns(i * 1000000007) AS at_ns, (TIMESTAMP '1960-01-01' + to_seconds(i * 3601))::TIMESTAMP_S AS at_s, (TIMESTAMP '1960-01-01' + to_milliseconds(i * 3601))::TIMESTAMP_MS AS at_ms,
      CASE WHEN i % 5 = 0 THEN NULL ELSE 'text ' || (i % 50) || ' ü😀' END AS few, CASE i % 4 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE md5(i::VARCHAR) END AS text,
      from_hex(left(md5(i::VARCHAR), 8)) AS blob, md5(i::VARCHAR)::UUID AS uuid, (CASE i % 3 WHEN 0 THEN 'red' WHEN 1 THEN 'green' END)::ENUM('red', 'green', 'blue') AS color,
      json_object('n', i, 'f', i / 4) AS json, to_months(i::INTEGER) + to_days(i::INTEGER * 2) + to_milliseconds(i * 5) AS span,
      CASE WHEN i % 4 = 0 THEN NULL ELSE range(i % 5) END AS list, CASE WHEN i % 6 = 0 THEN NULL ELSE {'a': i, 'b': [{'c': i::VARCHAR}, NULL]} END AS struct,
      CASE WHEN i % 5 = 0 THEN NULL ELSE map {'k' || i: i, 'z': NULL} END AS map, map {i: [i, NULL]} AS by_number, [[i], NULL, []] AS lists, NULL AS nothing
      FROM range(ROWS) r(i)"""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")

    def file(name, query, options):
        return name, lambda path: connection.execute(f"COPY ({query.replace('ROWS', str(rows))}) TO '{path}' (FORMAT parquet{options})")

    codecs = ["uncompressed", "snappy", "gzip", "zstd", "brotli", "lz4", "lz4_raw"]
    for codec in codecs:
        for version in ("V1", "V2"):
            yield file(f"{codec}-{version}", base, f", CODEC '{codec}', PARQUET_VERSION {version}")
    yield file("small-groups", base, ", ROW_GROUP_SIZE 2048")
    yield file("no-dictionary", base, ", DICTIONARY_SIZE_LIMIT 1")
    yield file("no-dictionary-V2", base, ", DICTIONARY_SIZE_LIMIT 1, PARQUET_VERSION V2")
    yield file("small-dictionary", base, ", STRING_DICTIONARY_PAGE_SIZE_LIMIT 100")
    yield file("no-rows", base + " WHERE i < 0", "")
    yield file("many-row-groups", base.replace("ROWS", "20000"), ", ROW_GROUP_SIZE 2048, CODEC 'zstd'")


def by_polars(size):
    import polars

    rows = 300 if size == "full" else 5000
    names = [
        "bool",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "float",
        "double",
        "decimal_9_2",
        "decimal_38_10",
        "date",
        "time_ns",
        "at_ms_utc",
        "at_us_local",
        "at_ns_berlin",
        "duration",
        "string",
        "binary",
        "nothing",
    ]
    flat = {nulls: values.flat(rows, nulls, 11).select(names) for nulls in ("some", "none", "all")}
    for nulls, table in flat.items():
        flat[nulls] = table.append_column("few", pa.array([["x", "yy", None][place % 3] for place in range(table.num_rows)]))
    shapes = values.shapes(rows).select(["list", "lists", "struct", "structs", "three", "pair"])

    def file(name, table, **options):
        return name, lambda path: polars.from_arrow(table).write_parquet(path, **options)

    for codec in ["uncompressed", "snappy", "gzip", "brotli", "zstd", "lz4"]:
        for nulls, table in flat.items():
            yield file(f"{codec}-nulls-{nulls}", table, compression=codec)
        yield file(f"{codec}-nested", shapes, compression=codec, data_page_size=100)
    yield file("small-pages", flat["some"], data_page_size=64, row_group_size=77)
    yield file("full-statistics", flat["some"], statistics="full")
    yield file("no-statistics", shapes, statistics=False)
    yield file("no-rows", flat["some"].slice(0, 0))
    for seed in range(10 if size == "full" else 200):
        table = values.nested(40, 5000 + seed)
        yield file(f"random-{seed}", without_maps(table), data_page_size=[20, 1000][seed % 2], row_group_size=[7, 1000][seed // 2 % 2])
    yield "categorical", lambda path: polars.DataFrame({"c": ["a", "b", None, "a"] * 20}, schema={"c": polars.Categorical}).write_parquet(path)
    yield "enum", lambda path: polars.DataFrame({"c": ["a", "b", None, "a"] * 20}, schema={"c": polars.Enum(["a", "b"])}).write_parquet(path)
    yield "through-pyarrow", lambda path: polars.from_arrow(flat["some"]).write_parquet(path, use_pyarrow=True)
    yield "sink", lambda path: polars.from_arrow(flat["some"]).lazy().sink_parquet(path, row_group_size=50)


def without_maps(table):
    keep = [field.name for field in table.schema if "map<" not in str(field.type) and "halffloat" not in str(field.type)]
    return table.select(keep) if keep else pa.table({"i": [1, 2, 3]})


def by_fastparquet(size):
    import fastparquet
    import numpy as np
    import pandas

    rows = 300 if size == "full" else 5000
    chance = random.Random(4)

    def frame(nulls):
        frame = values.simple(rows, 13, "none").drop_columns(["date", "at_us_utc"]).to_pandas()
        frame["at"] = pandas.to_datetime([chance.randint(-(10**9), 3 * 10**9) for _ in range(rows)], unit="s")
        frame["at_utc"] = frame["at"].dt.tz_localize("UTC")
        frame["span"] = pandas.to_timedelta([chance.randint(0, 86_399) for _ in range(rows)], unit="s")
        frame["category"] = pandas.Categorical([chance.choice(["x", "yy", "zzz"]) for _ in range(rows)])
        for bits in (8, 16, 32, 64):
            frame[f"int{bits}"] = np.array([chance.randrange(-(2 ** (bits - 1)), 2 ** (bits - 1)) for _ in range(rows)], f"int{bits}")
            frame[f"uint{bits}"] = np.array([chance.randrange(2**bits) for _ in range(rows)], f"uint{bits}")
        frame["maybe"] = pandas.array([chance.choice([None, 1, 2]) for _ in range(rows)], dtype="Int64")
        frame["maybe_bool"] = pandas.array([chance.choice([None, True, False]) for _ in range(rows)], dtype="boolean")
        frame["bytes"] = [values.octets(chance) for _ in range(rows)]
        frame["json"] = [chance.choice([{"a": 1}, [1, 2.5], None]) for _ in range(rows)]
        if nulls:
            frame["string"] = frame["string"].where(frame.index % 3 > 0, None)
            frame.loc[frame.index % 4 == 0, ["at", "double"]] = None
        return frame

    encoding = {"bytes": "bytes", "json": "json", "string": "utf8", "few": "utf8"}

    def file(name, data, **options):
        def make(path):
            pages = options.pop("v2", None)
            old = fastparquet.writer.DATAPAGE_VERSION if hasattr(fastparquet.writer, "DATAPAGE_VERSION") else None
            if pages:
                fastparquet.writer.DATAPAGE_VERSION = 2
            try:
                fastparquet.write(path, data, object_encoding=encoding, write_index=False, **options)
            finally:
                if old is not None:
                    fastparquet.writer.DATAPAGE_VERSION = old

        return name, make

    for nulls in (False, True):
        data = frame(nulls)
        for codec in [None, "SNAPPY", "GZIP", "BROTLI", "ZSTD", "LZ4_RAW", "LZ4"]:
            yield file(f"{codec or 'none'}-{'nulls' if nulls else 'full'}".lower(), data, compression=codec)
        yield file(f"int96-{nulls}", data, times="int96")
        yield file(f"has-nulls-{nulls}", data, has_nulls=True)
        yield file(f"v2-{nulls}", data, v2=True, compression="ZSTD")
    yield file("row-groups", frame(True), row_group_offsets=50)


def by_spark(size):
    """Spark is started at the first file."""
    import spark

    yield from spark.files(20_000 if size == "long" else 500)


WRITERS = {"pyarrow": by_pyarrow, "duckdb": by_duckdb, "polars": by_polars, "fastparquet": by_fastparquet, "spark": by_spark}
