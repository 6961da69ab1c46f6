"""A job: one photo on its way through the house, and the messages about it that cross processes."""

from datetime import date, datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from magicmemory.core.options import Options
from magicmemory.core.plans import FREE
from magicmemory.core.report import Failure, Report


class Platform(StrEnum):
    """Where people are. The value names a platform's delivery queue and its rows in the ledger."""

    TELEGRAM = "telegram"
    DISCORD = "discord"
    PLAYGROUND = "playground"


class JobState(StrEnum):
    """Where a job stands. It leaves `ACCEPTED` once, and only for a terminal state."""

    ACCEPTED = "accepted"  # reserved: counts against the quota, no reply yet
    DELIVERED = "delivered"  # settled: the restored photo was sent
    FAILED = "failed"  # given back: the person got a sentence instead of a photo
    CANCELLED = "cancelled"  # given back: the person dropped it


TERMINAL = frozenset({JobState.DELIVERED, JobState.FAILED, JobState.CANCELLED})
COUNTS_AGAINST_QUOTA = frozenset({JobState.ACCEPTED, JobState.DELIVERED})


class Sender(BaseModel):
    """Who asks: an account on a platform."""

    model_config = ConfigDict(frozen=True)

    platform: Platform
    account: str
    language: str = "en"  # as the platform tells it, for example `pt-BR`


class Address(BaseModel):
    """The message that asked, and so where the reply belongs. With the options it is a job's identity."""

    model_config = ConfigDict(frozen=True)

    platform: Platform
    chat: str
    message: str  # with a part's number where one message carries several photos: `42:3`
    thread: str = ""  # a forum topic; empty where there is none


class Job(BaseModel):
    """A row of the ledger."""

    model_config = ConfigDict(frozen=True)

    id: str
    sender: Sender
    address: Address
    options: Options
    state: JobState
    charged: bool  # False: an adjustment of a photo that was already paid for
    day: date  # the quota day it counts against
    created_at: datetime
    finished_at: datetime | None = None  # the reply was sent
    parent: str | None = None  # the job whose photo this one adjusts
    context: dict[str, str] = {}  # the adapter's own notes, for example its progress message's id
    report: Report | None = None
    failure: Failure | None = None
    extension: str = ""  # of the result file
    plan: str = FREE  # the plan it runs under

    @property
    def photo_of(self) -> str:
        """The job under whose id the original photo is kept."""
        return self.parent or self.id


class RestoreTask(BaseModel):
    """What the worker is told: ids and options, never image bytes."""

    model_config = ConfigDict(frozen=True)

    job: str
    platform: Platform  # names the delivery queue
    photo: str  # the original's name in the photo store
    result: str  # the name the result shall have
    options: Options
    max_megapixels: float = 0  # of the photo, where the plan has a limit of its own; 0: the worker's settings say


class Outcome(BaseModel):
    """What the worker says when it is done: a report, or a failure."""

    model_config = ConfigDict(frozen=True)

    job: str
    report: Report | None = None
    failure: Failure | None = None
    extension: str = ""  # of the result file: `jpg`, `png`, …


class Stage(StrEnum):
    """The stages of a restoration, in order; `QUEUED` comes before the worker takes it."""

    QUEUED = "queued"
    DECODE = "decode"
    DETECT = "detect"
    CLEAN = "clean"  # the whole photo, where that is asked for
    RESTORE = "restore"
    BLEND = "blend"
    ENCODE = "encode"
    DONE = "done"  # the outcome is on its way to the chat


class Progress(BaseModel):
    """How far a job is: published while it runs, never stored."""

    model_config = ConfigDict(frozen=True)

    job: str
    stage: Stage
    done: int = 0  # faces restored so far
    faces: int = 0  # faces to restore, once known


class Quota(BaseModel):
    """What a person has today, under the plan that runs. Bought photos (credits) come after it."""

    model_config = ConfigDict(frozen=True)

    limit: int  # photos a day; of a paid plan 0: no limit
    used: int
    renews_at: datetime  # the next midnight in the quota's time zone
    plan: str = FREE
    plan_ends: datetime | None = None  # None: the free plan, or one without an end
    credits: int = 0

    @property
    def unlimited(self) -> bool:
        """Whether the plan that runs has no limit a day."""
        return self.plan != FREE and not self.limit

    @property
    def left(self) -> int:
        """How many photos the plan still has today; of an unlimited one, one, because there is always one more."""
        return 1 if self.unlimited else max(0, self.limit - self.used)
