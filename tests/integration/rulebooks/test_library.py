"""Loading: what is wrong is refused with file, line and reason; drafts extend; hashes pin."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from pathlib import Path

import jsonschema
import pytest

from shared.rulebooks import (
    EndedOn,
    HashMismatch,
    Library,
    NeverInForce,
    NotYetInForce,
    RulebookError,
    UnknownRulebook,
)
from shared.rulebooks.checks import contradict
from shared.rulebooks.library import DATA, read_lock, schema
from shared.strict_yaml import dotted, loads
from tests.unit.rulebooks.cases import DRAFT, changning, organization, outcome

TEXT = (DATA / "changning-2023.yaml").read_text(encoding="utf-8")


def _library(folder: Path, text: str, name: str = "copy-2023") -> Library:
    (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return Library.load(folder)


def _copy(*changes: tuple[str, str]) -> str:
    text = TEXT.replace("id: changning-2023", "id: copy-2023", 1)
    for old, new in changes:
        assert old in text, f"{old!r} is not in the file"
        text = text.replace(old, new, 1)
    return text


def test_the_schema_is_a_schema() -> None:
    """It can be given to any editor."""
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("rulebook_id", sorted(read_lock()))
def test_both_parsers_read_a_published_file_alike(rulebook_id: str) -> None:
    """Every value with its type, every place; so the quick one may read it."""
    content = (DATA / f"{rulebook_id}.yaml").read_bytes()
    strict, quick = (loads(content, rulebook_id, proven=proven) for proven in (False, True))
    assert repr(quick.value) == repr(strict.value)
    assert quick.marks == strict.marks


def test_an_agency_adds_its_own_folder(tmp_path: Path) -> None:
    """Beside the published ones, without a code change."""
    library = _library(tmp_path, _copy(("jurisdiction: changning", "jurisdiction: qinghe")))
    assert set(library.ids()) == {*Library.load().ids(), "copy-2023"}
    assert library.get("copy-2023").jurisdiction == "qinghe"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("format: 1", "format: 2", "must be 1, not 2"),
        ("format: 1\n", "format: 1\nspeed: 3\n", "speed: no such key is known here"),
        ("  to: 2028-11-14", "  to: 2028-11-31", "is no date"),
        ("{from: 2023-11-15, to: 2028-11-14", "{from: 2023-11-15, to: 2023-11-14", "lies before 2023-11-15"),
        ("issued_on: 2023-10-10", "issued_on: 2023-11-16", "before it was issued"),
        ('amount: "50 万元"', 'amount: "50"', "has no unit"),
        ('amount: "50 万元"', "amount: 500000", "text is needed, not 500000"),
        ('rule: "31"', 'rule: "40"', "cites 40, which is not among the articles"),
        ('rule: "31"', 'rule: "30"', "articles.31: neither cited"),
        ('"38": [{zh', '"37": [{zh', "37 is cited as well: name the part"),
        ("owner: intake", "owner: nobody", "must be one of intake, eligibility"),
        ("        owner: intake\n", "", "missing: owner"),
        ("key: site_review", "key: document_review", "is given twice"),
        ("key: notice:award", "key: award", "award does not have the form ^notice:"),
        ("        working_days: 5\n", "", "missing: working_days"),
        ("        scoring: sheets\n", "", "a review says how it is scored"),
        ("operator: years_since", "operator: years_after", "must be one of kind_is"),
        ("with: {fact: operating_since, years: 3}", "with: {fact: operating_since}", "missing: years"),
        ("fact: operating_since, years", "fact: operating_after, years", "no such fact: operating_after"),
        ("fact: operating_since, years", "fact: region, years", "fact region is a text, date needed"),
        ("with: {name: proofs}", "with: {name: photos}", "no such material: photos"),
        ("ask: [credit, safety,", "ask: [safety,", "department credit is not among those asked"),
        ("levels: [质量金奖], tracks", "levels: [银奖], tracks", "no such level: 银奖"),
        ("tracks: [先进质量管理模式], places: 2", "tracks: [先进质量管理成果], places: 2", "already has quota"),
        ("  top_result: {for: award, level: 区长质量奖", "  top_result: {for: award, level: 铜奖", "no such level"),
        ("aliases: [长宁区质量金奖]", "aliases: [区长质量奖]", "names two things"),
        ("    revokes: true\n", "", "`revokes` and the order `revoke` go together"),
        ("  quorum: \"2/3\"", "  quorum: 0.67", "text is needed, not 0.67"),
        ("value: closed_interval_to_closing_day", "value: calendar_years", "must be closed_interval_to_closing_day"),
        ('  "16.2":\n    policy_compliant', '  "16.1":\n    policy_compliant', "given twice"),
        ("    licences_valid:\n", "    policy_compliant:\n", "given twice"),
        ("source: assumed\n  note:", "source: assumed\n  mote:", "no such key"),
        ("name: 孵化池", "name: &x 孵化池", "anchors"),
        ("owner: committee", "owner: review", "nobody would run it: a stage of kind committee is owned by committee"),
        ('amount: "50 万元"', 'amount: "0 万元"', "must be more than nothing"),
        ('amount: "50 万元"', 'amount: "-5 万元"', "must be more than nothing"),
        ('quorum: "2/3"', 'quorum: "4/3"', "votes.quorum: 4/3 is no possible share"),
        ('quorum: "2/3"', 'quorum: "0/3"', "votes.quorum: 0/3 is no possible share"),
        ('majority: "1/2"', 'majority: "1/1"', "votes.majority: 1/1 is no possible share"),
        ("fact: region, equals: 上海市长宁区", "fact: region, equals: true", "region is a text and never equals True"),
        ("fact: policy_compliant, equals: true", "fact: policy_compliant, equals: 是", "never equals '是'"),
        ("fact: region, equals: 上海市长宁区", "fact: region, at_most: 3", "fact region is a text, integer needed"),
        ("fact: region, equals: 上海市长宁区", "fact: for_profit, begins_with: 上海", "is a boolean, text needed"),
        ("fact: region, equals: 上海市长宁区", "fact: operating_since, equals: 上海", "is a date, boolean or text"),
        ("when: [{fact: for_profit, is: true}]", "when: [{fact: for_profit, is: 营利}]", "never equals '营利'"),
        ("when: [{fact: for_profit, is: true}]", "when: [{fact: for_profit}]", "exactly one of these is needed: is, is_not"),
        ("kind: major_complaint, departments: [quality], years: 3", "kind: major_complaint, departments: [quality],"
         " years: 3, severity_from: 重大", "only accidents have grades"),
        ("      says: {zh: 填写申报表", "      categories: [culture]\n      says: {zh: 填写申报表",
         "no such category here: culture"),
        ("en: proofs}, kinds: all", "en: proofs}, kinds: [organization]", "applicants of kind individual do not hand in proofs"),
        ("kinds: [organization], aliases: [组织, 模式]", "kinds: [organization, individual], aliases: [组织, 模式]",
         "individual stands in two tracks at once: 先进质量管理模式, 先进质量管理成果"),
        ("places: 10, rule: \"3\"}", "places: 10, rule: \"3\", reserve: {fact: region, share: \"1/10\", rule: \"3\"}}",
         "reserve.fact: fact region is a text, boolean needed"),
        ("on: 2026-11-20", "on: 2026-11-31", "interpreted.on: '2026-11-31' is no date"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_with_file_line_and_reason(
    tmp_path: Path, old: str, new: str, reason: str
) -> None:
    """Nothing wrong is ever half loaded."""
    if old.startswith("  to:"):
        old, new = "to: 2028-11-14", "to: 2028-11-31"
    with pytest.raises(RulebookError) as caught:
        _library(tmp_path, _copy((old, new)))
    assert reason in "\n".join(f"{dotted(fault.path)}: {fault.en}" for fault in caught.value.faults)
    assert all(re.search("[一-鿿]", fault.zh) for fault in caught.value.faults)
    assert all(re.match(r"copy-2023\.yaml:[1-9]\d*: ", str(fault)) for fault in caught.value.faults)


EXCEPTIONS = """\
  top_model:
    for: award
    level: 区长质量奖
    track: 先进质量管理模式
    amount: "50 万元"
    rule: "26"
    exceptions:
      state: {rule: "6", fact: state_budget_funded%s}
      again: {rule: "3", won_before: [区长质量奖]%s}
