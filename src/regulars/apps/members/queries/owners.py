"""Which member owns each of very many identifiers: for measuring, and for exports by list."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from regulars.apps.accounts.services import vault
from regulars.apps.members.models import Identifier
from regulars.apps.members.rules.kinds import policy
from regulars.apps.members.services.ledger_rows import chunks, fetched, marks
from regulars.apps.members.services.resolution.spelling import keys_of_kind


def owners_of(kind: str, values: pa.Array[pa.StringScalar]) -> pa.Array[pa.StringScalar]:
    """Return the member who owns each value as an identifier of the kind, null for nobody.

    Any spelling is read. Distinct values are looked up once, ten thousand in a query. Not cut to a
    scope: the caller cuts. Raises ``IdentityError`` for an unknown kind.
    """
    policy(kind)
    places, forms = keys_of_kind(kind, values)
    digests = vault.keyed_digests(forms.to_pylist(), kind)
    found: dict[bytes, str] = {}
    for chunk in chunks(sorted(digests)):
        where = f"exclusive AND kind = %s AND key_hash IN ({marks(chunk)})"
        rows = fetched(Identifier, ("key_hash", "member_id"), where, [kind, *chunk])
        found.update((bytes(key_hash), member_id) for key_hash, member_id in rows)
    members = pa.array([found.get(digest) for digest in digests], pa.string())
    return members.take(pa.array(places, mask=np.less(places, 0)))
