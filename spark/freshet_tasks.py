"""What executors do: feed freshet's processes, and take what they print.

No rule about records is here. Of a record's line only the shard, the key of its document and that it is malformed is looked at.
"""

import subprocess
import tempfile

from freshet_processes import Failed, child, desk, feed, lines_of, unopened, workplace

# Records travel as (SHARD, KEY, LINE), KEY being None where a record speaks of no document. What can't be done travels among
# them, as (NOTE, exit code, sentence).
EVERY, NOTE = 0, -1
# What another attempt may mend is raised, so that Spark tries again.
AGAIN = (69, 73, 74, 75)
# Lines go to their shards in pieces of about so many bytes.
PIECE = 1 << 16


def told(task):
    """A task whose failure, where no other attempt mends it, is a note behind what it gave."""

    def guarded(*arguments):
        try:
            yield from task(*arguments)
        except Failed as failed:
            if failed.code in AGAIN:
                raise
            yield NOTE, failed.code, failed.sentence
        except OSError as error:
            raise unopened(error) from None

    return guarded


@told
def decoded(job, objects):
    """The records of some objects."""
    doing, bad = "decode", 0
    with desk(job) as fields, tempfile.TemporaryFile() as slice:
        slice.write(b"#part\n%s#end\tlines=%d\n" % (b"".join(objects), len(objects)))
        slice.seek(0)
        argv = ["part-cat", "--shards", str(job.shards), "--fields", fields]
        with child(doing, argv, job.variables, stdin=slice, stdout=subprocess.PIPE) as process:
            for line in lines_of(process, doing):
                shard, key, _ = line.split(b"\t", 2)
                bad += shard == b"bad"
                if bad > job.skip_bad + 1:
                    continue  # It is too many already.
                yield EVERY if shard in (b"*", b"bad") else int(shard), None if key == b"-" else int(key, 16), line


def mentioned(records):
    """(KEY, the bit of SHARD) of each record that speaks of a document; (what the driver has to know, 0)."""
    for shard, key, line in records:
        if shard == NOTE:
            yield (shard, key, line), 0
        elif line.startswith(b"bad"):
            yield ("bad", line), 0
        elif key is not None:
            yield key, 1 << shard


def spread(key):
    """What Spark takes the rest of, by the number of partitions: of a KEY its upper bits, since the 20 lowest are 0. What is no KEY,
    which is little, goes to the first partition."""
    return key >> 20 if isinstance(key, int) else 0


def met(asking, masks):
    """Of pairs (KEY, bits of all its shards): those that have several, and the questions for old shards, as text."""
    questions = []
    for key, mask in masks:
        if not mask:
            yield key
        elif mask & (mask - 1):
            yield "mover", (key, mask)
        if asking:
            questions += [b"%016x\t%d\n" % (key, shard) for shard in bits(mask)]
    yield "questions", b"".join(questions)


@told
def answered(job, shard, questions):
    """What an old shard says: its records, for the shards that need them; (KEY, its own bit, None) where it needs KEY's."""
    doing = f"ask shard {shard}/{job.shards}"
    with desk(job) as fields, workplace(job, shard) as work, tempfile.TemporaryFile() as text:
        text.write(b"%s%s#end\tlines=%d\n" % (job.slice, questions, questions.count(b"\n")))
        text.seek(0)
        argv = command(job, "--ask", shard, fields, work)
        with child(doing, argv, job.variables, stdin=text, stdout=subprocess.PIPE, pass_fds=[work.lock]) as process:
            for line in lines_of(process, doing):
                target, key, *_ = line.rstrip(b"\n").split(b"\t", 2)
                yield (int(key, 16), 1 << shard, None) if target == b"want" else (int(target), None, line)


def routed(job, movers, records):
    """(SHARD, (count, some lines in one piece)) ...; last, for every shard, how many lines that were: (SHARD, (count, None)).

    By these a shard knows that it has got all: Python takes a connection that breaks for the end of its input.
    """
    lines, size, sent = ({shard: zero() for shard in range(1, job.shards + 1)} for zero in (list, int, int))

    def piece(target):
        taken, lines[target], size[target] = lines[target], [], 0
        sent[target] += len(taken)
        return target, (len(taken), b"".join(taken))

    for shard, key, line in records:
        if shard == NOTE:
            raise Failed(key, line)  # It went well when the driver looked, and was lost since.
        if line is None:
            continue  # The driver has heeded it.
        mask = movers.get(key, 0)
        for target in lines if shard == EVERY else bits(mask | 1 << shard) if mask else (shard,):
            lines[target].append(line)
            size[target] += len(line)
            if size[target] > PIECE:
                yield piece(target)
    for target in lines:
        yield piece(target)
        yield target, (sent[target], None)


@told
def built(job, shard, senders, pieces):
    """The receipt of a shard, which is fed with what so many `routed` tasks gave."""
    doing = f"build shard {shard}/{job.shards}"
    lines = sent = ended = 0
    with desk(job) as fields, workplace(job, shard) as work, tempfile.TemporaryFile() as receipt:
        argv = command(job, "--fed", shard, fields, work)
        with child(doing, argv, job.variables, stdin=subprocess.PIPE, stdout=receipt, pass_fds=[work.lock]) as process:
            feed(process, job.slice)
            for _, (count, piece) in pieces:
                if piece is None:
                    sent, ended = sent + count, ended + 1
                else:
                    lines += count
                    feed(process, piece)
            if (lines, ended) != (sent, senders):
                raise Failed(75, f"cannot {doing}: its records ended early")
            feed(process, b"#end\tlines=%d\n" % lines)
        receipt.seek(0)
        yield (receipt.read(),)


def command(job, mode, shard, fields, work):
    return [
        "delta-build", mode, "--shard", f"{shard}/{job.shards}", "--fields", fields, "--work", work.path,
        "--state", job.state, "--last", job.last[shard - 1], "--skip-bad", str(job.skip_bad),
    ]


def bits(mask):
    return [bit for bit in range(mask.bit_length()) if mask >> bit & 1]
