"""What the documentation says of the code is true."""

import json
import re

import pytest

from activity import signing
from activity.models import new_secret
from activity.topics import TOPICS
from activity.trail import RESOURCE_TYPE as EVENT_STORES
from anonymization import impersonal
from anonymization.erasers import registered
from anonymization.models import Status
from jsonapi import errors, predicates, registry, triggers
from oauth.errors import REFUSALS
from oauth.models import GRANTS
from oauth.permissions import TABLE
from tests.docs.pages import CODE, PAGES, ROOT, anchors, fences, names, prose, read, rows, section

LINK = re.compile(r"\]\(([^)\s]+)\)")
VARIABLE = re.compile(r"env\.\w+\(\s*\"([A-Z_]+)\"")
MAKE = re.compile(r"\bmake ([a-z]+)\b")
WEBHOOKS = "docs/webhooks.md"
LETTERS = {"C", "R", "L", "U", "D"}

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def test_the_readme_is_short():
    assert len(read("README.md").splitlines()) < 200


@every_page
def test_every_link_leads_somewhere(page):
    for link in LINK.findall(prose(page.relative_to(ROOT))):
        path, _, anchor = link.partition("#")
        if "://" in path:
            continue
        target = (page.parent / path).resolve() if path else page
        assert target.is_file(), link
        assert not anchor or anchor in anchors(target), link


@every_page
def test_every_make_target_exists(page):
    targets = re.findall(r"^([a-z]+):", read("Makefile"), re.M)
    scripts = re.sub(r"#.*", "", "".join(fences(page.relative_to(ROOT), "sh")))
    words = " ; ".join(CODE.findall(prose(page.relative_to(ROOT))))

    assert set(MAKE.findall(f"{scripts} ; {words}")) <= set(targets)


@every_page
def test_json_and_python_are_well_formed(page):
    for code in fences(page.relative_to(ROOT), "json"):
        json.loads(code)
    for code in fences(page.relative_to(ROOT), "python"):
        compile(code, page.name, "exec")


@every_page
def test_every_file_that_is_named_exists(page):
    tops = {path.name for path in ROOT.iterdir() if path.is_dir()}
    for name in CODE.findall(prose(page.relative_to(ROOT))):
        if re.fullmatch(r"[\w./-]+\.(py|yaml|toml|mjs|txt)", name) and name.split("/")[0] in tops:
            assert (ROOT / name).is_file() or (ROOT / name).with_suffix("").is_dir(), name


def test_every_setting_is_listed():
    files = (ROOT / "config").rglob("*.py")
    read_by_code = {name for file in files for name in VARIABLE.findall(file.read_text())}
    assert {"PORT", "DOMAIN", "DATABASE_URL"} <= read_by_code

    listed = {
        name for row in rows(section("docs/operations.md", "Settings")) for name in names(row[0])
    }

    assert listed == read_by_code


def test_every_variable_of_the_compose_file_is_named():
    for name in set(re.findall(r"\$\{([A-Z_]+)", read("compose.yaml"))):
        assert f"`{name}`" in read("docs/operations.md") or f"{name}=" in read("docs/operations.md")


def test_resources_are_listed_with_what_everybody_may_do():
    listed = {}
    for row in rows(section("docs/api.md", "Resources")):
        (resource_type,) = names(row[0])
        listed[resource_type] = tuple(row[1:4])

    assert set(listed) == {*registry.types(), EVENT_STORES}
    assert listed == TABLE
    assert set("".join(cell for row in listed.values() for cell in row)) == LETTERS


def test_attributes_that_need_trust_are_listed():
    text = section("docs/api.md", "Resources")
    for resource_type in registry.types():
        meta = registry.schema_of(resource_type).serializer.Meta
        for name in getattr(meta, "trusted_fields", ()):
            assert f"`{name}`" in text, f"{resource_type}.{name}"


def test_predicates_are_listed():
    listed = [name for row in rows(section("docs/api.md", "Filters")) for name in names(row[0])]

    assert sorted(listed) == sorted(predicates.NAMES)


