"""Pages in the shapes that sites give to an article, with all that stands around it, in words of our own."""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

SITE = "Knee Post"
#: What is the site's: none of it is of the article.
FURNITURE = (
    "Read our other stories about health here",
    "Sign up for the letter that we send each week",
    "We use cookies to make this page better for you",
    "All rights are reserved by the people who made this",
    "Leave a reply to what you have just read",
)


@dataclass(frozen=True)
class Story:
    """An article: its title, and its parts, each with a heading, which may be empty, and paragraphs."""

    title: str
    parts: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def paragraphs(self) -> list[str]:
        return [paragraph for _, paragraphs in self.parts for paragraph in paragraphs]

    @property
    def headings(self) -> list[str]:
        return [heading for heading, _ in self.parts if heading]


def _body(story: Story, heading: str = "h2", paragraph: Callable[[str], str] = "<p>{}</p>".format) -> str:
    return "".join(
        (f"<{heading}>{escape(title)}</{heading}>" if title else "") + "".join(paragraph(escape(p)) for p in paragraphs)
        for title, paragraphs in story.parts
    )


def _page(body: str, title: str, *, head: str = "", attributes: str = "") -> str:
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)} | {SITE}</title>{head}'
        f"</head><body{attributes}>{body}</body></html>"
    )


_MENU = '<ul class="menu"><li><a href="/">Start</a></li><li><a href="/knees">All about knees</a></li></ul>'
_LINKS = f'<ul><li><a href="/a">{FURNITURE[0]}</a></li><li><a href="/b">Another of them</a></li></ul>'
_LETTER = f'<div class="newsletter"><p>{FURNITURE[1]}.</p></div>'
_COOKIES = f'<div id="cookie-banner" class="cookie-consent"><p>{FURNITURE[2]}.</p></div>'
_FOOT = f"<footer><p>{FURNITURE[3]}.</p></footer>"
_COMMENTS = (
    f'<div id="comments" class="comments"><h3>{FURNITURE[4]}</h3><p>Someone wrote this below the story.</p></div>'
)


def news(story: Story) -> str:
    """A page of today: article, aside, footer, a banner about cookies."""
    body = (
        f"<header><nav>{_MENU}</nav></header>{_COOKIES}<main><article><h1>{escape(story.title)}</h1>{_body(story)}"
        f"</article><aside>{_LINKS}{_LETTER}</aside></main>{_FOOT}"
    )
    return _page(body, story.title)


def divided(story: Story) -> str:
    """Each part in a section of its own, deep in divs."""
    parts = "".join(
        f"<div class='block'><div class='inner'>{_body(Story('', (part,)))}</div></div>" for part in story.parts
    )
    return _page(
        f"<div id='top'>{_MENU}</div><div id='page'><h1>{escape(story.title)}</h1>{parts}{_LETTER}</div>{_COMMENTS}"
        f"{_FOOT}",
        story.title,
    )


def blog(story: Story) -> str:
    """Text in divs, lines ended by br: old weblogs."""
    text = _body(story, "h3", lambda paragraph: f"<div>{paragraph}<br><br></div>")
    body = (
        f"<div class='header'><h1>{SITE}</h1><p>Thoughts about knees.</p></div><div class='post hentry'>"
        f"<h2 class='post-title'>{escape(story.title)}</h2><div class='post-body'>{text}</div></div>{_COMMENTS}"
    )
    return _page(body, story.title, head=f'<meta property="og:title" content="{escape(story.title)}">')


def broken(story: Story) -> str:
    """One div with nothing but text and br."""
    lines = "<br/><br/>".join(
        (f"<b>{escape(title)}</b><br/><br/>" if title else "") + "<br/><br/>".join(map(escape, paragraphs))
        for title, paragraphs in story.parts
    )
    return _page(f"<div>{_MENU}</div><div><h1>{escape(story.title)}</h1>{lines}</div>{_FOOT}", story.title)


def in_tables(story: Story) -> str:
    """The whole page in tables for its layout, with a table of data in the article."""
    data = "<table><tr><th>Dose</th><th>n</th></tr><tr><td>low</td><td>12</td></tr></table>"
    return _page(
        f"<table width='100%'><tr><td>{_MENU}</td><td><h1>{escape(story.title)}</h1>{_body(story)}{data}</td></tr>"
        f"<tr><td colspan='2'><font size='1'>{FURNITURE[3]}.</font></td></tr></table>",
        story.title,
    )


def in_a_form(story: Story) -> str:
    """ASP.NET: the page is one form."""
    return _page(
        f"<form method='post' id='form1'><input type='hidden' name='__VIEWSTATE' value='x'><div>{_MENU}</div>"
        f"<div id='content'><h1>{escape(story.title)}</h1>{_body(story)}</div></form>",
        story.title,
    )


def behind_a_dialog(story: Story) -> str:
    """A page that is hidden from some while a dialog is open."""
    return _page(
        f"<div id='root'><h1>{escape(story.title)}</h1>{_body(story)}</div>"
        f"<div role='dialog' class='modal'><p>{FURNITURE[2]}.</p></div>",
        story.title,
        attributes=' aria-hidden="true" style="overflow:hidden"',
    )


