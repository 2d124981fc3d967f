"""How the pages become a site: `python3 dev.py docs` builds it in build/docs, without the network."""

import tomllib
from pathlib import Path

from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parent.parent
KINDS = ("added", "changed", "deprecated", "removed", "fixed")

project = "scmsim"
release = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
author = "the scmsim developers"
copyright = f"{author}, MIT licence"

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["notebooks"]
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4
nitpicky = True

html_theme = "pydata_sphinx_theme"
html_title = "scmsim"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_favicon = "_static/scmsim.svg"
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {
    "logo": {"text": "scmsim", "image_light": "_static/scmsim.svg", "image_dark": "_static/scmsim.svg"},
    "header_links_before_dropdown": 6,
    "show_prev_next": True,
    "secondary_sidebar_items": ["page-toc"],
    "article_header_start": ["breadcrumbs"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "pygments_light_style": "tango",
}
html_sidebars = {"index": [], "changelog": []}


def add_fragments(app: Sphinx, docname: str, source: list[str]) -> None:
    """Append to the changelog what is not released yet, from the fragments of changelog.d."""
    if docname != "changelog":
        return
    for kind in KINDS:
        fragments = sorted((ROOT / "changelog.d").glob(f"*.{kind}.md"))
        entries = [" ".join(path.read_text(encoding="utf-8").split()) for path in fragments]
        if entries:
            source[0] += f"\n### {kind.capitalize()}\n\n" + "".join(f"- {entry}\n" for entry in entries)


def setup(app: Sphinx) -> None:
    """Tell Sphinx what to call."""
    app.connect("source-read", add_fragments)
