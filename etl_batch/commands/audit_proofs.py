"""`audit prove` and `audit check-proof`: that an entry is in the log, shown to who has not the log."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence

from etl_batch.audit.checkpoints import Checkpoint, checkpoints_in
from etl_batch.audit.files import AuditFiles
from etl_batch.audit.keys import public_key, public_key_in
from etl_batch.audit.proofs import flaw, proof_of, prove
from etl_batch.audit.reading import head
from etl_batch.audit.verdict import EXIT_CODES, Finding
from etl_batch.commands.audit_flags import command_parser, text_of
from etl_batch.commands.audit_text import failed
from etl_batch.commands.console import print_result
from etl_batch.environment import home_folder, operator
from etl_batch.errors import EXIT_DONE, AuditUnreadable, EtlError


def prove_command(argv: Sequence[str]) -> int:
    """Print a proof that an entry is in the log; returns the exit code.

    Raises:
        EtlError: it was refused or failed.
    """
    parser = command_parser(
        "prove",
        "Print a proof, as JSON, that an entry is in the log of a signed checkpoint of now. Who has the public key\n"
        "(.secrets/etl_audit.ed25519.pub) checks it without the log: `audit check-proof`.",
    )
    parser.add_argument("seq", type=int, metavar="SEQ", help="number of the entry, from 1")
    parser.add_argument("--head", metavar="FILE", help="prove also that nothing before this kept checkpoint changed")
    parser.add_argument("--json", action="store_true", help="the same: a proof is JSON")
    flags = parser.parse_args(argv)
    home = home_folder(flags.home)
    older = None if flags.head is None else _kept(text_of(flags.head))
    now = head(home, operator(flags.actor))
    if now is None:
        raise AuditUnreadable("nothing was recorded yet", mend="run a job, then ask again")
    proof = prove(AuditFiles(home / ".secrets"), flags.seq, now.checkpoint, older)
    print_result(json.dumps(proof.as_json(), indent=1) + "\n")
    return EXIT_DONE


def check_proof_command(argv: Sequence[str]) -> int:
    """Check a proof; returns the exit code, of errors, too."""
    parser = command_parser(
        "check-proof",
        "Check a proof that `audit prove` printed; the log itself is not needed.",
        "exit codes: 0 it holds, 1 it does not, 3 unreadable (also: wrong flags), 4 no public key.",
    )
    parser.add_argument("proof", metavar="FILE", help="the proof ('-': standard input)")
    parser.add_argument("--head", metavar="FILE", help="it must be about this kept checkpoint")
    parser.add_argument("--public-key", metavar="FILE", help="a copy of etl_audit.ed25519.pub (that of HOME)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    try:
        flags = parser.parse_args(argv)
        proof = proof_of(text_of(flags.proof))
        kept = None if flags.head is None else _kept(text_of(flags.head))
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


def _kept(text: str) -> Checkpoint:
    return max(checkpoints_in(text), key=lambda one: one.size)


def _public(flags: argparse.Namespace) -> bytes:
    if flags.public_key is not None:
        return public_key_in(text_of(flags.public_key).encode(), flags.public_key)
    try:
        return public_key(AuditFiles(home_folder(flags.home) / ".secrets"))
    except OSError as error:
        raise AuditUnreadable(f"the public key cannot be read ({error.strerror})") from error
