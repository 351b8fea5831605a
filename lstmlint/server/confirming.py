"""`lstmlint confirm` for the editor: in a process of its own, only when a person asks, never in a workspace that nobody trusts."""
from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

SECONDS = 300


async def verdicts(path: str) -> list[str]:
    """What the real framework says of each finding in a file, a line each."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "lstmlint", "confirm", "--output-format", "json", path,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        out, err = await asyncio.wait_for(process.communicate(), SECONDS)
    except (asyncio.TimeoutError, asyncio.CancelledError):
        process.kill()
        await process.wait()
        raise
    try:
        told = json.loads(out)
    except ValueError:
        said = err.decode(errors="replace").strip().splitlines()
        return [said[-1] if said else "confirm gave no answer"]
    return [in_words(one) for one in told]


def in_words(one: dict[str, Any]) -> str:
    """What became of a finding, as `confirm` reports it, in one line."""
    judged = one["confirmation"]
    if judged is None:
        return f"{one['code']}: nothing to confirm"
    cell = f" of cell {one['cell']}" if one["cell"] else ""
    given = f", given that {' and '.join(judged['given'])}" if judged["given"] else ""
    said = " ".join(str(judged["reason"] or judged["message"] or "").split())
    return f"{one['code']} on line {one['location']['row']}{cell}: {judged['verdict'].replace('-', ' ')}{given}: {said}"
