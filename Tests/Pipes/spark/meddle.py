#!/usr/bin/env python3
"""Stands before part-cat and delta-build in PATH, and does what a file in $MEDDLING asks for, once:

    kill-STEP    hand on some lines, then kill the executor that it was started by
    slow-STEP    begin when another attempt has begun
    fail-STEP    65, with a reason      again-STEP   75
    cut-STEP     print all but the end, and exit 0

STEP is decode, ask-K or fed-K. $MEDDLING/started has a line for each start, $MEDDLING/ended-STEP-PID the exit of what was fed by a
killed executor.
"""
import os
import signal
import subprocess
import sys
import time

PLACE = os.environ["MEDDLING"]
TOOL = os.path.basename(sys.argv[0])
PATIENCE = 60  # seconds


def step():
    words = sys.argv[1:]
    if TOOL == "part-cat":
        return "decode"
    for mode in ("--ask", "--fed"):
        if mode in words:
            return f"{mode[2:]}-{words[words.index('--shard') + 1].split('/')[0]}"
    return None


def real():
    here = os.path.dirname(os.path.abspath(sys.argv[0]))
    for folder in os.environ["PATH"].split(":"):
        if folder != here and os.access(f"{folder}/{TOOL}", os.X_OK):
            return f"{folder}/{TOOL}"
    sys.exit(f"meddle: there is no {TOOL}")


def asked(what):
    """Whether this process is the one to do it."""
    try:
        os.rename(f"{PLACE}/{what}-{step()}", f"{PLACE}/did-{what}-{step()}")
        return True
    except FileNotFoundError:
        return False


def late():
    end = time.monotonic() + PATIENCE
    while starts() < 2 and time.monotonic() < end:
        time.sleep(0.1)


def starts():
    with open(f"{PLACE}/started") as file:
        return file.read().split().count(step())


def executor():
    """The JVM above this process."""
    pid = os.getppid()
    while pid > 1:
        with open(f"/proc/{pid}/cmdline") as file:
            if "CoarseGrainedExecutorBackend" in file.read():
                return pid
        with open(f"/proc/{pid}/stat") as file:
            pid = int(file.read().rsplit(")", 1)[1].split()[1])
    sys.exit("meddle: no executor is above")


def kill_feeding():
    """Half of the lines come through; then the executor is gone, and with it who feeds."""
    lines = sys.stdin.buffer
    telling = f'"$@"; echo $? >"{PLACE}/ended-{step()}-{os.getpid()}"'
    child = subprocess.Popen(["sh", "-c", telling, "sh", real(), *sys.argv[1:]], stdin=subprocess.PIPE, start_new_session=True)
    for line in lines:
        child.stdin.write(line)
        if line.startswith(b"#end"):
            break
    for line, _ in zip(lines, range(20)):
        child.stdin.write(line)
    child.stdin.flush()
    os.kill(executor(), signal.SIGKILL)
    for line in lines:
        child.stdin.write(line)
    child.stdin.close()
    sys.exit(child.wait())


def kill_decoding():
    child = subprocess.Popen([real(), *sys.argv[1:]], stdout=subprocess.PIPE)
    for line, _ in zip(child.stdout, range(20)):
        sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()
    os.kill(executor(), signal.SIGKILL)
    sys.exit(0)


def main():
    if step():
        with open(f"{PLACE}/started", "a") as file:
            file.write(f"{step()}\n")
    if asked("kill"):
        kill_decoding() if step() == "decode" else kill_feeding()
    if asked("slow"):
        late()
    for what, code in (("fail", 65), ("again", 75)):
        if asked(what):
            print(f"{TOOL}: cannot go on: it was meddled with", file=sys.stderr)
            sys.exit(code)
    if asked("cut"):
        printed = subprocess.run([real(), *sys.argv[1:]], stdout=subprocess.PIPE, check=True).stdout
        sys.stdout.buffer.write(printed[: printed.rindex(b"\n", 0, -1) + 1])
        sys.exit(0)
    os.execv(real(), [TOOL, *sys.argv[1:]])


main()
