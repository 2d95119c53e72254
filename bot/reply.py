"""What goes out: a reply's parts. The wording is in `bot.wording`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from bot.message import Action
from routing.decision import LegalAid, Option, Outcome

ReplyOutcome = Outcome | Literal["talk", "ticket"]


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A number to call and whose it is."""

    number: str
    name: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class StatuteText:
    """An article in force, with its text and the first day of this version."""

    id: str
    text: str
    effective: date


@dataclass(frozen=True, slots=True)
class TimeLimitLine:
    """A time limit and what it rests on."""

    text: str
    basis: str


@dataclass(frozen=True, slots=True)
class BodyView:
    """A body as shown: what is not verified is None, and `unknown_note` says what to do then.

    `remarks` are what must be known before going: closed now, not checked for long, competence not verified.
    """

    id: str
    type: str
    name: str
    area: str
    address: str | None
    phone: str | None
    hours: str | None
    website: str | None
    state: str
    unknown_note: str
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OtherBody:
    """A further body, by kind."""

    type: str
    name: str


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """Why this body: a sentence and its source."""

    text: str
    source: str


@dataclass(frozen=True, slots=True)
class DangerCard:
    """What to do at once."""

    lines: tuple[str, ...]
    phones: tuple[PhoneNumber, ...]
    kind: Literal["danger"] = "danger"


@dataclass(frozen=True, slots=True)
class AnswerCard:
    """A typical case as the answer."""

    case_id: str
    title: str
    answer: str
    settles: str
    steps: tuple[str, ...]
    bring: tuple[str, ...]
    time_limits: tuple[TimeLimitLine, ...]
    statutes: tuple[StatuteText, ...]
    other_sources: tuple[str, ...]
    note: str
    sample: bool
    kind: Literal["answer"] = "answer"


@dataclass(frozen=True, slots=True)
class QuestionCard:
    """One question with taps."""

    id: str
    text: str
    why: str
    options: tuple[Option, ...]
    kind: Literal["question"] = "question"


@dataclass(frozen=True, slots=True)
class ReferralCard:
    """Where to go: the slip."""

    body: BodyView
    what_it_does: str
    say_there: str
    bring: tuple[str, ...]
    alternatives: tuple[OtherBody, ...]
    hotlines: tuple[PhoneNumber, ...]
    reasons: tuple[ReasonLine, ...]
    legal_aid: LegalAid | None = None
    kind: Literal["referral"] = "referral"


@dataclass(frozen=True, slots=True)
class DeadlineCard:
    """A time limit that is near or matters most."""

    text: str
    last_day: date | None
    days_left: int | None
    basis: str
    kind: Literal["deadline"] = "deadline"


@dataclass(frozen=True, slots=True)
class ConsentText:
    """What the citizen agrees to; `version` is recorded with the ticket."""

    version: str
    text: str


@dataclass(frozen=True, slots=True)
class TicketFormCard:
    """Asks for name and phone (both optional) and consent. `for_body` is who will get the story.

    `on_behalf_of` is the word for whom it is asked, None for the speaker. `helper_consent` gives, by what a helper is to the
    person, the sentence the helper confirms.
    """

    for_body: str
    consent: ConsentText
    on_behalf_of: str | None = None
    helper_consent: dict[str, str] = field(default_factory=dict)
    kind: Literal["ticket_form"] = "ticket_form"


@dataclass(frozen=True, slots=True)
class ComplaintTarget:
    """Whom one can complain about, what becomes of it and by which source; `by_area` when the district decides."""

    id: str
    name: str
    text: str
    source: str
    by_area: bool


@dataclass(frozen=True, slots=True)
class ComplaintCard:
    """Asks whom the complaint is about and what happened. `target` is whom the words seem to mean, empty when unsure."""

    targets: tuple[ComplaintTarget, ...]
    areas: tuple[str, ...]
    target: str
    consent: ConsentText
    kind: Literal["complaint"] = "complaint"


@dataclass(frozen=True, slots=True)
class TicketCard:
    """A ticket that was opened."""

    number: str
    query_code: str
    body: BodyView
    sent: tuple[str, ...]
    next: str
    kind: Literal["ticket"] = "ticket"


@dataclass(frozen=True, slots=True)
class NoticeCard:
    """A plain remark."""

    text: str
    kind: Literal["notice"] = "notice"


Card = (
    DangerCard
    | AnswerCard
    | QuestionCard
    | ReferralCard
    | DeadlineCard
    | TicketFormCard
    | ComplaintCard
    | TicketCard
    | NoticeCard
)


@dataclass(frozen=True, slots=True)
class ChoiceSent:
    """The answer a tap sends."""

    question: str
    value: str


@dataclass(frozen=True, slots=True)
class Send:
    """What a quick reply sends: exactly one of the three."""

    text: str | None = None
    choice: ChoiceSent | None = None
    action: Action | None = None


@dataclass(frozen=True, slots=True)
class QuickReply:
    """A tap under the answer."""

    label: str
    send: Send


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: a first line that helps by itself, cards in order of display, taps. `english` where it was asked in English:
    the essentials are, and what the page says by itself is to be."""

    id: str
    outcome: ReplyOutcome
    text: str
    cards: tuple[Card, ...] = ()
    quick_replies: tuple[QuickReply, ...] = ()
    english: bool = False

    @property
    def case_ids(self) -> tuple[str, ...]:
        """Cases this reply shows."""
        return tuple(card.case_id for card in self.cards if isinstance(card, AnswerCard))
