"""python -m lstmlint"""
from __future__ import annotations

import os
import sys

# `-m` puts the current folder before the standard library: what lies there is to be analysed, and never imported.
if sys.path and sys.path[0] in ("", os.getcwd()):
    del sys.path[0]

from lstmlint.cli import main  # noqa: E402

sys.exit(main())
