"""The official JavaScript clients, unmodified, against a running product."""

import json

import pytest

from tests.clients import node

SCRIPTS = sorted(node.HERE.glob("*.test.mjs"))

pytestmark = pytest.mark.skipif(bool(node.missing()), reason=node.missing() or "never")


@pytest.fixture(scope="module")
def _clients():
    node.install()


@pytest.fixture(scope="module")
def calls(tmp_path_factory):
    """What all scripts called, a line each."""
    return tmp_path_factory.mktemp("clients") / "calls"


@pytest.mark.usefixtures("_clients")
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name.split(".")[0])
def test_they_work_unchanged(script, product, calls):
    done = node.run_script(script, product.data_dir / "credentials.json", calls)

    if done.returncode:
        pytest.fail(done.stdout, pytrace=False)
    assert " skipped 0\n" in done.stdout


@pytest.mark.usefixtures("_clients")
def test_every_method_of_every_served_resource_was_answered(calls, record_property):
    served = json.loads((node.HERE / "served.json").read_text())
    known = node.methods()
    wanted = {
        (name, method)
        for name, without in served.items()
        for method in known[name]
        if method not in without
    }
    answered = {(name, how[0]) for name, *how in map(str.split, calls.open()) if how[1] == "ok"}

    count = f"{len(wanted & answered)} of {len(wanted)}, of {len(served)} resources"
    record_property("methods of the official SDK that were answered", count)
    assert sorted(wanted - answered) == []


@pytest.mark.usefixtures("_clients")
def test_what_is_not_served_exists_in_the_sdk_and_has_a_reason():
    known = node.methods()
    for name, without in json.loads((node.HERE / "served.json").read_text()).items():
        assert without.keys() <= set(known[name])
        assert all(without.values())


@pytest.mark.parametrize("folder", [node.HERE, node.HERE / "others"], ids=["official", "others"])
def test_the_lock_file_names_no_registry(folder):
    lock = json.loads((folder / "package-lock.json").read_text())
    assert not any("resolved" in package for package in lock["packages"].values())
