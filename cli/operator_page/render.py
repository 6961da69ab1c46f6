"""Turns the figures into HTML. Every value is escaped unless it is `Html` already."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from importlib.metadata import version
from urllib.parse import quote

from magicmemory.cli.operator_page.figures import Figures
from magicmemory.cli.standing import describe_grant, local_time
from magicmemory.core.job import Sender
from magicmemory.core.settings import Settings
from magicmemory.storage.codes import Code
from magicmemory.storage.recent import Day
from magicmemory.storage.statistics import Stats

SECTIONS = ("queue", "failures", "people", "codes", "grants", "payments", "models", "settings")
BAR, GAP, HIGH = 22, 6, 80  # of the chart, pixels


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def overview(figures: Figures, settings: Settings) -> str:
    """The whole page."""
    moment = _Moments(settings)
    links = "".join(f'<a href="#{name}">{name}</a>' for name in SECTIONS)
    body = (
        f'<nav aria-label="Sections">{links}</nav>',
        _numbers(figures),
        _chart(figures.days),
        _stats(figures.today, figures.week),
        _queue(figures, moment),
        _failures(figures, moment),
        _people(figures, moment),
        _codes(figures.codes, moment),
        _grants(figures, settings),
        _payments(figures, moment),
        _models(figures),
        _settings(figures),
    )
    return document("Magic Memory: operator", body, f"{moment(figures.at)} {settings.timezone}")


def person(sender: Sender, since: str, lines: Iterable[str]) -> str:
    """One person: what `magicmemory admin user` prints."""
    text = "\n".join([f"first seen  {since}", *lines])
    title = f"{sender.platform} {sender.account}"
    return document(
        title, (Html('<p><a href="/">All figures</a></p>'), f"<h2>{escape(title)}</h2><pre>{escape(text)}</pre>")
    )


def sign_in(wrong: bool) -> str:
    """The form for the secret."""
    says = '<p class="wrong" role="alert">This is not the secret.</p>' if wrong else ""
    form = (
        f'<form class="sign-in" method="post" action="/sign-in">{says}'
        '<label for="secret">Secret</label><input id="secret" name="secret" type="password" autofocus required '
        'autocomplete="current-password"><button type="submit">Sign in</button>'
        "<p>It is MAGIC_ADMIN_SECRET, or stands in the address that the command printed.</p></form>"
    )
    return document("Magic Memory: sign in", (form,))


def sentence(text: str) -> str:
    """A page that says one thing."""
    return document("Magic Memory: operator", (f'<p>{escape(text)}</p><p><a href="/">All figures</a></p>',))


def document(title: str, body: Iterable[str], note: str = "") -> str:
    """A page with the playground's head."""
    parts = "\n".join(body)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" '
        'content="light dark"><meta name="robots" content="noindex">'
        '<link rel="icon" type="image/svg+xml" href="/icon.svg"><link rel="stylesheet" href="/style.css">'
        '<link rel="stylesheet" href="/page.css"></head>\n<body><header class="top"><p class="brand">'
        f'<img src="/icon.svg" alt="" width="28" height="28">Magic Memory {escape(version("magicmemory"))}</p>'
        f'<p class="quota">{escape(note)}</p></header>\n<main>{parts}</main></body></html>\n'
    )


