"""A real S3 server on this machine, from ../shared/rig, and the proxy that counts what is asked of it."""

import contextlib
import json
import os
import subprocess
import sys
import time

from measure import HERE

RIG = os.path.join(os.environ.get("BENCH_SHARED") or os.path.join(HERE, "../../shared"), "rig")


def there():
    """False, with a word, where there is no server to be had."""
    if os.access(os.path.join(RIG, "s3"), os.X_OK):
        return True
    print("bench: no S3 server here (../shared/rig): left out", file=sys.stderr)
    return False


@contextlib.contextmanager
def up(place):
    """Runs a server with an empty bucket, and points the environment at it; the bucket's name."""
    environment = dict(os.environ, FRESHET_RIG=os.path.join(place, "rig"))
    s3 = os.path.join(RIG, "s3")

    def run(*arguments):
        return subprocess.run([s3, *arguments], env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout

    run("up", "real")
    try:
        before = dict(os.environ)
        os.environ.update(exports(run("env", "real")), AWS_EC2_METADATA_DISABLED="true", AWS_CONFIG_FILE="/dev/null")
        os.environ["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null"
        # Of no use here, and rclone's old SDK stumbles over it.
        os.environ.pop("AWS_CA_BUNDLE", None)
        yield os.environ["FRESHET_S3_BUCKET"]
        os.environ.clear()
        os.environ.update(before)
    finally:
        run("down", "real")


def exports(script):
    """What a script of `export NAME=VALUE` lines sets."""
    shown = subprocess.run(["bash", "-c", script + "\nenv -0"], check=True, stdout=subprocess.PIPE, env={}).stdout
    return dict(pair.split("=", 1) for pair in shown.decode().split("\0") if pair.startswith(("AWS_", "FRESHET_")))


@contextlib.contextmanager
def counted(place):
    """Sends what is asked within through a proxy; gives a dictionary of requests by kind, filled at the end."""
    port, counts, found = os.path.join(place, "port"), os.path.join(place, "counts"), {}
    direct = os.environ["AWS_ENDPOINT_URL_S3"]
    proxy = subprocess.Popen(
        [sys.executable, os.path.join(RIG, "faultproxy"), "--upstream", direct, "--port-file", port, "--counts", counts],
        stdout=subprocess.DEVNULL,
    )
    try:
        while not os.path.exists(port):
            time.sleep(0.02)
        with open(port, encoding="utf-8") as file:
            os.environ["AWS_ENDPOINT_URL_S3"] = f"http://127.0.0.1:{file.read().strip()}"
        yield found
    finally:
        os.environ["AWS_ENDPOINT_URL_S3"] = direct
        proxy.terminate()
        proxy.wait()
        os.remove(port)
    with open(counts, encoding="utf-8") as file:
        found.update(json.load(file)["requests"])


def fill(days, start, prefix="ev/", minutes=5):
    """Two tiny objects every so many minutes, for so many days from a date on."""
    command = [sys.executable, os.path.join(RIG, "fill"), "--days", str(days), "--start", start, "--prefix", prefix]
    command += ["--minutes", str(minutes)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