def test_error_codes_are_listed():
    listed = {
        name: row[0] for row in rows(section("docs/api.md", "Errors")) for name in names(row[1])
    }
    kinds = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.ApiError) and "code" in vars(kind)
    ]
    for kind in kinds:
        if kind not in (errors.ApiError, errors.Throttled):  # a base, and nothing throttles /api
            assert str(kind.status_code) in listed[kind.code]
    sources = "\n".join(file.read_text() for file in ROOT.glob("*/*.py"))
    for code in re.findall(r"BadRequest\(\s*\"([A-Z_]+)\"", sources):
        assert listed[code] == "400"


def test_triggers_are_listed_in_the_order_in_which_they_act():
    listed = {}
    for types, cell in rows(section("docs/api.md", "Triggers")):
        for resource_type in names(types):
            bold = re.findall(r"\*\*`(\w+)`\*\*", cell)
            found = {name: name in bold for name in names(cell)}
            listed[resource_type] = listed.get(resource_type, {}) | found

    for resource_type in registry.types():
        real = {name: one.trusted for name, one in triggers.of(resource_type).items()}
        assert listed.pop(resource_type, {}) == real
        assert list(real) == list(triggers.of(resource_type))
    assert not listed


def test_what_is_kept_of_a_person_is_published_with_its_reason():
    listed = {
        (names(table)[0], name, why)
        for table, kept, why in rows(section("docs/privacy.md", "What stays, and why"))
        for name in names(kept)
    }
    kept = {
        (model._meta.label, name, why)
        for model, eraser in registered().items()
        for name, why in eraser.keep.items()
    }
    assert kept

    assert listed == kept


def test_what_leads_to_nobody_is_published_with_its_reason():
    listed = {
        (names(table)[0], names(key)[0]): why
        for table, key, why in rows(section("docs/privacy.md", "What leads nowhere, and why"))
    }
    known = {(model._meta.label, name): why for (model, name), why in impersonal.reasons().items()}
    assert known

    assert listed == known


def test_what_is_erased_is_published():
    listed = {
        names(table)[0]: (fate, names(replaced))
        for table, fate, replaced in rows(section("docs/privacy.md", "Erasing"))
    }
    erased = {
        model._meta.label: ("erased" if eraser.erases_fields else "deleted", list(eraser.replace))
        for model, eraser in registered().items()
    }

    assert listed == erased


def test_topics_are_listed():
    listed = {names(row[0])[0]: tuple(names(row[1])) for row in rows(section(WEBHOOKS, "Topics"))}

    assert listed == TOPICS


def test_the_signature_check_of_webhooks_accepts_ours_and_nothing_else():
    (code,) = fences(WEBHOOKS, "python")
    page = {}
    exec(compile(code, WEBHOOKS, "exec"), page)
    secret, body = new_secret(), '{"data": "ü"}'.encode()
    sent = signing.headers(topic="a.b", message_id="1", secret=secret, body=body)
    signature = sent["X-CommerceLayer-Signature"]

    assert page["is_genuine"](body, signature, secret)
    assert not page["is_genuine"](body + b" ", signature, secret)
    assert not page["is_genuine"](body, signature, new_secret())


def test_the_headers_of_webhooks_are_listed():
    listed = {
        name for row in rows(section(WEBHOOKS, "Checking the signature")) for name in names(row[0])
    }
    sent = signing.headers(topic="a.b", message_id="1", secret=new_secret(), body=b"")

    assert listed == {*sent} - {"Content-Type", "User-Agent"}


def test_the_states_of_anonymization_are_listed():
    listed = [name for row in rows(section("docs/privacy.md", "States")) for name in names(row[0])]

    assert listed == list(Status)


def test_grants_and_refusals_are_listed():
    grants = {
        names(row[0])[0]: {name for name in names(row[3]) if name != "scope"}
        for row in rows(section("docs/oauth.md", "Applications"))
    }
    assert grants == {str(kind): some for kind, some in GRANTS.items()}

    refusals = {
        name for row in rows(section("docs/oauth.md", "Refusals")) for name in names(row[0])
    }
    assert refusals == set(REFUSALS)
