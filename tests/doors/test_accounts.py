"""An act needs a session and the credential again; both are kept as hashes, and nothing is guessed from a refusal."""

import io
import os
from pathlib import Path

import pytest

from vedette.assessment.alerts import RIGHTS, Right
from vedette.core.errors import NotFoundError, RefusedError, UsageError
from vedette.doors import accounts as module
from vedette.doors.accounts import SESSION_S, AccountBook
from vedette.doors.acting import acting_person, credential_of
from vedette.doors.cli.accounts import accounts as command
from vedette.doors.key_files import write_secret

SECRET = "correct horse"


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    monkeypatch.setattr(module, "_N", 2**4)  # scrypt is made slow on purpose; here only its use is judged


@pytest.fixture
def book(tmp_path):
    made = AccountBook(tmp_path)
    made.add("releasing-1", ("releasing-officer",), SECRET, 0)
    return made


def test_a_session_and_the_credential_again_make_a_person(book):
    file = book.open_session(book.prove("releasing-1", SECRET), "seat 4", 0)
    who = book.person(file, SECRET, 10)
    assert (who.account, who.roles, who.seat) == ("releasing-1", ("releasing-officer",), "seat 4")
    assert who.session.startswith("releasing-1-")
    other = book.open_session(book.prove("releasing-1", SECRET), "seat 5", 0)
    assert book.person(other, SECRET, 10).session != who.session


@pytest.mark.parametrize("credential", ["", "correct hors", "Correct horse", SECRET + " "])
def test_a_session_alone_is_not_enough(book, credential):
    file = book.open_session(book.prove("releasing-1", SECRET), "seat", 0)
    with pytest.raises(RefusedError, match="no such account, or not its credential"):
        book.person(file, credential, 10)


def test_an_unknown_account_and_a_wrong_credential_are_told_alike(book):
    said = []
    for name, credential in (("releasing-1", "wrong one"), ("nobody", SECRET)):
        with pytest.raises(RefusedError) as refusal:
            book.prove(name, credential)
        said.append(str(refusal.value).partition(":")[2])
    assert said[0] == said[1]


def test_a_session_runs_out_ends_and_cannot_be_made_up(book, tmp_path):
    file = book.open_session(book.prove("releasing-1", SECRET), "seat", 0)
    with pytest.raises(RefusedError, match="has run out"):
        book.person(file, SECRET, round(SESSION_S * 1e9) + 1)
    made_up = tmp_path / "mine.session"
    write_secret(made_up, file.read_text().split("\n")[0] + "\nnot-the-token\n")
    with pytest.raises(RefusedError, match="no open session"):
        book.person(made_up, SECRET, 1)
    kept = file.read_text()
    book.end_session(file)
    write_secret(file, kept)
    with pytest.raises(RefusedError, match="no open session"):
        book.person(file, SECRET, 1)


def test_a_closed_account_acts_no_more(book):
    file = book.open_session(book.prove("releasing-1", SECRET), "seat", 0)
    book.close_account("releasing-1")
    with pytest.raises(RefusedError):
        book.person(file, SECRET, 1)
    with pytest.raises(RefusedError):
        book.prove("releasing-1", SECRET)
    with pytest.raises(NotFoundError):
        book.close_account("nobody")


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_secrets_are_kept_from_others(book, tmp_path):
    file = book.open_session(book.prove("releasing-1", SECRET), "seat", 0)
    assert file.stat().st_mode & 0o077 == 0 and book.path.stat().st_mode & 0o077 == 0
    assert SECRET.encode() not in book.path.read_bytes()
    assert file.read_text().split("\n")[1].encode() not in book.path.read_bytes()
    file.chmod(0o644)
    with pytest.raises(RefusedError, match="others can read"):
        book.person(file, SECRET, 1)


@pytest.mark.parametrize(
    ("name", "roles", "credential", "says"),
    [
        ("two words", ("watch-officer",), SECRET, "letters, digits"),
        ("", ("watch-officer",), SECRET, "letters, digits"),
        ("a", ("general",), SECRET, "the roles are"),
        ("a", (), SECRET, "the roles are"),
        ("a", ("watch-officer",), "short", "8 characters"),
        ("releasing-1", ("watch-officer",), SECRET, "already"),
        ("a", ("administrator", "releasing-officer"), SECRET, "acts on no alert"),
    ],
)
def test_what_is_no_account_is_told_so(book, name, roles, credential, says):
    with pytest.raises(UsageError, match=says):
        book.add(name, roles, credential, 0)


def test_no_role_both_makes_accounts_and_releases():
    assert all(not {Right.ADMINISTER, Right.RELEASE} <= rights for rights in RIGHTS.values())


def test_a_credential_comes_from_a_file_or_the_environment_and_never_from_nowhere(tmp_path, monkeypatch):
    monkeypatch.delenv("VEDETTE_CREDENTIAL", raising=False)
    monkeypatch.delenv("VEDETTE_SESSION", raising=False)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(UsageError, match="mode 0600"):
        credential_of(None)
    monkeypatch.setenv("VEDETTE_CREDENTIAL", "from outside")
    assert credential_of(None) == "from outside"
    write_secret(tmp_path / "mine", "in a file\n")
    assert credential_of(tmp_path / "mine") == "in a file"
    with pytest.raises(UsageError, match="accounts login"):
        acting_person(AccountBook(tmp_path), None, None)


def test_the_first_account_is_an_administrators_who_makes_the_others(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("VEDETTE_NEW_CREDENTIAL", SECRET)
    monkeypatch.setenv("VEDETTE_CREDENTIAL", SECRET)
    with pytest.raises(UsageError, match="the first account is an administrator's"):
        command("add", "anna", role=("releasing-officer",), data_dir=tmp_path)
    assert command("add", "office", role=("administrator",), data_dir=tmp_path) == 0
    with pytest.raises(UsageError, match="give --by"):
        command("add", "anna", role=("releasing-officer",), data_dir=tmp_path)
    assert command("add", "anna", role=("releasing-officer",), by="office", data_dir=tmp_path) == 0
    with pytest.raises(RefusedError, match="is no administrator"):
        command("add", "ben", role=("releasing-officer",), by="anna", data_dir=tmp_path)
    assert command("login", "anna", data_dir=tmp_path) == 0
    file = capsys.readouterr().out.splitlines()[-1]
    assert command("logout", session=Path(file), data_dir=tmp_path) == 0
    assert command("list", data_dir=tmp_path) == 0
    assert "releasing-officer" in capsys.readouterr().out
