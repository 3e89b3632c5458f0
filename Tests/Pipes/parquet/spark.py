"""Parquet files by Spark, which is started at the first. Needs Java."""

import glob
import os
import shutil
import tempfile
import zipfile

COLUMNS = """i AS id, i % 3 = 0 AS boolean, CAST(i % 256 - 128 AS TINYINT) AS tiny, CAST(i * 37 % 65536 - 32768 AS SMALLINT) AS small, CAST(i * 7919 AS INT) AS int32,
  i * 1000000007 AS int64, CASE WHEN i % 3 = 0 THEN NULL ELSE CAST(i / 7 AS FLOAT) END AS float,
  CASE i % 7 WHEN 0 THEN double('NaN') WHEN 1 THEN double('Infinity') WHEN 2 THEN -0.0D WHEN 3 THEN NULL ELSE i / 3 END AS double,
  CAST(i * 3.17 AS DECIMAL(9, 2)) AS decimal9, CAST(i * -12345.678 AS DECIMAL(18, 3)) AS decimal18, CAST(i * 99999999999.5 AS DECIMAL(38, 10)) AS decimal38,
  date_add(DATE '1960-01-01', CAST(i * 37 AS INT)) AS day, timestamp_micros((i - 100) * 123456789012) AS at, timestamp_micros(i * 1777) AS fine,
  CAST(timestamp_micros(i * 123456789012) AS TIMESTAMP_NTZ) AS local, CASE WHEN i % 5 = 0 THEN NULL ELSE concat('text ', i % 50, ' ü😀') END AS few,
  CASE i % 4 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE sha1(CAST(i AS STRING)) END AS text, unhex(left(sha1(CAST(i AS STRING)), 8)) AS blob,
  CASE WHEN i % 4 = 0 THEN NULL ELSE sequence(0, i % 5) END AS list, CASE WHEN i % 6 = 0 THEN NULL ELSE named_struct('a', i, 'b', array(named_struct('c', CAST(i AS STRING)), NULL)) END AS struct,
  CASE WHEN i % 5 = 0 THEN NULL ELSE map(concat('k', i), i, 'z', NULL) END AS map, map(i, array(i, NULL)) AS by_number, array(array(i), NULL, array()) AS lists,
  make_interval(0, 0, 0, 0) IS NULL AS no_interval, named_struct('n', CAST(NULL AS STRING)) AS empty"""


def files(rows):
    session = started()
    data = session.range(rows).withColumnRenamed("id", "i").selectExpr(*split(COLUMNS)).coalesce(1)

    def file(name, data=data, columns=None, **options):
        def make(path):
            settings = {key.replace("_", "."): value for key, value in options.items() if key.startswith(("parquet_",))}
            session.conf.set("spark.sql.parquet.outputTimestampType", options.get("times", "INT96"))
            session.conf.set("spark.sql.parquet.writeLegacyFormat", str(options.get("legacy", False)).lower())
            session.conf.set("spark.sql.parquet.compression.codec", options.get("codec", "snappy"))
            session.conf.set("spark.sql.parquet.int96RebaseModeInWrite", "CORRECTED")
            session.conf.set("spark.sql.parquet.datetimeRebaseModeInWrite", "CORRECTED")
            with tempfile.TemporaryDirectory() as folder:
                writer = (data.select(*columns) if columns else data).write.mode("overwrite")
                for key, value in options.get("settings", {}).items():
                    writer = writer.option(key, value)
                writer.parquet(folder + "/out")
                (found,) = glob.glob(folder + "/out/part-*")
                shutil.move(found, path)

        return name, make

    v2 = {"parquet.writer.version": "PARQUET_2_0"}
    plain = {"parquet.enable.dictionary": "false"}
    pages = {"parquet.page.size": "500", "parquet.page.row.count.limit": "50", "parquet.block.size": "20000"}
    for codec in ["uncompressed", "snappy", "gzip", "zstd", "lz4", "lz4_raw", "brotli"]:
        for version, settings in (("v1", {}), ("v2", v2)):
            yield file(f"{codec}-{version}", codec=codec, settings=settings)
            yield file(f"{codec}-{version}-plain", codec=codec, settings={**settings, **plain})
    for times in ("INT96", "TIMESTAMP_MICROS", "TIMESTAMP_MILLIS"):
        yield file(f"times-{times}", times=times)
    yield file("legacy", legacy=True)
    yield file("legacy-v2", legacy=True, settings=v2)
    yield file("pages-v1", settings=pages)
    yield file("pages-v2", settings={**pages, **v2, **plain})
    yield file("byte-stream-split", settings={**v2, **plain, "parquet.enable.bytestreamsplit": "true"})
    yield file("no-rows", data.limit(0).coalesce(1))
    yield file("no-checksums", settings={"parquet.page.write-checksum.enabled": "false"})


def split(columns):
    """The expressions at the commas that are in no parentheses."""
    parts, depth = [""], 0
    for character in columns:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def started():
    import pyspark
    from pyspark.sql import SparkSession

    # Where musl is installed beside glibc, snappy-java takes its library for musl, which can't be loaded.
    folder = tempfile.mkdtemp()
    (jar,) = glob.glob(os.path.dirname(pyspark.__file__) + "/jars/snappy-java-*.jar")
    with zipfile.ZipFile(jar) as inside, open(folder + "/libsnappyjava.so", "wb") as out:
        out.write(inside.read("org/xerial/snappy/native/Linux/x86_64/libsnappyjava.so"))
    os.environ["JAVA_TOOL_OPTIONS"] = f"-Dorg.xerial.snappy.lib.path={folder} -Dorg.xerial.snappy.lib.name=libsnappyjava.so"
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    session = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.warehouse.dir", folder + "/warehouse")
        .config("spark.sql.ansi.enabled", "false")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("OFF")
    return session
