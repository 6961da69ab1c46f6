"""The sentences that every platform says alike: quota, offers, codes, reports, progress, failures, help."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from magicmemory.bots.common.face_choice import places
from magicmemory.bots.texts import Texts
from magicmemory.core.job import Progress, Quota
from magicmemory.core.options import Step
from magicmemory.core.plans import FREE, PREMIUM, Plan, Plans
from magicmemory.core.print_size import PrintSize
from magicmemory.core.report import Failure, Print, Report
from magicmemory.storage.codes import CodeKind, CodeSpec
from magicmemory.storage.payments import Offer

# A paid plan's daily limit is mentioned only when fewer photos than this are left today.
FEW = 20


@dataclass(frozen=True, slots=True)
class Sentences:
    """Fills the texts in with what a person has, can buy or has just received."""

    texts: Texts
    plans: Plans
    retention_hours: float  # how long photos are kept

    def quota(self, language: str, quota: Quota) -> str:
        """How many photos are left today, when the quota renews, and what the person has beyond it."""
        has = self._has(language, quota)
        paid = quota.plan != FREE
        if quota.unlimited or (paid and quota.left >= FEW) or (has and not paid and not quota.left):
            return has
        if not quota.limit:
            return self.texts.say(language, "quota-none")
        renews_in = self.texts.duration(language, (quota.renews_at - datetime.now(UTC)).total_seconds())
        left = self.texts.say(language, "quota-left", left=quota.left, limit=quota.limit, renews_in=renews_in)
        return f"{left} {has}".strip()

    def offer(self, language: str, offer: Offer) -> str:
        """One line: the plan, what it gives, and its price in Telegram Stars."""
        plan = offer.plan
        if offer.subscription:
            kind, number = "offer-subscription", plan.days or 0
        elif plan.days:
            kind, number = "offer-days", plan.days
        else:
            kind, number = "offer-photos", plan.credits or 0
        line = self.texts.say(language, kind, plan=plan.title_in(language), count=number, price=offer.price)
        if offer.price < offer.full_price:
            line += " " + self.texts.say(language, "offer-instead", full=offer.full_price)
        return line

    def offers(self, language: str, quota: Quota, lines: Sequence[str]) -> str:
        """The answer to `/premium`: what the person has, what is free, and one line for each offer in `lines`."""
        free = self.plans.free.photos_per_day
        parts = [self._has(language, quota), self.texts.say(language, "offers-free", free=free) if free else ""]
        parts.append(self.texts.say(language, "offers-intro" if lines else "offers-none"))
        parts += [f"• {line}" for line in lines]
        parts.append(self.texts.say(language, "offers-code"))
        return "\n".join(part for part in parts if part)

    def redeemed(self, language: str, spec: CodeSpec) -> str:
        """What a code that was just redeemed gave."""
        if spec.kind is CodeKind.DISCOUNT:
            return self.texts.say(language, "code-discount", percent=spec.percent or 0)
        plan = self._title(language, spec.plan or PREMIUM)
        if spec.credits is not None:
            return self.texts.say(language, "code-unlocked-photos", plan=plan, count=spec.credits)
        return self.texts.say(language, "code-unlocked-days", plan=plan, count=spec.days or 0)

    def report(self, language: str, report: Report) -> str:
        """What was done to the photo, in one sentence; faces left alone or changed less, and notes on the file."""
        whole = self._whole(language, report)
        parts = [*whole] if whole and not report.restored else [self._restored(language, report), *whole]
        told = "; ".join(parts)
        said = [f"{told[0].upper()}{told[1:]}.", *self._faces(language, report)]
        if whole and not report.faces:
            said.append(self.texts.say(language, "reply-no-face"))
        if report.print is not None:
            said.append(self._print(language, report.print))
        said += [
            self.texts.say(language, f"note-{note.kind.replace('_', '-')}", count=note.count) for note in report.notes
        ]
        if report.pages > 1:
            said.append(self.texts.say(language, "note-other-pages", count=report.pages - 1))
        return " ".join(said)

    def _print(self, language: str, made: Print) -> str:
        """How the photo prints at the size that was asked for, and up to which size it is sharp."""
        key = "print-sharp" if made.sharp else "print-soft"
        size, sharp = (PrintSize.read(name).title for name in (made.size, made.sharp_size))
        return self.texts.say(language, key, size=size, dpi=made.dpi, sharp=sharp)

    def _restored(self, language: str, report: Report) -> str:
        return self.texts.say(language, "reply-restored", count=report.restored).removesuffix(".")

    def _whole(self, language: str, report: Report) -> list[str]:
        """What was done beside the faces, without full stops."""
        keys = [_key_of(step, report) for step in report.done]
        if report.cleaned and not report.done:  # a worker of the first version
            keys.append("reply-cleaned")
        return [self.texts.say(language, key) for key in keys]

    def _faces(self, language: str, report: Report) -> list[str]:
        """Faces that were left alone or changed less than was asked for."""
        counted = {
            "reply-incomplete": report.incomplete,
            "reply-too-small": report.too_small,
            "reply-too-many": report.too_many,
            "reply-held": report.held,
        }
        return [self.texts.say(language, key, count=count) for key, count in counted.items() if count]

    def face_cards(self, language: str, report: Report) -> dict[int, str]:
        """What stands below each face's card, by the face's number: its row and its place in the photo."""
        return {
            number: self.texts.say(language, "face-card", number=number, row=row, place=place)
            for number, (row, place) in places(report.faces).items()
        }

    def upright_offer(self, language: str, report: Report) -> str | None:
        """The question whether to turn a photo that does not stand upright; None if there is nothing to turn."""
        if not report.rotation or report.turned:
            return None
        return self.texts.say(language, "offer-upright", rotation=report.rotation)

    def progress(self, language: str, progress: Progress, ahead: int = 0) -> str:
        """What is being done to a photo; while it is queued, how many photos are `ahead` of it."""
        key = f"progress-{progress.stage}"
        return self.texts.say(language, key, done=progress.done, faces=progress.faces, ahead=ahead)

    def failure(self, language: str, failure: Failure) -> str:
        """Why a photo was not restored or a request was refused."""
        return self.texts.failure(language, failure)

    def help(self, language: str) -> str:
        """What the bot does and what it cannot do."""
        return self.texts.say(language, "help", hours=round(self.retention_hours))

    def _has(self, language: str, quota: Quota) -> str:
        """What the person has beyond the free photos; empty if that is nothing."""
        parts = []
        if quota.plan != FREE:
            plan = self._title(language, quota.plan)
            if quota.plan_ends is None:
                parts.append(self.texts.say(language, "plan-has-endless", plan=plan))
            else:
                seconds = (quota.plan_ends - datetime.now(UTC)).total_seconds()
                time = self.texts.duration(language, seconds)
                parts.append(self.texts.say(language, "plan-has", plan=plan, time=time))
        if quota.credits:
            parts.append(self.texts.say(language, "plan-photos-left", count=quota.credits))
        return " ".join(parts)

    def _title(self, language: str, name: str) -> str:
        """A plan's title; a plan that the operator has removed since is called by its name."""
        plan = self.plans.paid.get(name) or Plan(name=name or PREMIUM, days=1)
        return plan.title_in(language)


def _key_of(step: Step, report: Report) -> str:
    """The text for a step: it names the damage where there is one kind."""
    damage = report.damage
    if step is Step.TONE:
        return "reply-toned"
    if step is Step.REPAIR:
        if damage is None or (damage.dust and damage.scratches + damage.losses):
            return "reply-repaired"
        return "reply-repaired-dust" if damage.dust else "reply-repaired-scratches"
    kinds = [] if damage is None else [kind for kind in ("grain", "jpeg", "halftone") if getattr(damage, kind)]
    return f"reply-cleaned-{kinds[0]}" if len(kinds) == 1 else "reply-cleaned"
