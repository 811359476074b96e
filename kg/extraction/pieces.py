"""Sentences that are none: a line without an end, of a table or of a broken file, is read in pieces."""

from dataclasses import replace

from kg.articles import Article, Sentence

#: The characters of the longest sentence that is read as one. Few are longer, and what a sentence costs grows faster
#: than its length: with this bound the time for an article is linear in its text.
LONGEST = 1_000


def in_pieces(article: Article) -> Article:
    """The article with its overlong sentences cut, at spaces where there are any; others are left as they are.

    >>> text = "to be " * 300
    >>> [s.end - s.start for s in in_pieces(Article("a", text, sentences=(Sentence(0, 1_799),))).sentences]
    [998, 800]
    """
    if all(sentence.end - sentence.start <= LONGEST for sentence in article.sentences):
        return article
    pieces: list[Sentence] = []
    last: list[int] = []  # of each sentence, its last piece: the one that introduces the items after it
    for sentence in article.sentences:
        lead = last[sentence.lead] if sentence.lead is not None else None
        start = sentence.start
        while sentence.end - start > LONGEST:
            space = article.text.rfind(" ", start + 1, start + LONGEST)
            end = space if space > 0 else start + LONGEST
            pieces.append(replace(sentence, start=start, end=end, lead=lead))
            start = end + 1 if space > 0 else end
        pieces.append(replace(sentence, start=start, lead=lead))
        last.append(len(pieces) - 1)
    return replace(article, sentences=tuple(pieces))
