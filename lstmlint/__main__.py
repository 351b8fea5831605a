"""python -m lstmlint"""
from __future__ import annotations

import sys

from lstmlint.cli import main

sys.exit(main())
