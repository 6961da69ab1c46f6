"""No sequence of what people, shops and clocks do makes quota, credits, plans or grants differ from a simple model.

`MAGIC_TEST_EXAMPLES` says how many sequences are tried on each database.
"""

import asyncio
import os
from collections.abc import Coroutine
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from magicmemory.core.errors import CodeUnknown, NoFaceFound, UserError
from magicmemory.core.job import Address, Outcome, Platform, Sender
from magicmemory.core.report import Failure
from magicmemory.storage.codes import CodeKind, CodeSpec
from magicmemory.storage.grants import Grant, Source
from magicmemory.storage.payments import STARS
from tests.support import ledger_actions
from tests.support.ledger_actions import TERMS, TURNS, Repositories, T, action, chosen, numbers, pick, way, who
from tests.support.ledger_model import HOUR, PLANS, WAYS, Bill, Given, Made, Model, Paid, Person, Sent

pytestmark = pytest.mark.slow

# Read here, because tests do not see the settings of this machine.
EXAMPLES = int(os.environ.get("MAGIC_TEST_EXAMPLES", "10"))
STEPS = 40


class Machine(RuleBasedStateMachine):
    """Does the same to the repositories and to the model."""

    repositories: Repositories

    @initialize(turn=st.sampled_from(TURNS), hours=st.integers(0, 40))
    def begin(self, turn: tuple[str, str], hours: int) -> None:
        self.model = Model(ZoneInfo(turn[0]), datetime.fromisoformat(turn[1]) + hours * HOUR)
        self.repositories.now = self.model.now
        self.ledger = self.repositories.ledger(self.model.zone)
        self.people = [
            Person(Sender(platform=Platform.TELEGRAM, account=f"{next(numbers)}-{name}")) for name in ("ana", "ben")
        ]
        self.bills: list[Bill] = []

    @rule(data=st.data())
    def act(self, data: st.DataObject) -> None:
        """Any action. Rules of their own would not do: Hypothesis leaves about half of them out of each sequence."""
        name = data.draw(st.sampled_from(ledger_actions.CHOICES), "action")
        getattr(self, name)(**{key: data.draw(strategy, key) for key, strategy in ledger_actions.ACTIONS[name].items()})

    # Helpers.

    def run_(self, work: Coroutine[Any, Any, T]) -> T:
        return self.repositories.runner.run(work)

    def ask(self, work: Coroutine[Any, Any, T]) -> T | type[UserError]:
        """The repositories' answer, or the class of the refusal."""
        try:
            return self.run_(work)
        except UserError as error:
            return type(error)

    @property
    def sent(self) -> list[Sent]:
        return [sent for person in self.people for sent in person.sent]

    @property
    def given(self) -> list[Given]:
        return [given for person in self.people for given in person.given]

    @property
    def paid(self) -> list[Paid]:
        return [paid for person in self.people for paid in person.payments]

    def agree(self, person: Person, new: Given | None = None) -> None:
        """The repositories and the model agree about a person; `new` is a grant that must exist now."""
        if new is not None:
            person.given.append(new)
        rows = self.run_(self.repositories.grants.of(person.sender))
        fresh = [row for row in rows if row.id not in {given.id for given in person.given}]
        assert len(fresh) == (new is not None)
        for row in fresh:
            assert new is not None
            new.id = row.id
        self.agree_on_grants(person, rows)
        quota = self.run_(self.ledger.quota(person.sender))
        plan, until = self.model.best(person)
        assert (quota.plan, quota.plan_ends) == (plan, until)
        assert quota.limit == PLANS.limits(plan).photos_per_day
        assert quota.used == self.model.used(person, timed=bool(plan))
        assert quota.renews_at == self.model.renewal()
        credits = self.model.credits(person)
        assert quota.credits == sum(left for _, left in credits)
        if credits:
            has = self.run_(self.repositories.grants.entitlement(person.sender))
            assert [(left.grant.id, left.left) for left in has.credits] == [(one.id, left) for one, left in credits]

    def agree_on_grants(self, person: Person, rows: list[Grant]) -> None:
        known = {given.id: given for given in person.given}
        assert {row.id for row in rows} == set(known)
        for row in rows:
            given = known[row.id]
            assert (row.plan, row.starts_at, row.days, row.credits) == (
                given.plan,
                given.at,
                given.days,
                given.credits,
            )
            assert (row.withdrawn_at is not None, row.ends_at) == (given.withdrawn, given.until)

    # Photos.

    @action(
        often=6,
        who=who,
        way=way,
        photo=st.sampled_from([None, None, "a", "b"]),
        ends=st.sampled_from([None, None, True, True, False]),
    )
    def send(self, who: int, way: int, photo: str | None, ends: bool | None) -> None:
        person = self.people[who]
        twins = self.model.twins(person, photo, way)
        duplicate = self.run_(self.ledger.find_duplicate(person.sender, photo or "", WAYS[way]))
        root = next((sent for sent in twins if duplicate and sent.id == duplicate.id), None)
        assert (duplicate is not None) == (root is not None) == bool(twins)
        self.reserve(person, way, root, photo, self.model.stopped(person))
        if ends is not None and person.sent:
            self.end(person.sent[-1], restored=ends)

    @action(pick=pick, way=way)
    def adjust(self, pick: int, way: int) -> None:
        if not self.sent:
            return
        sent = chosen(self.sent, pick)
        root = sent.of or sent
        self.reserve(sent.person, way, root, None, self.model.stopped(sent.person) or self.model.adjustable(root, way))

    def reserve(
        self, person: Person, way: int, root: Sent | None, photo: str | None, refusal: type[UserError] | None
    ) -> None:
        """Ask for a restoration; `root`: of that photo again, at no cost; `refusal` says why not."""
        pays = (root.plan, None) if root else self.model.payer(person, way)
        address = Address(platform=Platform.TELEGRAM, chat=person.sender.account, message=str(next(numbers)))
        parent = root.id if root else None
        answer = self.ask(self.ledger.reserve(person.sender, address, WAYS[way], parent=parent, photo=photo))
        if refusal is not None or isinstance(pays, type):
            assert answer is (refusal or pays)
        else:
            assert not isinstance(answer, type)
            assert answer.fresh
            assert (answer.job.plan, answer.job.charged) == (pays[0], root is None)
            plan, payer = pays
            day = self.model.day()
            person.sent.append(Sent(answer.job.id, person, address, way, photo, plan, payer, day, of=root))
        self.agree(person)

    @action(pick=pick)
    def tell_a_message_again(self, pick: int) -> None:
        if not any(sent.address for sent in self.sent):
            return
        known = [sent for sent in self.sent if sent.address]
        sent = chosen(known, pick)
        assert sent.address is not None
        again = self.run_(self.ledger.reserve(sent.person.sender, sent.address, WAYS[sent.way], photo=sent.photo))
        assert (again.fresh, again.job.id, again.job.state.value) == (False, sent.id, sent.state)
        self.agree(sent.person)

    @action(often=2, pick=pick, restored=st.booleans())
    def finish(self, pick: int, restored: bool) -> None:
        if not self.sent:
            return
        self.end(chosen(self.sent, pick), restored=restored)

    def end(self, sent: Sent, *, restored: bool) -> None:
        """The photo's reply, which may have been sent before."""
        if restored:
            done = self.run_(self.ledger.settle(Outcome(job=sent.id, extension="jpg"), {}))
        else:
            done = self.run_(self.ledger.refund_quota(sent.id, Failure.of(NoFaceFound())))
            assert self.run_(self.ledger.replied(sent.id, {})) == done
        assert done == (sent.state == "accepted")
        if done:
            sent.state, sent.finished = ("delivered" if restored else "failed"), self.model.now
        self.agree(sent.person)

    @action(who=who)
    def cancel(self, who: int) -> None:
        if not any(sent.state == "accepted" for sent in self.sent):
            return
        person = self.people[who]
        waiting = [sent for sent in person.sent if sent.state == "accepted"]
        answer = self.ask(self.ledger.cancel(person.sender))
        assert (set() if isinstance(answer, type) else {job.id for job in answer}) == {sent.id for sent in waiting}
        for sent in waiting:
            sent.state, sent.finished = "cancelled", self.model.now
        self.agree(person)

    @action(who=who)
    def forget(self, who: int) -> None:
        if not any(sent.photo for sent in self.sent):
            return
        person = self.people[who]
        self.run_(self.repositories.erasure(self.model.zone).forget(person.sender))
        for sent in person.sent:
            if sent.finished:
                sent.photo = sent.address = None
        self.agree(person)

    # Codes.

    @action(
        often=2,
        terms=st.sampled_from(TERMS),
        hours=st.sampled_from([None, None, 5]),
        redeemers=st.lists(who, max_size=3),
    )
    def make_a_code(self, terms: CodeSpec, hours: int | None, redeemers: list[int]) -> None:
        expires_at = None if hours is None else self.model.now + hours * HOUR
        terms = CodeSpec(terms.kind, terms.plan, terms.days, terms.credits, terms.percent, terms.uses, expires_at)
        (made,) = self.run_(self.repositories.codes.create(terms, prefix="MAGIC"))
        self.model.codes.append(Made(*made, terms))
        for redeemer in redeemers:
            self.try_code(self.people[redeemer], self.model.codes[-1], made[1])

    @action(pick=pick, who=who, lower=st.booleans())
    def redeem(self, pick: int, who: int, lower: bool) -> None:
        if not self.model.codes:
            return
        code = chosen(self.model.codes, pick)
        self.try_code(self.people[who], code, code.text.lower().replace("-", " ") if lower else code.text)

    def try_code(self, person: Person, code: Made, text: str) -> None:
        refusal = self.model.redeemable(person, code)
        answer = self.ask(self.repositories.codes.redeem(person.sender, person.sender.account, text))
        new = None
        if refusal is not None:
            assert answer is refusal
        else:
            assert answer == code.terms
            code.people.append(person)
            person.tries.wrong = 0
            if code.terms.kind is CodeKind.UNLOCK:
                new = Given(str(code.terms.plan), self.model.now, code.terms.days, code.terms.credits)
        self.agree(person, new)

    @action(who=who, times=st.sampled_from([1, 1, 6]))
    def guess(self, who: int, times: int) -> None:
        person = self.people[who]
        for _ in range(times):
            refusal = self.model.redeemable(person, None)
            assert self.ask(self.repositories.codes.redeem(person.sender, person.sender.account, "WRONG")) is refusal
            if refusal is CodeUnknown:
                person.tries.add(self.model.now)
                person.chat.add(self.model.now)

    @action(pick=pick)
    def revoke(self, pick: int) -> None:
        if not self.model.codes:
            return
        code = chosen(self.model.codes, pick)
        assert self.run_(self.repositories.codes.revoke(code.id)) is not code.revoked
        code.revoked = True

    # Purchases.

    @action(
        often=2, who=who, plan=st.sampled_from(["premium", "pack", "month"]), payments=st.sampled_from([0, 1, 1, 2])
    )
    def order(self, who: int, plan: str, payments: int) -> None:
        person = self.people[who]
        price, subscription, code = self.model.offer(person, plan)
        offers = {offer.plan.name: offer for offer in self.run_(self.repositories.payments.offers(person.sender))}
        assert (offers[plan].price, offers[plan].subscription) == (price, subscription)
        answer = self.ask(self.repositories.payments.invoice(person.sender, plan))
        if isinstance(answer, type):
            assert answer.key == "banned"
            assert person.banned
            return
        assert not person.banned
        assert (answer.offer.price, answer.offer.code) == (price, code and code.id)
        self.bills.append(Bill(answer.id, person, plan, price, subscription, code))
        for _ in range(payments):
            self.settle(self.bills[-1])

    @action(pick=pick)
    def pay(self, pick: int) -> None:
        if not self.bills:
            return
        self.settle(chosen(self.bills, pick))

    def settle(self, bill: Bill) -> None:
        """A person pays."""
        sender = bill.person.sender
        refusal = self.ask(self.repositories.payments.check(sender, bill.id, STARS, bill.price))
        assert refusal is self.model.payable(bill)
        # Paid all the same: two payments may have been on their way at once.
        charge = f"charge-{next(numbers)}"
        payment = self.run_(self.repositories.payments.paid(sender, bill.id, charge, STARS, bill.price))
        assert payment is not None
        plan = PLANS.paid[bill.plan]
        new = Given(bill.plan, self.model.now, plan.days, plan.credits)
        bill.person.payments.append(Paid(charge, bill, new))
        self.agree(bill.person, new)

    @action(pick=pick)
    def tell_a_payment_again(self, pick: int) -> None:
        if not self.paid:
            return
        paid = chosen(self.paid, pick)
        bill = paid.bill
        again = self.run_(self.repositories.payments.paid(bill.person.sender, bill.id, paid.charge, STARS, bill.price))
        assert again is None
        self.agree(bill.person)

    @action(pick=pick)
    def refund(self, pick: int) -> None:
        if not self.paid:
            return
        paid = chosen(self.paid, pick)
        refunded = self.run_(self.repositories.payments.refund(Platform.TELEGRAM, paid.charge))
        assert (refunded is None) == paid.refunded
        paid.refunded = paid.given.withdrawn = True
        self.agree(paid.bill.person)

    # What the operator and Discord's shop do.

    @action(often=2, who=who, plan=st.sampled_from(["premium", "pack"]))
    def gift(self, who: int, plan: str) -> None:
        sold = PLANS.paid[plan]
        self.run_(self.repositories.grants.give(self.people[who].sender, sold))
        self.agree(self.people[who], Given(plan, self.model.now, sold.days, sold.credits))

    @action(
        often=2,
        who=who,
        name=st.sampled_from(["x", "y"]),
        plan=st.sampled_from(["premium", "premium", "pack"]),
        begins=st.sampled_from([None, None, -30, 20]),
        lasts=st.sampled_from([None, 12, 12, 30, 60]),
    )
    def entitle(self, who: int, name: str, plan: str, begins: int | None, lasts: int | None) -> None:
        """A shop reports a subscription or purchase, for the first time or again."""
        person = self.people[who]
        reference = f"{person.sender.account}-{plan}-{name}"
        starts_at = None if begins is None else self.model.now + begins * HOUR
        ends_at = None if lasts is None else (starts_at or self.model.now) + lasts * HOUR
        known = next((given for given in person.given if given.entitlement == reference), None)
        sold = PLANS.paid[plan]
        fresh = self.run_(self.repositories.grants.entitle(person.sender, sold, reference, starts_at, ends_at))
        assert fresh == (known is None)
        new = None
        if known is None:
            new = Given(plan, starts_at or self.model.now, None, sold.credits, entitlement=reference)
            new.until = None if sold.credits else ends_at
        elif not sold.credits:
            known.until, known.withdrawn = ends_at, False
        self.agree(person, new)

    @action(pick=pick)
    def withdraw(self, pick: int) -> None:
        if not any(given.entitlement for given in self.given):
            return
        given = chosen([given for given in self.given if given.entitlement], pick)
        assert (
            self.run_(self.repositories.grants.withdraw(Source.ENTITLEMENT, given.entitlement)) is not given.withdrawn
        )
        given.withdrawn = True
        for person in self.people:
            self.agree(person)

    @action(who=who, plan=st.sampled_from(["premium", "pack", "month"]), pick=pick)
    def ban(self, who: int, plan: str, pick: int) -> None:
        """Ban a person for a while, in which they try everything."""
        person = self.people[who]
        self.run_(self.repositories.people.ban(person.sender, banned=True))
        person.banned = True
        self.send(who, 0, None, ends=None)
        self.guess(who, 1)
        self.order(who, plan, 0)
        self.pay(pick)
        self.tell_a_message_again(pick)
        self.run_(self.repositories.people.ban(person.sender, banned=False))
        person.banned = False

    # Time.

    @action(often=2, hours=st.sampled_from([1, 1, 7, 24, 24, 200]))
    def wait(self, hours: int) -> None:
        self.at(self.model.now + hours * HOUR)

    @action(before=st.booleans())
    def midnight(self, before: bool) -> None:
        self.at(max(self.model.now, self.model.renewal() - before * HOUR))

    def at(self, moment: datetime) -> None:
        self.model.now = self.repositories.now = moment
        for person in self.people:
            self.agree(person)


def test_nothing_makes_the_ledger_differ_from_the_model(database_url: str, tmp_path: Path) -> None:
    with asyncio.Runner() as runner:
        repositories = Repositories(database_url, tmp_path / "photos", runner)
        runner.run(repositories.database.__aenter__())
        try:
            machine = type("Machine", (Machine,), {"repositories": repositories})
            run_state_machine_as_test(
                machine,
                settings=settings(
                    max_examples=EXAMPLES,
                    stateful_step_count=STEPS,
                    deadline=None,
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            runner.run(repositories.database.__aexit__(None, None, None))


@pytest.mark.parametrize(("zone", "start"), TURNS)
def test_model_renews_at_midnight(zone: str, start: str) -> None:
    """The model must compute a day's end itself: the first moment of the next day."""
    model = Model(ZoneInfo(zone), datetime.fromisoformat(start))
    lengths = set()
    for _ in range(4):
        before, today = model.renewal(), model.day()
        model.now = before
        assert model.day() == today + timedelta(days=1)
        lengths.add((model.renewal() - before) // HOUR)
    assert lengths & {23, 25} or zone == "UTC"
