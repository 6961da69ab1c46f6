"""Error messages on the command line."""

from magicmemory.core.errors import (
    FacesTooSmall,
    ModelBroken,
    ModelNotAllowed,
    ModelNotInstalled,
    NoFaceFound,
    NothingToRestore,
    UserError,
)
from magicmemory.core.report import Failure


def error_message(error: Exception) -> str:
    """One sentence. It gives more details than a chat would, because this reader can fix the cause."""
    if isinstance(error, ModelBroken | ModelNotAllowed):
        return str(error.parameters["reason"])
    if isinstance(error, ModelNotInstalled):
        name = error.parameters["model"]
        return f"The model {name} is not installed here: run `magicmemory models pull {name}`."
    if isinstance(error, NoFaceFound):
        return "No face was found in any orientation; `--scope auto` restores the rest of a photo."
    if isinstance(error, NothingToRestore):
        return "No face was found in any orientation, and the photo needs nothing else; `--scope photo` insists."
    if isinstance(error, FacesTooSmall):
        return f"All faces are under {error.parameters['limit_px']} pixels (MAGIC_MIN_FACE_PX); a larger scan helps."
    if isinstance(error, UserError):
        from magicmemory.bots.texts import Texts

        return Texts().failure("en", Failure.of(error))
    if isinstance(error, OSError):
        return f"{error.strerror or error}."
    return str(error)
