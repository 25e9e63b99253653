"""Files to checked comments and surveys, with every rejected row kept beside them."""

from cxtext.read.comments import read_comments
from cxtext.read.customers import read_customers
from cxtext.read.fields import renamed
from cxtext.read.formats import open_table
from cxtext.read.load import bytes_as_text
from cxtext.read.ratings import Ratings, read_ratings
from cxtext.read.recognise import columns_in_words, find_column, find_roles
from cxtext.read.scoring import scoring_columns, scoring_frame
from cxtext.read.surveys import read_surveys
from cxtext.read.table import RawTable, TableInfo, no_rows
from cxtext.read.territories import is_language, language_codes
from cxtext.read.totals import read_totals
from cxtext.read.waves import check_waves
from cxtext.read.weights import read_weights

__all__ = [
    "Ratings",
    "RawTable",
    "TableInfo",
    "bytes_as_text",
    "check_waves",
    "columns_in_words",
    "find_column",
    "find_roles",
    "is_language",
    "language_codes",
    "no_rows",
    "open_table",
    "read_comments",
    "read_customers",
    "read_ratings",
    "read_surveys",
    "read_totals",
    "read_weights",
    "renamed",
    "scoring_columns",
    "scoring_frame",
]
