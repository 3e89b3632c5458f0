"""Exchanges two names again and again, so that a path leads here and there:  exchange.py A B COUNT

Prints how often when it is done; the names are then as they were. Python's standard library only.
"""
import ctypes
import os
import random
import sys
import time

a, b, count = sys.argv[1].encode(), sys.argv[2].encode(), int(sys.argv[3]) // 2 * 2
AT_FDCWD, RENAME_EXCHANGE = -100, 2
libc = ctypes.CDLL(None, use_errno=True)
random.seed(3)
for _ in range(count):
    while libc.renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE) != 0:
        if ctypes.get_errno() != 2:  # Not there: it is being made.
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        time.sleep(0.001)
    time.sleep(random.random() * 0.002)
print(count)
