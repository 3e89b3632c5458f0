"""freshet's processes, and the places where they work."""

import contextlib
import fcntl
import hashlib
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


@contextlib.contextmanager
def child(doing, argv, variables=(), **streams):
    """A process with some variables more; killed where the block fails. Its failure becomes ours, with its line on stderr."""
    with tempfile.TemporaryFile() as said:
        try:
            process = subprocess.Popen(argv, stderr=said, env={**os.environ, **dict(variables)}, **streams)
        except OSError as error:
            raise Failed(78, f"cannot {doing}: {argv[0]}: {error.strerror} (is it in PATH there?)") from None
        try:
            yield process
            close(process.stdin)
        except BrokenPipeError:
            pass  # It has ended early: its exit code says why.
        except BaseException:
            process.kill()
            raise
        finally:
            with contextlib.suppress(BrokenPipeError):
                close(process.stdin)
            code = process.wait()
        said.seek(0)
        lines = said.read().decode(errors="replace").splitlines()
        if code:
            reason = lines[-1] if lines else f"{argv[0]}: {f'exit {code}' if code > 0 else f'signal {-code}'}"
            raise Failed(code if code > 0 else 75, f"cannot {doing}: {reason}")
        for line in lines:
            print(line, file=sys.stderr)


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

    Where another attempt of this shard holds it, one for this attempt alone. What failed leaves nothing.
    """
    root = job.scratch or own_directory() or tempfile.gettempdir()
    os.makedirs(root, exist_ok=True)
    path = f"{root}/{prefix(job)}{shard}"
    with open(path + ".lock", "a") as lock:
        kept = locked(lock)
        if kept:
            os.utime(lock.fileno())
            tidy(root, job)
        else:
            path = tempfile.mkdtemp(prefix=prefix(job), dir=root)
        try:
            yield Workplace(path, lock.fileno())
        except BaseException:
            kept = False
            raise
        finally:
            if not kept:
                shutil.rmtree(path, ignore_errors=True)


def prefix(job):
    return f"freshet-{hashlib.sha256(f'{job.state} {job.shards}'.encode()).hexdigest()[:12]}-"


def locked(file):
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except BlockingIOError:
        return False


def tidy(root, job):
    """Removes the work directories of this index that were used longest ago, all but `keep`."""
    locks = [entry for entry in os.scandir(root) if re.fullmatch(prefix(job) + r"\d+\.lock", entry.name)]
    for entry in sorted(locks, key=lambda entry: entry.stat().st_mtime)[: -job.keep]:
        with open(entry.path, "a") as lock:
            if locked(lock):
                shutil.rmtree(entry.path.removesuffix(".lock"), ignore_errors=True)
