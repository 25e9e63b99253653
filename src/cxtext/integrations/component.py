"""cxtext as a spaCy component: after `nlp.add_pipe("cxtext")`, `doc._.cxtext` holds language and satisfaction."""

from collections.abc import Iterable, Iterator

from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import minibatch

from cxtext.integrations.estimator import comments_of
from cxtext.schema.columns import CLASSIFIED, DETECTED
from cxtext.schema.settings import DEFAULT_ENGINE, Settings
from cxtext.score import ScoreContext, classify_batch

ADDED = [*DETECTED, *CLASSIFIED]


@Language.factory("cxtext", default_config={"engine": DEFAULT_ENGINE, "market": None})  # type: ignore[untyped-decorator]
def create_component(nlp: Language, name: str, engine: str, market: str | None) -> "Component":
    """Return the component; `engine` and `market` as in `cxtext classify`."""
    del nlp, name
    return Component(engine, market)


class Component:
    """Sets `doc._.cxtext`, a dict of the columns that `cxtext classify` adds."""

    def __init__(self, engine: str, market: str | None) -> None:
        self.context = ScoreContext(Settings(engine=engine), mix=None)
        self.market = market
        if not Doc.has_extension("cxtext"):
            Doc.set_extension("cxtext", default=None)

    def __call__(self, doc: Doc) -> Doc:
        """Score one document."""
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], batch_size: int = 1_000) -> Iterator[Doc]:
        """Score documents in batches, in order."""
        for docs in minibatch(stream, size=batch_size):
            frame = comments_of([doc.text for doc in docs], self.market)
            rows = classify_batch(frame, self.context).select(ADDED).iter_rows(named=True)
            for doc, row in zip(docs, rows, strict=True):
                doc._.cxtext = row
                yield doc
