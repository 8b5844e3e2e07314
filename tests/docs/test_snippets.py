"""What the documentation prints can be pasted: it is run against a product of its own."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from activity import signing
from activity.models import new_secret
from tests.clients import node
from tests.config.instance import Instance
from tests.docs.pages import ROOT, fences

LOCAL = "127.0.0.1:8000"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder as a reader has it: `.local` in it, and a product that runs from there."""
    folder = tmp_path_factory.mktemp("reader")
    instance = Instance(folder / ".local")
    instance.output = folder / "output"
    try:
        instance.start().wait_until_it_serves()
        (folder / "port").write_text(str(instance.port))
        yield folder
    finally:
        instance.remove()


@pytest.fixture(scope="module")
def clients(folder):
    """The official clients, in the reader's folder."""
    if node.missing():
        pytest.skip(node.missing())
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(node.HERE / name, folder)
    command = ["npm", "ci", "--ignore-scripts", "--prefer-offline"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=120)
    return folder


def run(folder, command, code):
    address = f"127.0.0.1:{(folder / 'port').read_text()}"
    done = subprocess.run(
        [*command, code.replace(LOCAL, address)],
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.replace(address, LOCAL)


def shape(value):
    """Return a reply with what differs from one installation to the next left out."""
    text = re.sub(r"\b[0-9A-Za-z]{18}\b", "id", json.dumps(value))
    return json.loads(re.sub(r"\d{4}-\d\d-\d\dT[0-9:]{8}Z", "time", text))


def test_the_first_command_is_the_one_that_starts_everything():
    assert fences("README.md", "sh")[0] == "make run\n"


def test_the_first_request_is_answered_as_printed(folder):
    printed = json.loads(fences("README.md", "json")[0])

    reply = run(folder, ["bash", "-c"], fences("README.md", "sh")[1])

    assert shape(json.loads(reply)) == shape(printed)


def test_the_other_doors_answer_as_printed(folder):
    _, _, *scripts = fences("README.md", "sh")
    _, *replies = fences("README.md", "json")
    assert len(scripts) == len(replies) > 0

    for script, printed in zip(scripts, replies, strict=True):
        reply = json.loads(run(folder, ["bash", "-c"], script))
        assert shape(reply) == shape(json.loads(printed))


def test_the_script_with_the_official_clients_prints_what_it_says(clients):
    (script,) = fences("README.md", "js")
    expected = re.search(r"console\.log\(.*\) // (.*)", script)[1]

    assert run(clients, ["node", "--input-type=module", "-e"], script) == f"{expected}\n"


def test_the_script_that_forgets_somebody_does(clients):
    (script,) = fences("docs/privacy.md", "js")

    printed = run(clients, ["node", "--input-type=module", "-e"], script)

    assert re.fullmatch(r"anonymized-[0-9a-f]{16}@anonymized\.invalid\n", printed)


def test_the_signature_check_in_javascript_accepts_ours_and_nothing_else():
    if node.missing():
        pytest.skip(node.missing())
    code = fences("docs/webhooks.md", "js")[1].replace("export ", "")
    secret, body = new_secret(), '{"data": "ü"}'
    sent = signing.headers(topic="a.b", message_id="1", secret=secret, body=body.encode())
    cases = [
        (body, sent["X-CommerceLayer-Signature"], secret),
        (body + " ", sent["X-CommerceLayer-Signature"], secret),
        (body, None, secret),
    ]
    ask = f"console.log({json.dumps(cases)}.map((one) => isGenuine(...one)).join())"

    done = subprocess.run(
        ["node", "--input-type=module", "-e", f"{code}\n{ask}"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.stdout == "true,false,false\n", done.stderr


def test_what_is_imported_and_exported_is_as_printed(folder):
    (script,) = fences("docs/imports.md", "sh")
    (printed,) = fences("docs/imports.md", "text")

    assert run(folder, ["bash", "-c"], script).replace("\r\n", "\n") == printed


def test_a_key_can_be_rotated_as_printed(folder):
    (script,) = fences("docs/oauth.md", "sh")
    for line in script.splitlines():
        command = line.partition("#")[0].split()
        assert command[0] == ".venv/bin/python"
        python = [sys.executable, str(ROOT / command[1]), *command[2:]]
        done = subprocess.run(
            python,
            cwd=folder,
            env={**os.environ, **addresses(folder)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert re.fullmatch(r"new key [0-9a-f]{64}\n", done.stdout), done.stderr


def addresses(folder):
    local = folder / ".local"
    return {"DATA_DIR": str(local), **json.loads((local / "addresses.json").read_text())}
