"""certificates: verify one without a network, with the public keys alone; make a key to sign with; show a key's public half."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

from deploy.local.files import write_secret
from deploy.local.terminal import fail
from shared.signatures import ALGORITHMS, NotGenuine, WrongKey, make_private, read_private, read_public
from shared.signatures.certificates import verified

HELP = "证书：离线核验、生成签名密钥 · certificates: verify one offline, make a signing key"
WRONG = 1
_LONGEST_TEXT = 255  # of a file's name; a certificate's text is longer
_REASONS = {
    "malformed": ("不是证书文本", "no text of a certificate"),
    "unknown_key": ("不是用这些公钥签名的", "signed with none of these keys"),
    "wrong_signature": ("签名不符，内容被改动", "the signature does not hold: something was changed"),
}


def add(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verify = actions.add_parser(
        "verify", help="离线核验 · verify offline: the text of the QR code, or a file with it"
    )
    verify.add_argument("text", metavar="FILE|TEXT")
    verify.add_argument(
        "--key", required=True, metavar="PUBLIC", help="公钥文件：PEM、JWK 或 JWK set · the public keys"
    )
    make = actions.add_parser("new-key", help="生成签名密钥 · make a private key")
    make.add_argument("file", metavar="FILE")
    make.add_argument("--algorithm", choices=ALGORITHMS, default=ALGORITHMS[0])
    public = actions.add_parser(
        "public-key", help="私钥的公钥部分 · the public half of a private key, as JWK set"
    )
    public.add_argument("file", metavar="FILE")


def run(options: argparse.Namespace) -> int:
    try:
        if options.action == "verify":
            return _verify(options.text, Path(options.key))
        if options.action == "new-key":
            return _make(Path(options.file), options.algorithm)
        key = read_private(Path(options.file).read_text(encoding="utf-8"))
        print(json.dumps({"keys": [dict(key.public.jwk())]}, indent=1))
    except OSError as error:
        return fail(f"无法读取 · cannot be read: {error.filename}: {error.strerror}", WRONG)
    except WrongKey as error:
        return fail(f"密钥有误 · a wrong key: {error}", WRONG)
    return 0


def _verify(given: str, keys: Path) -> int:
    published = read_public(keys.read_text(encoding="utf-8"))
    try:
        certificate, key_id = verified(_text(given), published)
    except NotGenuine as error:
        zh, en = _REASONS[error.code]
        return fail(f"不真实 NOT GENUINE：{zh} · {en}", WRONG)
    if certificate.rehearsal:
        return fail("演练证书，没有任何效力 · a certificate of a rehearsal: nobody has won anything", WRONG)
    print("真实 GENUINE")
    for label, value in (
        ("获奖者 holder", certificate.name),
        ("奖项 award", certificate.title),
        ("类别 track", certificate.track),
        ("年度 year", certificate.year),
        ("获奖日期 awarded on", certificate.awarded_on),
        ("证书编号 number", certificate.number),
        ("公钥 key", key_id),
    ):
        print(f"  {label}: {value}")
    print("是否已撤销须联网查询 · whether the award was revoked is told online only")
    return 0


def _text(given: str) -> str:
    """The text itself, or what a file of that name holds."""
    if len(given) <= _LONGEST_TEXT and Path(given).is_file():
        return Path(given).read_text(encoding="utf-8", errors="replace")
    return given


def _make(file: Path, algorithm: str) -> int:
    if os.path.lexists(file):
        return fail(f"文件已存在，不覆盖 · there is such a file: {file}", WRONG)
    write_secret(file, make_private(algorithm))
    print(f"{file}  {algorithm}")
    return 0
