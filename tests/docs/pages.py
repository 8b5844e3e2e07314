"""The pages of the documentation, and what can be taken out of them."""

import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
PAGES += sorted((ROOT / "docs").glob("*.md"))

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
CODE = re.compile(r"`([^`\n]+)`")


@cache
def read(name):
    return (ROOT / name).read_text()


def fences(name, language):
    """Return the fenced code of one language, in order."""
    return [code for kind, code in FENCE.findall(read(name)) if kind == language]


def prose(name):
    """Return the page without its fenced code."""
    return FENCE.sub("", read(name))


def section(name, title):
    """Return what stands below a heading, up to the next one of any level."""
    _, _, rest = read(name).partition(f"# {title}\n")
    assert rest, f"{name} has no heading {title!r}"
    return re.split(r"^#+ ", rest, maxsplit=1, flags=re.M)[0]


def rows(text):
    """Return the cells of every row of the tables in `text`, without head and ruler."""
    found = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and set(line) <= set("|-: "):
            found.pop()
        elif line.startswith("|"):
            found.append(cells)
    return found


def names(cell):
    """Return what is written as code in a cell."""
    return CODE.findall(cell)


def anchors(page):
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text()), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in headings}
