"""JSON:API clients from npm that know nothing of Clientele, against a running product."""

import pytest

from tests.clients import node

FOLDER = node.HERE / "others"
SCRIPTS = sorted(FOLDER.glob("*.test.mjs"))

pytestmark = pytest.mark.skipif(bool(node.missing()), reason=node.missing() or "never")


@pytest.fixture(scope="module")
def _clients():
    node.install(FOLDER)


@pytest.mark.usefixtures("_clients")
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name.split(".")[0])
def test_they_work_unchanged(script, product):
    done = node.run_script(script, product.data_dir / "credentials.json")

    if done.returncode:
        pytest.fail(done.stdout, pytrace=False)
    assert " skipped 0\n" in done.stdout
