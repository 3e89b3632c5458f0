"""What the programs have in common as commands: options, what they write, how they end."""

import argparse
import contextlib
import os
import re
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from freshet_processes import Failed, child, unopened


class Options(argparse.ArgumentParser):
    def __init__(self, **more):
        super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter, **more)
        self.add_argument("--version", action=Version)

    def error(self, message):
        raise Failed(64, f"cannot read the options: {message}; see --help")

    def add(self, name, help, metavar, default=None, required=False, **more):
        """An option whose variable is named after it: --shards is FRESHET_SHARDS."""
        variable = "FRESHET_" + name.removeprefix("--").replace("-", "_").upper()
        given = os.environ.get(variable) or default
        self.add_argument(name, help=help, metavar=metavar, default=given, required=required and not given, **more)


class Version(argparse.Action):
    """Says which delta-build is in PATH here: they are of one release."""

    def __init__(self, option_strings, dest, **more):
        super().__init__(option_strings, dest, nargs=0, help="show the version", **more)

    def __call__(self, parser, *_):
        with child("tell the version", ["delta-build", "--version"], stdout=subprocess.PIPE) as process:
            version = process.stdout.read().decode().strip()
        print(f"{parser.prog.removesuffix('.py')} {version}")
        raise SystemExit(0)


def number(text):
    if not re.fullmatch("[0-9]{1,9}", text):
        raise argparse.ArgumentTypeError(f"'{text}' is not a number")
    return int(text)


def seconds(text):
    """Of a span as freshet's tools write it: 300, 5m."""
    found = re.fullmatch("([0-9]{1,9})([smhd]?)", text)
    if not found or int(found[1]) == 0:
        raise argparse.ArgumentTypeError(f"'{text}' is no span: write 300, 5m or 5h")
    return int(found[1]) * {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}[found[2]]


def setting(text):
    name, is_one, value = text.partition("=")
    if not is_one:
        raise argparse.ArgumentTypeError(f"'{text}' is no KEY=VALUE")
    return name, value


@contextlib.contextmanager
def created(name):
    """A file that is there when it is whole; what is no file, as a FIFO, is written as it is. 73 where neither can be."""
    special = os.path.exists(name) and not os.path.isfile(name)
    path = name if special else os.path.realpath(name)
    beside = path if special else f"{path}.{os.getpid()}.part"
    try:
        file = open(beside, "wb")
    except OSError as error:
        raise Failed(73, f"cannot create {name}: {error.strerror}") from None
    try:
        with file:
            yield file
        if not special:
            os.replace(beside, path)
    except BaseException:
        if not special:
            os.unlink(beside)
        raise


def aside(work, give_up=lambda: None):
    """What work() gives, in a thread of its own: in the main one pyspark would take SIGINT for itself, and a signal would have us
    speak with the JVM in the middle of an answer. Where a signal ends it, give_up() has to end `work`."""
    with ThreadPoolExecutor(1) as pool:
        try:
            return pool.submit(work).result()
        except BaseException:
            with contextlib.suppress(Exception):  # What failed says why.
                give_up()
            raise


def run(name, main):
    """Ends the process with the exit code that `main` returns, or with what its failure says, in one line on stderr.

    SIGINT and SIGTERM end it by SystemExit, so that what was begun is removed, and a second one at once. Of what fails then, which
    is the signal's consequence, nothing is said.
    """
    ended = []

    def end(number, _):
        ended.append(128 + number)
        signal.signal(number, signal.SIG_DFL)
        sys.exit(128 + number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    code, said = outcome(lambda: main(sys.argv[1:]))
    if said and not ended:
        print(f"{name}: {said}", file=sys.stderr)
    sys.exit(ended[0] if ended else code)


def outcome(work):
    """The exit code, which `work` returns where it isn't 0, and the sentence of what failed."""
    try:
        return work() or 0, None
    except Failed as failed:
        return failed.code, failed.sentence
    except BrokenPipeError:
        return 128 + signal.SIGPIPE, None
    except OSError as error:
        failed = unopened(error, 66 if isinstance(error, FileNotFoundError) else 74)
        return failed.code, failed.sentence
    except Exception as error:
        return 70, f"cannot go on: {' '.join(f'{type(error).__name__}: {error}'.split())[:300]}"