"""


@pytest.mark.parametrize(
    ("state", "again", "wrong"),
    [
        (", uses_quota: true", ", uses_quota: false", True),
        (", uses_quota: false", ", uses_quota: true", True),
        ("", ", uses_quota: false", False),
        (", uses_quota: false", ", uses_quota: false", False),
    ],
)
def test_two_exceptions_that_may_both_be_live_do_not_contradict_each_other(
    tmp_path: Path, state: str, again: str, wrong: bool
) -> None:
    """Both are named with their rules; one that is silent on the quota contradicts nobody."""
    lines = [line for line in TEXT.splitlines(keepends=True) if line.startswith("  top_model: {for: award")]
    text = _copy((lines[0], EXCEPTIONS % (state, again)))
    if not wrong:
        assert len(_library(tmp_path, text).get("copy-2023").grants[0].exceptions) == 2
        return
    with pytest.raises(RulebookError) as caught:
        _library(tmp_path, text)
    (fault,) = caught.value.faults
    line = text[: text.index("      again: {")].count("\n") + 1
    assert str(fault).startswith(f"copy-2023.yaml:{line}: grants.top_model.exceptions.again: ")
    for said in (fault.zh, fault.en):
        assert all(word in said for word in ("state", "again", "6", "3"))


def test_exceptions_of_different_kinds_never_meet() -> None:
    """What is said of organizations does not contradict what is said of projects."""
    one = {"rule": "1", "fact": "group", "uses_quota": True, "kinds": ["organization"]}
    other = {"rule": "2", "fact": "group", "uses_quota": False, "kinds": ["project"]}
    assert not contradict(one, other)
    assert contradict(one, other | {"kinds": ["project", "organization"]})


def test_a_kind_without_a_track_must_be_refused_by_a_rule(tmp_path: Path) -> None:
    """Else nobody would know what becomes of such an applicant."""
    more = ("kinds: [organization, individual]", "kinds: [organization, individual, project]")
    assert _library(tmp_path, _copy(more)).get("copy-2023").kinds[-1] == "project"
    accepted = (
        "with: {kinds: [organization, individual]}",
        "with: {kinds: [organization, individual, project]}",
    )
    with pytest.raises(RulebookError, match="project has no track, and no condition"):
        _library(tmp_path, _copy(more, accepted))


def test_the_faults_of_all_files_of_a_folder_are_listed(tmp_path: Path) -> None:
    """Reading does not end at the first wrong file."""
    (tmp_path / "other-2023.yaml").write_text("id: other-2023\nid: other-2023\n", encoding="utf-8")
    with pytest.raises(RulebookError) as caught:
        _library(tmp_path, _copy(("format: 1", "format: 2")))
    assert {fault.mark.file for fault in caught.value.faults} == {"copy-2023.yaml", "other-2023.yaml"}


def test_two_files_of_one_id_are_refused(tmp_path: Path) -> None:
    """The one that does not bear the id's name, whichever is read first."""
    for name in ("a", "z"):
        (tmp_path / f"{name}.yaml").write_text(_copy(), encoding="utf-8")
        with pytest.raises(RulebookError) as caught:
            _library(tmp_path, _copy())
        assert [fault.mark.file for fault in caught.value.faults] == [f"{name}.yaml"]
        (tmp_path / f"{name}.yaml").unlink()


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A misspelt folder is not an empty one."""
    with pytest.raises(RulebookError, match="no such folder"):
        Library.load(tmp_path / "rulebook")


def _gist(rule: str) -> str:
    """The lines of an article's gist in the published file."""
    article = TEXT[TEXT.index(f'  "{rule}":\n    label:') :]
    article = article[: article.index('\n  "', 3) + 1]
    return article[article.index("    gist:") :]


