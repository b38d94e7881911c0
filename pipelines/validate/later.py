"""Modules that are imported when they are first used.

Great Expectations imports SciPy's statistics for three of its expectations, none of which is among the checks: half a second that every run would pay.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any


class Later(ModuleType):
    """Stands for a module until something in it is asked for."""

    def __getattr__(self, name: str) -> Any:
        """Import the module itself, which takes this one's place, and ask there."""
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


def import_later(name: str) -> None:
    """Have the next `import` of a module cost nothing; the module comes with its first use. One that is imported already stays."""
    sys.modules.setdefault(name, Later(name))
