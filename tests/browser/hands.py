"""Three ways to work a page: by mouse, by keyboard alone, and by mouse in a browser that runs no script.

All have the same verbs. Things are found by the words that people see. The keyboard's hand has keys and nothing else: it goes by
Tab until what it looks for has the focus, and fails where that is not reached.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ClassVar, ParamSpec, TypeVar, cast

from playwright.sync_api import Download, FilePayload, Locator, Page, expect

P = ParamSpec("P")
R = TypeVar("R")
Words = str | Locator
_STOPS = 250  # until something is reached; more would be a trap for whoever has no mouse
# How many stops something is ahead of what has the focus, or behind it (negative): as many Tabs need not be looked at one by one.
_AHEAD = """one => {
    const here = document.activeElement;
    if (here === one) return 0;
    const after = (first, second) => Boolean(first.compareDocumentPosition(second) & Node.DOCUMENT_POSITION_FOLLOWING);
    const back = here && here !== document.body && !after(here, one);
    const from = here || document.body;
    const between = each => back ? after(each, from) && !after(each, one) : after(from, each) && !after(one, each);
    const stop = each => each.tabIndex >= 0 && !each.disabled && each.checkVisibility();
    const kinds = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
    const stops = [...document.querySelectorAll(kinds)].filter(each => between(each) && stop(each));
    const many = new Set(stops.map(each => each.type === "radio" ? each.name : each)).size || 1;
    return back ? -many : many;
}"""
_IN_ITS_GROUP = "one => document.activeElement.name === one.name && document.activeElement.form === one.form"


class Hand(ABC):
    """Somebody at one page. `within` narrows down where a thing is looked for."""

    name: ClassVar[str]
    script: ClassVar[bool] = True

    def __init__(self, page: Page) -> None:
        self.page = page

    def goto(self, address: str) -> bool:
        """An address is typed; whether the page is there."""
        answer = self.page.goto(address)
        return answer is not None and answer.ok

    def follow(self, link: Words, *, exact: bool = False, within: Locator | None = None) -> None:
        """A link to another page or place."""
        self._leave(self._named("link", link, exact, within))

    def press(self, button: Words, *, stays: bool = False) -> None:
        """A button by its whole words. It sends its form, unless the page `stays` because a script does the work."""
        wanted = self._named("button", button, True)
        if stays:
            self._press(wanted)
        else:
            self._leave(wanted)

    def download(self, link: str) -> Download:
        """What a link gives as a file."""
        with self.page.expect_download() as found:
            self._press(self.page.get_by_role("link", name=link))
        return found.value

    def unfold(self, words: str) -> None:
        """Show what is folded away under some words."""
        summary = self.page.locator("summary", has_text=words)
        folded = self.page.locator("details").filter(has=summary)
        self._press(summary)
        expect(folded).to_have_attribute("open", "")

    def fill(self, values: Mapping[str, str], *, within: Locator | None = None) -> None:
        """Text fields by their labels."""
        for label, text in values.items():
            self.write(label, text, within=within)

    def write(self, field: Words, text: str, *, within: Locator | None = None) -> None:
        """One text field; what stood in it is replaced."""
        wanted = self._labelled(field, within)
        self._write(wanted, text)
        expect(wanted).to_have_value(text)

    def choose(self, legend: Words, choice: str) -> None:
        """One of the radios under a legend."""
        wanted = self._named("group", legend, False).get_by_label(choice, exact=True)
        self._choose(wanted)
        expect(wanted).to_be_checked()

    def check(self, box: Words) -> None:
        """A box is ticked."""
        wanted = self._labelled(box)
        self._check(wanted)
        expect(wanted).to_be_checked()

    def select(self, field: Words, option: str) -> None:
        """One of a list's options, by its words."""
        wanted = self._labelled(field)
        self._select(wanted, option)
        expect(wanted.locator("option:checked")).to_have_text(option)

    def attach(self, field: Words, file: FilePayload | str) -> None:
        """A file, or the path of one, in the browser's own window for that."""
        wanted = self._labelled(field)
        with self.page.expect_file_chooser() as chooser:
            self._press(wanted)
        chooser.value.set_files(file)

    def told(self, words: str) -> None:
        """The notice after something was done."""
        shown = self.page.locator("main, .govuk-notification-banner")
        expect(shown.filter(has_text=words).first).to_be_visible()

    def heads(self, title: str) -> None:
        """The page is the one of this title."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(title)

    def _leave(self, wanted: Locator) -> None:
        with self.page.expect_navigation():
            self._press(wanted)

    def _named(self, role: Any, words: Words, exact: bool, within: Locator | None = None) -> Locator:
        if not isinstance(words, str):
            return words
        return (within or self.page).get_by_role(role, name=words, exact=exact)

    def _labelled(self, words: Words, within: Locator | None = None) -> Locator:
        return words if not isinstance(words, str) else (within or self.page).get_by_label(words)

    @abstractmethod
    def _press(self, wanted: Locator) -> None: ...

    @abstractmethod
    def _write(self, field: Locator, text: str) -> None: ...

    @abstractmethod
    def _choose(self, radio: Locator) -> None: ...

    @abstractmethod
    def _check(self, box: Locator) -> None: ...

    @abstractmethod
    def _select(self, field: Locator, option: str) -> None: ...


class Mouse(Hand):
    """Clicks."""

    name = "mouse"

    def _press(self, wanted: Locator) -> None:
        wanted.click()

    def _write(self, field: Locator, text: str) -> None:
        field.fill(text)

    def _choose(self, radio: Locator) -> None:
        radio.check()

    def _check(self, box: Locator) -> None:
        box.check()

    def _select(self, field: Locator, option: str) -> None:
        field.select_option(label=option)


class NoScript(Mouse):
    """The same where no script runs."""

    name = "no script"
    script = False


class Keys(Hand):
    """Keys alone."""

    name = "keys"

    def reach(self, wanted: Locator) -> None:
        """Tab, or Shift and Tab where it stands before what has the focus."""
        self._go(wanted, lambda: bool(wanted.evaluate(_AHEAD) == 0))

    def _strike(self, wanted: Locator, key: str) -> None:
        self.reach(wanted)
        self.page.keyboard.press(key)

    def send(self, field: Words, text: str) -> None:
        """The last field of a form; Enter there sends the form."""
        self.write(field, text)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def _go(self, wanted: Locator, there: Callable[[], bool]) -> None:
        pressed = 0
        while not there():
            if pressed > _STOPS:
                raise AssertionError(f"not reached by Tab: {wanted}")
            ahead = wanted.evaluate(_AHEAD)
            for _ in range(abs(ahead)):
                self.page.keyboard.press("Tab" if ahead > 0 else "Shift+Tab")
            pressed += abs(ahead)

    def _press(self, wanted: Locator) -> None:
        self._strike(wanted, "Enter")

    def _write(self, field: Locator, text: str) -> None:
        self._strike(field, "Control+A")
        if text:
            self.page.keyboard.type(text)
        else:
            self.page.keyboard.press("Delete")

    def _choose(self, radio: Locator) -> None:
        """Tab stops once in a group; there the arrows go on, and choose; the space bar chooses where one is."""
        self._go(radio, lambda: bool(radio.evaluate(_IN_ITS_GROUP)))
        if not radio.is_checked():
            self.page.keyboard.press("Space")
        for _ in range(_STOPS):
            if radio.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"not reached by arrows: {radio}")

    def _check(self, box: Locator) -> None:
        self.reach(box)
        if not box.is_checked():
            self.page.keyboard.press("Space")

    def _select(self, field: Locator, option: str) -> None:
        self._strike(field, "Home")
        for _ in range(_STOPS):
            if field.locator("option:checked").inner_text() == option:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"not reached by arrows: {option}")


HANDS: tuple[type[Hand], ...] = (Mouse, Keys, NoScript)

# --- which of the interactions was done by which hand ------------------------------------------------------------------------

OFTEN = ("draft", "upload", "why", "watch", "deadline", "dossier", "print")  # in test_interactions.py
LATE = (
    "recusal",
    "score",
    "ballot",
    "objection",
    "notice",
)  # in test_whole_cycle.py: they need a cycle that is far on
_DONE: set[tuple[str, str]] = set()


def interaction(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Note by which hand something was done, once it has come to its end; the hand is one of its arguments."""
    assert name in OFTEN + LATE

    def of(act: Callable[P, R]) -> Callable[P, R]:
        @wraps(act)
        def noted(*args: P.args, **kwargs: P.kwargs) -> R:
            answer = act(*args, **kwargs)
            given = (*args, *kwargs.values())
            (hand,) = (
                cast(type[Hand], one) for one in given if isinstance(one, type) and issubclass(one, Hand)
            )
            _DONE.add((name, hand.name))
            return answer

        return noted

    return of


def missing(interactions: tuple[str, ...]) -> list[str]:
    """Which of these were not yet done by which hand."""
    return [
        f"{name}: {hand.name}" for name in interactions for hand in HANDS if (name, hand.name) not in _DONE
    ]
