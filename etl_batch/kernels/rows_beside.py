"""What `format_rows` lets others do with each block of rows, while the caches hold it. Loads no Numba."""

from __future__ import annotations

#: words: address and number of lines for `null_texts.flag_block`, done before; address of the code of `sample_rows` and
#: of its words (`Kernel.words`), done behind; 0: not. The address of the code becomes 0 where it stops before the end.
FLAGS, FLAG_LINES, SAMPLE, SAMPLE_WORDS = range(4)
#: the same of `column_facts.note_facts`, done last, which never stops
FACTS, FACTS_WORDS = range(4, 6)
WORDS = 6
