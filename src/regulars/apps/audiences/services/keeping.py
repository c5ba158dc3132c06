"""The members an expansion found, kept as a tag."""

from __future__ import annotations

from regulars.apps.accounts.queries import scoped
from regulars.apps.accounts.services import audit
from regulars.apps.accounts.types import Actor, Capability, DataScope
from regulars.apps.audiences.queries import expansion, found_members
from regulars.apps.audiences.services.asking import demand_everybody
from regulars.apps.audiences.types import Expansion
from regulars.apps.tags import services as tags
from regulars.apps.tags.queries import tags as tags_named
from regulars.apps.tags.types import Derivation, MadeBy, Origin, TagDefinition, ValueSpec
from regulars.base.errors import RuleError
from regulars.lake import Lake

CATEGORY = "look_alikes"
VALUE = "yes"


def keep_as_tag(
    actor: Actor | None,
    lake: Lake,
    run_id: str,
    *,
    code: str,
    similarity_min: float,
    by: str = audit.SYSTEM,
) -> int:
    """Give a new imported tag to everybody at least so alike, and return how many they are.

    The tag says the expansion's title, model and quality. The seed does not get it.

    Raises:
        NotVisibleError: There is no such expansion, or the actor does not see every member.
        RefusedError: The actor may not edit tags.
        RuleError: The expansion is not done, nobody is so alike, or there is such a tag.
    """
    demand_everybody(actor, Capability.EDIT_TAGS)
    mine = expansion(run_id)
    if mine.report is None:
        raise RuleError("the expansion is not done", where="look-alikes", fix="Wait until it is")
    if tags_named([code]):
        raise RuleError("there is a tag of this code", where="code", fix="Choose another code")
    with lake.snapshot() as snapshot:
        whole = scoped(snapshot, DataScope("hq"))
        found = found_members(whole, run_id, similarity_min=similarity_min)
        members = found.select("member_id").to_pyarrow()["member_id"].to_pylist()
    if not members:
        raise RuleError("nobody is so alike", where="similarity", fix="Choose a lower similarity")
    tags.save_category(CATEGORY, name_zh="人群扩展", name_en="Look-alikes", position=90)
    tags.save_tag(actor, lake, _definition(mine, code, similarity_min))
    report = tags.import_tags(
        lake,
        ((member, code, VALUE) for member in members),
        system=f"look-alike {run_id}",
        scope=DataScope("hq"),
        actor=actor,
        by=by,
    )
    return report.given


def _definition(mine: Expansion, code: str, similarity_min: float) -> TagDefinition:
    auc = f"{mine.report.auc:.2f}" if mine.report else ""
    return TagDefinition(
        code=code,
        category=CATEGORY,
        name_zh=f"相似：{mine.title}",
        name_en=f"Like: {mine.title}",
        definition_zh=f"与种子人群相似度不低于 {similarity_min:g}（AUC {auc}），截至 {mine.as_of}",
        definition_en=(
            f"At least {similarity_min:g} % alike to the seed (AUC {auc}), as of {mine.as_of}"
        ),
        source=f"look-alike {mine.run_id}",
        update_days=30,
        owner=mine.requested_by,
        made_by=MadeBy.IMPORT,
        origin=Origin.SMART,
        derivation=Derivation.PREDICTION,
        values=(ValueSpec(code=VALUE, name_zh="是", name_en="Yes"),),
    )
