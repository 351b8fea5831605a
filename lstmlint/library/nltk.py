"""Models of nltk: texts cut into words and sentences."""
from __future__ import annotations

from lstmlint.library.registry import models
from lstmlint.shapes.shape import unknown_dim
from lstmlint.values.base import Value, unknown
from lstmlint.values.data import Items, ListObject


@models("nltk.word_tokenize", "nltk.tokenize.word_tokenize", "nltk.sent_tokenize", "nltk.tokenize.sent_tokenize",
        "nltk.wordpunct_tokenize", "nltk.corpus.stopwords.words")  # fmt: skip
def words(*args: Value, **keywords: Value) -> Value:
    """nltk.org: a list of texts."""
    return ListObject(Items.many(unknown("str"), unknown_dim("words", "words of a text")))
