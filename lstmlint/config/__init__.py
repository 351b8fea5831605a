"""The configuration: what can be set, and how it is read. One dataclass, one reader; configuration is data and nothing is run."""

from lstmlint.config.reader import ConfigError, load
from lstmlint.config.settings import STEPS_PER_LINE, Settings

__all__ = ["STEPS_PER_LINE", "ConfigError", "Settings", "load"]
