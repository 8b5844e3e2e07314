"""The official JavaScript clients, unmodified, against a running product."""

import pytest

from tests.clients import node

SCRIPTS = sorted(node.HERE.glob("*.test.mjs"))

pytestmark = pytest.mark.skipif(bool(node.missing()), reason=node.missing() or "never")


@pytest.fixture(scope="module")
def _clients():
    node.install()


@pytest.mark.usefixtures("_clients")
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name.split(".")[0])
def test_they_work_unchanged(script, product):
    done = node.run_script(script, product.data_dir / "credentials.json")

    if done.returncode:
        pytest.fail(done.stdout, pytrace=False)
    assert " skipped 0\n" in done.stdout


def test_the_lock_file_names_no_registry():
    assert "://" not in (node.HERE / "package-lock.json").read_text()