def test_every_article_needs_its_gist_but_a_bare_heading_of_items(tmp_path: Path) -> None:
    """16 only heads its items and has none; 28 has none either, until something makes more of it than a heading."""
    for rule in (
        "1",
        "16.6",
        "33",
    ):  # listed as not encoded, a condition's, a sanction's and not encoded in part
        with pytest.raises(RulebookError, match=rf"copy-2023\.yaml:\d+: articles\.{rule}: .*no gist"):
            _library(tmp_path, _copy((_gist(rule), "")))
    assert _library(tmp_path, _copy()).get("copy-2023").articles["28"].gist is None
    with pytest.raises(RulebookError, match=r"articles\.28: .*no gist"):
        _library(tmp_path, _copy(('  "28.1": [{', '  "28": [{zh: 纪律, en: discipline}]\n  "28.1": [{')))
    with pytest.raises(RulebookError, match=r"articles\.16: .*no gist"):
        _library(
            tmp_path,
            _copy(('  standard: GB/T 19580\n  rule: "5"', '  standard: 标准\n  rule: "16"')),
        )


def test_an_assumed_value_needs_its_ground(tmp_path: Path) -> None:
    """`source: assumed` without a note says nothing to the agency that must judge it."""
    note = TEXT[TEXT.index("    note: {zh: 办法未规定递补；") :].split("\n")[0]
    with pytest.raises(RulebookError, match="needs a note"):
        _library(tmp_path, _copy((note + "\n", "")))


