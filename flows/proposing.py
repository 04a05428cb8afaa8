"""The extra `[ml]`: asks a spaCy pipeline for names that the rules do not know. It is only loaded where the setting `ml_model` names one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from crawlers.outlet import Outlet
from warehouse.errors import AskedWrongly
from warehouse.records import ArticleReading, Tags
from warehouse.settings import Settings

# The patterns of the taggers take half a second to make: a command that asks no model must not pay for them.
if TYPE_CHECKING:
    from flows.steps.proposals import Span
    from flows.steps.tag import TextToTag

# What finds no names costs four fifths of the time of a pipeline.
NOT_NEEDED = ("tagger", "parser", "attribute_ruler", "lemmatizer", "senter", "morphologizer", "textcat")
# A longer text is handed over in pieces that end with a line: the memory that spaCy takes grows with the text.
MOST_CHARS = 50_000
HOW_TO_INSTALL = "Install spaCy with `pip install 'spacy>=3.8,<3.9'` and the pipeline with `python -m spacy download {name}` or `pip install {name}`"


@dataclass(frozen=True)
class Model:
    """A pipeline with its name for the column `method`, such as ml:spacy/en_core_web_sm-3.8.0."""

    pipeline: Any
    method: str
    language: str


def tags_to_store(settings: Settings, reading: ArticleReading, outlet: Outlet) -> Tags:
    """The tags of the rules, with the names that a model proposes where one was asked for, and with private persons where the settings want them."""
    tags = reading.tags
    if settings.ml_model:
        from flows.reading import text_to_tag

        tags = propose_names(settings, [text_to_tag(reading.extracted, outlet)], [tags])[0]
    return tags if settings.private_persons else tags.without_private_persons()


def propose_names(settings: Settings, texts: Sequence[TextToTag], tags: Sequence[Tags]) -> list[Tags]:
    """The tags with the names that the pipeline of the setting `ml_model` proposes; as they are where it names none.

    Raises AskedWrongly where the pipeline is not installed or finds no names.
    """
    if not settings.ml_model:
        return list(tags)
    from flows.steps.proposals import with_proposals

    model = model_of(settings.ml_model)
    return [
        with_proposals(text, found, spans_of(model, text), model.method) if text.language.split("-")[0] == model.language else found
        for text, found in zip(texts, tags, strict=True)
    ]


def check_model(settings: Settings) -> None:
    """Raises AskedWrongly, before a run begins, where the pipeline of the settings cannot be used."""
    if settings.ml_model:
        model_of(settings.ml_model)


def spans_of(model: Model, text: TextToTag) -> Iterator[Span]:
    """What the pipeline takes for names, with offsets into the texts of the article."""
    from flows.steps.proposals import Span, texts_of

    for field, whole in texts_of(text).items():
        for start, piece in pieces(whole):
            for one in model.pipeline(piece).ents:
                yield Span(field, one.label_, start + one.start_char, start + one.end_char)


def pieces(text: str) -> Iterator[tuple[int, str]]:
    """(where it begins, piece) of at most MOST_CHARS, cut behind a line where there is one."""
    start = 0
    while start < len(text):
        end = min(len(text), start + MOST_CHARS)
        if end < len(text):
            end = text.rfind("\n", start, end) + 1 or end
        yield start, text[start:end]
        start = end


@lru_cache(maxsize=1)
def model_of(name: str) -> Model:
    """The installed pipeline of that name. Raises AskedWrongly where it cannot be used."""
    try:
        import spacy  # a second, and 100 MB: only those who ask for it pay
    except ImportError:
        raise AskedWrongly(f"ml_model = {name}: spaCy is not installed. {HOW_TO_INSTALL.format(name=name)}, or leave ml_model empty.") from None
    try:
        pipeline = spacy.load(name, exclude=NOT_NEEDED)
    except (OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        cause = f"spaCy cannot load it ({reason})"
        raise AskedWrongly(f"ml_model = {name}: {cause}. {HOW_TO_INSTALL.format(name=name)}, or leave ml_model empty.") from None
    if not pipeline.has_pipe("ner"):
        raise AskedWrongly(f"ml_model = {name}: this pipeline finds no names (it has no part ner). Use one that does, or leave ml_model empty.")
    meta = pipeline.meta
    return Model(pipeline, f"ml:spacy/{meta['lang']}_{meta['name']}-{meta['version']}", meta["lang"])
