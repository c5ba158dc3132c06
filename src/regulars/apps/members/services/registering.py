"""``create_member`` and ``update_member``: one person, by name and identifiers, from outside.

The same rules as for a load decide: identifiers are brought to one spelling, sealed, and owned by
one member. A load may join two members; these two never do, and refuse what would.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pyarrow as pa
from django.db import transaction as ledger
from django.db.models import F
from django.utils import timezone

from regulars.apps.accounts.services import audit, vault
from regulars.apps.accounts.types import Action, Actor, Sealed
from regulars.apps.ingest.hooks import IDENTIFIER_SCHEMA
from regulars.apps.members.models import Declared, Identifier, Member
from regulars.apps.members.rules.kinds import KIND_ORDER
from regulars.apps.members.services.lake_side.outbox import note_changed
from regulars.apps.members.services.resolution.incoming import Incoming, read_incoming
from regulars.apps.members.services.resolution.resolve import resolve
from regulars.apps.members.services.standing import canonical, record_of
from regulars.apps.members.types import (
    IdentifierClaim,
    MemberChange,
    MemberRecord,
    MemberState,
    NewMember,
)
from regulars.base.errors import IdentifierTakenError, IdentityError, NotVisibleError, RuleError

IDENTIFIERS_MAX = 20
NAME_PURPOSE = "name"
_NAME_LETTERS_MAX = 100
# As much as the ledger keeps of each.
_LETTERS_MAX = {"home_store_id": 64, "guide_id": 64, "joined_channel": 20}
_FIRST_BIRTHDAY = date(1900, 1, 1)
_GENDERS = ("female", "male", "other")
_ANCHOR, _ROW = "anchor", 0


def create_member(
    new: NewMember, *, source: str, actor: Actor | None = None, by: str = audit.SYSTEM
) -> MemberRecord:
    """Register a person and return their record; the lake hears of them with the next publishing.

    ``source`` names the system, ``by`` who acts when no staff user does.

    Raises:
        IdentifierTakenError: An identifier belongs to a member already.
        IdentityError: An identifier cannot be of its kind, or none of them tells one person.
        RuleError: The name, gender or birthday makes no sense.
    """
    _check(new)
    rows = _rows(
        new.identifiers, store_id=new.home_store_id, channel=new.joined_channel,
        joined_at=new.joined_at or timezone.now(),
    )  # fmt: skip
    incoming = _readable(rows)
    with ledger.atomic():
        _refuse_taken(incoming, member_id=None)
        found = resolve(rows, source)
        if found.created != 1 or found.member_of_row.num_rows != 1:
            # Another process was quicker, or nothing here says who it is.
            raise _taken() if found.member_of_row.num_rows else _tells_nobody()
        member_id = str(found.member_of_row.column("member_id")[0].as_py())
        if new.guide_id:
            Member.objects.filter(pk=member_id).update(guide_id=new.guide_id)
        _declare(member_id, new.name, new.gender, new.birth_date, source=source)
        _announce(member_id, Action.CREATE, new.identifiers, _said(new), actor=actor, by=by)
        return record_of(Member.objects.get(pk=member_id))


def update_member(
    member_id: str,
    change: MemberChange,
    *,
    source: str,
    actor: Actor | None = None,
    by: str = audit.SYSTEM,
) -> MemberRecord:
    """Change a member and return the record of who stands for them; identifiers are added.

    Raises:
        NotVisibleError: There is no such member, or they are erased.
        IdentifierTakenError: An identifier belongs to another member.
        IdentityError: An identifier cannot be of its kind, or the member has too many of it.
        RuleError: The name, gender or birthday makes no sense.
    """
    _check(change)
    with ledger.atomic():
        standing = canonical([member_id])[member_id]
        member = Member.objects.select_for_update().filter(pk=standing).first()
        if member is None or member.state != MemberState.ACTIVE:
            raise NotVisibleError("there is no such member", where=member_id)
        if change.identifiers:
            _add_identifiers(standing, change.identifiers, source=source)
        if change.home_store_id is not None:
            # A store that somebody names is no longer guessed from the first order.
            Member.objects.filter(pk=standing).update(
                home_store_id=change.home_store_id, joined_from_orders=False
            )
        if change.guide_id is not None:
            Member.objects.filter(pk=standing).update(guide_id=change.guide_id)
        _declare(standing, change.name, change.gender, change.birth_date, source=source)
        _announce(standing, Action.CHANGE, change.identifiers, _said(change), actor=actor, by=by)
        return record_of(Member.objects.get(pk=standing))


def _check(said: NewMember | MemberChange) -> None:
    name, gender, birth_date = said.name or "", said.gender or "", said.birth_date
    if len(name) > _NAME_LETTERS_MAX or any(not letter.isprintable() for letter in name):
        raise RuleError(f"a name has up to {_NAME_LETTERS_MAX} printable letters", where="name")
    if gender and gender not in _GENDERS:
        raise RuleError("an unknown gender", where="gender", fix=f"Use {', '.join(_GENDERS)}")
    if birth_date is not None and not _FIRST_BIRTHDAY <= birth_date <= timezone.localdate():
        raise RuleError("an impossible birthday", where="birth_date")
    for field, most in _LETTERS_MAX.items():
        if len(getattr(said, field, None) or "") > most:
            raise RuleError(f"{field} has up to {most} letters", where=field)


def _rows(
    claims: Sequence[IdentifierClaim],
    *,
    store_id: str = "",
    joined_at: datetime | None = None,
    channel: str = "",
) -> pa.Table:
    """Return the claims as one person of a load."""
    if len(claims) > IDENTIFIERS_MAX:
        raise RuleError(f"more than {IDENTIFIERS_MAX} identifiers", where="identifiers")
    return pa.Table.from_pylist(
        [
            {
                "row_id": _ROW,
                "kind": claim.kind,
                "value": claim.value,
                "verified": claim.verified,
                "store_id": store_id or None,
                "joined_at": joined_at.astimezone(UTC) if joined_at else None,
                "channel": channel or None,
            }
            for claim in claims
        ],
        schema=IDENTIFIER_SCHEMA,
    )


def _readable(rows: pa.Table) -> Incoming:
    """Read the claims; each must be a possible value of its kind that says something."""
    incoming = read_incoming(rows)
    said = {KIND_ORDER[kind] for kind in incoming.kind.tolist()}
    mute = sorted(set(rows.column("kind").to_pylist()) - said)
    if len(incoming.malformed) or mute:
        raise IdentityError(
            f"this cannot be a {mute[0]}" if mute else "an identifier cannot be of its kind",
            where="identifiers",
            fix="Check it with the person",
        )
    return incoming


def _refuse_taken(incoming: Incoming, *, member_id: str | None) -> None:
    """Refuse identifiers that another member owns, whether verified here or not."""
    owners = Identifier.objects.filter(key_hash__in=incoming.hashes, exclusive=True)
    wanted = set(zip(incoming.kind.tolist(), incoming.hashes, strict=True))
    for kind, key_hash, owner in owners.values_list("kind", "key_hash", "member_id"):
        if (KIND_ORDER.index(kind), bytes(key_hash)) in wanted and owner != member_id:
            raise _taken()


def _add_identifiers(member_id: str, claims: Sequence[IdentifierClaim], *, source: str) -> None:
    """Attach the claims beside an identifier the member owns already, by the rules of a load."""
    rows = _rows(claims)
    incoming = _readable(rows)
    _refuse_taken(incoming, member_id=member_id)
    owned = Identifier.objects.filter(member=member_id, exclusive=True)
    anchor = min(owned, key=lambda row: KIND_ORDER.index(row.kind), default=None)
    if anchor is None:
        raise IdentityError("the member has no identifier to add to", where=member_id)
    plain = vault.unseal(Sealed(anchor.key_id, bytes(anchor.ciphertext)), anchor.kind)
    known = _rows([IdentifierClaim(anchor.kind, plain, verified=True)])
    found = resolve(pa.concat_tables([rows, known]), source)
    if found.created or found.merged or found.reviews or found.member_of_row.num_rows != 1:
        raise IdentityError(
            "the member cannot have this identifier as well",
            where=member_id,
            fix="They have as many of its kind as one person may, or it is in review",
        )


def _declare(
    member_id: str,
    name: str | None,
    gender: str | None,
    birth_date: date | None,
    *,
    source: str,
) -> None:
    """Keep what was said and let it wait for the lake, also when only the ledger's part changed."""
    facts: dict[str, object] = {}
    if name is not None:
        sealed = vault.seal(name, NAME_PURPOSE) if name else None
        facts["name_key_id"] = sealed.key_id if sealed else ""
        facts["name_ciphertext"] = sealed.ciphertext if sealed else None
    if gender:
        facts["gender"] = gender
    if birth_date is not None:
        facts["birth_date"] = birth_date
    facts |= {"waiting": True, "source": source, "changed_at": timezone.now()}
    changed = Declared.objects.filter(pk=member_id).update(changes=F("changes") + 1, **facts)
    if not changed:
        Declared.objects.create(member_id=member_id, **facts)


def _said(said: NewMember | MemberChange) -> list[str]:
    names = ("name", "gender", "birth_date", "home_store_id", "guide_id")
    return [name for name in names if getattr(said, name) not in {None, ""}]


def _announce(
    member_id: str,
    action: Action,
    claims: Sequence[IdentifierClaim],
    said: list[str],
    *,
    actor: Actor | None,
    by: str,
) -> None:
    note_changed([member_id])
    audit.record(
        actor,
        action,
        object_kind="member",
        object_id=member_id,
        detail={"fields": said, "kinds": sorted({claim.kind for claim in claims})},
        by=by,
    )


def _taken() -> IdentifierTakenError:
    return IdentifierTakenError(
        "an identifier belongs to a member already",
        where="identifiers",
        fix="Find the member by it, or let the person choose another",
    )


def _tells_nobody() -> IdentityError:
    return IdentityError(
        "none of the identifiers tells one person from another",
        where="identifiers",
        fix="Give a card number, an OpenID, or a phone or e-mail that was verified",
    )
