"""The brand an installation works for: its name, zone and currency."""

from __future__ import annotations

from dataclasses import dataclass

from regulars.base.business_time import zone


@dataclass(frozen=True, slots=True)
class Brand:
    """One brand.

    ``zone`` is the IANA zone of its business dates, ``currency`` an ISO 4217 code and ``region``
    the ISO 3166 country whose phone numbers may lack a country code.
    """

    name: str
    zone: str
    currency: str
    region: str

    def __post_init__(self) -> None:
        zone(self.zone)
