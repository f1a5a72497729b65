"""A desk asks, answers and shares: what `vedette node ask`, `answer` and `share`, and the console's desk, do."""

from dataclasses import dataclass
from pathlib import Path

import msgspec

from vedette.core.constants import NS_PER_S
from vedette.core.errors import NotFoundError, RefusedError, UsageError
from vedette.doors.node.folder import NodeFolder, NodeSettings
from vedette.doors.node.peer_file import peers_of
from vedette.doors.node.store import NodeStore
from vedette.doors.node.word_documents import PLANNED, SCREENING, document_of
from vedette.doors.node.words import ASKING, YES_OR_NO, Letter, checked, conversation, letter_of, say, words_id_of
from vedette.reports import Mode, SharedWords


@dataclass(frozen=True, slots=True)
class Desk:
    """Who speaks, from which node, at which instant."""

    folder: NodeFolder
    settings: NodeSettings
    store: NodeStore
    t_tai_ns: int
    by: str = ""  # an account

    def ask(
        self, peer: str, text: str, *, kind: str = "query", due_s: float | None = 600.0, document: Path | None = None,
        data_dir: Path | None = None,
    ) -> SharedWords:  # fmt: skip
        """Ask a partner something, or tell it (kind "note"); UsageError for what cannot be asked."""
        self._check_peer(peer)
        if kind not in (*ASKING, "note"):
            raise UsageError(f"a desk asks {', '.join(ASKING)} or tells a note, and not {kind!r}")
        if due_s is not None and not 0.0 < due_s <= 30 * 86_400.0:
            raise UsageError(f"a deadline {due_s:g} s from now; give one within 30 days")
        body, body_type = (b"", "") if document is None else document_of(document)
        own = b""
        if kind == "plan":
            if document is None or body_type not in PLANNED:
                raise UsageError("a plan is an OEM, or burns as JSON; give it with --document")
            own = self._screening(document, data_dir)
        words = checked(
            SharedWords(
                words_id=words_id_of(self.settings.name, self.t_tai_ns, text), kind=kind, text=text, document=body,
                document_type=body_type, t_due_tai_ns=self._due(kind, due_s),
            )
        )  # fmt: skip
        say(self.store, Letter(peer=peer, t_tai_ns=self.t_tai_ns, by=self.by, content=words), own)
        return words

    def answer(
        self, words_id: str, text: str = "", *, answer: str = "", document: Path | None = None,
        data_dir: Path | None = None,
    ) -> SharedWords:  # fmt: skip
        """Answer what a partner asked, once; a plan is answered with our own screening of it."""
        letter, is_ours = letter_of(self.store, words_id)
        asked = letter.content
        assert isinstance(asked, SharedWords)
        if is_ours or asked.kind not in ASKING:
            raise RefusedError(f"{words_id} asks nothing of this desk")
        (row,) = (
            one for one in conversation(self.store, self.t_tai_ns, letter.peer)
            if one["id"] == words_id and not one["is_ours"]
        )  # fmt: skip
        if row["state"] not in ("to answer", "late"):
            raise RefusedError(f"{words_id} is answered already ({row['state']})")
        if asked.kind in YES_OR_NO and not answer:
            raise UsageError("a cue request is accepted or declined: --accept or --decline")
        body, body_type = (b"", "") if document is None else document_of(document)
        if asked.kind == "plan" and not body and answer != "declined":
            body, body_type = self._screening_of_words(asked, data_dir), SCREENING
        words = checked(
            SharedWords(
                words_id=words_id_of(self.settings.name, self.t_tai_ns, words_id + text), about=words_id,
                kind=ASKING[asked.kind], text=text, document=body, document_type=body_type, answer=answer,
            )
        )  # fmt: skip
        say(self.store, Letter(peer=letter.peer, t_tai_ns=self.t_tai_ns, by=self.by, content=words))
        return words

    def share(self, notice_ids: tuple[str, ...], peers: tuple[str, ...], mode: Mode) -> int:
        """Tell partners (all of them when none is named) notices of ours, signed by us; how many were told."""
        from vedette.doors.node.shared_notices import signed_notice
        from vedette.doors.notice_store import NoticeStore

        known = {one.notice_id: one for one in NoticeStore(self.folder.path).read()}
        told = 0
        for name in peers or tuple(peer.name for peer in peers_of(self.folder)):
            self._check_peer(name)
            for notice_id in notice_ids:
                if notice_id not in known:
                    raise NotFoundError(f"no notice {notice_id!r}; `vedette notices list` says which there are")
                signed = signed_notice(self.folder, self.settings, known[notice_id], mode)
                say(self.store, Letter(peer=name, t_tai_ns=self.t_tai_ns, by=self.by, content=signed))
                told += 1
        return told

    def _check_peer(self, name: str) -> None:
        known = [peer.name for peer in peers_of(self.folder)]
        if name not in known:
            cure = f"partners are {', '.join(known)}" if known else "there is none; `vedette node peer add`"
            raise NotFoundError(f"no partner {name!r}; {cure}")

    def _due(self, kind: str, due_s: float | None) -> int | None:
        return None if kind == "note" or due_s is None else self.t_tai_ns + round(due_s * NS_PER_S)

    def _screening(self, file: Path, data_dir: Path | None) -> bytes:
        """Our own answer to a plan; empty where there is no catalogue to hold it against."""
        from vedette.doors.planned_screen import planned_document

        try:
            return msgspec.json.encode(planned_document(file, data_dir=data_dir or self.folder.path))
        except NotFoundError:
            return b""

    def _screening_of_words(self, asked: SharedWords, data_dir: Path | None) -> bytes:
        import tempfile

        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "plan"
            file.write_bytes(asked.document)
            screened = self._screening(file, data_dir)
        if not screened:
            cure = "`vedette catalogue load`, or --decline with a reason"
            raise NotFoundError(f"no catalogue to hold {asked.words_id} against; {cure}")
        return screened
