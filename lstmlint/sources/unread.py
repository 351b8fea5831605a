"""What stands in for text that can't be read: one line of Python after which nothing that the text mentions is known."""
from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterator

from lstmlint.sources.source import UNREAD

LONGEST_MISSPELT = 4000
"""In longer texts, nobody looks for misspelt names."""

_CHAIN = re.compile(r"[^\W\d]\w*(?:\s*\.\s*[^\W\d]\w*)*")
_INDENT = re.compile(r"[ \t\f]*")
_IMPORT = re.compile(r"^[ \t]*(?:import|from[ \t]+[.\w]+[ \t]+import)[ \t]+([^#\n]*)", re.MULTILINE)
_FOR = re.compile(r"\s*(?:async\s+)?for\s+([\w\s,()]+?)\s+in\b")
_WORD = re.compile(r"[^\W\d]\w*")
_ODD = re.compile(r"(?P<before>\w*)(?P<odd>\W)(?=(?P<after>\w*))")
_DEFINED = re.compile(r"\s*(?:@[^\n]*\n\s*)*(?:async\s+)?(?:def|class)\s+\W*([^\W\d]\w*)")
_LIKE_DEFINED = re.compile(r"\s*(\S{2,4}?)\s*([^\W\d]\w*)\s*\(")
_FRAGMENT = re.compile(r"(?!if\b|for\b|while\b|with\b|try\b)\S[^\n]*:[^\n]*\n(?:[ \t]+[^\n]*\n|\s*\n)*[ \t]+(?:return|yield)\b")
_NAMED = re.compile(r"([^\W\d]\w*)\s*\(")
_GLOBAL = re.compile(r"^[ \t]*(?:global|nonlocal)[ \t]+([^\n#;]*)", re.MULTILINE)
_NOT_VARIABLES = frozenset({*keyword.kwlist, "print", "exec"})
_BINDING = frozenset({"def", "class", "as", "import", "for", "del", "global", "nonlocal"})
_BUILTINS = frozenset(dir(builtins))
_OWNERS = frozenset({"self", "cls"})
_JUMPS = ("return", "break", "continue")


def imported_names(text: str) -> frozenset[str]:
    """The names that the import lines of a text bind."""
    names = (part.split()[-1].strip("()") for match in _IMPORT.finditer(text) for part in match[1].split(",") if part.split())
    return frozenset(name.partition(".")[0] for name in names)


