"""Puts a file in the place of one in a work directory, and makes the state say that it was always there:
forge.py WORK segments/NAME FILE. The stamps are the new file's own, and the state's checksum is right.
"""
import os
import shutil
import sys
import zlib

work, name, file = sys.argv[1:]
shutil.copyfile(file, f"{work}/{name}")
status = os.stat(f"{work}/{name}")
with open(f"{work}/state", "rb") as state:
    lines = state.read().splitlines(keepends=True)
place = next(i for i, line in enumerate(lines) if line.startswith(name.encode() + b"\t"))
bad = lines[place].split(b"\t")[-1]
lines[place] = b"%s\t%d\t%d\t%d\t%s" % (name.encode(), status.st_size, status.st_mtime_ns, status.st_ctime_ns, bad)
lines[-1] = b"#end\tlines=%d\tcrc=%x\n" % (len(lines) - 2, zlib.crc32(b"".join(lines[:-1])))
with open(f"{work}/state", "wb") as state:
    state.write(b"".join(lines))
