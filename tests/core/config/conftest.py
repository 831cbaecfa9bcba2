"""A config folder, and plugins made for the test."""

from __future__ import annotations

import os
from types import ModuleType
from typing import TYPE_CHECKING, Annotated, Literal, Protocol

import pytest
from pydantic import AfterValidator, Field, field_validator

from newswire import api
from newswire.config import Config, load_config
from newswire.plugins import Plugins, load_plugins

if TYPE_CHECKING:
    from pathlib import Path

SITE = """
[site]
name = "The Wire"
url = "https://news.example"
default_language = "en"
languages = ["en", "de", "zh-Hant", "pt-BR"]
tag_authority = "news.example,2026"
"""


class Write(Protocol):
    def __call__(self, text: str, *, site: str = SITE) -> Path: ...


class Load(Protocol):
    def __call__(self, text: str, *, site: str = SITE, require_secrets: bool = True) -> Config: ...


class Problems(Protocol):
    def __call__(self, text: str, *, site: str = SITE, require_secrets: bool = True) -> str: ...


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("NEWSWIRE_")]:
        monkeypatch.delenv(name)


class PostOptions(api.Options):
    """A franking machine."""

    token: api.Secret
    """What it is opened with."""
    depot: str = "central"


def _rhymed(text: str) -> str:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.endswith("month"):
            raise api.ProblemInText("nothing rhymes with month", line=number)
    return text


class LetterOptions(api.Options):
    """A letter box."""

    box: int | str
    """Its number or name."""
    paper: Literal["thin", "thick"] = "thin"
    stamps: tuple[Annotated[int, Field(ge=1)], ...] = ()
    verse: Annotated[str, AfterValidator(_rhymed)] = ""


class PigeonOptions(api.Options):
    path: str = "."
    ring: api.Secret | None = None


class OfficeOptions(api.Options):
    """The office."""

    desks: Annotated[int, Field(ge=1)] = 3
    keys: tuple[str, ...] = ()
    safe: api.Secret | None = None


class Post(api.ChannelType[PostOptions, LetterOptions, api.Account]):
    kind = "post"
    account_options = PostOptions
    channel_options = LetterOptions

    def connect(self, name: str, options: PostOptions, services: api.Services) -> api.Account:
        raise AssertionError(name, options, services)

    def open(self, account: api.Account, options: LetterOptions) -> api.Channel:
        raise AssertionError(account, options)


class BrittleOptions(api.Options):
    @field_validator("*", mode="before")
    @classmethod
    def _break(cls, value: object) -> object:
        raise RuntimeError(value)

    strength: int = Field(0, validate_default=True)


class Brittle(api.IntakeType[BrittleOptions]):
    kind = "brittle"
    options = BrittleOptions

    def open(self, name: str, options: BrittleOptions, services: api.Services) -> api.Intake:
        raise AssertionError(name, options, services)


class Pigeons(api.IntakeType[PigeonOptions]):
    kind = "pigeon"
    options = PigeonOptions

    def open(self, name: str, options: PigeonOptions, services: api.Services) -> api.Intake:
        raise AssertionError(name, options, services)


def hand_over() -> ModuleType:
    @api.hookimpl
    def newswire_channel_types() -> list[api.AnyChannelType]:
        return [Post()]

    @api.hookimpl
    def newswire_intake_types() -> list[api.AnyIntakeType]:
        return [Pigeons(), Brittle()]

    @api.hookimpl
    def newswire_settings() -> list[api.SettingsTable]:
        return [api.SettingsTable("office", OfficeOptions)]

    module = ModuleType("post_plugin")
    for function in (newswire_channel_types, newswire_intake_types, newswire_settings):
        setattr(module, function.__name__, function)
    return module


def break_down() -> ModuleType:
    @api.hookimpl
    def newswire_channel_types() -> list[api.AnyChannelType]:
        raise ModuleNotFoundError("No module named 'semaphores'")

    module = ModuleType("telegraph_plugin")
    module.newswire_channel_types = newswire_channel_types  # type: ignore[attr-defined]  # a module takes anything
    return module


@pytest.fixture(scope="session")
def plugins() -> Plugins:
    """One that works, one that is disabled, one that failed."""
    extra = {"post": hand_over(), "telegraph": break_down(), "balloon": ModuleType("balloon")}
    return load_plugins(enabled=["post", "telegraph"], extra=extra)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a config file, private to its owner, below a valid ``[site]``."""

    def write(text: str, *, site: str = SITE) -> Path:
        file = tmp_path / "config.toml"
        file.write_text(site + text, "utf-8")
        file.chmod(0o600)
        return file

    return write


@pytest.fixture
def load(write: Write, plugins: Plugins) -> Load:
    def load(text: str, *, site: str = SITE, require_secrets: bool = True) -> Config:
        return load_config(write(text, site=site), plugins=plugins, require_secrets=require_secrets)

    return load


@pytest.fixture
def problems(load: Load, tmp_path: Path) -> Problems:
    """What loading complains of, the folder left out; line 1 is the first line of the text."""

    def problems(text: str, *, site: str = SITE, require_secrets: bool = True) -> str:
        # The site goes below, so that lines count from the text.
        with pytest.raises(api.ConfigError) as caught:
            load(site, site=text + "\n", require_secrets=require_secrets)
        return str(caught.value).replace(f"{tmp_path}/", "")

    return problems
