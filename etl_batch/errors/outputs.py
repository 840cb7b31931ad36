"""Outputs: whose name it is, and the disk that they are written to."""

from __future__ import annotations

from etl_batch.errors.base import EtlError, Refused


class DiskFull(EtlError):
    """The disk has no room for the output; the old output is as it was."""

    code = "E_DISK_FULL"
    mend = "free some space, or write to another disk, and start again"


class OutputBusy(Refused):
    """Another job is writing this output."""

    code = "E_OUTPUT_BUSY"
    mend = "wait for that job to end, or give another output"


class NameClaimed(Refused):
    """The name belongs to something else: a side file, a layout, a report; or what is there would be replaced by it."""

    code = "E_NAME_CLAIMED"
    mend = "give another name, or move away what is there"


class PartsMissing(Refused):
    """Shares of a folder of parts are not there yet, or not whole: they cannot be put together."""

    code = "E_PARTS_MISSING"
    mend = "make those with --shard, and the options of the others; what is there is kept"
    page_mend = "whoever made the others makes those, too; what is there is kept"


class PlanMissing(Refused):
    """A share of a CSV needs to know what all its rows tell, and nobody has looked at them."""

    code = "E_PLAN_MISSING"
    mend = "convert it in one run, without --shard; or to Parquet first, of which shares can be made"
    page_mend = "convert it in one run; or to Parquet first, of which shares can be made"


class WorkerVersion(Refused):
    """A share was made by other sources of the product than those that put the shares together."""

    code = "E_WORKER_VERSION"
    mend = "install the same on every machine, then make all shares again"


class OutputFailed(EtlError):
    """The output could not be written; the old output is as it was."""

    code = "E_OUTPUT"
    mend = "check the disk and the folder's permissions, and start again"
