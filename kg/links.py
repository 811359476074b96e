"""Links to what an article is in the world, and to the very sentence there.

A text fragment (`#:~:text=`) has a browser scroll to words and mark them; one that doesn't know it shows the page.
"""

from urllib.parse import quote

_WORDS = 6  # at either end of a long sentence


def page(*, doi: str = "", pmid: str = "", pmcid: str = "") -> str:
    """The page that most likely has an article's text, by its identifiers; nothing where it has none.

    >>> page(doi="10.1000/ab", pmid="12"), page(doi="10.1000/ab")
    ('https://pubmed.ncbi.nlm.nih.gov/12/', 'https://doi.org/10.1000/ab')
    """
    if pmcid:
        return f"https://pmc.ncbi.nlm.nih.gov/articles/{quote(pmcid, safe='')}/"
    if pmid:
        return f"https://pubmed.ncbi.nlm.nih.gov/{quote(pmid, safe='')}/"
    return "https://doi.org/" + quote(doi, safe="/:;().,") if doi else ""


def at_sentence(address: str, sentence: str) -> str:
    """The address of a page, with the fragment that leads to a sentence of it.

    >>> at_sentence("https://example.org/", "MSCs helped, in part.")
    'https://example.org/#:~:text=MSCs%20helped%2C%20in%20part.'
    """
    words = sentence.split()
    if not address or not words:
        return address
    ends = [words] if len(words) <= 2 * _WORDS else [words[:_WORDS], words[-_WORDS:]]
    return address + "#:~:text=" + ",".join(_encoded(" ".join(some)) for some in ends)


def _encoded(text: str) -> str:
    # A hyphen would tell what stands before or after the text.
    return quote(text, safe="").replace("-", "%2D")
