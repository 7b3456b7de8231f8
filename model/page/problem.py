"""What is wrong with something that a user asked of the page, as a sentence."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from entente.errors import InputError

LOG = logging.getLogger(__name__)


def problem_of(action: Callable[[], Any]) -> str:
    """Do something with what the user gave; the sentence on what is wrong with it, or nothing."""
    try:
        action()
    except InputError as error:
        return str(error)
    except Exception as error:
        # Whatever goes wrong must be shown rather than leave a button that does nothing.
        LOG.exception("an action on the page failed")
        return f"This could not be done, by a fault of the page: {type(error).__name__}: {error}"
    return ""
