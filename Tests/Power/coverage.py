"""That the shim sees each system call that changes the file system: as many of each kind as strace(1) sees without it."""
import collections
import os
import re
import subprocess

import rig

WORDS = {
    "write": "write pwrite64 writev pwritev pwritev2", "fsync": "fsync fdatasync", "rename": "rename renameat renameat2",
    "unlink": "unlink unlinkat rmdir", "mkdir": "mkdir mkdirat", "link": "link linkat", "truncate": "ftruncate truncate",
    "times": "utimensat", "create": "open openat creat openat2",
    # None of these is known to the shim, and none may come.
    "unknown": "fallocate copy_file_range sendfile splice sync_file_range symlink symlinkat msync sync syncfs",
}


def by_strace(case):
    """How many of each kind, without the shim; None where nothing may be traced here."""
    world = case.before.rig.world(case.before)
    log = os.path.join(world.rig.folder, "strace")
    calls = ",".join(" ".join(WORDS.values()).split())
    try:
        result = world.run("strace", "-f", "-y", "-s", "0", "-o", log, "-e", "trace=" + calls, *case.command, input=case.text)
    except FileNotFoundError:
        return None
    if result.code != 0 or not os.path.exists(log):
        return None
    word_of = {call: word for word, names in WORDS.items() for call in names.split()}
    found = collections.Counter()
    with open(log, errors="replace") as file:
        for line in file:
            match = re.match(r"\d+\s+(\w+)\((.*)", line)
            if not match or match[1] not in word_of or not is_ours(match[2], world.folder):
                continue
            word = word_of[match[1]]
            if word != "create" or "O_CREAT" in match[2] or "O_TRUNC" in match[2]:
                found[word] += 1
    world.remove()
    return found


def is_ours(arguments, folder):
    """In the world, which is the working directory; or standard output."""
    return folder in arguments or re.match(r'1<|"[^/]', arguments)


def check(all_of_them):
    """How many calls were compared; 0 where nothing can be."""
    compared = 0
    for case in all_of_them:
        if case.command[0] == "sh":
            continue
        wanted = by_strace(case)
        if wanted is None:
            return 0
        ours = collections.Counter("create" if word == "open" else word for word, _ in case.count())
        if ours != wanted:
            rig.fail(f"{case.name}: the shim sees {dict(ours)}, and strace {dict(wanted)}")
        compared += sum(wanted.values())
    return compared
