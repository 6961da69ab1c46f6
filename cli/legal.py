"""`magicmemory legal`: writes the privacy policy and the terms as the settings in force make them."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from magicmemory.bots.legal.documents import Document, missing, written
from magicmemory.cli.processes import operator_errors
from magicmemory.core.errors import OperatorError
from magicmemory.core.settings import load


def legal(
    document: Annotated[Document, typer.Argument(metavar="DOCUMENT", help="privacy or terms.")],
    out: Annotated[Path | None, typer.Option(help="File to write; default: standard output.")] = None,
) -> None:
    """Write the privacy policy or the terms, in English, from the settings in force: what is kept, how long, and why.

    They are templates, no legal advice. The playground serves them under /legal/privacy and /legal/terms.
    """
    with operator_errors():
        settings = load()
        text = written(document, settings, settings.plans())
        try:
            sys.stdout.write(text) if out is None else out.write_text(text, "utf-8")
        except OSError as error:
            raise OperatorError(f"{out} cannot be written: {error.strerror}.") from None
    for sentence in (*missing(settings), "This is a template, no legal advice: let a lawyer read it."):
        print(sentence, file=sys.stderr)
