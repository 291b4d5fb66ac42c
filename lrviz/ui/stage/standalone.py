"""The stage as one file that needs nothing else: no server, no network, no other file."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from html import escape

from lrviz.declare import Declared
from lrviz.link import query
from lrviz.palette import DARK, LIGHT, Theme
from lrviz.scene import Scene
from lrviz.ui import stage
from lrviz.ui.stage.board import Board
from lrviz.ui.stage.payload import pack

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'unsafe-inline' blob:",  # the script is in the page; kernels are imported from blob: URLs
        "style-src 'unsafe-inline'",
        "img-src data: blob:",
        "worker-src blob:",
        "base-uri 'none'",
        "form-action 'none'",
    )
)
"""What a browser refuses on the file's behalf: above all, any request."""

_BEGIN = "export default function"
"""How the stage's script begins its own function; in a page's script nothing is exported."""

_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
{light}
@media (prefers-color-scheme: dark) {{ {dark} }}
body {{
  margin: 0 auto; padding: 1rem 1.5rem 2rem; max-width: 1720px;
  background: var(--paper); color: var(--ink); font: 400 16px/1.45 system-ui, sans-serif;
}}
h1 {{ font-size: 1.5rem; letter-spacing: -0.015em; margin: 0; }}
header p {{ margin: 0.2rem 0 1rem; }}
footer {{ margin-top: 1.5rem; color: var(--ink2); font-size: 0.94rem; }}
footer ul {{ margin: 0.3rem 0; padding-left: 1.2rem; }}
code {{ overflow-wrap: anywhere; }}
@media (max-width: 640px) {{ body {{ padding: 0.75rem; }} }}
</style>
</head>
<body>
<header><h1>{title}</h1><p>{lesson}</p></header>
<main id="host"><noscript>This figure is computed here, by JavaScript, which is switched off.</noscript></main>
<footer>
<p>A figure of lrviz, on its own: everything is computed in this file. In the app its scene is <code>?{query}</code>.
Hold a slider or the start, and the paths follow.</p>
<ul>{sources}</ul>
</footer>
<template id="parts"><style>{sheet}</style><div class="stage"></div></template>
<script type="text/plain" id="payload">{payload}</script>
<script type="module">
{script}
const host = document.getElementById("host").attachShadow({{ mode: "open" }});
host.append(document.getElementById("parts").content);
const data = Uint8Array.from(atob(document.getElementById("payload").textContent), (one) => one.charCodeAt(0));
begin({{ data, parentElement: host, setStateValue: () => {{}} }});
</script>
</body>
</html>
"""


def standalone(scene: Scene) -> str:
    """The scene as an HTML page with the stage in it, to be opened from a disk."""
    script = stage.script()
    if script.count(_BEGIN) != 1 or "</script" in script.lower():
        raise ValueError("the stage's script does not fit into a page")
    payload = pack(Board(scene, tuple(range(len(scene.runs)))), edition=1, count=0)
    return _PAGE.format(
        policy=escape(POLICY),
        title=escape(f"{_listed(scene.names())} on {scene.surface.title}"),
        lesson=escape(scene.surface.lesson),
        light=_colours(LIGHT),
        dark=_colours(DARK),
        query=escape(query(scene, default=None)),
        sources="".join(f"<li>{escape(source)}</li>" for source in _sources(scene)),
        sheet=stage.sheet(stage.HERE / "css" / "narrow.css"),
        payload=base64.b64encode(payload).decode(),
        script=script.replace(_BEGIN, "const begin = function"),
    )


def _colours(theme: Theme) -> str:
    # The stage asks its surroundings for the colour of the page, by Streamlit's name for it.
    return (
        f":root {{ --paper: {theme.paper}; --ink: {theme.ink}; --ink2: {theme.ink2};"
        f" --st-background-color: {theme.paper}; }}"
    )


def _listed(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def _sources(scene: Scene) -> list[str]:
    """The citations of all that is on the stage."""
    parts: list[Declared] = [scene.surface, *(part for run in scene.runs for part in run.parts().values())]
    parts += [scene.noise] if scene.noise else []
    return list(dict.fromkeys(getattr(part, "source", "") for part in parts))