class Unread:
    """What to put in place of unreadable parts of one text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._imported: frozenset[str] | None = None
        self._names: frozenset[str] | None = None

    @property
    def imported(self) -> frozenset[str]:
        """The names that the text imports: those of libraries are taken to stay."""
        if self._imported is None:
            self._imported = imported_names(self._text)
        return self._imported

    @property
    def names(self) -> frozenset[str]:
        """All names of the text."""
        if self._names is None:
            self._names = frozenset(_WORD.findall(self._text)) - self.imported - _NOT_VARIABLES - _BUILTINS
        return self._names

    def statement(self, text: str, whole: bool = True) -> str:
        """A statement in place of `text`, to be indented as that is; what it may bind or change is unknown after it.

        It returns, yields or leaves a loop where `text` may; with `whole`, always if the text begins so.
        """
        bound, used, words = self._mentioned(text)
        first = words[0] if words else ""
        defined = _defined(text)
        if defined is not None:
            # Its parameters and variables are its own.
            bound = [defined, *(name for found in _GLOBAL.findall(text) for name in _WORD.findall(found))]
            return _assignment(bound, [*bound, *used] if self._may_be_called(defined, text) else bound)
        if "yield" in words:
            used.append("(yield)")
        if whole and first == "return":
            return f"return {_call([*used, *_anew(bound)])}"
        if whole and first == "raise":
            return f"raise {_call(used)}"
        jumps = [word for word in _JUMPS if word in words and "def" not in words and "lambda" not in words]
        if jumps and whole and first == jumps[0] != "return":
            return first
        if jumps:
            value = f" {UNREAD}()" if jumps[0] == "return" else ""
            return f"if {_call([*used, *_anew(bound)])}: {jumps[0]}{value}"
        return _assignment(bound, used)

    def _may_be_called(self, defined: str, text: str) -> bool:
        """Whether what this definition does to others may come to pass: as a method, or where something else names it."""
        names = {defined, *self._misspelt(text.strip().partition("\n")[0])}
        return bool(indentation(text)) or any(_count(name, self._text) > _count(name, text) for name in names)

    def header(self, text: str) -> str | None:
        """A header in place of a compound statement's, so that its body can be read; None where that makes no sense."""
        bound, used, words = self._mentioned(text)
        word = next((word for word in words if word != "async"), "")
        test = _call([*used, *_anew(bound)])
        if word in ("else", "try", "finally"):
            return f"{word}:"
        if word == "except":
            return "except:"
        if word in ("if", "elif", "while"):
            return f"{word} {test}:"
        if word == "with":
            return f"if {test}:"
        if word == "for":
            target = _FOR.match(text)
            return f"for {' '.join(target[1].split()) if target else UNREAD} in {test}:"
        return None

    def _mentioned(self, text: str) -> tuple[list[str], list[str], list[str]]:
        """The names and attributes that `text` may bind, what it mentions and may change, and all its words.

        Where quotes and brackets can't be trusted, what stands in strings and comments counts.
        """
        bound: dict[str, None] = {}
        used: dict[str, None] = {}
        words: list[str] = []
        previous = ""
        for match in _CHAIN.finditer(text):
            parts = [part.strip() for part in match[0].split(".")]
            if match.start() and text[match.start() - 1] in ".0123456789":
                continue
            words.append(parts[0])
            before, previous = previous, parts[0]
            if parts[0] in _NOT_VARIABLES or any(keyword.iskeyword(part) for part in parts):
                continue
            called = text[match.end() :].lstrip()[:1] == "("
            if parts[0] in _OWNERS:
                # The object stays, but not what it holds; of an attribute that is named, the object keeps the others.
                named = ".".join(parts[:2]) if len(parts) > (2 if called else 1) else parts[0]
                used[named] = None
                if named != parts[0]:
                    bound[named] = None
            elif before in _BINDING or (parts[0] not in self.imported | _BUILTINS and not (called and len(parts) == 1)):
                bound[parts[0]] = used[parts[0]] = None
        for name in self._misspelt(text):
            bound[name] = used[name] = None
        return list(bound), list(used), words

    def _misspelt(self, text: str) -> Iterator[str]:
        """Names of which one character may have been lost, mistaken or put between, when that is what broke the text."""
        if len(text) > LONGEST_MISSPELT:
            return
        patterns = set()
        for match in _ODD.finditer(text):
            before, after = match["before"], match["after"]
            if (before and after) or ((before or after) and not match["odd"].isspace()):
                patterns.add(rf"{before}\w?{after}")
        if patterns:
            fits = re.compile("|".join(patterns))
            yield from sorted(name for name in self.names if fits.fullmatch(name))


def _count(name: str, text: str) -> int:
    return len(re.findall(rf"\b{name}\b", text))


def _defined(text: str) -> str | None:
    """The name that a definition binds; its keyword may lack a character, or have another or one more."""
    found = _DEFINED.match(text)
    if found:
        return found[1]
    if _FRAGMENT.match(text):
        # At the top level, only a function returns.
        named = _NAMED.search(text)
        return named[1] if named else None
    found = _LIKE_DEFINED.match(text) if "\n" in text else None
    if found is None:
        return None
    word = found[1]
    like = any(word[:at] + word[at + 1 :] in ("def", "df", "ef", "de") for at in range(len(word))) or word in ("df", "ef", "de")
    return found[2] if like else None


def _assignment(bound: list[str], used: list[str]) -> str:
    """Each name gets a value of its own."""
    if not bound:
        return _call(used)
    values = [_call(used), *[f"{UNREAD}()"] * (len(bound) - 1)]
    return f"{', '.join(bound)} = {', '.join(values)}"


def _call(arguments: list[str]) -> str:
    return f"{UNREAD}({', '.join(dict.fromkeys(arguments))})"


def _anew(bound: list[str]) -> Iterator[str]:
    """The names bound within an expression; of an attribute, its owner is mentioned."""
    for name in bound:
        owner, _, attribute = name.rpartition(".")
        yield owner if attribute and owner else f"({name} := {UNREAD}())"


def indentation(line: str) -> str:
    """The whitespace that a line begins with."""
    found = _INDENT.match(line)
    return found[0] if found else ""
