"""cxtext: stated and inferred satisfaction from Dutch, French, Danish and English comments."""

from cxtext.errors import CxtextError

__all__ = ["CxtextError", "__version__"]

__version__ = "0.1.0"
