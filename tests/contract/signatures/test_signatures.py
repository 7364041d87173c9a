"""One contract for every algorithm that signs, and the published examples of each."""

from __future__ import annotations

import json

import pytest

from shared.identifiers import canonical_json
from shared.signatures import (
    ALGORITHMS,
    KeyRing,
    NotGenuine,
    SigningKey,
    WrongKey,
    make_private,
    opened,
    read_private,
    read_public,
    sealed,
    sm2,
)
from shared.signatures.text import from_text, to_text

pytestmark = pytest.mark.contract

_NO_PEM = "-----BEGIN PUBLIC KEY-----\nAA\n-----END PUBLIC KEY-----"
MARK = "ZHC1"
SAID = {"v": 1, "no": "X-2025-1-001", "name": "示例精密制造有限公司", "year": 2025}


@pytest.fixture(scope="module", params=ALGORITHMS)
def key(request: pytest.FixtureRequest) -> SigningKey:
    """A key of each algorithm."""
    return read_private(make_private(request.param))


def test_what_it_signed_verifies_and_nothing_else(key: SigningKey) -> None:
    """64 bytes over exactly the message; other lengths, numbers out of range and other keys' work are refused."""
    signature = key.sign(b"message")
    assert len(signature) == 64
    assert key.public.verify(b"message", signature)
    assert not key.public.verify(b"messagf", signature)
    other = read_private(make_private(key.public.algorithm))
    assert not other.public.verify(b"message", signature)
    for wrong in (
        b"",
        b"\0" * 64,
        b"\xff" * 64,
        signature[:-1],
        signature + b"\0",
        signature[32:] + signature[:32],
    ):
        assert key.public.verify(b"message", wrong) is False


def test_every_bit_of_message_and_signature_counts(key: SigningKey) -> None:
    """One bit changed anywhere in either does not verify."""
    message = b"certificate"
    signature = key.sign(message)
    for at in range(len(message) * 8):
        changed = bytearray(message)
        changed[at // 8] ^= 1 << at % 8
        assert not key.public.verify(bytes(changed), signature), f"bit {at} of the message"
    for at in range(0, len(signature) * 8, 7):  # the tokens' test takes every one of them
        changed = bytearray(signature)
        changed[at // 8] ^= 1 << at % 8
        assert not key.public.verify(message, bytes(changed)), f"bit {at} of the signature"


def test_a_public_key_travels_as_jwk(key: SigningKey) -> None:
    """What is published is enough to verify; its id is its thumbprint, and its private half is not in it."""
    shown = dict(key.public.jwk())
    assert "d" not in shown
    (again,) = read_public(json.dumps({"keys": [shown]}))
    assert (again.key_id, again.algorithm) == (key.public.key_id, key.public.algorithm)
    assert again.verify(b"message", key.sign(b"message"))


def test_a_changed_token_is_not_genuine(key: SigningKey) -> None:
    """Every bit of the text of a signed statement, key id, separators and signature with it.

    SM2 takes its time: of its text every fifth bit, which meets each place within a letter.
    """
    token = sealed(MARK, SAID, key)
    assert opened(MARK, token, [key.public]) == {**SAID, "kid": key.public.key_id}
    raw = token.encode("ascii")
    for at in range(0, len(raw) * 8, 1 if key.public.algorithm == "ed25519" else 5):
        changed = bytearray(raw)
        changed[at // 8] ^= 1 << at % 8
        with pytest.raises(NotGenuine):
            opened(MARK, changed.decode("latin-1"), [key.public])


def test_a_statement_for_one_purpose_is_none_for_another(key: SigningKey) -> None:
    """The mark is covered by the signature, not only looked at."""
    token = sealed(MARK, SAID, key)
    renamed = "ZHC2" + token.removeprefix(MARK)
    with pytest.raises(NotGenuine, match="malformed"):
        opened(MARK, renamed, [key.public])
    with pytest.raises(NotGenuine, match="wrong_signature"):
        opened("ZHC2", renamed, [key.public])


def test_old_keys_stay_believed_and_unknown_ones_are_not(key: SigningKey) -> None:
    """After a rotation both tokens open; without the former key the old one names a key that nobody knows."""
    old = sealed(MARK, SAID, key)
    ring = KeyRing(make_private("ed25519"), json.dumps(dict(key.public.jwk())))
    new = sealed(MARK, SAID, ring.current)
    assert opened(MARK, old, ring.published)["no"] == opened(MARK, new, ring.published)["no"]
    assert [each["kid"] for each in ring.jwks()["keys"]] == [ring.current.public.key_id, key.public.key_id]
    with pytest.raises(NotGenuine, match="unknown_key"):
        opened(MARK, old, [ring.current.public])


@pytest.mark.parametrize(
    "text", ["", "ZHC1", "ZHC1..", "ZHC1.e30.", "ZHC1." + "A" * 5000 + ".AA", "ZHC1.W10.AA", "😀.a.b"]
)
def test_what_is_no_token_is_malformed(key: SigningKey, text: str) -> None:
    """Whatever somebody types in is answered with a reason, never with a fault."""
    with pytest.raises(NotGenuine, match="malformed"):
        opened(MARK, text, [key.public])


def test_text_has_one_form() -> None:
    """Bits after the last byte, padding, other alphabets and blanks are refused."""
    assert from_text(to_text(b"a")) == b"a"
    for wrong in ("YR", "YQ==", "Y Q", "+/", "Y"):
        with pytest.raises(ValueError, match="base64url"):
            from_text(wrong)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        '{"keys": [{"crv": "P-256"}]}',
        "-----BEGIN PUBLIC KEY-----\nAA\n-----END PUBLIC KEY-----",
        "[]",
    ],
)
def test_what_is_no_key_says_so(text: str) -> None:
    """A wrong file is refused by name, not at the first signature."""
    with pytest.raises(WrongKey):
        read_public(text)
    with pytest.raises(WrongKey):
        read_private(text)


def test_a_point_beside_the_curve_is_no_key() -> None:
    """An SM2 key is looked at before it is believed."""
    shown = dict(read_private(make_private("sm2")).public.jwk())
    with pytest.raises(WrongKey):
        read_public(json.dumps({**shown, "y": to_text(b"\1" * 32)}))


def test_the_example_of_the_sm2_standard_verifies() -> None:
    """GM/T 0003.5, the signature of “message digest” by the usual identity."""
    x = bytes.fromhex("09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020")
    y = bytes.fromhex("CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13")
    (key,) = read_public(
        canonical_json({"kty": "EC", "crv": "SM2", "x": to_text(x), "y": to_text(y)}).decode()
    )
    r = bytes.fromhex("F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3")
    s = bytes.fromhex("B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA")
    assert key.verify(b"message digest", r + s)


def test_the_example_of_rfc_8032_verifies() -> None:
    """RFC 8032, 7.1, test 2."""
    x = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    (key,) = read_public(canonical_json({"kty": "OKP", "crv": "Ed25519", "x": to_text(x)}).decode())
    signature = (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert key.verify(b"\x72", bytes.fromhex(signature))


def test_a_private_number_is_whole_where_the_library_leaves_noughts_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One in 256 begins with a nought."""
    monkeypatch.setattr(sm2.SM2, "generate_keypair", lambda _: (b"\x01" * (sm2.HALF - 1), b""))
    assert sm2.generate() == b"\0" + b"\x01" * (sm2.HALF - 1)
    key = read_private(make_private(sm2.NAME))
    assert key.public.verify(b"text", key.sign(b"text"))
