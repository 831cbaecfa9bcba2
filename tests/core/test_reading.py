from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from newswire.errors import InvalidArticle
from newswire.model import Article
from newswire.reading import SIZE_LIMIT, read_article

if TYPE_CHECKING:
    from pathlib import Path

MakeArticle = Callable[..., Article]


@pytest.fixture
def file(tmp_path: Path) -> Callable[[bytes | str], Path]:
    def write(content: bytes | str) -> Path:
        path = tmp_path / "article.json"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def test_an_article_is_read(an_article: MakeArticle, file: Callable[[bytes | str], Path]) -> None:
    article = an_article()
    assert read_article(file(article.model_dump_json())) == article
    assert read_article(file(b"\xef\xbb\xbf" + article.model_dump_json().encode())) == article


BAD: dict[str, tuple[bytes | str, str]] = {
    "nothing": ("", "article: Invalid JSON: EOF while parsing a value at line 1 column 0"),
    "no JSON": ("{\n'id': 1}", "article: Invalid JSON: key must be a string at line 2 column 1"),
    "no UTF-8": (b'{"id": "\xff"}', "article: Invalid JSON: "),
    "a list": ("[]", "article: Input should be an object"),
    "a lone surrogate": (r'{"id": "\ud800"}', "article: Invalid JSON: "),
    "nested too deep": ('{"id":' + "[" * 100_000, "article: Invalid JSON: recursion limit exceeded"),
    "an empty object": ("{}", "id: Field required; original_language: Field required; editions: Field required"),
}


@pytest.mark.parametrize(("content", "message"), BAD.values(), ids=BAD)
def test_what_is_no_article_is_told_with_its_place(
    file: Callable[[bytes | str], Path], content: bytes | str, message: str
) -> None:
    path = file(content)
    with pytest.raises(InvalidArticle) as caught:
        read_article(path)
    assert str(caught.value).startswith(f"{path}: {message}")


def test_a_message_stays_one_short_line(an_article: MakeArticle, file: Callable[[bytes | str], Path]) -> None:
    values = json.loads(an_article().model_dump_json())
    strange = {f"\x1b[31m\nkey {number} {'x' * 500}": number for number in range(5000)}
    with pytest.raises(InvalidArticle, match="and 4990 more") as caught:
        read_article(file(json.dumps(values | strange)))
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 2000


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InvalidArticle, match="cannot be read: No such file"):
        read_article(tmp_path / "none.json")
    with pytest.raises(InvalidArticle, match="cannot be read: Is a directory"):
        read_article(tmp_path)


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.json"
    with path.open("wb") as huge:
        huge.truncate(SIZE_LIMIT + 1)
    with pytest.raises(InvalidArticle, match=f"{SIZE_LIMIT + 1} bytes; at most {SIZE_LIMIT} are read"):
        read_article(path)
