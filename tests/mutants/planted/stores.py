"""Objects in stores: which may be used, what they are, and when a prefix counts as whole."""

from __future__ import annotations

from tests.mutants.fault import Fault

_ADDRESS = "tests/unit/text/test_store_address.py"
_OBJECT = "tests/unit/storage/test_stored_object.py"
_INPUTS = "tests/acceptance/test_stores.py"
_OUTPUTS = "tests/acceptance/test_stored_outputs.py"

FAULTS = (
    Fault("etl_batch.text.store_address.Address._is_beneath", "self.key.startswith(prefix)", "True", _ADDRESS),
    Fault("etl_batch.text.store_address.Address._is_beneath", 'f"{root.key}/"', "root.key", _ADDRESS),
    Fault(
        "etl_batch.text.store_address.Address.parse",
        'any(character in given for character in "@?#")',
        "False",
        _ADDRESS,
    ),
    Fault("etl_batch.storage.stored_object.StoredObject.read_block", "found != self.identity", "False", _OBJECT),
    Fault(
        "etl_batch.storage.stored_object.StoredObject.read_into",
        "at - first : stop - first",
        "at - first + 1 : stop - first",
        _OBJECT,
    ),
    Fault("etl_batch.formats.unchanged.refuse_changed_since", "place.refuse_changed()", "pass", _INPUTS),
    Fault(
        "etl_batch.pipeline.stored_inputs.stored_input", "address.refuse_closed(config.store_roots)", "pass", _INPUTS
    ),
    Fault(
        "etl_batch.pipeline.outputs.stored_outputs.StoredFolder.put_parts",
        "self.store.remove(self._name(SUCCESS_NAME))",
        "pass",
        _OUTPUTS,
    ),
    Fault(
        "etl_batch.pipeline.outputs.stored_outputs.StoredFolder.refuse_foreign",
        "names and not overwrite",
        "False",
        _OUTPUTS,
    ),
    Fault(
        "etl_batch.pipeline.outputs.stored_outputs.StoredFolder.commit",
        "if name not in kept",
        "if False",
        _OUTPUTS,
    ),
    Fault("etl_batch.etl_core.run", "finished = committed(finished, config)", "pass", _OUTPUTS),
)