class _Moments:
    """Writes moments in the quota's time zone."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __call__(self, moment: datetime | None) -> str:
        return local_time(moment, self._settings) if moment else ""


def _section(name: str, *parts: str) -> str:
    return f'<section id="{name}"><h2>{name.capitalize()}</h2>{"".join(parts)}</section>'


def _table(heads: Sequence[str], rows: Sequence[Sequence[object]], empty: str) -> str:
    """A table that scrolls within itself; `empty` is the sentence where there is no row."""
    if not rows:
        return f"<p>{escape(empty)}</p>"
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    body = "".join("<tr>" + "".join(f"<td>{_cell(value)}</td>" for value in row) + "</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _cell(value: object) -> str:
    return value if isinstance(value, Html) else escape(str(value))


def _id(text: str) -> Html:
    return Html(f"<code>{escape(text)}</code>")


def _link(sender: Sender) -> Html:
    path = f"/people/{quote(sender.platform)}/{quote(sender.account, safe='')}"
    return Html(f'<a href="{escape(path)}">{escape(sender.platform)} {escape(sender.account)}</a>')


def _numbers(figures: Figures) -> str:
    """What one look must tell."""
    waiting = figures.queues.jobs.get("restore")
    told = {
        "waiting": "?" if waiting is None else waiting,
        "a minute": f"{figures.per_minute:.1f}",
        "photos today": figures.today.photos,
        "people today": figures.today.people,
        "failed today": figures.today.failed,
        "p95 today": f"{figures.today.p95_s:.1f} s" if figures.today.p95_s is not None else "–",
    }
    cards = "".join(f"<div><dt>{escape(name)}</dt><dd>{_cell(value)}</dd></div>" for name, value in told.items())
    return f'<dl class="numbers">{cards}</dl>'


def _chart(days: Sequence[Day]) -> str:
    """Photos a day, as bars: restored, failed, other."""
    most = max([1, *(day.restored + day.failed + day.other for day in days)])
    bars = []
    for number, day in enumerate(days):
        x, y = number * (BAR + GAP), float(HIGH)
        parts = [f"<title>{day.day}: {day.restored} restored, {day.failed} failed, {day.other} other</title>"]
        for kind in ("restored", "failed", "other"):
            high = HIGH * getattr(day, kind) / most
            y -= high
            parts.append(f'<rect class="{kind}" x="{x}" y="{y:.1f}" width="{BAR}" height="{high:.1f}"/>')
        label = f'<text x="{x + BAR / 2}" y="{HIGH + 14}" text-anchor="middle">{day.day.day}</text>'
        bars.append(f"<g>{''.join(parts)}{label}</g>")
    wide = len(days) * (BAR + GAP) - GAP
    key = '<b class="restored">restored</b>, <b class="failed">failed</b>, <b class="other">unfinished or cancelled</b>'
    return (
        f'<figure class="chart"><svg viewBox="0 0 {wide} {HIGH + 18}" width="{wide}" height="{HIGH + 18}" role="img" '
        f'aria-label="Photos a day">{"".join(bars)}</svg>'
        f"<figcaption>Photos of the last {len(days)} days, at most {most} a day: {key}</figcaption></figure>"
    )


def _stats(today: Stats, week: Stats) -> str:
    names = ("people", "newcomers", "photos", "delivered", "failed", "cancelled", "waiting", "faces")
    # A photo that a worker restores, or that is being sent, is in no queue any more, where others wait.
    titles = {"waiting": "unfinished"}
    rows: list[Sequence[object]] = [
        (titles.get(name, name), getattr(today, name), getattr(week, name)) for name in names
    ]
    for title, kind in (("paid", "paid"), ("paid back", "refunded"), ("failed:", "failures")):
        now, before = getattr(today, kind), getattr(week, kind)
        rows += [(f"{title} {name}", now.get(name, 0), before[name]) for name in before]
    return _table(("", "today", "seven days"), rows, "")


def _queue(figures: Figures, moment: _Moments) -> str:
    queues = figures.queues
    if queues.problem:
        return _section("queue", f'<p class="wrong">{escape(queues.problem)}</p>')
    jobs = _table(("queue", "jobs"), list(queues.jobs.items()), "")
    dead = [(_id(job), moment(when)) for job, when in reversed(list(queues.dead_letters.items()))]
    return _section(
        "queue",
        jobs,
        "<h3>Dead letters</h3>",
        _table(("job", "given up"), dead, "No photo crashed its worker three times in the last 30 days."),
    )


def _failures(figures: Figures, moment: _Moments) -> str:
    rows = [
        (
            moment(failed.sent_at),
            failed.key,
            _link(failed.sender),
            _id(failed.job),
            _id(f"{failed.photo}/original") if failed.photo in figures.stored else "deleted",
        )
        for failed in figures.failures
    ]
    return _section("failures", _table(("sent", "error", "person", "job", "photo"), rows, "No photo has failed."))


def _people(figures: Figures, moment: _Moments) -> str:
    rows = [
        (
            _link(one.sender),
            moment(one.since),
            moment(one.last_at),
            one.photos,
            one.failed,
            "banned" if one.banned else "",
        )
        for one in figures.people
    ]
    heads = ("person", "first seen", "last photo", "photos in seven days", "failed", "")
    return _section("people", _table(heads, rows, "Nobody has sent a photo in the last seven days."))


def _codes(codes: Sequence[Code], moment: _Moments) -> str:
    rows = [
        (
            _id(code.id),
            code.spec.kind,
            _gives(code),
            f"{code.redeemed} of {code.spec.uses}",
            moment(code.created_at),
            moment(code.spec.expires_at),
            f"revoked {moment(code.revoked_at)}" if code.revoked_at else "",
            code.spec.note,
        )
        for code in codes
    ]
    heads = ("id", "kind", "gives", "redeemed", "created", "expires", "", "note")
    return _section("codes", _table(heads, rows, "There are no codes."))


def _gives(code: Code) -> str:
    spec, plan = code.spec, code.spec.plan or "any plan"
    if spec.percent is not None:
        return f"{spec.percent} % less for {plan}"
    return f"{spec.credits} photos of {plan}" if spec.credits is not None else f"{spec.days} days of {plan}"


def _grants(figures: Figures, settings: Settings) -> str:
    rows = [(_link(sender), describe_grant(grant, settings)) for sender, grant in figures.grants]
    return _section("grants", _table(("person", "grant"), rows, "Nothing was granted."))


def _payments(figures: Figures, moment: _Moments) -> str:
    rows = [
        (
            moment(paid.created_at),
            _link(sender),
            f"{paid.amount} {paid.currency}",
            paid.plan,
            _id(paid.charge),
            f"refunded {moment(paid.refunded_at)}" if paid.refunded_at else "",
        )
        for sender, paid in figures.payments
    ]
    heads = ("paid", "person", "amount", "plan", "payment", "")
    return _section("payments", _table(heads, rows, "Nobody has paid."))


def _models(figures: Figures) -> str:
    rows = [
        (_id(model.name), model.kind, "default" if model.default else "", model.place, model.paid_use, model.licence)
        for model in figures.models
    ]
    heads = ("model", "kind", "", "here", "paid use", "licence")
    return _section("models", _table(heads, rows, figures.models_problem))


def _settings(figures: Figures) -> str:
    rows = [
        (_id(one.name), Html(f"<b>{escape(one.value)}</b>") if one.chosen else one.value, one.description)
        for one in figures.settings
    ]
    note = "<p>As this process reads them. Bold: not the default. Secrets are hidden.</p>"
    return _section("settings", note, _table(("setting", "value", "what it is"), rows, ""))
