"""Users and permissions of the broker, least first: who may declare, write to and read from what.

RabbitMQ looks at three patterns per user and virtual host: *configure* (declare, delete), *write* (publish to an
exchange, bind a queue) and *read* (consume from a queue, bind to an exchange). A topic permission narrows an exchange
further to routing keys. Only `topology` declares; the services find everything there.

Who may do what:

* `topology`   everything in its virtual host; used by `python -m shared.bus.topology declare`, never by a service.
* a service    reads its own queues; writes to its own events, its own retry tiers and parking, and to `replies`.
* `gateway`    sends requests to `rpc`, declares and reads reply queues of its own (`replies.gateway.…`).
* `ballot_box` publishes ballots, asks review two questions, declares and reads reply queues of its own
               (`replies.gateway.box_…`).
* `operator`   the parked command: reads parking queues and puts a message back through a retry tier of its service.
               The pages need no such user: each service answers for its own parking with the rights above.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

SERVICES = ("intake", "eligibility", "review", "committee", "incentives", "notifications")
USERS = ("topology", *SERVICES, "gateway", "ballot_box", "operator")
VHOST = "zhiheng"

NOTHING = "^$"
EVERYTHING = ".*"


@dataclass(frozen=True)
class Permission:
    """Patterns of one user; `topics` maps an exchange to the routing keys that may be written and read."""

    configure: str
    write: str
    read: str
    topics: Mapping[str, tuple[str, str]]


def permission(user: str) -> Permission:
    """The permission of one of USERS. Raises KeyError for any other name."""
    if user in SERVICES:
        return Permission(
            configure=NOTHING,
            write=rf"^({user}\.(events|parking|retry(\..+)?)|replies)$",
            read=rf"^{user}\..+$",
            # A reply goes to a queue of the gateway, to nobody else's (`gateway.<instance>.<service>`).
            # Its own name comes last in the key, so that it cannot answer in another service's place.
            topics={"replies": (rf"^gateway\.[A-Za-z0-9_-]+\.{user}$", NOTHING)},
        )
    return {
        "topology": Permission(EVERYTHING, EVERYTHING, EVERYTHING, {}),
        "gateway": Permission(
            configure=r"^replies\.gateway\..+$",
            write=r"^(rpc|replies\.gateway\..+)$",
            read=r"^(replies|replies\.gateway\..+)$",
            topics={
                "rpc": (rf"^({'|'.join(SERVICES)})\.[a-z0-9_]+$", NOTHING),
                "replies": (NOTHING, r"^gateway\.[A-Za-z0-9_-]+\..+$"),
            },
        ),
        "ballot_box": Permission(
            configure=r"^replies\.gateway\.box_.+$",
            write=r"^(rpc|ballot_box\.events|replies\.gateway\.box_.+)$",
            read=r"^(replies|replies\.gateway\.box_.+)$",
            topics={
                "rpc": (r"^review\.(voting|counted)$", NOTHING),
                "replies": (NOTHING, r"^gateway\.box_[A-Za-z0-9_-]+\..+$"),
                "ballot_box.events": (r"^ballots\.cast$", NOTHING),
            },
        ),
        "operator": Permission(NOTHING, r"^.+\.retry\..+$", r"^.+\.parking$", {}),
    }[user]


def password_hash(password: str, salt: bytes | None = None) -> str:
    """A password as RabbitMQ keeps it: base64 of a 4-byte salt and SHA-256 of salt and password."""
    salt = os.urandom(4) if salt is None else salt
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode("ascii")


def users(passwords: Mapping[str, str], administrators: Iterable[str] = ()) -> list[dict[str, object]]:
    """The users' part of a definitions file."""
    administrators = set(administrators)
    return [
        {
            "name": name,
            "password_hash": password_hash(password),
            "hashing_algorithm": "rabbit_password_hashing_sha256",
            "tags": ["administrator"] if name in administrators else [],
            "limits": {},
        }
        for name, password in passwords.items()
    ]


def permissions(vhost: str, administrators: Iterable[str] = ()) -> dict[str, list[dict[str, str]]]:
    """The permissions' parts of a definitions file for one virtual host."""
    plain: list[dict[str, str]] = []
    topics: list[dict[str, str]] = []
    for user in USERS:
        granted = permission(user)
        plain.append(
            {
                "user": user,
                "vhost": vhost,
                "configure": granted.configure,
                "write": granted.write,
                "read": granted.read,
            }
        )
        topics.extend(
            {"user": user, "vhost": vhost, "exchange": exchange, "write": write, "read": read}
            for exchange, (write, read) in granted.topics.items()
        )
    plain.extend(
        {"user": user, "vhost": vhost, "configure": EVERYTHING, "write": EVERYTHING, "read": EVERYTHING}
        for user in administrators
    )
    return {"permissions": plain, "topic_permissions": topics}


def definitions(
    passwords: Mapping[str, str], *, vhosts: Iterable[str] = (VHOST,), administrators: Iterable[str] = ()
) -> dict[str, object]:
    """A whole definitions file: users with these passwords, the virtual hosts, who may do what in each."""
    administrators = tuple(administrators)
    vhosts = tuple(vhosts)
    plain: list[dict[str, str]] = []
    topics: list[dict[str, str]] = []
    for vhost in vhosts:
        part = permissions(vhost, administrators)
        plain += part["permissions"]
        topics += part["topic_permissions"]
    return {
        "users": users(passwords, administrators),
        "vhosts": [{"name": name} for name in vhosts],
        "permissions": plain,
        "topic_permissions": topics,
        "parameters": [],
        "policies": [],
        "queues": [],
        "exchanges": [],
        "bindings": [],
    }
