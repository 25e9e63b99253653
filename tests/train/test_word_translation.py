from cxtext.train.word_translation import learn_dictionary, translate_words

DANISH = ["god mad", "dårlig mad", "god betjening", "dårlig betjening", "mad og betjening", "god og hurtig"]
DUTCH = [
    "goed eten",
    "slecht eten",
    "goede bediening",
    "slechte bediening",
    "eten en bediening",
    "goed en snel",
]


def test_words_that_go_together_are_translations() -> None:
    """Nouns that occur in several sentences find their counterpart."""
    dictionary = learn_dictionary(DANISH, DUTCH)
    assert dictionary["mad"] == "eten"
    assert dictionary["betjening"] == "bediening"
    assert dictionary["god"] == "goed"


def test_a_word_seen_once_is_left_out() -> None:
    """One sentence is no evidence of what a word means."""
    assert "hurtig" not in learn_dictionary(DANISH, DUTCH)


def test_translation_keeps_signs_and_drops_unknown_words() -> None:
    """Emoji, digits and punctuation stay; what the dictionary lacks is not passed off as the other language."""
    assert (
        translate_words("God mad, 10 ud af 10 👍", {"god": "goed", "mad": "eten"}) == "goed eten , 10 10 👍"
    )


def test_the_order_of_sentences_does_not_matter() -> None:
    """The dictionary is the same whatever the order of the rows."""
    assert learn_dictionary(DANISH[::-1], DUTCH[::-1]) == learn_dictionary(DANISH, DUTCH)


def test_no_sentences_no_words() -> None:
    """Without parallel sentences the dictionary is empty."""
    assert learn_dictionary([], []) == {}
    assert learn_dictionary(["", "ja"], ["ja", ""]) == {}
