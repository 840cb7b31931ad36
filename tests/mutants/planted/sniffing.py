"""Sniffing: what decides, what is asked, what is left alone."""

from __future__ import annotations

from tests.mutants.fault import Fault

_DELIMITER = "tests/unit/sniffing/test_delimiter.py"
_ENCODING = "tests/unit/sniffing/test_encoding.py"
_HEADERLESS = "tests/unit/sniffing/test_headerless.py"
_START = "tests/unit/sniffing/test_table_start.py"
_STRUCTURE = "tests/unit/sniffing/test_structure.py"
_TYPES = "tests/unit/sniffing/test_types_seen.py"
_WORDS = "tests/unit/sniffing/test_in_words.py"
_COMMAND = "tests/acceptance/test_sniff.py"
_KNOWN = "tests/acceptance/test_known_texts.py"
_REFUSED = "test_what_is_refused_is_right_once_it_is_said_how"
_ROOM = "etl_batch.sniffing"

FAULTS = (
    Fault(f"{_ROOM}.encoding._is_utf8", "while not is_first", "while False", _ENCODING),
    Fault(f"{_ROOM}.encoding._by_nuls", "elif odd and 20 * even <= odd:", "elif False:", _ENCODING),
    Fault(f"{_ROOM}.encoding._rendered", "choices.setdefault(key", "choices.setdefault((key, name)", _ENCODING),
    Fault(f"{_ROOM}.encoding._ebcdic", "if not doubted:", "if True:", _ENCODING),
    Fault(f"{_ROOM}.line_end.find_line_end", 'del counts["nel"]', "pass", _ENCODING),
    Fault(f"{_ROOM}.sample.later_texts", "text = text[_behind_line(text) :]", "pass", _ENCODING),
    Fault(f"{_ROOM}.ways._is_around", "opens == closes", "closes >= 0", _DELIMITER),
    Fault(f"{_ROOM}.ways.needs_escape", "(?!{ends})", "", _DELIMITER),
    Fault(f"{_ROOM}.splitting._split_quoted", "cell.replace(mark, way.delimiter)", "cell", _DELIMITER),
    Fault(f"{_ROOM}.delimiter._among", "if looks[id(one)] > soundest - _LESS_SOUND", "if one", _DELIMITER),
    Fault(f"{_ROOM}.delimiter._among", "if rivals:", "if False:", _DELIMITER),
    Fault(f"{_ROOM}.delimiter._divides_all", "one.share < 1", "one.share < 0.5", _DELIMITER),
    Fault(f"{_ROOM}.delimiter._beside_one_column", "if has_name and (as_number or is_prose):", "if False:", _DELIMITER),
    Fault(f"{_ROOM}.delimiter._ragged", "return Divided(one, (one_column,), why)", "continue", _DELIMITER),
    Fault(f"{_ROOM}.candidate.judged", "else max(len(rows.cells) - 1, 1)", "else len(rows.cells)", _DELIMITER),
    Fault(f"{_ROOM}.table_start.find_start", "if not wide:", "if True:", _START),
    Fault(f"{_ROOM}.table_start._commented_names", "if not above or", "if above or", _START),
    Fault(f"{_ROOM}.table_start._skipped", "while at and is_comment[at - 1]:", "while False:", _START),
    Fault(f"{_ROOM}.header._votes", "if kind.is_typed:", "if False:", _HEADERLESS),
    Fault(f"{_ROOM}.header._typed", "if all_whole and only_numbers and", "if False and", _HEADERLESS),
    Fault(f"{_ROOM}.header._recurring", "if list(first) in map(list, body):", "if False:", _HEADERLESS),
    Fault(f"{_ROOM}.header._of_text", "if len({*first}) < len(first):", "if False:", _HEADERLESS),
    Fault(f"{_ROOM}.numbers_seen._rival", "return rival", "return None", _TYPES),
    Fault(f"{_ROOM}.numbers_seen._is_canonical", "repr(number) == cell", "True", _TYPES),
    Fault(f"{_ROOM}.numbers_seen._pattern", "[0-9]{{3}}", "[0-9]{{1,3}}", _TYPES),
    Fault(f"{_ROOM}.dates_seen._formats_of", "for form in tier if all", "for form in tier if any", _TYPES),
    Fault(f"{_ROOM}.column_kind.kind_of", "< len(filled)", "<= len(filled)", _TYPES),
    Fault(f"{_ROOM}.finding.Sniffed.with_questions", "replace(found, value=None)", "found", _WORDS),
    Fault(f"{_ROOM}.finding.as_shown", "cut(cell)", "cell", _WORDS),
    Fault(f"{_ROOM}.plain.is_plain", "not first.strip() or ", "", _STRUCTURE),
    Fault(f"{_ROOM}.plain.is_plain", " or not any(map(has_number, others))", "", _STRUCTURE),
    Fault(f"{_ROOM}.structure.Structure.note", "if name not in said", "", _STRUCTURE),
    Fault(f"{_ROOM}.structure._settled", "doubted.sure < _SURE", "False", "tests/acceptance/test_headerless.py"),
    Fault(f"{_ROOM}.plain.is_plain", "while content.startswith(_BOM):", "while False:", _STRUCTURE),
    Fault(
        "etl_batch.formats.csv.column_samples.looks_unlike_ours",
        "*_THOUSANDS, ",
        "",
        f"{_KNOWN}::test_each_is_read_right_unasked[combined-036]",
    ),
    Fault(
        "etl_batch.formats.csv.problem_text.bad_row",
        "if bad[PROBLEM] == Problem.BARE_QUOTE",
        "if False",
        f"{_KNOWN}::{_REFUSED}",
    ),
    Fault(f"{_ROOM}.plain.is_plain", ", *_WITHIN_TEXT", "", _STRUCTURE),
    Fault(f"{_ROOM}.plain._may_be_as_wide", "first.count(mark) == second.count(mark)", "True", _STRUCTURE),
    Fault(f"{_ROOM}.plain._may_be_as_wide", """b'"' in first or """, "", _STRUCTURE),
    Fault(f"{_ROOM}.structure._settled", 'mark == "," and any(', "any(", f"{_KNOWN}::{_REFUSED}"),
    Fault(f"{_ROOM}.structure._settled", 'elif mark is None and b"," in', 'elif False and b"," in', _STRUCTURE),
    Fault(f"{_ROOM}.structure._settled", 'str(said["quote"] or _USUAL)', "_USUAL", _STRUCTURE),
    Fault(f"{_ROOM}.structure._settled", 'str(said["comment"] or "")', '""', _STRUCTURE),
    Fault(f"{_ROOM}.structure._settled", '"quote": quote != _USUAL', '"quote": True', _STRUCTURE),
    Fault(f"{_ROOM}.structure._settled", 'b"," not in content', "False", _STRUCTURE),
    Fault(f"{_ROOM}.structure._is_too_wide", ">= MOST_COLUMNS", "> 10 * MOST_COLUMNS", _STRUCTURE),
    Fault("etl_batch.launch.sniff_asking.answer", "if not sample.size:", "if False:", _COMMAND),
    Fault(
        "etl_batch.commands.sniff._found",
        "if known is not None and not known.format.by_dialect:",
        "if False:",
        _COMMAND,
    ),
    Fault(
        "etl_batch.sniffing.encoding._likeliest_first",
        "[names[0], _COMMONEST, *names]",
        "names",
        "tests/unit/sniffing/test_encoding.py",
    ),
)
