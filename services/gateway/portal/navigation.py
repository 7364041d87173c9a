"""What leads where: the menu of each role. Pure. A page that is not in a menu is reached from one that is."""

from __future__ import annotations

from dataclasses import dataclass

from services.gateway.portal.text import Language, Text
from shared.contracts.operations import (
    ADMIN,
    APPLICANT,
    AUDITOR,
    CLERK,
    DISCIPLINE,
    FINANCE,
    MEMBER,
    OFFICE,
    OPERATOR,
    PUBLIC,
    RECOMMENDER,
    REHEARSER,
    REVIEWER,
)


@dataclass(frozen=True)
class Way:
    """One entry of a menu."""

    address: str
    label: Text

    def at(self, language: Language) -> str:
        """Its words."""
        return self.label.at(language)


# A role's own first page comes first; whoever holds several roles has all their ways.
MENUS: dict[str, tuple[Way, ...]] = {
    PUBLIC: (
        Way("/notices", Text("公示", "Public notices")),
        Way("/rules", Text("评奖办法", "Regulations")),
        Way("/awards", Text("获奖登记簿", "Register of awards")),
        Way("/verify", Text("证书核验", "Verify a certificate")),
        Way("/learn", Text("学习交流", "Learn")),
    ),
    APPLICANT: (Way("/my", Text("我的申报", "My applications")),),
    RECOMMENDER: (Way("/rec", Text("推荐", "Recommendations")),),
    OFFICE: (Way("/office", Text("办公桌", "Desk")), Way("/office/calendar", Text("工作日历", "Calendar"))),
    REVIEWER: (Way("/review", Text("我的评审", "My reviews")),),
    MEMBER: (Way("/committee", Text("审定会", "Committee")),),
    CLERK: (Way("/dept", Text("征询", "Enquiries")),),
    FINANCE: (Way("/finance", Text("资金", "Money")),),
    DISCIPLINE: (Way("/discipline", Text("监督", "Supervision")),),
    AUDITOR: (Way("/audit", Text("审计", "Audit")),),
    OPERATOR: (Way("/ops", Text("运维", "Operations")),),
    ADMIN: (Way("/accounts", Text("账号", "Accounts")),),
    REHEARSER: (Way("/rehearsals", Text("演练", "Rehearsals")),),
}


def home_of(roles: tuple[str, ...]) -> str:
    """Where somebody with these roles begins."""
    return next((MENUS[role][0].address for role in roles if role in MENUS and role != PUBLIC), "/")


def menu_of(roles: tuple[str, ...], language: Language) -> list[tuple[str, str]]:
    """Addresses and words: the roles' own ways, then those that are everybody's."""
    ways = [way for role in roles if role != PUBLIC for way in MENUS.get(role, ())] + list(MENUS[PUBLIC])
    return [(way.address, way.at(language)) for way in dict.fromkeys(ways)]