def questions(story: Story) -> str:
    """Headings that are buttons and links to their parts, as accordions have them."""
    parts = "".join(
        (
            f"<h3><button>{escape(title)}</button></h3>"
            if number % 2
            else f"<h2><a href='#s{number}'>{escape(title)}</a></h2>"
        )
        * bool(title)
        + "".join(f"<div><p>{escape(p)}</p></div>" for p in paragraphs)
        for number, (title, paragraphs) in enumerate(story.parts)
    )
    return _page(f"{_MENU}<article><h1>{escape(story.title)}</h1>{parts}</article>{_FOOT}", story.title)


def wordpress(story: Story) -> str:
    """An entry with a box inside it, tags and links to others beneath."""
    first, *rest = story.parts
    box = f"<aside><p>{escape(rest[-1][1][-1])}</p></aside>" if rest else ""
    body = _body(Story("", (first, *rest)))
    if rest:
        body = body.replace(f"<p>{escape(rest[-1][1][-1])}</p>", box, 1)
    return _page(
        f"<header class='site-header'><h1>{SITE}</h1></header><div class='content'><article class='post'><header>"
        f"<h1 class='entry-title'>{escape(story.title)}</h1></header><div class='entry-content'>{body}</div><footer>"
        f"Posted</footer></article><div class='related-posts'><h3><a href='/x'>{FURNITURE[0]}</a></h3></div></div>",
        story.title,
    )


def fragment(story: Story) -> str:
    """What an editor gives: no head, no body."""
    return f"<h1>{escape(story.title)}</h1>{_body(story)}"


def items(story: Story) -> str:
    """Paragraphs as items of lists, with paragraphs in the items."""
    parts = "".join(
        (f"<h2>{escape(title)}</h2>" if title else "")
        + "<ul>"
        + "".join(f"<li><p>{escape(p)}</p></li>" for p in ps)
        + "</ul>"
        for title, ps in story.parts
    )
    return _page(f"{_MENU}<main><h1>{escape(story.title)}</h1>{parts}</main>{_FOOT}", story.title)


def built(story: Story) -> str:
    """A page of a page builder, each paragraph in a box that is called a widget."""
    boxes = "".join(
        "<section class='elementor-section'><div class='elementor-widget-text'><div class='so-panel widget'>"
        f"{_body(Story('', (part,)))}</div></div></section>"
        for part in story.parts
    )
    return _page(
        f"<div class='layout has-sidebar'><div class='no-comments'><h1>{escape(story.title)}</h1>{boxes}</div>"
        f"<div class='sidebar'>{_LETTER}{_LINKS}</div></div>",
        story.title,
    )


def talked_about(story: Story) -> str:
    """A short post with a site's name over it and many comments under it."""
    comments = "".join(
        f"<li class='comment'><p>{FURNITURE[4]}, says the reader of number {n}.</p></li>" for n in range(40)
    )
    return (
        f"<html><head><title>{SITE}: {escape(story.title)}</title></head><body><div id='header'><h1>{SITE}</h1></div>"
        f"<div class='post hentry tag-cookies'><h3 class='post-title'><a href='/p'>{escape(story.title)}</a></h3>"
        f"<div class='post-body'>{_body(story, 'h4')}</div></div><ol class='commentlist'>{comments}</ol></body></html>"
    )


def in_letters(story: Story) -> str:
    """Text and line ends in elements for letters, headings in bold ones."""
    lines = "".join(
        (f"<b>{escape(title)}</b><br>" if title else "") + "".join(f"{escape(p)}<br><br>" for p in paragraphs)
        for title, paragraphs in story.parts
    )
    return _page(f"<font face='Verdana'><b>{escape(story.title)}</b><br><br><span>{lines}</span></font>", story.title)


def under_a_picture(story: Story) -> str:
    """The title and the first paragraph in the header over the article."""
    (heading, (first, *rest)), *others = story.parts
    parts = Story("", ((heading, tuple(rest)), *others))
    return _page(
        f"<header class='hero banner'><nav>{_MENU}</nav><h1>{escape(story.title)}</h1><p>{escape(first)}</p></header>"
        f"<main>{_body(parts)}</main>{_FOOT}",
        story.title,
    )


def opened(story: Story) -> str:
    """Parts that are shown when a button is pressed, or in tabs."""
    parts = "".join(
        (f"<button aria-expanded='false'>{escape(title)}</button>" if title else "")
        + f"<div role='tabpanel' class='tab-pane' aria-hidden='true'>{_body(Story('', (('', paragraphs),)))}</div>"
        for title, paragraphs in story.parts
    )
    return _page(f"<div><h1>{escape(story.title)}</h1>{parts}<button>Book</button></div>{_FOOT}", story.title)


SHAPES = (
    news, divided, blog, broken, in_tables, in_a_form, behind_a_dialog, questions, wordpress, fragment, items, built,
    talked_about, in_letters, under_a_picture, opened,
)  # fmt: skip
