"""From a decision to what the citizen sees."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import date, datetime

from pydantic import TypeAdapter

from bot import wording
from bot.conversations import Exchange
from bot.dialogue import Dialogue
from bot.reply import (
    AnswerCard,
    BodyView,
    Card,
    ChoiceSent,
    ComplaintCard,
    ComplaintTarget,
    DangerCard,
    DeadlineCard,
    NoticeCard,
    OtherBody,
    PhoneNumber,
    QuestionCard,
    QuickReply,
    ReasonLine,
    ReferralCard,
    Reply,
    Send,
    StatuteText,
    TicketCard,
    TicketFormCard,
    TimeLimitLine,
)
from bot.safety import Danger
from case_library.case import CaseMatch
from case_library.statutes import Statutes, article_id
from routing.complaints import UNKNOWN_TARGET, Target, is_complaint, target_of
from routing.deadlines import states
from routing.decide import fits
from routing.decision import Decision, Question
from routing.directory import UNKNOWN_NOTE, Body, Directory
from routing.explain import otherwise_text
from routing.inquiry import Facts, Inquiry
from routing.promises import Promises, running
from routing.ticket_events import CITIZEN_SELF, Actor, TicketEvent, event
from routing.tickets import ForSomeone, Relation, Story, Ticket, Utterance

HUMAN = QuickReply(wording.BUTTON_HUMAN, Send(action="human"))
SOLVED = QuickReply(wording.BUTTON_SOLVED, Send(action="resolved"))
UNSOLVED = QuickReply(wording.BUTTON_UNSOLVED, Send(action="unresolved"))
REFER = QuickReply(wording.BUTTON_REFER, Send(action="refer"))
SAME_TICKET = QuickReply(wording.BUTTON_SAME_TICKET, Send(action="same_ticket"))
OTHER_TICKET = QuickReply(wording.BUTTON_OTHER_TICKET, Send(action="other_ticket"))
SAFE = QuickReply(wording.BUTTON_SAFE, Send(action="safe_now"))

CITIZEN_DEADLINES = 2  # more would bury the one that matters

_FACTS = TypeAdapter(Facts)
_DECISION = TypeAdapter(Decision)
_BODY = TypeAdapter(Body)


def say(text: str, *quick_replies: QuickReply, cards: tuple[Card, ...] = ()) -> Reply:
    """A reply that is only talk."""
    return Reply(reply_id(), "talk", text, cards, quick_replies or (HUMAN,))


def greeting() -> Reply:
    """How a conversation opens."""
    return say(wording.GREETING, HUMAN)


def in_danger(danger: Danger) -> Reply:
    """What to do at once; nothing else."""
    card = DangerCard(danger.lines, tuple(PhoneNumber(*phone) for phone in danger.phones))
    return Reply(reply_id(), "emergency", "\n".join(danger.lines), (card,), (SAFE, HUMAN))


def asking_if_safe(reply: Reply) -> Reply:
    """The same reply, with the question whether anybody is in danger first."""
    return replace(reply, cards=(NoticeCard(wording.ASK_IF_SAFE), *reply.cards))


def answer(
    inquiry: Inquiry,
    matches: tuple[CaseMatch, ...],
    decision: Decision,
    statutes: Statutes,
    directory: Directory,
    today: date,
    *,
    unresolved: bool,
    complaint: ComplaintCard | None = None,
    shown: tuple[str, ...] = (),
) -> Reply:
    """The reply for a decision, by its outcome. `complaint` is given when somebody is complained about; a case among
    `shown` is not shown again beside a question or a slip."""
    deadlines = tuple(
        DeadlineCard(d.text, d.last_day, d.days_left, d.basis) for d in decision.deadlines[:CITIZEN_DEADLINES]
    )
    # A date comes before the answer; limits without one are in the case already, where there is a case.
    urgent = tuple(card for card in deadlines if card.days_left is not None)
    fitting = best_fitting(matches, inquiry)
    case = case_card(fitting, statutes, today) if fitting else None
    seen = case is not None and case.case_id in shown
    if complaint and decision.outcome in ("answered", "ask", "refer"):
        helps = (case,) if case and not unresolved else ()
        return Reply(reply_id(), "refer", wording.COMPLAINT, (*urgent, *helps, complaint), (HUMAN,))
    slip = referral(decision, matches, directory)
    form = TicketFormCard(decision.body.name, wording.CONSENT, inquiry.facts.on_behalf_of, {**wording.HELPER_CONSENT})
    match decision.outcome:
        case "ask" if decision.ask:
            # Who said that it is not settled has seen the case already.
            return _asking(decision, None if unresolved or seen else case, urgent)
        case "answered" if case:
            question = question_card(decision.ask) if decision.ask else None
            cards = (*urgent, case, slip, *((question,) if question else ()))
            return Reply(reply_id(), "answered", case.answer, cards, (SOLVED, UNSOLVED, REFER, HUMAN))
        case "handoff":
            first = wording.HANDOFF_IN_TIME if urgent and inquiry.need != "human" else wording.HANDOFF
            helps = (case,) if case and inquiry.need != "human" and not unresolved else ()
            return Reply(reply_id(), "handoff", f"{first}\n{wording.HANDOFF_HOW}", (*urgent, *helps, slip, form), ())
        case "out_of_scope":
            return Reply(reply_id(), "out_of_scope", wording.OUT_OF_SCOPE, (slip,), (HUMAN,))
        case "unsure":
            return Reply(reply_id(), "unsure", wording.UNSURE, urgent, (HUMAN, REFER))
    first = _refer_line(inquiry, decision, unresolved=unresolved)
    cards: tuple[Card, ...] = (*deadlines, slip)
    if case and not unresolved and not seen:
        cards = (*urgent, case, slip)
    wants_ticket = unresolved or inquiry.need in ("apply", "complain")
    if wants_ticket and inquiry.facts.outside is None:
        return Reply(reply_id(), "refer", first, (*cards, form), (HUMAN,))
    return Reply(reply_id(), "refer", first, cards, (SOLVED, UNSOLVED, REFER, HUMAN))


def best_fitting(matches: tuple[CaseMatch, ...], inquiry: Inquiry) -> CaseMatch | None:
    """The case that answers: the first about the main matter, else about another one that was told."""
    fitting = [match for match in matches if fits(match, inquiry)]
    return next((match for match in fitting if match.case.matter == inquiry.matter), fitting[0] if fitting else None)


def added(text: str, decision: Decision, slip: ReferralCard | None) -> Reply:
    """The reply to a piece added to a story that was answered already: `text` says what it changes."""
    urgent = tuple(
        DeadlineCard(d.text, d.last_day, d.days_left, d.basis)
        for d in decision.deadlines[:CITIZEN_DEADLINES]
        if d.days_left is not None
    )
    question = (question_card(decision.ask),) if decision.ask else ()
    cards = (*urgent, *((slip,) if slip else ()), *question)
    return Reply(reply_id(), "answered", text, cards, (SOLVED, UNSOLVED, REFER, HUMAN))


def which_matter(question: Question) -> Reply:
    """The question which matter is meant, with a tap for each."""
    card = question_card(question)
    taps = tuple(QuickReply(o.label, Send(choice=ChoiceSent(card.id, o.value))) for o in card.options)
    return Reply(reply_id(), "ask", card.text, (card,), (*taps, HUMAN))


def complaint_card(inquiry: Inquiry, targets: tuple[Target, ...], areas: tuple[str, ...]) -> ComplaintCard | None:
    """The form of a complaint about those who give legal services, when the inquiry is one."""
    if not is_complaint(inquiry):
        return None
    meant = target_of(inquiry.text, targets).id
    return complaint_form(targets, areas, "" if meant == UNKNOWN_TARGET else meant)


def complaint_form(targets: tuple[Target, ...], areas: tuple[str, ...], target: str = "") -> ComplaintCard:
    """The form of a complaint."""
    offered = tuple(ComplaintTarget(t.id, t.name, t.text, t.source, t.level == "district") for t in targets)
    return ComplaintCard(offered, areas, target, wording.CONSENT)


def story(
    dialogue: Dialogue,
    exchanges: list[Exchange],
    note: str,
    matches: tuple[CaseMatch, ...],
    decision: Decision,
    relation: Relation | None = None,
) -> Story:
    """Everything a body needs; `relation` is that of a helper who acts for the person with consent."""
    inquiry = inquiry_of(dialogue)
    shown = [match for match in matches if match.case.id in dialogue.shown]
    return Story(
        transcript=tuple(_transcript(exchanges)),
        facts=_FACTS.dump_python(dialogue.facts, mode="json"),
        matter=inquiry.matter,
        also=inquiry.also,
        need=inquiry.need,
        cases_shown=dialogue.shown,
        statutes_shown=tuple(article_id(ref.law, ref.article) for match in shown for ref in match.case.statutes),
        decision=_DECISION.dump_python(decision, mode="json"),
        note=note,
        for_someone=ForSomeone(relation, wording.HELPER_CONSENT[relation]) if relation else None,
    )


def inquiry_of(dialogue: Dialogue) -> Inquiry:
    """What is known in a conversation, as an inquiry."""
    return Inquiry(
        text="\n".join(dialogue.story),
        matter=dialogue.matter or "unclear",
        need=dialogue.need,
        facts=dialogue.facts,
        ranking=dialogue.ranking,
        also=dialogue.also,
        danger=dialogue.danger,
        asked=dialogue.asked,
    )


def ticket_event(decision: Decision, need: str, now: datetime, by: Actor = CITIZEN_SELF) -> TicketEvent:
    """What happened when a ticket was opened; urgent in danger and when a time limit is near."""
    urgent = decision.outcome == "emergency" or "near" in states(decision.deadlines)
    text = wording.TICKET_OPENED_EVENT.format(body=decision.body.name)
    return event("opened", text, now, by, need=need, urgent=urgent)


def ticket_opened(ticket: Ticket, query_code: str, body: Body, promises: Promises) -> Reply:
    """The slip with number and code."""
    step = next_step(ticket, promises, ticket.events[-1].at)
    card = TicketCard(ticket.number, query_code, body_view(body), wording.SENT, step)
    text = wording.TICKET_OPENED.format(body=body.name)
    return Reply(reply_id(), "ticket", text, (card, NoticeCard(wording.UNCONNECTED)), (HUMAN,))


def complaint_opened(ticket: Ticket, query_code: str, body: Body, promises: Promises) -> Reply:
    """The slip of a complaint."""
    step = next_step(ticket, promises, ticket.events[-1].at)
    card = TicketCard(ticket.number, query_code, body_view(body), (), step)
    return Reply(reply_id(), "ticket", wording.COMPLAINT_OPENED.format(body=body.name), (card,), (HUMAN,))


def ticket_again(ticket: Ticket, query_code: str, promises: Promises, directory: Directory, now: datetime) -> Reply:
    """How a ticket stands that is about the same matter, instead of asking everything again."""
    progress = ticket.progress
    body = directory.by_id(progress.body) or _BODY.validate_python(ticket.story.decision["body"])
    card = TicketCard(ticket.number, query_code, body_view(body), wording.SENT, _with_agreed(ticket, promises, now))
    text = wording.TICKET_AGAIN.format(state=wording.STATE_TEXT[progress.state])
    return Reply(reply_id(), "ticket", text, (card,), (HUMAN,))


def _with_agreed(ticket: Ticket, promises: Promises, now: datetime) -> str:
    """What happens next, and the times that are agreed."""
    agreed: dict[str, str] = {}
    for happened in ticket.events:
        if happened.kind in ("booked", "booking_moved"):
            agreed[happened.details.booking] = happened.text
        elif happened.kind == "booking_cancelled":
            agreed.pop(happened.details.booking, None)
        elif happened.kind == "called_back":
            agreed.pop("callback", None)
    return "".join((next_step(ticket, promises, now), *agreed.values()))


def ticket_known(ticket: Ticket, query_code: str, promises: Promises, directory: Directory, now: datetime) -> Reply:
    """How a ticket of the person's own stands that seems to be about what is said now; they say whether it is."""
    progress = ticket.progress
    body = directory.by_id(progress.body) or _BODY.validate_python(ticket.story.decision["body"])
    card = TicketCard(ticket.number, query_code, body_view(body), (), next_step(ticket, promises, now))
    text = wording.TICKET_KNOWN.format(number=ticket.number, state=wording.STATE_TEXT[progress.state])
    return Reply(reply_id(), "ticket", text, (card,), (SAME_TICKET, OTHER_TICKET, HUMAN))


