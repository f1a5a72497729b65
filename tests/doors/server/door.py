"""A server's application behind its guard, without its watch: requests as browsers and programs make them."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from vedette.doors.account_keeping import make_account
from vedette.doors.server.app import make_app
from vedette.doors.server.context import ServerContext, make_context
from vedette.doors.server.exposure import Exposure
from vedette.doors.server.gate import Gate
from vedette.doors.server.pipe import WatchPlan
from vedette.doors.server.security import Guard

SECRET = "correct horse"
PORT = 8620
SAYS = {"x-vedette": "1", "content-type": "application/json"}
ACCOUNTS = {
    "office": "administrator", "watch-1": "watch-officer", "senior-1": "senior-watch-officer",
    "releasing-1": "releasing-officer", "releasing-2": "releasing-officer", "looker": "viewer",
}  # fmt: skip


@dataclass
class Door:
    """One application, and the cookies of those who came in."""

    folder: Path
    context: ServerContext
    gate: Gate
    app: Any
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, who: str = "", body: Any = None, **more: Any) -> httpx.Response:
        """One request, as somebody who has come in, or as nobody."""
        headers = {**(SAYS if method != "GET" else {}), **more.pop("headers", {})}
        if who:
            headers["cookie"] = self.cookie(who)

        async def run() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app, client=("127.0.0.1", 5000), raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url=f"http://127.0.0.1:{PORT}") as client:
                try:
                    return await client.request(method, path, headers=headers, json=body, **more)
                finally:
                    await self.context.replay.stop()  # they belong to this loop, which ends here
                    await self.context.explainer.stop()

        return asyncio.run(run())

    def get(self, path: str, who: str = "", **more: Any) -> httpx.Response:
        """GET."""
        return self.ask("GET", path, who, **more)

    def post(self, path: str, body: Any, who: str = "", **more: Any) -> httpx.Response:
        """POST."""
        return self.ask("POST", path, who, body, **more)

    def cookie(self, who: str) -> str:
        """The cookie of an account, or of a visitor, who comes in when first asked for."""
        if who not in self.cookies:
            if who == "visitor":
                _, cookie = self.gate.redeem(self.gate.tokens.make(self.gate.now()), "127.0.0.1")
            else:
                _, cookie = self.gate.login(who, SECRET, "127.0.0.1")
            self.cookies[who] = cookie.partition(";")[0]
        return self.cookies[who]

    def act(self, alert_id: str, action: str, who: str = "", **body: Any) -> httpx.Response:
        """An act, with the right credential unless another is given."""
        said = {"action": action, "credential": SECRET, **body}
        return self.post(f"/api/v1/alerts/{alert_id}/acts", said, who)


def door_at(folder: Path, mode: str = "EXERCISE", has_accounts: bool = True, **plan: Any) -> Door:
    """The application of a data directory; its watch is not started."""
    if has_accounts:
        for name, role in ACCOUNTS.items():
            make_account(folder, name, (role,), SECRET, "" if name == "office" else "office")
    context = make_context(WatchPlan(mode=mode, data_dir=str(folder), **plan))
    context.port = PORT
    gate = Gate(folder, Exposure("127.0.0.1", context.mode, has_accounts), PORT, mode=lambda: context.mode)
    context.gate = gate
    return Door(folder, context, gate, Guard(make_app(context), gate))
