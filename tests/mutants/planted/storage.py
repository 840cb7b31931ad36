"""Bytes, names and their order on the disk."""

from __future__ import annotations

from tests.mutants.fault import Fault

_DURABLE = "tests/unit/storage/test_durability.py"
_PUBLICATION = "tests/unit/storage/test_publication.py"
_RUN_FILES = "tests/acceptance/test_run_files.py"
_JOURNAL = "tests/unit/storage/test_journal.py"
_OPENING = "tests/unit/storage/test_opening.py"
_CLAIMS = "tests/unit/pipeline/outputs/test_claims.py"
_SAID = "tests/acceptance/test_report.py::test_a_report_in_the_place_of_another_says_whose_it_was"
_REPORT = "tests/acceptance/test_report.py::test_a_report_never_takes_the_place_of_what_another_job_wrote"

FAULTS = (
    Fault(
        "etl_batch.pipeline.outputs.run_files._agreement",
        "OutputIdentity(**known) == found",
        "known is not None",
        _RUN_FILES,
    ),
    Fault(
        "etl_batch.pipeline.outputs.run_files._agreement",
        "Agreement.COPY if right",
        "Agreement.COPY if True",
        _RUN_FILES,
    ),
    Fault("etl_batch.pipeline.outputs.run_files.RunMetadata.agreement", "if file is None", "if False", _RUN_FILES),
    Fault("etl_batch.pipeline.outputs.published_identities.record_identities", "supersede(part)", "pass", _RUN_FILES),
    Fault("etl_batch.file_estimate.run_sample._checked", "not _is_of_its_run", "False and _is_of_its_run", _RUN_FILES),
    Fault("etl_batch.storage.part_file.PartFile.sync", "os.fsync(self.descriptor)", "pass", _DURABLE),
    Fault("etl_batch.pipeline.outputs.job_outputs.JobOutputs.finish", "output.sync()", "pass", _DURABLE),
    Fault("etl_batch.pipeline.outputs.job_outputs.JobOutputs.finish", "self.rejects.part.sync()", "pass", _DURABLE),
    Fault("etl_batch.pipeline.outputs.job_outputs.JobOutputs.publish", "part.sync()", "pass", _DURABLE),
    Fault("etl_batch.pipeline.outputs.job_outputs.JobOutputs._publish", "sync_folders(moves)", "pass", _DURABLE),
    Fault("etl_batch.pipeline.outputs.job_outputs.JobOutputs._decide", "durable=True", "durable=False", _DURABLE),
    Fault("etl_batch.pipeline.outputs.sample_output.JobSample.finish", "part.sync()", "pass", _DURABLE),
    Fault(
        "etl_batch.pipeline.outputs.parted_output.PartedOutput.sync",
        "_sync(open_existing(self.place_of(number)))",
        "pass",
        _DURABLE,
    ),
    Fault(
        "etl_batch.pipeline.outputs.parted_output.PartedOutput.sync",
        "_sync(open_folder(self.hidden))",
        "pass",
        _DURABLE,
    ),
    Fault("etl_batch.storage.journal.Journal.create", "os.fsync(parent)", "pass", _DURABLE),
    Fault("etl_batch.storage.journal.Journal.create", "durable=True", "durable=False", _DURABLE),
    Fault("etl_batch.storage.publication.keep_old", "sync_folders(moves)", "pass", _DURABLE),
    Fault("etl_batch.storage.publication.replace_all", "sync_folders(moves)", "pass", _DURABLE),
    Fault("etl_batch.storage.publication.sync_folders", "os.fsync(parent)", "pass", _DURABLE),
    Fault("etl_batch.storage.publication.publish_alone", "part.sync()", "pass", _DURABLE),
    Fault("etl_batch.storage.publication._replace", "if there == move.inode:", "if True:", _PUBLICATION),
    Fault("etl_batch.storage.publication._free_backup", "is None), None)", "is None or True), None)", _PUBLICATION),
    Fault("etl_batch.storage.publication._is_pending_file", "not in (None, move.inode)", "is not None", _PUBLICATION),
    Fault("etl_batch.storage.journal._entry", "except ValueError:", "except OverflowError:", _JOURNAL),
    Fault(
        "etl_batch.pipeline.outputs.interrupted.interrupted_jobs",
        "and is_header(lines[0].entry)",
        "and bool(lines[0].entry)",
        "tests/acceptance/test_resume.py::test_a_journal_that_says_not_what_a_job_was_is_none",
    ),
    Fault("etl_batch.storage.journal.sound_lines", "crc = zlib.crc32(body, crc)", "crc = zlib.crc32(body)", _JOURNAL),
    Fault("etl_batch.storage.journal.Journal.cut", "os.ftruncate(self.descriptor, size)", "pass", _JOURNAL),
    Fault(
        "etl_batch.storage.part_file.PartFile.reopen",
        "os.ftruncate(descriptor, mark.size)",
        "pass",
        "tests/unit/storage/test_part_file.py",
    ),
    Fault(
        "etl_batch.storage.part_file.PartFile.written",
        "piece[0] > self.hash.limit",
        "piece[0] > self.size",
        "tests/unit/storage/test_part_file.py",
    ),
    Fault(
        "etl_batch.machine.undisturbed._answered_by",
        "except BaseException",
        "except ArithmeticError",
        "tests/unit/machine/test_undisturbed.py",
    ),
    Fault(
        "etl_batch.storage.journal.Journal.append",
        "with in_one_piece():",
        "if True:",
        "tests/unit/storage/test_journal.py",
    ),
    Fault(
        "etl_batch.storage.hash_follower.HashFollower._turn",
        "in_one_piece(), self._changed",
        "self._changed",
        "tests/unit/storage/test_hash_follower.py",
    ),
    Fault(
        "etl_batch.storage.hash_follower.HashFollower._follow",
        "self._release_all()",
        "pass",
        "tests/unit/storage/test_part_file.py::test_a_file_that_is_not_what_was_written_is_noticed",
    ),
    Fault(
        "etl_batch.storage.hash_follower.HashFollower._hash",
        "self._compare_end(held)",
        "pass",
        "tests/unit/storage/test_part_file.py::test_a_file_that_is_not_what_was_written_is_noticed",
    ),
    Fault(
        "etl_batch.storage.hash_follower.HashFollower._step_to",
        "held.content[self._reached - start : stop - start]",
        "held.content[: stop - start]",
        "tests/unit/storage/test_part_file.py::test_hashed_from_memory_or_read_back_it_is_the_same",
    ),
    Fault(
        "etl_batch.machine.shared_buffers._made",
        "fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, _SEALS)",
        "pass",
        "tests/unit/machine/test_shared_buffers.py::test_nobody_cuts_a_buffer_off_under_its_reader",
    ),
    Fault(
        "etl_batch.pipeline.span_worker.SpanWorker._write_outputs",
        "self.buffers.give_away()",
        "pass",
        "tests/acceptance/test_conversion.py::test_what_is_not_yet_hashed_is_not_formatted_over",
    ),
    Fault("etl_batch.pipeline.outputs.claims._ENDINGS", "    TOTALS_ENDING: Purpose.TOTALS,\n", "", _CLAIMS),
    Fault("etl_batch.pipeline.outputs.claims.purpose_of_name", "if _KEPT in same", "if same.endswith(_KEPT)", _CLAIMS),
    Fault("etl_batch.pipeline.outputs.claims.first_clash", "same = folded(exact)", "same = exact", _CLAIMS),
    Fault(
        "etl_batch.pipeline.outputs.claimed_names._is_own_metadata",
        "target in [metadata_beside(output) for output in targets.outputs]",
        "target.path.name.endswith(METADATA_ENDING)",
        _CLAIMS,
    ),
    Fault("etl_batch.pipeline.outputs.claims.may_replace", "return purpose is Purpose.OUTPUT", "return True", _CLAIMS),
    Fault("etl_batch.pipeline.outputs.claimed_names.refuse_names", "*_read(config, ())", "", _CLAIMS),
    Fault(
        "etl_batch.pipeline.outputs.claimed_names.refuse_taken_names", "_refuse_other_files(target)", "pass", _CLAIMS
    ),
    Fault(
        "etl_batch.pipeline.report_file._written_reports",
        "refuse_taken(Claim(target.path, Purpose.REPORT), target)",
        "pass",
        _REPORT,
    ),
    Fault("etl_batch.pipeline.outputs.start.opened_outputs", "refuse_taken_names(targets)", "pass", _REPORT),
    Fault(
        "etl_batch.pipeline.outputs.replaced_outputs.replaced_by", "if targets.report is not None:", "if False:", _SAID
    ),
    Fault(
        "etl_batch.storage.paths._refuse_closed_way",
        "if _identity(os.stat(above)) in closed:",
        "if False:",
        _CLAIMS,
    ),
    Fault(
        "etl_batch.storage.paths._refuse_closed_way",
        "            if _identity(found) in closed:",
        "            if False:",
        _CLAIMS,
    ),
    Fault("etl_batch.storage.paths.folder_statuses", "not stat.S_ISLNK(status.st_mode) and ", "", _OPENING),
    Fault("etl_batch.storage.paths.folder_statuses", " and _identity(status) not in closed", "", _OPENING),
    Fault("etl_batch.storage.closed_folders.is_named_closed", "folded(name)", "name", _CLAIMS),
    Fault("etl_batch.pipeline.conversion.Conversion.converted", "refuse_changed_since(source)", "pass", _DURABLE),
    Fault("etl_batch.storage.beneath._openat2", "| _RESOLVE_NO_SYMLINKS", "", "tests/unit/storage/test_beneath.py"),
    Fault("etl_batch.storage.beneath._step_into", "stat.S_ISLNK(kind)", "False", "tests/unit/storage/test_beneath.py"),
    Fault("etl_batch.storage.beneath._components", 'or ".." in names', "", "tests/unit/storage/test_beneath.py"),
)
