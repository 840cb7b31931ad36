"""What workers are shut in with."""

from __future__ import annotations

from tests.mutants.fault import Fault

_RULES = "tests/unit/machine/test_sandbox.py"
_POLICY = "tests/unit/pipeline/runners/test_worker_policy.py"
_ANSWERS = "tests/unit/pipeline/runners/test_answers.py"
_REAL = "tests/acceptance/test_sandbox.py"
_TRIED = f"{_REAL}::test_what_a_worker_tries_is_refused"

FAULTS = (
    Fault(
        "etl_batch.pipeline.runners.worker_policy.worker_policy",
        "kept=(kernel_folder,)",
        "kept=(kernel_folder, *apart)",
        f"{_POLICY} {_TRIED}",
    ),
    Fault(
        "etl_batch.pipeline.runners.worker_policy.code_folders",
        "path.is_relative_to(real) for path in hidden",
        "hidden and ()",
        _POLICY,
    ),
    Fault("etl_batch.pipeline.runners.worker_policy.worker_policy", "() if has_every_kernel() else", "", _POLICY),
    Fault(
        "etl_batch.machine.landlock.handled_by",
        "Net.BIND_TCP | Net.CONNECT_TCP if version >= _NET_SINCE else Net(0)",
        "Net.BIND_TCP if version >= _NET_SINCE else Net(0)",
        _RULES,
    ),
    Fault("etl_batch.machine.landlock.restrict_self", "_call(_RESTRICT_SELF, ruleset, 0, 0)", "pass", _TRIED),
    Fault("etl_batch.machine.sandbox.shut_in", "is_alone = _threads() == 1", "is_alone = True", _RULES),
    Fault(
        "etl_batch.pipeline.runners.worker_process.work",
        "    sandbox = shut_in(worker_policy(start.home))",
        "    import threading, time\n    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
        "    sandbox = shut_in(worker_policy(start.home))",
        f"{_REAL}::test_the_metadata_say_what_was_in_force",
    ),
    Fault("etl_batch.machine.syscall_filter.program", "[(_IF_AT_LEAST, of.foreign_from)]", "[]", _RULES),
    Fault(
        "etl_batch.machine.sandbox.Policy.refused_calls",
        "(*sockets, *syscall_filter.NEVER_NEEDED)",
        "sockets",
        f"{_RULES} {_TRIED}",
    ),
    Fault(
        "etl_batch.pipeline.runners.runner.Usage.__add__",
        "reduce(Sandbox.weaker, shut)",
        "shut[0]",
        "tests/unit/pipeline/runners/test_process_pool.py",
    ),
    Fault(
        "etl_batch.formats.csv.csv_file.CsvFile.files",
        "(self.copy.needed, original, *self.copy.more_files) if self.copy else (original,)",
        "(original,)",
        f"{_REAL}::test_a_job_gives_the_same_bytes_shut_in_or_not",
    ),
    Fault(
        "etl_batch.pipeline.runners.answers._Reader.find_class",
        "if name in _VALUES.get(module, ()):",
        "if module in _VALUES:",
        _ANSWERS,
    ),
    Fault("etl_batch.pipeline.runners.answers._Reader.find_class", " and kind.__module__ == module", "", _ANSWERS),
    Fault(
        "etl_batch.pipeline.runners.answers._Reader.find_class",
        'raise pickle.UnpicklingError(f"{module}.{name} is nothing that a worker says")',
        "return super().find_class(module, name)",
        f"{_REAL}::test_what_a_worker_says_has_the_parent_do_nothing",
    ),
    Fault("etl_batch.pipeline.runners.answers._array", "if dtype.kind not in _PLAIN_NUMBERS:", "if False:", _ANSWERS),
    Fault(
        "etl_batch.pipeline.runners.worker_process.work",
        "_keep_only(pipe.fileno())",
        "pass",
        f"{_REAL}::test_no_way_to_the_process_that_forks_is_left_open",
    ),
    Fault(
        "etl_batch.pipeline.runners.bare_start._spawn",
        "env=listed_environment() | ours",
        "env=None",
        f"{_REAL}::test_workers_and_what_they_are_forked_from_know_the_listed_variables_only",
    ),
)
