"""The brand's options that the features were computed with."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.utils.module_loading import import_string

from regulars.science.producers import RfmProducer
from regulars.science.rfm import RfmOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from regulars.science.producers import Producer


def rfm_options() -> RfmOptions:
    """Return window, method, levels and the meaning of *high*."""
    found = (one.options for one in _producers() if isinstance(one, RfmProducer))
    return next(found, RfmOptions())


def _producers() -> Iterable[Producer]:
    producers = cast("Callable[[], Iterable[Producer]]", import_string(settings.REGULARS_PRODUCERS))
    return producers()
