"""`audit prove`: that an entry is in the log, shown to who has not the log."""

from __future__ import annotations

import argparse
import json
from argparse import Namespace

from etl_batch.audit.files import AuditFiles
from etl_batch.audit.proofs import prove
from etl_batch.audit.reading import head
from etl_batch.commands.audit.flags import add_home, kept_checkpoint
from etl_batch.commands.command_console import print_result
from etl_batch.commands.command_table import AddParser
from etl_batch.environment import home_folder, operator
from etl_batch.errors import AuditUnreadable

_DESCRIPTION = """\
Print a proof, as JSON, that an entry is in the log of a signed checkpoint of now. Who has the public key
(.secrets/etl_audit.ed25519.pub) checks it without the log: `audit check-proof`."""


def add_parser(add: AddParser) -> None:
    """Add the parser of `audit prove`."""
    parser = add(
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_home(parser)
    parser.add_argument("seq", type=int, metavar="SEQ", help="number of the entry, from 1")
    parser.add_argument("--head", metavar="FILE", help="prove also that nothing before this kept checkpoint changed")
    parser.add_argument("--json", action="store_true", help="the same: a proof is JSON")
    parser.set_defaults(do=run)


def run(flags: Namespace) -> None:
    """Print the proof."""
    home = home_folder(flags.home)
    older = kept_checkpoint(flags.head)
    now = head(home, operator(flags.actor))
    if now is None:
        raise AuditUnreadable("nothing was recorded yet", mend="run a job, then ask again")
    proof = prove(AuditFiles(home / ".secrets"), flags.seq, now.checkpoint, older)
    print_result(json.dumps(proof.as_json(), indent=1) + "\n")
