"""Sentences for values that pydantic refuses: its own messages name its types, which an operator does not know."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic_core import ErrorDetails

# By pydantic's type of error; the placeholders are its context.
_SENTENCES: Final = {
    "bool_parsing": "write true or false",
    "bool_type": "write true or false",
    "dict_type": "write a table",
    "model_type": "write a table",
    "extra_forbidden": "there is no such key",
    "float_parsing": "write a number",
    "float_type": "write a number",
    "finite_number": "write a number",
    "greater_than": "write more than {gt}",
    "greater_than_equal": "write {ge} or more",
    "int_from_float": "write a whole number",
    "int_parsing": "write a whole number",
    "int_parsing_size": "write a smaller number",
    "int_type": "write a whole number",
    "less_than": "write less than {lt}",
    "less_than_equal": "write {le} or less",
    "literal_error": "write {expected}",
    "missing": "it is missing",
    "path_type": "write a path",
    "string_too_short": "write {min_length} characters or more",
    "string_type": "write a text",
    "too_short": "write {min_length} characters or more",
    "tuple_type": "write a list",
    "value_error": "{error}",
}


def reason(error: ErrorDetails, patterns: Mapping[str, str] | None = None) -> str:
    """What to write instead, without a full stop.

    Args:
        error: one of `ValidationError.errors()`.
        patterns: by regular expression, what matches it, in words.
    """
    context: dict[str, Any] = {
        # 0.0 is written as 0.
        name: f"{value:g}" if isinstance(value, float) else value
        for name, value in error.get("ctx", {}).items()
    }
    if error["type"] == "string_pattern_mismatch":
        return (patterns or {}).get(context["pattern"], "it has characters that are not allowed")
    return _SENTENCES.get(error["type"], "it is not valid").format(**context)
