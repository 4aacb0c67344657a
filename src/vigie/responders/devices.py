"""BLOCK and RELEASE of devices on the USB bus, and BLOCK of the screens people work at."""

import logging
from collections.abc import Callable
from datetime import datetime

from vigie.domain.response import Deed, Outcome, Response, Result
from vigie.tools.screens import Screens
from vigie.tools.undo import UndoBook
from vigie.tools.usb import Door

log = logging.getLogger(__name__)

# Given what names a plugging-in, where that device is; None when it is gone.
Place = Callable[[str], str | None]
DEVICE, SCREENS = "usb:", "screens"  # how the targets begin


class BlockDevice:
    """Keep a device out. Its undo lets it in: a caretaker's yes to this one plugging-in."""

    deed = Deed.BLOCK

    def __init__(self, door: Door, place: Place) -> None:
        self._door = door
        self._place = place

    def carry_out(
        self, response: Response, *, report: str, at: datetime, undo: UndoBook
    ) -> Outcome:
        """Keep the target out."""
        undo.register(report=report, deed=self.deed, target=response.target)
        return _moved(self.deed, self._door.keep_out, self._place(response.target), Result.DONE, at)

    def take_back(self, target: str, note: str, *, at: datetime) -> Outcome:
        """Let the target in, if it is still plugged in."""
        del note
        return _moved(self.deed, self._door.let_in, self._place(target), Result.UNDONE, at)


class AdmitDevice:
    """Let a device in. Unplugging is its undo, and none is registered.

    A keyboard that a general "take everything back" would stop is a keyboard nobody can type the
    next command with.
    """

    deed = Deed.RELEASE

    def __init__(self, door: Door, place: Place) -> None:
        self._door = door
        self._place = place

    def carry_out(
        self, response: Response, *, report: str, at: datetime, undo: UndoBook
    ) -> Outcome:
        """Let the target in."""
        del report, undo
        return _moved(self.deed, self._door.let_in, self._place(response.target), Result.DONE, at)

    def take_back(self, target: str, note: str, *, at: datetime) -> Outcome:
        """Keep the target out, if it is still plugged in."""
        del note
        return _moved(self.deed, self._door.keep_out, self._place(target), Result.UNDONE, at)


class LockScreens:
    """Lock every screen somebody works at. A password is its undo, so none is registered."""

    deed = Deed.BLOCK

    def __init__(self, screens: Screens) -> None:
        self._screens = screens

    def carry_out(
        self, response: Response, *, report: str, at: datetime, undo: UndoBook
    ) -> Outcome:
        """Lock."""
        del response, report, undo
        try:
            locked = self._screens.lock()
        except OSError as trouble:
            log.warning("the screens could not be locked: %s", trouble)
            return Outcome(deed=self.deed, result=Result.FAILED, at=at, reason="not_supported")
        result = Result.DONE if locked else Result.NOT_NEEDED
        return Outcome(deed=self.deed, result=result, at=at, numbers={"screens": locked})

    def take_back(self, target: str, note: str, *, at: datetime) -> Outcome:
        """Do nothing: whoever works there knows the password."""
        del target, note
        return Outcome(deed=self.deed, result=Result.NOT_NEEDED, at=at)


def _moved(
    deed: Deed, move: Callable[[str], None], place: str | None, done: Result, at: datetime
) -> Outcome:
    if place is None:
        return Outcome(deed=deed, result=Result.NOT_NEEDED, at=at)
    try:
        move(place)
    except FileNotFoundError:  # taken out meanwhile
        return Outcome(deed=deed, result=Result.NOT_NEEDED, at=at)
    except OSError as trouble:
        log.warning("the device at %s: %s", place, trouble)
        return Outcome(deed=deed, result=Result.FAILED, at=at, reason="no_permission")
    return Outcome(deed=deed, result=done, at=at)
