"""What the commands tell the person at the terminal when something cannot be done."""

from magicmemory.core.errors import ModelBroken, ModelNotAllowed, ModelNotInstalled, UserError
from magicmemory.core.report import Failure


def sentence(error: Exception) -> str:
    """One sentence. Of a model it says more than a chat would: whoever sits here can put it right."""
    if isinstance(error, ModelBroken | ModelNotAllowed):
        return str(error.parameters["reason"])
    if isinstance(error, ModelNotInstalled):
        name = error.parameters["model"]
        return f"The model {name} is not installed here: run `magicmemory models pull {name}`."
    if isinstance(error, UserError):
        from magicmemory.bots.texts import Texts

        return Texts().failure("en", Failure.of(error))
    if isinstance(error, OSError):
        return f"{error.strerror or error}."
    return str(error)
