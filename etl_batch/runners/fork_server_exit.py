"""Imported only by the process that workers are forked from: it ends at once when it is told to.

Taking Numba apart takes a quarter of a second, and whoever reads our standard output waits until every process that
holds it is gone. There is nothing to clean up. Workers never run it: they end by themselves.
"""

import atexit
import os

atexit.register(os._exit, 0)
