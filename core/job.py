"""A job (one photo to restore), and the messages about it between processes."""

from datetime import date, datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from magicmemory.core.options import Options
from magicmemory.core.plans import FREE
from magicmemory.core.report import Failure, Report


class Platform(StrEnum):
    """A chat platform. The value names its delivery queue and its rows in the ledger."""

    TELEGRAM = "telegram"
    DISCORD = "discord"
    PLAYGROUND = "playground"


class JobState(StrEnum):
    """The state of a job. It leaves `ACCEPTED` once, for one of the terminal states."""

    ACCEPTED = "accepted"  # reserved: counts against the quota, no reply yet
    DELIVERED = "delivered"  # settled: the restored photo was sent
    FAILED = "failed"  # refunded: the person got a message instead of a photo
    CANCELLED = "cancelled"  # refunded: the person cancelled it


TERMINAL = frozenset({JobState.DELIVERED, JobState.FAILED, JobState.CANCELLED})
COUNTS_AGAINST_QUOTA = frozenset({JobState.ACCEPTED, JobState.DELIVERED})


class Sender(BaseModel):
    """A person: an account on a platform."""

    model_config = ConfigDict(frozen=True)

    platform: Platform
    account: str
    language: str = "en"  # as the platform reports it, for example `pt-BR`


class Address(BaseModel):
    """The message with the photo, to which the reply belongs. Together with the options it identifies a job."""

    model_config = ConfigDict(frozen=True)

    platform: Platform
    chat: str
    # Plus a part's number if one message carries several photos: `42:3`. Message 0 is one that can't be replied to.
    message: str
    thread: str = ""  # a forum topic; empty: none


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
    context: dict[str, str] = {}  # the adapter's own data, for example its progress message's id
    report: Report | None = None
    failure: Failure | None = None
    extension: str = ""  # of the result file
    plan: str = FREE  # the plan it runs under

    @property
    def photo_of(self) -> str:
        """The id of the job under which the original photo is stored."""
        return self.parent or self.id


class RestoreTask(BaseModel):
    """The worker's input: ids and options, never image bytes."""

    model_config = ConfigDict(frozen=True)

    job: str
    platform: Platform  # names the delivery queue
    photo: str  # the original's name in the photo store
    result: str  # the result's name in the photo store
    options: Options
    max_megapixels: float = 0  # the plan's limit for the photo; 0: the worker's setting applies


class Outcome(BaseModel):
    """The worker's output: a report, or a failure."""

    model_config = ConfigDict(frozen=True)

    job: str
    report: Report | None = None
    failure: Failure | None = None
    extension: str = ""  # of the result file: `jpg`, `png`, …


class Stage(StrEnum):
    """The stages of a restoration, in order; `QUEUED` lasts until a worker takes the job."""

    QUEUED = "queued"
    DECODE = "decode"
    REPAIR = "repair"  # the whole photo, where it needs it
    DETECT = "detect"
    CLEAN = "clean"  # the whole photo, where it needs it
    RESTORE = "restore"
    BLEND = "blend"
    ENCODE = "encode"
    DONE = "done"  # the outcome is queued for delivery


class Progress(BaseModel):
    """The progress of a job: published while it runs, never stored."""

    model_config = ConfigDict(frozen=True)

    job: str
    stage: Stage
    done: int = 0  # faces restored so far
    faces: int = 0  # faces to restore, once known


class Quota(BaseModel):
    """A person's quota today under their running plan. Bought photos (credits) are used after it."""

    model_config = ConfigDict(frozen=True)

    limit: int  # photos per day; 0 in a paid plan: no limit
    used: int
    renews_at: datetime  # the next midnight in the quota's time zone
    plan: str = FREE
    plan_ends: datetime | None = None  # None: the free plan, or one without an end
    credits: int = 0

    @property
    def unlimited(self) -> bool:
        """Whether the running plan has no daily limit."""
        return self.plan != FREE and not self.limit

    @property
    def left(self) -> int:
        """Photos left in the plan today; 1 for an unlimited plan."""
        return 1 if self.unlimited else max(0, self.limit - self.used)