def next_step(ticket: Ticket, promises: Promises, now: datetime) -> str:
    """What happens next and until when; a promise that was not kept is said plainly."""
    progress = ticket.progress
    clocks = [
        clock
        for clock in running(promises.clocks_of(progress, ticket.events))
        if not clock.promise.clock.startswith("callback")
    ]
    first = clocks[0] if clocks else None
    due = wording.day(first.due_on) if first and first.due_on else wording.NO_DAY
    if first and first.is_overdue(now):
        return wording.OVERDUE.format(day=due)
    return wording.NEXT_STEP[progress.state].format(day=due)


def body_view(body: Body, remarks: tuple[str, ...] = ()) -> BodyView:
    """A body as shown."""
    return BodyView(
        id=body.id,
        type=body.type,
        name=body.name,
        area=body.area,
        address=body.address,
        phone=body.phone,
        hours=body.hours,
        website=body.website,
        state=body.state,
        unknown_note=UNKNOWN_NOTE,
        remarks=remarks,
    )


def _asking(decision: Decision, case: AnswerCard | None, urgent: tuple[DeadlineCard, ...]) -> Reply:
    card = question_card(decision.ask)
    taps = tuple(QuickReply(o.label, Send(choice=ChoiceSent(card.id, o.value))) for o in card.options)
    # What is sure already is said before anything is asked.
    cards: tuple[Card, ...] = (*urgent, case, card) if case else (*urgent, card)
    return Reply(reply_id(), "ask", case.answer if case else card.text, cards, (*taps, HUMAN))


