"""The process of the user's script: `python -I main.py seconds megabytes walls`.

It says what it could not be kept from, reads one line of JSON (what to run), runs it, and answers with one line of JSON. What
the script prints goes nowhere.
"""

from __future__ import annotations

import ast
import builtins
import json
import linecache
import os
import signal
import sys
from collections.abc import Callable
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader, FileFinder, SourceFileLoader
from importlib.util import decode_source
from types import CodeType, FrameType, ModuleType
from typing import Any, NoReturn

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))))

from lstmlint.execution.child.command_line import package_of, said_of_arguments  # noqa: E402
from lstmlint.execution.child.instrument import NAME, Instrument  # noqa: E402
from lstmlint.execution.child.recorder import Recorder  # noqa: E402
from lstmlint.execution.child.surroundings import prepare  # noqa: E402
from lstmlint.sandbox import walls  # noqa: E402

del sys.path[0]

_MOST_TOLD = 20_000


def main() -> None:
    """Run what is asked for."""
    requests, answers = walls.begin(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "walls")
    request = json.loads(requests.readline())
    requests.close()
    own = os.getpid()

    def end(answer: dict[str, Any]) -> NoReturn:
        if os.getpid() == own:
            # A process that the script has forked ends here, too.
            answers.write(json.dumps(answer) + "\n")
            answers.flush()
        # Threads of the script need not end.
        os._exit(0)

    end(_run(request, end))


def _run(request: dict[str, Any], end_with: Callable[[dict[str, Any]], NoReturn]) -> dict[str, Any]:
    """`units`: name and text of each cell; `file`, `folder`, `root`: the script, where it runs, where its project's modules lie."""
    units = [(str(name), str(text)) for name, text in request["units"]]
    recorder = Recorder({name for name, _ in units})
    setattr(builtins, NAME, recorder)
    story: dict[str, Any] | None = None
    module = ModuleType("__main__")
    module.__dict__.update(__file__=request["file"], __builtins__=builtins)
    instrument = Instrument("", recorder.places)
    try:
        code = [_compiled(instrument, name, text) for name, text in units]
    except (SyntaxError, ValueError, RecursionError) as error:
        return {"end": "unread", "story": recorder.story(error, None)}
    prepare(recorder, bool(request["notebook"]))
    _watch_modules(request["root"], instrument, recorder)
    sys.modules["__main__"] = module
    sys.argv = [request["file"], *map(str, request["arguments"])]
    package, folder = package_of(request["file"], request["root"], [text for _, text in units])
    module.__package__ = package or None
    sys.path.insert(0, folder)
    os.chdir(request["folder"])

    def time_is_over(frame: FrameType | None) -> None:
        end_with({"end": "time", "story": recorder.moment(frame), **_told(recorder)})

    _set_timer(float(request["seconds"]), time_is_over)
    try:
        for one in code:
            exec(one, module.__dict__)  # noqa: S102
    except SystemExit as error:
        end, story = "exit", recorder.story(error, error.__traceback__)
        story["message"] = ": ".join(filter(None, [story["message"], said_of_arguments(error)]))
    except BaseException as error:
        end, story = "raised", recorder.story(error, error.__traceback__)
    else:
        end = "end"
    finally:
        _set_timer(0)
    return {"end": end, "story": story, **_told(recorder)}


def _told(recorder: Recorder) -> dict[str, Any]:
    return {
        "seen": [[*recorder.places[number], told, recorder.often(number)] for number, told in recorder.told.items()][:_MOST_TOLD],
        "visited": [recorder.places[number] for number in recorder.visited][:_MOST_TOLD],
        "raised": recorder.raised,
        "losses": recorder.losses,
        "cuts": sorted([*recorder.places[number][:2], why] for number, why in recorder.cuts.items()),
        "made_up": recorder.made_up,
        "trained": recorder.trained or recorder.shortened,
        "framework": _framework(),
    }


def _compiled(instrument: Instrument, name: str, text: str) -> CodeType:
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    instrument.unit = name
    try:
        tree = instrument.instrumented(text)
    except RecursionError:
        # Too deep for us need not be too deep for Python.
        tree = ast.parse(text, name)
    return compile(tree, name, "exec", dont_inherit=True)


def _watch_modules(root: str, instrument: Instrument, recorder: Recorder) -> None:
    """Modules of the project are instrumented, too, when the script imports them."""

    class OfProject(SourceFileLoader):
        def source_to_code(self, data: Any, path: Any, *, _optimization: int = -1) -> CodeType:  # type: ignore[override]
            text = decode_source(data) if isinstance(data, bytes) else str(data)
            recorder.units.add(str(path))
            return _compiled(instrument, str(path), text)

        def set_data(self, path: str, data: Any, *, _mode: int = 0o666) -> None:
            """Nothing of this is kept."""

    own = FileFinder.path_hook((ExtensionFileLoader, EXTENSION_SUFFIXES), (OfProject, [".py"]))

    def of_project(path: str) -> Any:
        if not os.path.abspath(path or ".").startswith(root) or "site-packages" in path:
            raise ImportError
        return own(path)

    sys.path_hooks.insert(0, of_project)
    sys.path_importer_cache.clear()


def _set_timer(seconds: float, stop: Callable[[FrameType | None], None] = lambda frame: None) -> None:
    """Call `stop` with what is at work after so many seconds: had it to raise something, the script could catch that."""

    def over(number: int, frame: FrameType | None) -> None:
        # The script may stand as deep as it is allowed to.
        sys.setrecursionlimit(sys.getrecursionlimit() + 1000)
        stop(frame)

    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, over if seconds else signal.SIG_IGN)
        signal.setitimer(signal.ITIMER_REAL, seconds, 1.0 if seconds else 0)


def _framework() -> str:
    found: list[str] = []
    for name, shown in (("keras", "Keras"), ("tf_keras", "Keras"), ("torch", "PyTorch"), ("tensorflow", "TensorFlow")):
        library = sys.modules.get(name)
        version = getattr(library, "__version__", None)
        if version is not None and not (shown == "TensorFlow" and found) and not (name == "torch" and "keras" in sys.modules):
            backend = getattr(getattr(library, "backend", None), "backend", None) if name == "keras" else None
            found.append(f"{shown} {version} ({backend()})" if callable(backend) else f"{shown} {version}")
    return ", ".join(found)


if __name__ == "__main__":
    main()
