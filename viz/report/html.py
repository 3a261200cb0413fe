"""HTML from elements: what is no element is text, and is escaped."""

from __future__ import annotations

import base64
import html
import mimetypes
from pathlib import Path

EMPTY_TAGS = frozenset({"img", "meta"})


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def element(tag: str, *content: str, **attributes: str) -> Html:
    """Make an element; ``class_`` gives its class, and what is empty there is left out.

    Parameters
    ----------
    tag : str
    *content : str
        Elements, and texts, which are escaped.
    **attributes : str
    """
    named = {name.rstrip("_"): value for name, value in attributes.items() if value}
    opening = "".join(f' {name}="{html.escape(value)}"' for name, value in named.items())
    if tag in EMPTY_TAGS:
        return Html(f"<{tag}{opening}>")
    return Html(f"<{tag}{opening}>{join(*content)}</{tag}>")


def join(*content: str) -> Html:
    """One after the other."""
    return Html("".join(one if isinstance(one, Html) else html.escape(one) for one in content))


def picture(path: Path, caption: str) -> Html:
    """A picture that is part of the page, with its caption below.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    kind = mimetypes.guess_type(path.name)[0] or "image/png"
    data = base64.b64encode(path.read_bytes()).decode("ascii")
    image = element("img", src=f"data:{kind};base64,{data}", alt=caption)
    return element("figure", image, element("figcaption", caption))


def page(title: str, style: str, *content: str) -> str:
    """A whole page that needs nothing from elsewhere.

    Parameters
    ----------
    title : str
    style : str
        Its style sheet.
    *content : str
        What stands in its body.
    """
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("style", Html(style)),
    )
    return f"<!DOCTYPE html>\n{element('html', head, element('body', *content), lang='en')}\n"