def question_card(ask: Question) -> QuestionCard:
    """A question with its taps."""
    return QuestionCard(ask.id, ask.text, ask.why, ask.options)


def _refer_line(inquiry: Inquiry, decision: Decision, *, unresolved: bool) -> str:
    if inquiry.facts.outside:
        return wording.REFER_OUTSIDE.format(place=inquiry.facts.outside)
    line = wording.REFER_UNRESOLVED if unresolved else wording.REFER_FIRST
    return line.format(body=decision.body.name)


def case_card(match: CaseMatch, statutes: Statutes, today: date) -> AnswerCard:
    """A case as shown, with the texts of its statutes in force; what a text cites beside them is checked today once more."""
    case = match.case

    def stands(text: str) -> str:
        return statutes.checked(text, today).text

    articles = [statutes.article(ref.law, ref.article, today) for ref in case.statutes]
    return AnswerCard(
        case_id=case.id,
        title=case.title,
        answer=stands(case.answer),
        settles=stands(case.settles),
        steps=tuple(map(stands, case.steps)),
        bring=tuple(map(stands, case.bring)),
        time_limits=tuple(TimeLimitLine(stands(limit.text), stands(limit.basis)) for limit in case.time_limits),
        statutes=tuple(StatuteText(a.id, a.text, a.in_force_from) for a in articles if a),
        other_sources=case.other_sources,
        note=case.note,
        sample=case.status == "sample",
    )


