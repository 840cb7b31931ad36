"""What a policy becomes: pure, the same on every kernel."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.machine import landlock, sandbox, syscall_filter
from etl_batch.machine.landlock import Access, Net, PathRule, Scope, handled_by
from etl_batch.machine.sandbox import Policy, shut_in
from etl_batch.values import Sandbox

NOTHING = Policy(code=())
READ = Access.READ_FILE | Access.READ_DIR


def test_each_field_of_a_policy_has_its_rights() -> None:
    policy = Policy(
        code=(Path("/code"),), system=(Path("/sys"),), devices=(Path("/dev/null"),), kept=(Path("/kernels"),),
        made=(Path("/spill"),), key_files=(Path("/key"),),
    )  # fmt: skip
    assert {(str(rule.path), rule.access) for rule in policy.path_rules()} == {
        ("/code", READ),
        ("/sys", READ),
        ("/kernels", READ),
        ("/key", Access.READ_FILE),
        ("/dev/null", Access.READ_FILE | Access.WRITE_FILE),
        ("/spill", READ | Access.WRITE_FILE | Access.TRUNCATE | Access.MAKE_REG | Access.REMOVE_FILE),
    }


def test_no_rule_lets_anything_be_run_linked_or_made_but_plain_files() -> None:
    policy = Policy(code=(Path("/a"),), devices=(Path("/b"),), made=(Path("/c"),), key_files=(Path("/d"),))
    never = (
        Access.EXECUTE | Access.MAKE_SOCK | Access.MAKE_CHAR | Access.MAKE_BLOCK | Access.MAKE_FIFO | Access.MAKE_SYM
        | Access.REFER | Access.IOCTL_DEV | Access.REMOVE_DIR | Access.MAKE_DIR
    )  # fmt: skip
    assert all(not rule.access & never for rule in policy.path_rules())


def test_sockets_are_refused_unless_a_port_is_named() -> None:
    assert {"socket", "connect", "io_uring_setup"} <= set(NOTHING.refused_calls())
    named = set(Policy(code=(), connect_ports=(443,)).refused_calls())
    assert not named & set(syscall_filter.SOCKETS)
    assert "io_uring_setup" in named


@pytest.mark.parametrize(
    ("version", "newest", "net", "scope"),
    [
        (1, Access.MAKE_SYM, False, False),
        (2, Access.REFER, False, False),
        (3, Access.TRUNCATE, False, False),
        (4, Access.TRUNCATE, True, False),
        (5, Access.IOCTL_DEV, True, False),
        (6, Access.IOCTL_DEV, True, True),
        (99, Access.IOCTL_DEV, True, True),
    ],
)
def test_a_version_refuses_all_that_it_can(version: int, newest: Access, net: bool, scope: bool) -> None:
    handled = handled_by(version)
    assert handled.files == 2 * newest - 1
    assert handled.net == (Net.BIND_TCP | Net.CONNECT_TCP if net else 0)
    assert handled.scope == (Scope.SIGNAL | Scope.ABSTRACT_UNIX_SOCKET if scope else 0)
    assert len(handled.packed(version)) == 8 * (1 + net + scope)


# --- a kernel that has less ---


@pytest.mark.parametrize("refusal", [errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM])
def test_without_landlock_its_version_is_none(monkeypatch: pytest.MonkeyPatch, refusal: int) -> None:
    def refuse(*_: int) -> int:
        raise OSError(refusal, "no")

    monkeypatch.setattr(landlock, "_call", refuse)
    assert landlock.landlock_version() == 0


@given(
    version=st.integers(0, 9),
    restricts=st.booleans(),
    filters=st.booleans(),
    threads=st.integers(1, 3),
    ports=st.sampled_from([(), (443,)]),
)
def test_what_is_said_to_be_in_force_is(
    version: int, restricts: bool, filters: bool, threads: int, ports: tuple[int, ...]
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "no")

    done: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sandbox, "_no_new_privileges", lambda: True)
        patch.setattr(sandbox, "_threads", lambda: threads)
        patch.setattr(landlock, "landlock_version", lambda: version)
        patch.setattr(landlock, "restrict_self", (lambda *_: done.append("landlock")) if restricts else refuse)
        patch.setattr(syscall_filter, "refuse_calls", (lambda _: done.append("seccomp")) if filters else refuse)
        found = shut_in(Policy(code=(), connect_ports=ports))
    held = version if restricts else 0
    assert ("landlock" in done) == (held > 0)
    assert found == Sandbox(
        landlock_abi=held,
        filesystem=held > 0 and threads == 1,
        network=threads == 1 and (held >= 4 or (filters and not ports)),
        seccomp=filters and threads == 1,
        no_new_privs=True,
    )


_ANY = st.builds(
    Sandbox,
    landlock_abi=st.integers(0, 9),
    filesystem=st.booleans(),
    network=st.booleans(),
    seccomp=st.booleans(),
    no_new_privs=st.booleans(),
)


@given(ours=_ANY, theirs=_ANY)
def test_two_workers_are_as_weak_as_the_weaker_in_everything(ours: Sandbox, theirs: Sandbox) -> None:
    both = ours.weaker(theirs)
    assert both == theirs.weaker(ours)
    assert both.weaker(ours) == both
    for name in ("landlock_abi", "filesystem", "network", "seccomp", "no_new_privs"):
        assert getattr(both, name) == min(getattr(ours, name), getattr(theirs, name))


def test_a_path_that_is_not_there_is_left_out(tmp_path: Path) -> None:
    landlock._allow_path(-1, PathRule(tmp_path / "nothing", READ), handled_by(1).files)  # no call is made


# --- the filter, run by a small interpreter of its own kind of program ---


EDGES = (0x3FFFFFFF, 0x40000000, 0x40000029, 2**32 - 1)  #: of the other interface of x86-64, whose socket is 0x40000029


def _run(code: bytes, architecture: int, number: int) -> int:
    import struct

    lines = list(struct.iter_unpack("=HBBI", code))
    at, loaded = 0, 0
    while True:
        kind, yes, no, value = lines[at]
        if kind == 0x20:
            loaded = {0: number, 4: architecture}[value]
        elif kind == 0x06:
            return int(value)
        else:
            at += yes if (loaded == value if kind == 0x15 else loaded >= value) else no
        at += 1


@pytest.mark.parametrize("name", list(syscall_filter.ARCHITECTURES))
@given(number=st.one_of(st.integers(0, 500), st.sampled_from(EDGES), st.integers(0, 2**32 - 1)), data=st.data())
def test_the_filter_refuses_what_it_names_and_nothing_else(name: str, number: int, data: st.DataObject) -> None:
    kind = syscall_filter.ARCHITECTURES[name]
    known = syscall_filter.SOCKETS | syscall_filter.NEVER_NEEDED
    named = data.draw(st.lists(st.sampled_from(sorted(known)), unique=True))
    numbers = {known[name][kind.column] for name in named}
    is_foreign = kind.foreign_from is not None and number >= kind.foreign_from
    refused = syscall_filter._ERRNO | errno.EPERM
    expected = refused if number in numbers or is_foreign else syscall_filter._ALLOW
    code = syscall_filter.program(kind, named)
    assert _run(code, kind.audit, number) == expected
    assert _run(code, 0x40000003, number) == refused  # i386, whose numbers mean something else


def test_no_number_stands_twice() -> None:
    known = [*syscall_filter.SOCKETS.values(), *syscall_filter.NEVER_NEEDED.values()]
    for column in (0, 1):
        numbers = [call[column] for call in known if call[column] is not None]
        assert len(numbers) == len(set(numbers))
