"""The errors somebody can do something about: `UserError` for people in a chat, `OperatorError` for whoever runs this.

Each `UserError` has a `key`, which names a sentence in the texts (`error-<key>`), and parameters that fill it. They are
the only errors that are caught and shown to people; any other exception is a bug.
"""

from typing import ClassVar

Parameter = str | int | float


class OperatorError(Exception):
    """Something that the operator must put right: the message is one sentence that says what."""


class UserError(Exception):
    """Base of all errors that are shown to a person in their own language."""

    key: ClassVar[str]

    def __init__(self, **parameters: Parameter) -> None:
        super().__init__(", ".join([self.key, *(f"{name}={value}" for name, value in parameters.items())]))
        self.parameters = parameters


class FileTooLarge(UserError):
    """The file has more bytes than are accepted. Parameters: `limit_mb`."""

    key = "file-too-large"


class PhotoTooLarge(UserError):
    """The picture has more pixels than are accepted. Parameters: `megapixels`, `limit_megapixels`."""

    key = "photo-too-large"


class PhotoUnreadable(UserError):
    """The file is of a known kind but cannot be decoded."""

    key = "photo-unreadable"


class PhotoTruncated(UserError):
    """The file ends before the picture does."""

    key = "photo-truncated"


class PhotoAnimated(UserError):
    """The file is an animation or a video."""

    key = "photo-animated"


class NotAPhoto(UserError):
    """The file is no picture at all, or empty."""

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


class FacesTooSmall(UserError):
    """Every face in the picture is under the limit. Parameters: `count`, `limit_px`."""

    key = "faces-too-small"


class QuotaUsedUp(UserError):
    """Today's photos are used. Parameters: `limit` (photos a day), `renews_in_s` (seconds)."""

    key = "quota-used-up"


class FairUseReached(UserError):
    """A paid plan's fair-use limit of the day is reached. Parameters: `limit`, `renews_in_s` (seconds)."""

    key = "fair-use-reached"


class ModelNotInPlan(UserError):
    """The person's plan does not have this model. Parameters: `model`."""

    key = "model-not-in-plan"


class SizeNotInPlan(UserError):
    """The person's plan does not enlarge photos so much. Parameters: `upscale`."""

    key = "size-not-in-plan"


class TooManyAtOnce(UserError):
    """The person has as many photos on their way as one may have. Parameters: `limit`."""

    key = "too-many-at-once"


class QueueFull(UserError):
    """Too many photos wait already. Parameters: `minutes` until there is likely room."""

    key = "queue-full"


class Banned(UserError):
    """The operator keeps this person out."""

    key = "banned"


class CodeUnknown(UserError):
    """There is no such code."""

    key = "code-unknown"


class CodeMistyped(UserError):
    """The code's check character does not fit the rest."""

    key = "code-mistyped"


class CodeExpired(UserError):
    """The code's time is over."""

    key = "code-expired"


class CodeUsedUp(UserError):
    """As many people as may have redeemed the code."""

    key = "code-used-up"


class CodeRedeemed(UserError):
    """The person has redeemed the code before."""

    key = "code-redeemed"


class CodeRevoked(UserError):
    """The operator has withdrawn the code."""

    key = "code-revoked"


class CodeElsewhere(UserError):
    """The code is a discount on what is sold on another platform."""

    key = "code-elsewhere"


class TooManyGuesses(UserError):
    """Too many wrong codes, by this person or in this chat. Parameters: `wait_in_s` (seconds)."""

    key = "too-many-guesses"


class OfferGone(UserError):
    """What somebody is about to pay for is not offered (any more) like this: the plan or its price has changed."""

    key = "offer-gone"


class PhotoExpired(UserError):
    """The photo a button refers to has been deleted."""

    key = "photo-expired"


class NotYours(PhotoExpired):
    """The job that a client names is somebody else's. Where nothing else is said, it is reported as expired."""


class NothingToCancel(UserError):
    """There is no waiting job to drop."""

    key = "nothing-to-cancel"


class TooManyAdjustments(UserError):
    """A photo's free adjustments are used, or their time is over. Parameters: `limit`, `minutes`."""

    key = "too-many-adjustments"


class ModelUnknown(UserError):
    """No model of that name. Parameters: `model`, `known`."""

    key = "model-unknown"


class ModelNotInstalled(UserError):
    """The model's checkpoint is not on this machine. Parameters: `model`."""

    key = "model-not-installed"


class ModelNotAllowed(UserError):
    """The model's licence forbids the use that is made of it here. Parameters: `model`, `reason`."""

    key = "model-not-allowed"


class ModelBroken(UserError):
    """The model's checkpoint cannot be used. Parameters: `model`, `reason`."""

    key = "model-broken"


class FidelityUnsupported(UserError):
    """The model has no fidelity slider. Parameters: `model`."""

    key = "fidelity-unsupported"


class Cancelled(UserError):
    """The person dropped the job."""

    key = "cancelled"


class InternalError(UserError):
    """The apology for a bug: what a person sees when something failed that is ours."""

    key = "internal-error"