def referral(decision: Decision, matches: tuple[CaseMatch, ...], directory: Directory) -> ReferralCard:
    """The slip: which body, what it does, what to say and bring."""
    kind = directory.types.get(decision.body_type)
    best = next((m.case for m in matches if decision.body_type in m.case.handled_by), None)
    reasons = [ReasonLine(reason.text, reason.source) for reason in decision.reasons]
    if decision.otherwise and decision.otherwise.askable:
        reasons.append(ReasonLine(otherwise_text(decision.otherwise), ""))
    return ReferralCard(
        body=body_view(decision.body, decision.remarks),
        what_it_does=kind.does if kind else "",
        say_there=kind.say if kind else "",
        bring=best.bring if best else (),
        alternatives=tuple(OtherBody(code, directory.type_name(code)) for code in decision.alternatives),
        hotlines=tuple(PhoneNumber(h.number, h.name, h.note) for h in directory.hotlines(decision.body_type)),
        reasons=tuple(reasons),
        # "Unlikely" helps nobody who did not ask.
        legal_aid=decision.legal_aid if decision.legal_aid and decision.legal_aid.level != "unlikely" else None,
    )


def _transcript(exchanges: list[Exchange]) -> list[Utterance]:
    lines = []
    for exchange in exchanges:
        at = exchange.at.isoformat()
        if exchange.text and exchange.who != "note":
            lines.append(Utterance(exchange.who, exchange.text, at))
        if exchange.reply:
            lines.append(Utterance("bot", exchange.reply["text"], at))
    return lines


def reply_id() -> str:
    """A new id."""
    return secrets.token_hex(8)
