from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from newswire.secrets import base_folder
from newswire.texts import ProblemInText, read_text

if TYPE_CHECKING:
    from pathlib import Path


def test_a_text_stands_as_it_is() -> None:
    assert read_text("a: {{ b }}\n") == ("a: {{ b }}\n", None)


def test_a_file_is_read_from_the_folder_of_the_config(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("ä\n", "utf-8")
    token = base_folder.set(tmp_path)
    try:
        assert read_text("file:a.txt") == ("ä\n", "a.txt")
        with pytest.raises(ValueError, match=r"the file b\.txt cannot be read \(FileNotFoundError\)"):
            read_text("file:b.txt")
    finally:
        base_folder.reset(token)


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (ProblemInText("is wrong"), "is wrong"),
        (ProblemInText("is wrong", line=3), "line 3: is wrong"),
        (ProblemInText("is wrong", line=3, file="a.txt"), "a.txt:3: is wrong"),
        (ProblemInText("is wrong", file="a.txt"), "a.txt: is wrong"),
    ],
)
def test_a_problem_names_its_place(problem: ProblemInText, words: str) -> None:
    assert str(problem) == words
