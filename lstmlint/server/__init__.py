"""The language server: what `check` finds and `shapes` knows, in an editor, while one types. Needs the extra `server`."""
from __future__ import annotations

import logging
import os
import sys

PATIENCE = 1.0
"""Seconds that the analysis has to end when the client has left."""


def serve() -> int:
    """Serve a client over standard input and output until it leaves. The exit status is that of the protocol."""
    from lstmlint.server.features import server
    from lstmlint.sources.deep import run_deep

    # The library logs each message; only what goes wrong is worth a line.
    logging.basicConfig(stream=sys.stderr, level=logging.CRITICAL)
    # The worker computes while the loop answers: it shall not hold up an answer for long.
    sys.setswitchinterval(0.001)
    # What anything else prints must not get between the messages, and the library closes what it is given.
    stdout = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    sys.stdout = sys.stderr
    made = server()
    # In the deep thread, as analyses raise the limit of recursion for all threads.
    run_deep(lambda: made.start_io(stdout=stdout))
    status = 0 if made.protocol._shutdown else 1
    if not made.worker.stop(PATIENCE):
        # The end of the interpreter takes threads by surprise, and one that is in libcst's parser then aborts the process.
        os._exit(status)
    return status
