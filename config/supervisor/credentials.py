"""What the supervisor keeps for others in the data folder: a secret, addresses, a first hint."""

import json
import os
import secrets
from pathlib import Path
from typing import Any

from config.supervisor.console import say
from config.supervisor.options import Options


def write_private(file: Path, text: str) -> None:
    """Write a file that only its owner may read; a crash leaves the old one or the new one."""
    unfinished = file.with_name(f"{file.name}.new")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    unfinished.replace(file)


def secret_key(data_dir: Path) -> str:
    """The key of this installation: given by the environment, or made once and kept."""
    file = data_dir / "secret_key"
    if not file.exists():
        write_private(file, secrets.token_urlsafe(50))
    return os.environ.get("SECRET_KEY") or file.read_text()


def tell_address(options: Options) -> None:
    """Write where the server is now into credentials.json: the port may have changed."""
    file = options.data_dir / "credentials.json"
    if not file.exists():
        return
    credentials = json.loads(file.read_text())
    for tenant in (credentials, credentials.get("other_organization", {})):
        tenant["base_url"] = options.local_url
    text = json.dumps(credentials, indent=2) + "\n"
    if text != file.read_text():
        write_private(file, text)


def what_to_try(options: Options) -> None:
    """Print commands that work as they stand."""
    file = options.data_dir / "credentials.json"
    url = options.local_url
    say(f"\nClientele is at {url}, its admin at {url}/admin/. Ctrl-C stops it.")
    if not file.exists():
        return
    shop = json.loads(file.read_text()).get("sales_channel", {})
    say(f"Who may log in: {file}\n\nTry:\n{example(url, shop)}\n")


def example(url: str, shop: dict[str, Any]) -> str:
    form = f"grant_type=client_credentials&client_id={shop.get('client_id')}"
    return (
        f"  TOKEN=$(curl -s {url}/oauth/token -d '{form}&scope={shop.get('scope')}'"
        ' | sed \'s/.*"access_token": *"//; s/".*//\')\n'
        f'  curl -s {url}/api/skus -H "Authorization: Bearer $TOKEN"'
    )
