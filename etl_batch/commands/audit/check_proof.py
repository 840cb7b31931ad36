"""`audit check-proof`: a proof that `audit prove` printed, checked without the log."""

from __future__ import annotations

import argparse
import json
from argparse import Namespace

from etl_batch.audit.files import AuditFiles
from etl_batch.audit.findings import EXIT_CODES, Finding
from etl_batch.audit.keys import public_key, public_key_in
from etl_batch.audit.proofs import flaw, proof_of
from etl_batch.commands.audit.flags import add_home, kept_checkpoint, text_of
from etl_batch.commands.audit.text import failed
from etl_batch.commands.command_console import print_result
from etl_batch.commands.command_table import AddParser
from etl_batch.environment import home_folder
from etl_batch.errors import AuditUnreadable, EtlError


def add_parser(add: AddParser) -> None:
    """Add the parser of `audit check-proof`."""
    parser = add(
        description="Check a proof that `audit prove` printed; the log itself is not needed.",
        epilog="exit codes: 0 it holds, 1 it does not, 3 unreadable (also: wrong flags), 4 no public key.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        failed=failed,
    )
    add_home(parser)
    parser.add_argument("proof", metavar="FILE", help="the proof ('-': standard input)")
    parser.add_argument("--head", metavar="FILE", help="it must be about this kept checkpoint")
    parser.add_argument("--public-key", metavar="FILE", help="a copy of etl_audit.ed25519.pub (that of HOME)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(do=run)


def run(flags: Namespace) -> int:
    """Check the proof; returns the exit code, of errors, too."""
    try:
        proof = proof_of(text_of(flags.proof))
        kept = kept_checkpoint(flags.head)
        wrong = flaw(proof, _public(flags), kept)
    except EtlError as error:
        return failed(error)
    if flags.json:
        print_result(json.dumps({"holds": wrong is None, "seq": proof.seq, "reason": wrong or ""}) + "\n")
    elif wrong is None:
        print_result(f"The proof holds: entry {proof.seq} is among the {proof.checkpoint.size:,} of the checkpoint.\n")
    else:
        print_result(f"The proof does not hold: {wrong}.\n")
    return EXIT_CODES[Finding.SOUND if wrong is None else Finding.TAMPERED]


def _public(flags: Namespace) -> bytes:
    if flags.public_key is not None:
        return public_key_in(text_of(flags.public_key).encode(), flags.public_key)
    try:
        return public_key(AuditFiles(home_folder(flags.home) / ".secrets"))
    except OSError as error:
        raise AuditUnreadable(f"the public key cannot be read ({error.strerror})") from error
