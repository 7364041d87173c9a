"""What happens to records when a cycle is over: retention, packages, legal holds, destruction lists."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, count, day, identifier, one_of, optional_text, text
from shared.contracts.dossier import DIGEST
from shared.contracts.operations.operation import APPLICATION, CYCLE, CycleId, Operation
from shared.contracts.operations.roles import AUDITOR, DISCIPLINE, OFFICE, WATCHERS

_HOLD = "0199a1b2c3d87e5f8a9b0c1d2e3f4a5f"
_LIST = "0199a1b2c3d97e5f8a9b0c1d2e3f4a60"
_STATES = ("drafted", "signed_once", "signed", "executed", "withdrawn")
_DIGEST = "sha256:" + "ab" * 32
_NAMED = validate.Regexp(r"^(sha256|sm3):[0-9a-f]{64}\Z")


class MaybeCycle(Strict):
    """One cycle, or all of them."""

    cycle_id = identifier(required=False)


class DueCycle(Strict):
    """How long a cycle's records are kept. `over_on` and `keep_until` are None while it goes on; `due` from the day after
    `keep_until`. Applications are counted: all, those held, those on an open list, those destroyed.
    """

    cycle_id = identifier()
    year = count()
    over_on = day(required=False)
    keep_years = count()
    rule = text()
    keep_until = day(required=False)
    due = fields.Boolean(required=True)
    applications = count()
    held = count()
    listed = count()
    destroyed = count()


class RecordsDue(Strict):
    """Cycles, the earliest first."""

    cycles = fields.List(fields.Nested(DueCycle), required=True)


class PlaceHold(Strict):
    """Hold an application's records, or all of a cycle's where none is named."""

    cycle_id = identifier()
    application_id = identifier(required=False)
    reason = text(longest=500)


class LiftHold(Strict):
    """Lift a hold; whoever placed it does not."""

    hold_id = identifier()
    reason = text(longest=500)


class HoldState(Strict):
    """A hold; one that was lifted says by whom, when and why."""

    hold_id = identifier()
    cycle_id = identifier()
    application_id = identifier(required=False)
    reason = text(longest=500)
    placed_by = text()
    placed_role = text()
    placed_on = day()
    lifted_by = optional_text()
    lifted_on = day(required=False)
    lift_reason = optional_text(500)


class HoldList(Strict):
    """A cycle's holds in the order in which they were placed."""

    cycle_id = identifier()
    holds = fields.List(fields.Nested(HoldState), required=True)


class PrepareDestruction(Strict):
    """A destruction list of these applications, or of all of the cycle that may be destroyed."""

    cycle_id = identifier()
    application_ids = fields.List(
        identifier(), load_default=None, allow_none=True, validate=validate.Length(min=1, max=5000)
    )
    reason = text(longest=500)


class ListId(Strict):
    """Names a destruction list."""

    list_id = identifier()


class SignDestruction(ListId):
    """Sign a list; `digest` is that of the list as it was read."""

    digest = fields.String(required=True, validate=_NAMED)


class WithdrawDestruction(ListId):
    """Give a list up that was not carried out."""

    reason = text(longest=500)


class DestructionState(Strict):
    """A list without its lines: who prepared it, who signed it in which role, what became of it."""

    list_id = identifier()
    cycle_id = identifier()
    state = one_of(*_STATES)
    reason = text(longest=500)
    keep_until = day()
    digest = text()
    prepared_by = text()
    prepared_on = day()
    first_by = optional_text()
    first_role = optional_text()
    first_on = day(required=False)
    second_by = optional_text()
    second_role = optional_text()
    second_on = day(required=False)
    executed_by = optional_text()
    executed_on = day(required=False)
    withdrawn_by = optional_text()
    withdrawn_on = day(required=False)
    withdrawn_reason = optional_text(500)


class DestructionLine(Strict):
    """One application on a list; `held`: a hold stops the list since it was prepared."""

    application_id = identifier()
    public_number = optional_text()
    status = text()
    held = fields.Boolean(required=True)


