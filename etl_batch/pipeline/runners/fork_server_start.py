"""Imported first by the process that workers are forked from: among what modules make there is no garbage to look for.

`fork_server`, which is imported last, keeps all of it out of the search for good, and lets workers look again.
"""

import gc

gc.disable()
