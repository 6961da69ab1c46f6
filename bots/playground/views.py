"""Jobs, quota and progress as JSON values, each with a sentence in the visitor's language."""

from typing import Any

from magicmemory.bots.common.adjustments import (
    STRENGTHS,
    UNDO_REPAIR,
    can_undo_repair,
    closer,
    could_restore_whole,
    for_print,
    neighbours,
    prints_offered,
    scopes_offered,
    with_scope,
)
from magicmemory.bots.common.face_choice import LEAVE, MARKS, NEXT, choosable, offered, states_of
from magicmemory.bots.service import BotService
from magicmemory.core.job import TERMINAL, Job, Progress, Quota, Sender, Stage
from magicmemory.core.options import Scope
from magicmemory.core.print_size import PrintSize
from magicmemory.core.report import Face, FaceWarning, LeftAlone, Report

# The fraction that is done when a stage begins; restoring the faces takes most of the time.
BEGINS_AT = {
    Stage.QUEUED: 0.02,
    Stage.DECODE: 0.08,
    Stage.REPAIR: 0.1,
    Stage.DETECT: 0.15,
    Stage.CLEAN: 0.18,
    Stage.RESTORE: 0.25,
    Stage.BLEND: 0.85,
    Stage.ENCODE: 0.93,
    Stage.DONE: 1.0,
}

CLOSER = "closer"