class DestructionList(DestructionState):
    """A list with its lines."""

    lines = fields.List(fields.Nested(DestructionLine), required=True)


class DestructionLists(Strict):
    """A cycle's lists in the order in which they were prepared."""

    cycle_id = identifier()
    lists = fields.List(fields.Nested(DestructionState), required=True)


class RegisterPackage(Strict):
    """A package that was made: `digest` of its tag manifest, `payload` of its manifest, its files, bytes of the ZIP."""

    cycle_id = identifier()
    application_id = identifier(required=False)
    digest = fields.String(required=True, validate=validate.Regexp(DIGEST))
    payload = fields.String(required=True, validate=validate.Regexp(DIGEST))
    files = count(least=1)
    size = count(least=1)


class PackagesOf(Strict):
    """The packages of an application, or of a cycle with those of its applications."""

    cycle_id = identifier()
    application_id = identifier(required=False)


class PackageState(RegisterPackage):
    """A package as it was registered. Two of the same `payload` hold the same."""

    package_id = identifier()
    public_number = optional_text()
    made_by = text()
    made_at = text()


class PackageList(Strict):
    """Packages, the oldest first; `without`: how many applications of the cycle have none."""

    cycle_id = identifier()
    packages = fields.List(fields.Nested(PackageState), required=True)
    without = count(required=False)


_OF_LIST = {"list_id": _LIST}
_SIGNERS = (OFFICE, DISCIPLINE, AUDITOR)

OPERATIONS: tuple[Operation, ...] = (
    Operation("intake", "records_due", "query", MaybeCycle, RecordsDue, WATCHERS, "档案保管期限",
              "Until when each cycle's records are kept", {"cycle_id": CYCLE}),
    Operation("intake", "place_hold", "command", PlaceHold, HoldState, _SIGNERS, "冻结档案", "Place a legal hold",
              {"cycle_id": CYCLE, "application_id": APPLICATION, "reason": "行政诉讼尚未审结"}),
    Operation("intake", "lift_hold", "command", LiftHold, HoldState, _SIGNERS, "解除冻结", "Lift a legal hold",
              {"hold_id": _HOLD, "reason": "判决已生效"}),
    Operation("intake", "holds", "query", CycleId, HoldList, WATCHERS, "冻结登记", "A cycle's legal holds",
              {"cycle_id": CYCLE}),
    Operation("intake", "prepare_destruction", "command", PrepareDestruction, DestructionList, (OFFICE,), "编制销毁清册",
              "Prepare a destruction list", {"cycle_id": CYCLE, "reason": "保管期限届满"}),
    Operation("intake", "sign_destruction", "command", SignDestruction, DestructionList, _SIGNERS, "签署销毁清册",
              "Sign a destruction list", {**_OF_LIST, "digest": _DIGEST}),
    Operation("intake", "execute_destruction", "command", ListId, DestructionList, (OFFICE,), "执行销毁",
              "Carry a destruction list out", _OF_LIST),
    Operation("intake", "withdraw_destruction", "command", WithdrawDestruction, DestructionList, (OFFICE,), "撤回销毁清册",
              "Withdraw a destruction list", {**_OF_LIST, "reason": "其中一份已冻结"}),
    Operation("intake", "destruction_list", "query", ListId, DestructionList, WATCHERS, "查看销毁清册",
              "A destruction list", _OF_LIST),
    Operation("intake", "destruction_lists", "query", CycleId, DestructionLists, WATCHERS, "销毁清册一览",
              "A cycle's destruction lists", {"cycle_id": CYCLE}),
    Operation("intake", "register_package", "command", RegisterPackage, PackageState, WATCHERS, "登记归档包",
              "Register a package",
              {"cycle_id": CYCLE, "application_id": APPLICATION, "digest": _DIGEST, "payload": _DIGEST, "files": 24,
               "size": 1048576}),
    Operation("intake", "packages", "query", PackagesOf, PackageList, WATCHERS, "归档包一览", "The register of packages",
              {"cycle_id": CYCLE, "application_id": APPLICATION}),
)  # fmt: skip
