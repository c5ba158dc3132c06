"""A member as other systems may see them: what the ledger knows, identifiers and name masked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from regulars.apps.accounts.services import vault
from regulars.apps.accounts.types import Sealed
from regulars.apps.members.models import Declared, Member
from regulars.apps.members.queries.identifiers import identifiers_of
from regulars.apps.members.rules.masks import masked_name
from regulars.apps.members.services.ledger_rows import chunks
from regulars.apps.members.services.registering import NAME_PURPOSE
from regulars.apps.members.services.standing import STEPS_MAX, canonical, record_of
from regulars.apps.members.types import MemberProfile, MemberState


def member_profiles(member_ids: Iterable[str]) -> dict[str, MemberProfile]:
    """Return the profiles of those of the ids that exist, by the id asked for.

    An id that was merged gives the profile of who stands for it; an erased one gives none. Not
    cut to a scope: pass members that the caller has found through one.
    """
    standing = canonical(member_ids)
    members = {
        member.pk: member
        for chunk in chunks(sorted(set(standing.values())))
        for member in Member.objects.filter(pk__in=chunk, state=MemberState.ACTIVE)
    }
    identifiers = identifiers_of(members)
    said = _said(members)
    profiles = {
        member_id: MemberProfile(
            record=record_of(member),
            identifiers=identifiers.get(member_id, ()),
            name_masked=_name(said[member_id]),
            gender=next((row.gender for row in said[member_id] if row.gender), ""),
            birth_date=next((row.birth_date for row in said[member_id] if row.birth_date), None),
        )
        for member_id, member in members.items()
    }
    return {asked: profiles[now] for asked, now in standing.items() if now in profiles}


def _said(member_ids: Iterable[str]) -> dict[str, list[Declared]]:
    """Return what each member and everybody merged into them declared, the newest first."""
    stands_for = {member_id: member_id for member_id in member_ids}
    newest = list(stands_for)
    for _step in range(STEPS_MAX):
        below: list[str] = []
        for chunk in chunks(newest):
            merged = Member.objects.filter(merged_into__in=chunk)
            for member_id, into in merged.values_list("pk", "merged_into_id"):
                stands_for[member_id] = stands_for[into]
                below.append(member_id)
        if not below:
            break
        newest = below
    said: dict[str, list[Declared]] = defaultdict(list)
    for chunk in chunks(sorted(stands_for)):
        for row in Declared.objects.filter(pk__in=chunk).order_by("-changed_at", "pk"):
            said[stands_for[row.pk]].append(row)
    return said


def _name(said: Iterable[Declared]) -> str:
    for row in said:
        if row.name_ciphertext is not None:
            sealed = Sealed(row.name_key_id, bytes(row.name_ciphertext))
            return masked_name(vault.unseal(sealed, NAME_PURPOSE))
    return ""
