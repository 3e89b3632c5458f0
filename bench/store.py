"""store: what listing, fetching and publishing over S3 cost, beside aws-cli, rclone and boto3.

    bench/run store [--runs N] [--days N]

A bucket of a real server (../shared/rig) holds N days of five-minute partitions of two objects, tiny ones but for the
last five hours, whose 120 objects hold real records. Each program lists those five hours, fetches them, and sends an
index that was built of them. CPU and wall time are taken with the server asked directly; requests are counted in a run
of their own, through a proxy.
"""

import gzip
import os
import shutil
import subprocess
import sys
from datetime import datetime, timedelta

import measure
import page
import server

LAYOUT = "dt=%Y-%m-%d/hour=%H/minute=%M"
END = datetime(2026, 5, 5)
HOURS = 5
PEERS = os.path.join(measure.HERE, "peers")
BIN = os.path.dirname(sys.executable)
AWS, BOTO3 = [sys.executable, os.path.join(BIN, "aws")], [sys.executable, os.path.join(PEERS, "store-boto3")]


def key(time, part=0):
    return "ev/" + time.strftime(LAYOUT) + f"/part-{part}.json.gz"


class Window:
    """The last five hours of the history: their objects, and the index that they make."""

    def __init__(self, bucket, place, megabytes):
        self.bucket, self.place = bucket, place
        self.since = END - timedelta(hours=HOURS)
        self.day = "ev/" + self.since.strftime("dt=%Y-%m-%d/")
        self.hours = [f"hour={(self.since + timedelta(hours=n)).hour:02}" for n in range(HOURS)]
        self.times = [self.since + timedelta(minutes=5 * n) for n in range(HOURS * 12)]
        self.fields = os.path.join(measure.HERE, "corpus.fields")
        self.write(measure.corpus("products", megabytes))
        self.list = [
            measure.tool("part-ls"), f"s3://{bucket}/ev", "--layout", LAYOUT, "--since", stamp(self.since), "--until", stamp(END),
        ]
        self.slice = self.pick(self.list, "slice")
        self.local = self.pick([self.list[0], os.path.join(place, "ev"), *self.list[2:]], "local-slice")
        self.built = measure.receipt(self.build(self.slice, os.path.join(place, "built"))[1], "index", "location")

    def write(self, corpus):
        """The records, in the 120 objects: on disk, and from there to the bucket."""
        with open(corpus, "rb") as lines:
            records = lines.readlines()
        keys = [key(time, part) for time in self.times for part in range(2)]
        share = len(records) // len(keys) + 1
        for number, name in enumerate(keys):
            path = os.path.join(self.place, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(gzip.compress(b"".join(records[number * share : (number + 1) * share]), 6, mtime=0))
        command = [*AWS, "s3", "cp", "--quiet", "--recursive", os.path.join(self.place, "ev"), f"s3://{self.bucket}/ev/"]
        subprocess.run(command, check=True)

    def pick(self, listing, name):
        path = os.path.join(self.place, name)
        with open(path, "wb") as out:
            listed = subprocess.run(listing, check=True, stdout=subprocess.PIPE).stdout
            picked = [measure.tool("part-pick"), "-q", "--to", stamp(self.times[-1]), "--window", f"{HOURS}h"]
            subprocess.run(picked, input=listed, check=True, stdout=out)
        return path

    def build(self, slice_, work):
        """The command, and where its receipt goes."""
        shutil.rmtree(work, ignore_errors=True)
        os.makedirs(work)
        out = work + ".receipt"
        command = [measure.tool("delta-build"), "--fields", self.fields, "--work", work]
        return measure.run(command, slice_, out), out


def stamp(time):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def remote(bucket):
    """rclone's name for the bucket; the rest is in the environment."""
    os.environ.update(RCLONE_S3_PROVIDER="Ceph", RCLONE_S3_ENV_AUTH="true", RCLONE_CONFIG="/dev/null")
    return f":s3:{bucket}"


def rclone(*arguments):
    return ["rclone", "--s3-endpoint", os.environ["AWS_ENDPOINT_URL_S3"], *arguments]


def listing(window):
    """Each contestant's command, made when the endpoint is known."""
    bucket, hours = window.bucket, ",".join(window.hours)
    after, last = window.day + window.hours[0], key(window.times[-1], 9)
    return {
        "freshet (part-ls)": lambda: measure.run(window.list),
        "boto3, start-after": lambda: measure.run([*BOTO3, "list", bucket, "ev/", after, last]),
        "aws s3api, start-after": lambda: measure.run(
            [*AWS, "s3api", "list-objects-v2", "--bucket", bucket, "--prefix", "ev/", "--start-after", after]
        ),
        "aws s3 ls --recursive": lambda: measure.run([*AWS, "s3", "ls", "--recursive", f"s3://{bucket}/ev/"]),
        "rclone lsf, filtered": lambda: measure.run(
            rclone("lsf", "-R", "--files-only", "--include", f"/{window.day[3:]}{{{hours}}}/**", f"{remote(bucket)}/ev")
        ),
    }


def fetching(window):
    bucket, place = window.bucket, window.place
    folder = os.path.join(place, "fetched")

    def fetch(command, stdin="/dev/null"):
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        return measure.run(command, stdin)

    keys = os.path.join(place, "keys")
    with open(keys, "w", encoding="utf-8") as file:
        file.writelines(key(time, part) + "\n" for time in window.times for part in range(2))
    some = [word for hour in window.hours for word in ("--include", hour + "/*")]
    aws = [*AWS, "s3", "cp", "--quiet", "--recursive", f"s3://{bucket}/{window.day}", folder, "--exclude", "*", *some]
    return {
        "freshet (delta-build: fetches and builds)": lambda: window.build(window.slice, folder)[0],
        "freshet, of local files: builds": lambda: window.build(window.local, folder)[0],
        "boto3, 8 threads": lambda: fetch([*BOTO3, "fetch", bucket, folder], keys),
        "aws s3 cp, of the day": lambda: fetch(aws),
        "rclone copy, of the day": lambda: fetch(
            rclone("copy", "--include", "{" + ",".join(window.hours) + "}/**", f"{remote(bucket)}/{window.day}", folder)
        ),
    }


def sample(window, name, megabytes):
    """An index of the beginning of the window's records; of one record where that is 0."""
    records, built = os.path.join(window.place, name), os.path.join(window.place, name + "-built")
    with open(records, "wb") as file, open(measure.corpus("products", 60), "rb") as corpus:
        file.writelines(corpus.readlines(int(megabytes * 1e6) or 1))
    return measure.build(records, window.fields, built)[1]


NUMBERS = iter(range(1_000_000))


def publishing(window, built):
    """To a destination that has a generation already, as in every batch but the first."""
    bucket = window.bucket
    segments = os.path.join(os.path.dirname(built), "../segments")
    files = [built, *(os.path.join(segments, name) for name in sorted(os.listdir(segments)))]
    first = sample(window, "first", 0)

    def send(command):
        """The place is another one each time; what is there already is not counted."""
        return measure.run(command(f"sent-{next(NUMBERS)}"))

    def publish():
        place = f"s3://{bucket}/index-{next(NUMBERS)}"
        tool, direct = measure.tool("index-publish"), os.environ["AWS_ENDPOINT_URL_S3"]
        os.environ["AWS_ENDPOINT_URL_S3"] = window.direct
        measure.run([tool, "--index", first, "--to", stamp(window.since), place])
        os.environ["AWS_ENDPOINT_URL_S3"] = direct
        return measure.run([tool, "--index", built, place])

    def one_by_one(place):
        return [*BOTO3, "send", bucket, place + "/", *files]

    folder = os.path.join(window.place, f"to-send-{next(NUMBERS)}")
    os.makedirs(folder)
    for path in files:
        os.link(path, os.path.join(folder, os.path.basename(path)))
    return {
        "freshet (index-publish)": publish,
        "boto3": lambda: send(one_by_one),
        "aws s3 cp": lambda: send(
            lambda place: [*AWS, "s3", "cp", "--quiet", "--recursive", folder, f"s3://{bucket}/{place}/"]
        ),
        "rclone copy": lambda: send(lambda place: rclone("copy", folder, f"{remote(bucket)}/{place}")),
    }


def compare(contestants, runs, place, difference=None):
    """A table; the first contestant is the yardstick, or what it costs more than the second, where that has a name."""
    costs = {name: [] for name in contestants}
    for _ in range(runs):
        for name, run in contestants.items():
            costs[name].append(run())
    yardstick, second = list(costs.values())[:2]
    rows = []
    for name, run in contestants.items():
        with server.counted(place) as counts:
            run()
        cost, asked = measure.median(costs[name]), sum(counts.values())
        kinds = " ".join(f"{count} {kind}" for kind, count in sorted(counts.items()) if count)
        rows.append([name, asked, f"{cost.cpu:.3f}", "", f"{cost.wall:.3f}", kinds])
    if difference:
        yardstick = [a._replace(cpu=max(a.cpu - b.cpu, 1e-3)) for a, b in zip(yardstick, second)]
        rows.insert(0, [difference, rows[0][1], f"{measure.median(yardstick).cpu:.3f}", "1.0", "", rows[0][-1]])
    for row in rows:
        row[3] = row[3] or f"{measure.ratio(costs[row[0]], yardstick):.1f}"
    return page.table(["", "requests", "CPU s", "ratio", "wall s", "of which"], rows)


def main(arguments):
    parser = page.options(__doc__, runs=3)
    parser.add_argument("--days", type=int, help="of history (30; with --full 365)")
    choice = parser.parse_args(arguments)
    days = choice.days or (365 if choice.full else 30)
    if not server.there():
        return
    with measure.scratch() as place, server.up(place) as bucket:
        server.fill(days, (END - timedelta(days=days)).strftime("%Y-%m-%d"))
        window = Window(bucket, place, 60)
        window.direct = os.environ["AWS_ENDPOINT_URL_S3"]
        size = sum(os.path.getsize(os.path.join(place, key(time, part))) for time in window.times for part in range(2))
        parts = [f"{days * 576:,} objects; {choice.runs} runs in turn, ratios of CPU to freshet."]
        parts += [f"List the last five hours, of {days} days:", compare(listing(window), choice.runs, place)]
        parts.append(f"Fetch their 120 objects, {size / 1e6:.0f} MB of .gz:")
        parts.append(compare(fetching(window), choice.runs, place, difference="freshet, the fetch alone"))
        for built in [sample(window, "batch", 3), window.built]:
            parts.append(f"Publish an index of {segment(built) / 1e6:.1f} MB:")
            parts.append(compare(publishing(window, built), choice.runs, place))
        versions = [run_text([*AWS, "--version"]).split()[0], run_text(["rclone", "--version"]).split("\n")[0]]
        page.report("store", choice, arguments, *parts, ", ".join(versions) + ", with their defaults.")


def segment(built):
    """Bytes of the largest segment."""
    folder = os.path.join(os.path.dirname(built), "../segments")
    return max(os.path.getsize(os.path.join(folder, name)) for name in os.listdir(folder))


def run_text(command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


if __name__ == "__main__":
    main(sys.argv[1:])
