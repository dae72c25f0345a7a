"""The time, as queries ask for it: one that has asked holds for that moment alone, and is not kept."""

import threading
from datetime import datetime

from django.utils import timezone


class _Thread(threading.local):
    asked = 0


_THREAD = _Thread()


def told(moment: datetime) -> datetime:
    """The moment, which somebody has asked for."""
    _THREAD.asked += 1
    return moment


def now() -> datetime:
    """The time, in UTC."""
    return told(timezone.now())


def asked() -> int:
    """How often this thread has asked for the time."""
    return _THREAD.asked
