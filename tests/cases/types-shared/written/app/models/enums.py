"""The words that several fields choose from."""

from typing import Literal

Level = Literal["low", "middle", "high"]
