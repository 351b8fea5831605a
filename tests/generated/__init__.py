"""Complete training scripts at random, in the idioms of real ones, right ones and ones with a single fault.

The line with the fault ends with `# FAULT`. What the framework does with a script is for the framework to say (`judged`).
"""

from __future__ import annotations

from random import Random

from tests.generated import keras, torch  # noqa: F401  (they register their families)
from tests.generated.faults import FAULTS
from tests.generated.files import read_from_files
from tests.generated.writer import FAMILIES, MARK, Script, Writer

__all__ = ["FAMILIES", "FAULTS", "MARK", "Script", "generate"]


def generate(seed: int) -> Script:
    """The script of this number."""
    random = Random(seed)
    framework = random.choices(["keras", "torch"], [4, 3])[0]
    own = [one for one in FAMILIES if one.framework == framework]
    family = random.choices(own, [one.weight for one in own])[0]
    fault = "" if random.random() < 0.35 else random.choice(family.faults)
    for _ in range(50):
        writer = Writer(random, fault)
        family.write(writer)
        lines = read_from_files(writer.lines, Random(f"files of {seed}"))
        inline = "\n".join(writer.lines) + "\n" if lines != writer.lines else ""
        script = Script(seed, framework, fault, "\n".join(lines) + "\n", family.name, inline)
        # What was drawn may leave no place for the fault.
        if bool(script.fault_lines) == bool(fault):
            return script
    raise AssertionError(f"no script of {family.name} has the fault {fault!r}")
