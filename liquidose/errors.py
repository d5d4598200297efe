"""What can go wrong, as one tree; each leaf is named for what the reader must do next.

::

    LiquidoseError(ValueError)         a problem, its remedy, and the input as it was given
    ├── CannotRead                     write the input another way
    │   ├── UnreadableText             a number, amount, strength or dose that could be misread
    │   ├── UnknownUnit                a unit that is not on the closed list, or never safe
    │   ├── BadOption                  a command called in a way it does not know
    │   └── BadFile                    a file with a fault: the message names file, row and key
    ├── Refused                        understood, and not safe to go on with
    │   ├── UnitsDoNotMatch            units, mass, mEq, mmol and volume never become each other
    │   ├── NameTheComponent           a combination: say which of its amounts the dose counts
    │   ├── GiveWhatIsMissing          a weight, a strength, the doses a day, …
    │   ├── CheckTheAmount             an amount, strength, weight or volume beyond what is plausible
    │   ├── CheckTheRoute              a form for the mouth and an injection, or the like
    │   ├── ChangeTheDevice            the stocked syringes cannot measure this dose well enough
    │   └── DoesNotFit                 the label has no room for what must be on it
    └── CannotWrite                    the file could not be written; nothing was left behind

A float offered to the exact core is a plain TypeError: it is a mistake in a program, not in an order.
"""

from __future__ import annotations

from functools import partial
from typing import ClassVar


class LiquidoseError(ValueError):
    """A problem and its remedy, in one or two plain sentences, with the input as given."""

    code: ClassVar[str] = "error"
    """Stable name of this kind of refusal, for scripts."""

    def __init__(self, problem: str, remedy: str, *, given: str = "") -> None:
        super().__init__(problem, remedy, given)
        self.problem = problem
        self.remedy = remedy
        self.given = given

    def __str__(self) -> str:
        return f"{self.problem} {self.remedy}"

    def __reduce__(self) -> tuple[object, ...]:
        """How it comes out of a worker process: the usual way would give ``given`` by place."""
        return partial(type(self), given=self.given), (self.problem, self.remedy)


class CannotRead(LiquidoseError):
    """The input cannot be read safely; the remedy says how to write it."""

    code = "cannot-read"


class UnreadableText(CannotRead):
    """A number, amount, strength or dose that is not written in one of the safe ways."""

    code = "unreadable-text"


class UnknownUnit(CannotRead):
    """A unit that is not on the closed list, or is on the list of units never to be used."""

    code = "unknown-unit"


class BadOption(CannotRead):
    """A command was called with options or arguments that it does not know."""

    code = "bad-option"


class BadFile(CannotRead):
    """A file with a fault; the problem names the file, the row and the key."""

    code = "bad-file"


class Refused(LiquidoseError):
    """The input was understood, and going on would not be safe."""

    code = "refused"


class UnitsDoNotMatch(Refused):
    """Two amounts that no factor connects, such as units of activity and milligrams."""

    code = "units-do-not-match"


class NameTheComponent(Refused):
    """A strength with more than one amount; the dose must say which one it counts."""

    code = "name-the-component"


class GiveWhatIsMissing(Refused):
    """Something the calculation needs was not given, and is never assumed."""

    code = "give-what-is-missing"


class CheckTheAmount(Refused):
    """An amount, strength, weight or volume beyond what is plausible, or two that disagree."""

    code = "check-the-amount"


class CheckTheRoute(Refused):
    """The form and the route contradict each other."""

    code = "check-the-route"


class ChangeTheDevice(Refused):
    """No stocked syringe measures this dose well enough."""

    code = "change-the-device"


class DoesNotFit(Refused):
    """A label has no room for text that must not be cut."""

    code = "does-not-fit"


class CannotWrite(LiquidoseError):
    """A file could not be written; nothing was left behind."""

    code = "cannot-write"