class Views:
    """Turns the service's objects into JSON values."""

    def __init__(self, service: BotService) -> None:
        self._service = service

    async def job(self, sender: Sender, job: Job) -> dict[str, Any]:
        """One job."""
        language = await self._service.language(sender)
        return await self._job(language, job, await self.quota(sender))

    async def jobs(self, sender: Sender, jobs: list[Job]) -> list[dict[str, Any]]:
        """Several jobs."""
        language = await self._service.language(sender)
        quota = await self.quota(sender)
        return [await self._job(language, job, quota) for job in jobs]

    async def quota(self, sender: Sender) -> dict[str, Any]:
        """The visitor's quota of today."""
        quota: Quota = await self._service.quota(sender)
        text = self._service.sentences.quota(await self._service.language(sender), quota)
        return {
            "limit": quota.limit,
            "used": quota.used,
            "left": quota.left,
            "renews_at": quota.renews_at.isoformat(),
            "text": text,
        }

    def progress(self, language: str, progress: Progress, ahead: int = 0) -> dict[str, Any]:
        """A job's progress; `fraction`, from 0 to 1, is for a progress bar."""
        return {
            "stage": progress.stage,
            "done": progress.done,
            "faces": progress.faces,
            "fraction": _fraction(progress),
            "text": self._service.sentences.progress(language, progress, ahead),
        }

    async def _job(self, language: str, job: Job, quota: dict[str, Any]) -> dict[str, Any]:
        place = f"/jobs/{job.id}"
        restored = job.report is not None
        return {
            "id": job.id,
            "state": job.state,
            "finished": job.finished_at is not None,
            "text": await self._sentence(language, job),
            "asked": self._asked(language, job),
            "name": job.context.get("name", ""),
            "options": job.options.model_dump(mode="json"),
            "parent": job.parent,
            "charged": job.charged,
            "created_at": job.created_at.isoformat(),
            "report": self._report(language, job.report) if job.report else None,
            "failure": job.failure.key if job.failure else None,
            "adjustments": self._adjustments(language, job),
            "choice": self._choice(language, job),
            "prints": self._prints(language, job),
            "quota": quota,
            "urls": {
                "self": place,
                "events": f"{place}/events",
                "original": f"{place}/original",
                "result": f"{place}/result" if restored else None,
                "download": f"{place}/result?download" if restored else None,
                "clip": f"{place}/clip" if restored else None,
                "card": f"{place}/card" if restored else None,
                "faces": f"{place}/faces" if offered(job.report) else None,
                "faces_archive": f"{place}/faces.zip" if offered(job.report) else None,
                "damage": f"{place}/damage" if job.report is not None and _has_mask(job.report) else None,
            },
        }

    async def _sentence(self, language: str, job: Job) -> str:
        if job.failure is not None:
            return self._service.sentences.failure(language, job.failure)
        if job.report is not None:
            return self._service.sentences.report(language, job.report)
        if job.state in TERMINAL:
            return ""
        waiting = Progress(job=job.id, stage=Stage.QUEUED)
        return await self._service.progress_text(language, waiting)

    def _asked(self, language: str, job: Job) -> str:
        """The text of the visitor's message: what an adjustment asks for; empty for a photo."""
        if job.parent is None:
            return ""
        percent = round(job.options.strength * 100)
        if job.options.faces or job.options.gentle_faces:
            return self._service.texts.say(language, "playground-asked-chosen")
        if job.options.print_size is not None:
            size = PrintSize.parse(job.options.print_size).title
            return self._service.texts.say(language, "playground-asked-print", size=size)
        asked = "undo-repair" if job.options.repair is False else job.options.scope
        return self._service.texts.say(language, f"playground-asked-{asked}", percent=percent)

    def _report(self, language: str, report: Report) -> dict[str, Any]:
        faces = [self._face(language, face.number or place, face) for place, face in enumerate(report.faces, start=1)]
        return {**report.model_dump(mode="json"), "restored": report.restored, "faces": faces}

    def _face(self, language: str, number: int, face: Face) -> dict[str, Any]:
        left, top, right, bottom = face.box
        text = self._service.texts.say(
            language,
            f"playground-face-{_face_key(face)}",
            number=number,
            width=round(right - left),
            height=round(bottom - top),
        )
        return {**face.model_dump(mode="json"), "number": number, "text": text}

    def _choice(self, language: str, job: Job) -> dict[str, Any] | None:
        """What somebody needs to choose among the faces; None if there are not several."""
        if job.report is None or not offered(job.report):
            return None
        say = self._service.texts.say
        return {
            "numbers": [face.number for face in choosable(job.report)],
            "states": states_of(job.report, job.options),
            "marks": MARKS,
            "next": NEXT,
            "leave": LEAVE,
            "button": say(language, "faces-button"),
            "text": say(language, "faces-choose"),
            "restore": say(language, "faces-restore"),
            "none": say(language, "faces-none"),
            "cards": say(language, "faces-cards"),
        }

    def _adjustments(self, language: str, job: Job) -> list[dict[str, Any]]:
        """The buttons under a restored photo, or under the message that it was not restored."""
        found: list[tuple[str, dict[str, Any]]] = []
        if could_restore_whole(job, job.failure):
            found.append(("restore-whole", with_scope(Scope.PHOTO)))
        if job.report is not None:
            found += self._of_restored(job, job.report)
        return [
            {
                "text": self._service.texts.say(language, f"playground-{name}"),
                "options": options,
                "remember": name == CLOSER,
            }
            for name, options in found
        ]

    def _prints(self, language: str, job: Job) -> dict[str, Any] | None:
        """The button for prints and the sizes behind it; None where there is no photo."""
        if job.report is None:
            return None
        sizes = [{"text": size.title, "options": for_print(str(size))} for size in prints_offered(job)]
        return {"text": self._service.texts.say(language, "print-button"), "sizes": sizes}

    def _of_restored(self, job: Job, report: Report) -> list[tuple[str, dict[str, Any]]]:
        gentler, stronger = neighbours(STRENGTHS, job.options.strength)
        found: list[tuple[str, dict[str, Any]]] = []
        changes = closer(job, report, self._service.settings.offered_models) if report.restored else None
        if changes is not None:
            found.append((CLOSER, changes))
        if gentler is not None:
            found.append(("gentler", {"strength": gentler}))
        if stronger is not None:
            found.append(("stronger", {"strength": stronger}))
        if can_undo_repair(report):
            found.append(("undo-repair", UNDO_REPAIR))
        found += [(f"scope-{scope}", with_scope(scope)) for scope in scopes_offered(job, report)]
        return found


def _has_mask(report: Report) -> bool:
    """Whether something was taken for damage, so that there is a picture of it."""
    damage = report.damage
    return damage is not None and damage.scratches + damage.dust + damage.losses > 0


def _face_key(face: Face) -> str:
    if face.warning is FaceWarning.LESS_ALIKE:
        return "less-alike"
    if face.restored:
        return "restored"
    return "too-small" if face.reason is LeftAlone.TOO_SMALL else "left-alone"


def _fraction(progress: Progress) -> float:
    begins = BEGINS_AT[progress.stage]
    if progress.stage is not Stage.RESTORE or not progress.faces:
        return begins
    share = progress.done / progress.faces
    return round(begins + (BEGINS_AT[Stage.BLEND] - begins) * share, 3)
