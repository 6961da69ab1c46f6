"""Errors that somebody can act on: `UserError` for people in a chat, `OperatorError` for the operator.

Each `UserError` has a `key`, which names a message in the texts (`error-<key>`), and parameters for it. Only these
errors are caught and shown to people; any other exception is a bug.
"""

from typing import ClassVar

Parameter = str | int | float


class OperatorError(Exception):
    """A problem that the operator must solve. The message is one sentence that says how."""


class ServerUnreachable(ConnectionError):
    """Redis or the database does not answer a process that starts. The message is one sentence for the operator.

    No `OperatorError`: the server may only start later than the process, so the process is worth a restart.
    """


class UserError(Exception):
    """Base of all errors that people see, in their own language."""

    key: ClassVar[str]

    def __init__(self, **parameters: Parameter) -> None:
        super().__init__(", ".join([self.key, *(f"{name}={value}" for name, value in parameters.items())]))
        self.parameters = parameters


class FileTooLarge(UserError):
    """The file is too large. Parameters: `limit_mb`."""

    key = "file-too-large"


class PhotoTooLarge(UserError):
    """The picture has too many pixels. Parameters: `megapixels`, `limit_megapixels`."""

    key = "photo-too-large"


class PhotoUnreadable(UserError):
    """The file has a known format but cannot be decoded."""

    key = "photo-unreadable"


class PhotoTruncated(UserError):
    """The file is incomplete."""

    key = "photo-truncated"


class PhotoAnimated(UserError):
    """The file is an animation or a video."""

    key = "photo-animated"


class NotAPhoto(UserError):
    """The file is not a picture, or is empty."""

    key = "not-a-photo"


class KindUnsupported(UserError):
    """The file is of a known kind that is not decoded here.

    Parameters: `kind`, a name for people: `Photoshop (PSD)`.
    """

    key = "kind-unsupported"


class ArchiveSent(UserError):
    """The file packs other files together. Parameters: `kind`, a name for people: `ZIP`."""

    key = "archive-sent"


class PdfWithoutScan(UserError):
    """The PDF's page holds no picture that fills it: it was written, not scanned."""

    key = "pdf-without-scan"


class PdfLocked(UserError):
    """The PDF opens only with a password."""

    key = "pdf-locked"


class PreviewMissing(UserError):
    """The camera's raw file holds no JPEG preview that could be restored."""

    key = "preview-missing"


class PageMissing(UserError):
    """The file has no such page. Parameters: `page`, from 1, and `pages`."""

    key = "page-missing"


class NoFaceFound(UserError):
    """The picture shows no face."""

    key = "no-face-found"


class NothingToRestore(UserError):
    """The picture shows no face, and nothing else in it needs to be restored."""

    key = "nothing-to-restore"


class FacesTooSmall(UserError):
    """Every face in the picture is smaller than the limit. Parameters: `count`, `limit_px`."""

    key = "faces-too-small"


class FaceNumberUnknown(UserError):
    """A face was chosen that the photo does not have. Parameters: `number`, `count` (of faces)."""

    key = "face-number-unknown"


class QuotaUsedUp(UserError):
    """Today's quota is used. Parameters: `limit` (photos a day), `renews_in_s` (seconds)."""

    key = "quota-used-up"


class FairUseReached(UserError):
    """A paid plan's fair-use limit of the day is reached. Parameters: `limit`, `renews_in_s` (seconds)."""

    key = "fair-use-reached"


class ModelNotInPlan(UserError):
    """The person's plan does not include this model. Parameters: `model`."""

    key = "model-not-in-plan"


class SizeNotInPlan(UserError):
    """The person's plan does not include this enlargement. Parameters: `upscale`."""

    key = "size-not-in-plan"


class PrintSizeUnusable(UserError):
    """A print's size is no size, or too small or too large."""

    key = "print-size-unusable"


class TooManyAtOnce(UserError):
    """The person has too many unfinished photos. Parameters: `limit`."""

    key = "too-many-at-once"


class TooManyFailures(UserError):
    """Too many of the person's photos, or of those from their network, failed lately. Parameters: `wait_in_s`."""

    key = "too-many-failures"


class NetworkQuotaUsedUp(UserError):
    """Today's free photos of the person's network are used. Parameters: `limit`, `renews_in_s` (seconds)."""

    key = "network-quota-used-up"


class GroupQuotaUsedUp(UserError):
    """The group's photos of today are used. Parameters: `limit`, `renews_in_s` (seconds)."""

    key = "group-quota-used-up"


class OnlyAdministrators(UserError):
    """In this group only administrators may ask."""

    key = "only-administrators"


class QueueFull(UserError):
    """Too many photos wait. Parameters: `minutes` until there is likely room."""

    key = "queue-full"


class Banned(UserError):
    """The person is banned."""

    key = "banned"


class CodeUnknown(UserError):
    """The code does not exist."""

    key = "code-unknown"


class CodeMistyped(UserError):
    """The code's check character is wrong."""

    key = "code-mistyped"


class CodeExpired(UserError):
    """The code has expired."""

    key = "code-expired"


class CodeUsedUp(UserError):
    """The code has no uses left."""

    key = "code-used-up"


class CodeRedeemed(UserError):
    """The person has redeemed the code before."""

    key = "code-redeemed"


class CodeRevoked(UserError):
    """The operator revoked the code."""

    key = "code-revoked"


class CodeElsewhere(UserError):
    """The code is a discount for purchases on another platform."""

    key = "code-elsewhere"


class TooManyGuesses(UserError):
    """Too many wrong codes from this person or chat. Parameters: `wait_in_s` (seconds)."""

    key = "too-many-guesses"


class OfferGone(UserError):
    """The offer is no longer valid: the plan or its price has changed."""

    key = "offer-gone"


class PhotoExpired(UserError):
    """The photo has been deleted."""

    key = "photo-expired"


class NotYours(PhotoExpired):
    """The job that a client names is somebody else's. Where nothing else is said, it is reported as expired."""


class NothingToCancel(UserError):
    """No job is waiting."""

    key = "nothing-to-cancel"


class TooManyAdjustments(UserError):
    """A photo's free adjustments are used, or their time is over. Parameters: `limit`, `minutes`."""

    key = "too-many-adjustments"


class ModelUnknown(UserError):
    """There is no model with this name. Parameters: `model`, `known`."""

    key = "model-unknown"


class ModelNotInstalled(UserError):
    """The model's checkpoint is not installed. Parameters: `model`."""

    key = "model-not-installed"


class ModelNotAllowed(UserError):
    """The model's licence forbids this use. Parameters: `model`, `reason`."""

    key = "model-not-allowed"


class ModelBroken(UserError):
    """The model's checkpoint cannot be used. Parameters: `model`, `reason`."""

    key = "model-broken"


class FidelityUnsupported(UserError):
    """The model has no fidelity slider. Parameters: `model`."""

    key = "fidelity-unsupported"


class Cancelled(UserError):
    """The person cancelled the job."""

    key = "cancelled"


class PhotosForbidden(UserError):
    """The chat lets the bot send neither photos nor files."""

    key = "photos-forbidden"


class WritingForbidden(UserError):
    """The bot may not write in the chat where the person asked."""

    key = "writing-forbidden"


class InternalError(UserError):
    """The apology that a person sees when a bug made their photo fail."""

    key = "internal-error"
