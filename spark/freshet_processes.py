"""freshet's processes, and the places where they work."""

import contextlib
import fcntl
import hashlib
import itertools
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import namedtuple

# All that a process has to know. `last` are the states of the old shards, or "none"; `variables` go with every process.
Job = namedtuple("Job", "fields slice shards state last skip_bad scratch keep variables")


class Failed(Exception):
    """An exit code of freshet(7), and a sentence that begins with "cannot"."""

    def __init__(self, code, sentence):
        super().__init__(f"[{code}] {sentence}")
        self.code, self.sentence = code, sentence


def unopened(error, code=74):
    """What the system refuses, as one of ours."""
    return Failed(code, f"cannot open {error.filename or 'a stream'}: {error.strerror}")


class Ended(Exception):
    """A process has ended ahead of what it was fed: its exit code says why."""


@contextlib.contextmanager
def child(doing, argv, variables=(), **streams):
    """A process with these of freshet's variables and no others: an executor's own, or one that asks for JSON, would make it
    another's. Killed where the block fails. Its failure becomes ours, with its line on stderr."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("FRESHET_")}
    with tempfile.TemporaryFile() as said:
        try:
            process = subprocess.Popen(argv, stderr=said, env={**others, **dict(variables)}, **streams)
        except OSError as error:
            raise Failed(78, f"cannot {doing}: {argv[0]}: {error.strerror} (is it in PATH there?)") from None
        try:
            yield process
        except Ended:
            pass
        except BaseException:
            process.kill()
            raise
        finally:
            with contextlib.suppress(BrokenPipeError):
                close(process.stdin)
            code = process.wait()
        said.seek(0)
        lines = list(filter(None, said.read().decode(errors="replace").split("\n")))
        if code:
            reason = lines[-1] if lines else f"{argv[0]}: {f'exit {code}' if code > 0 else f'signal {-code}'}"
            raise Failed(code if code > 0 else 75, f"cannot {doing}: {reason}")
        for line in lines:
            print(line, file=sys.stderr)


def feed(process, lines):
    try:
        process.stdin.write(lines)
    except BrokenPipeError:
        raise Ended from None


def close(stream):
    if stream:
        stream.close()


def lines_of(process, doing):
    """What it prints, up to the #end that counts it."""
    count, end = 0, None
    for line in process.stdout:
        if line.startswith(b"#end"):
            end = line
        else:
            count += 1
            yield line
    # One that failed says why itself.
    if end != b"#end\tlines=%d\n" % count and process.wait() == 0:
        raise Failed(65, f"cannot {doing}: its output is truncated")


@contextlib.contextmanager
def desk(job):
    """The fields file, for this attempt alone."""
    with tempfile.NamedTemporaryFile(prefix="freshet-", dir=own_directory()) as file:
        file.write(job.fields)
        file.flush()
        yield file.name


def own_directory():
    """The executor's, which Spark removes."""
    return os.environ.get("SPARK_LOCAL_DIRS", "").split(",")[0] or None


Workplace = namedtuple("Workplace", "path lock")


@contextlib.contextmanager
def workplace(job, shard):
    """A work directory, which is kept for the next batch; its lock is for the process to inherit, which may outlive us.

    Where another attempt of this shard holds it, one for this attempt alone. What failed leaves nothing; what was killed leaves
    its directory to whoever tidies up.
    """
    root = job.scratch or own_directory() or tempfile.gettempdir()
    path = f"{root}/{prefix(job)}{shard}of{job.shards}"
    try:
        os.makedirs(root, exist_ok=True)
        place, lock = claimed(path)
    except OSError as error:
        raise Failed(73, f"cannot work in {root}: {error.strerror}") from None
    kept = place == path
    try:
        os.utime(lock)
        tidy(root, job)
        yield Workplace(place, lock)
    except BaseException:
        kept = False
        raise
    finally:
        if not kept:
            remove(place)
        os.close(lock)


def claimed(path):
    """The first of `path`, `path`.1, ... that nobody else has locked, and its lock."""
    places = itertools.chain([path], (f"{path}.{number}" for number in itertools.count(1)))
    return next((place, lock) for place in places if (lock := locked(f"{place}.lock", os.O_CREAT)) is not None)


def prefix(job):
    return f"freshet-{hashlib.sha256(job.state.encode()).hexdigest()[:12]}-"


def locked(path, flags=0):
    """An open file that nobody else has locked, and that is still the one of that name; None where there is none."""
    with contextlib.suppress(FileNotFoundError):
        lock = os.open(path, os.O_RDWR | os.O_CLOEXEC | flags, 0o666)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(lock), os.stat(path)):
                return lock
        except (BlockingIOError, FileNotFoundError):
            pass
        os.close(lock)
    return None


def tidy(root, job):
    """Removes the work directories of this index that nobody works in: those that were for one attempt alone, and of the others,
    whatever the number of shards was, all but the `keep` that were used last."""
    used = {}
    for name in os.listdir(root):
        if re.fullmatch(prefix(job) + r"\d+of\d+(\.\d+)?\.lock", name):
            with contextlib.suppress(FileNotFoundError):
                used[f"{root}/{name.removesuffix('.lock')}"] = os.stat(f"{root}/{name}").st_mtime_ns
    shared = sorted((path for path in used if "." not in os.path.basename(path)), key=used.get)
    for path in used.keys() - set(shared[-job.keep :]):
        if (lock := locked(f"{path}.lock")) is not None:
            remove(path)
            os.close(lock)


def remove(path):
    """A work directory whose lock is held."""
    shutil.rmtree(path, ignore_errors=True)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(f"{path}.lock")
