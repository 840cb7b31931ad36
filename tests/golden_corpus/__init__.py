"""The golden corpus: some 280 commands on made-up inputs, and all that came of them, to be compared later.

It touches the product only from outside: the command line, files, and the texts of pages. So the same corpus runs on
two states of the tree, and tells what differs: `python -m tests.golden_corpus record DIR`, then `... compare DIR`.
"""
