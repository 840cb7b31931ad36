"""One-time codes from an authenticator app (RFC 6238). Rules only, the clock is passed in."""

from __future__ import annotations

import hmac

import pyotp

ISSUER = "Quantum ETL Console"
STEP_SECONDS = 30
_TOLERATED_STEPS = 1  #: clocks of telephones differ


def new_secret() -> str:
    """A secret in base 32, 160 bits, as authenticator apps take it."""
    return pyotp.random_base32(32)


def address(secret: str, name: str) -> str:
    """What the QR code says."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def fitting_step(secret: str, code: str, now: float, *, after: int) -> int | None:
    """The time step that a code belongs to.

    Args:
        secret: in base 32.
        code: as it was typed.
        now: seconds since 1970.
        after: the last step whose code was used: it, and those before, are worth nothing any more.

    Returns:
        The step to be stored as used; None: the code is wrong, too old, or was used.
    """
    digits = "".join(code.split())
    if not (digits.isascii() and digits.isdigit()):
        return None
    generator, current = pyotp.TOTP(secret), int(now) // STEP_SECONDS
    fitting = [
        step
        for step in range(current - _TOLERATED_STEPS, current + _TOLERATED_STEPS + 1)
        if hmac.compare_digest(generator.generate_otp(step), digits) and step > after
    ]
    return fitting[0] if fitting else None