def test_every_fault_of_a_file_is_listed_in_its_order(tmp_path: Path) -> None:
    """One reading, one list."""
    text = _copy(('amount: "2 万元"', 'amount: "2"'), ("with: {name: proofs}", "with: {name: photos}"))
    with pytest.raises(RulebookError) as caught:
        _library(tmp_path, text)
    lines = [fault.mark.line for fault in caught.value.faults]
    assert len(lines) == 2
    assert lines == sorted(lines)


def test_a_file_bears_its_ids_name_and_no_id_is_given_twice(tmp_path: Path) -> None:
    """The published rulebook cannot be replaced from a folder."""
    with pytest.raises(RulebookError, match="bear the id's name"):
        _library(tmp_path, _copy(), name="other")
    (tmp_path / "other.yaml").unlink()
    with pytest.raises(RulebookError, match="already installed"):
        _library(tmp_path, TEXT, name="changning-2023")


def test_a_pin_is_id_and_hash() -> None:
    """A service without that hash refuses instead of guessing."""
    library, book = Library.load(), changning()
    assert book.sha256 == hashlib.sha256(TEXT.encode()).hexdigest()
    assert library.pinned(book.id, book.sha256) is book
    with pytest.raises(HashMismatch):
        library.pinned(book.id, "0" * 64)
    with pytest.raises(UnknownRulebook):
        library.pinned("nowhere-2000", book.sha256)


def test_in_force_from_the_first_to_the_last_day() -> None:
    """2023-11-15 to 2028-11-14, both days in; before and after it says so."""
    book = changning()
    book.in_force_on(date(2023, 11, 15))
    book.in_force_on(date(2028, 11, 14))
    with pytest.raises(NotYetInForce):
        book.in_force_on(date(2023, 11, 14))
    with pytest.raises(EndedOn):
        book.in_force_on(date(2028, 11, 15))


def test_a_draft_extends_a_text(tmp_path: Path) -> None:
    """Mappings are laid over key by key, null takes away, everything else is the base's."""
    book = _library(tmp_path, DRAFT, "draft-2023").get("draft-2023")
    with pytest.raises(NeverInForce):
        book.in_force_on(date(2024, 1, 1))
    base = changning()
    assert (book.period.years, book.period.rule) == (3, "3")
    assert [g.amount_fen for g in book.grants] == [60_000_000, *(g.amount_fen for g in base.grants[1:])]
    names = {c.name for c in book.conditions} ^ {c.name for c in base.conditions}
    assert names == {"no_higher_award", "recommended"}
    won = organization(prior_awards=[{"award": "上海市政府质量奖", "level": "city", "year": 2001}])
    assert outcome(won, "18/no_higher_award", book).value == "fail"
    assert outcome(organization(), "18/no_higher_award", book).value == "pass"


def test_a_drafts_hash_covers_what_it_extends(tmp_path: Path) -> None:
    """It is neither its own file's alone nor the base's."""
    book = _library(tmp_path, DRAFT, "draft-2023").get("draft-2023")
    assert book.sha256 not in {hashlib.sha256(DRAFT.encode()).hexdigest(), changning().sha256}


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("extends: changning-2023", "extends: nowhere", 3, "no such rulebook"),
        ("extends: changning-2023", "extends: draft-2023", 3, "circle"),
        ("recommended: null", "commended: null", 18, "there is none"),
        ('amount: "60 万元"', 'amount: "60"', 9, "has no unit"),
        ("levels: [city, nation]", "levels: [town]", 14, "must be one of district, city, nation"),
    ],
)
def test_a_drafts_faults_are_found_in_the_draft(
    tmp_path: Path, old: str, new: str, line: int, reason: str
) -> None:
    """The line is the draft's own where the fault is the draft's."""
    with pytest.raises(RulebookError) as caught:
        _library(tmp_path, DRAFT.replace(old, new), "draft-2023")
    assert str(caught.value).startswith(f"draft-2023.yaml:{line}:")
    assert reason in str(caught.value)


def test_a_circle_of_drafts_is_refused(tmp_path: Path) -> None:
    """Two that extend each other have no ground."""
    other = DRAFT.replace("id: draft-2023", "id: other-2023").replace("extends: changning", "extends: draft")
    (tmp_path / "other-2023.yaml").write_text(other, encoding="utf-8")
    with pytest.raises(RulebookError, match="circle"):
        _library(tmp_path, DRAFT.replace("extends: changning", "extends: other"), "draft-2023")
