"""Everything a plugin may import.

A plugin imports this module and nothing else of newswire. What is exported here changes only with a note in the
changelog; what is not exported may change at any time.
"""

from newswire.appearance import Appearance, LinkButton, LinkCard, appearance_of
from newswire.channel import (
    Abilities,
    Account,
    AnyChannelType,
    Channel,
    ChannelType,
    Finding,
    Options,
    Secret,
    Suspend,
    TopicFilter,
)
from newswire.commands import ConnectedAccount, config_option, with_account, with_intakes, with_services
from newswire.digests import digest_story, digest_title
from newswire.durations import Duration
from newswire.elements import Element
from newswire.elements import to_elements as parse_body
from newswire.errors import (
    AccountRefused,
    ChannelGone,
    ChannelMoved,
    ChannelPaused,
    ConfigError,
    InvalidArticle,
    LanePaused,
    NewswireError,
    Outcome,
    PostGone,
    Refused,
    Rejected,
    Retry,
    Unknown,
    UnknownArticle,
)
from newswire.event import Event, EventKind
from newswire.extension import AsgiApp, Follower, HttpApp, Message, Scope, SettingsTable
from newswire.filters import Expression
from newswire.filters import any_of as any_topic
from newswire.filters import leaves as topics_of
from newswire.filters import parse as parse_filter
from newswire.hooks import hookimpl
from newswire.hours import Cadence
from newswire.intake import (
    AnyIntakeType,
    Arrival,
    Delivered,
    Intake,
    IntakeType,
    Left,
    Place,
    Problem,
    Withdrawal,
)
from newswire.languages import autonym, closest, direction, locale, standardize
from newswire.languages import name as language_name
from newswire.links import canonical_link, without_tracking
from newswire.markup import parse as parse_markdown
from newswire.markup import plain as plain_text
from newswire.markup import to_html
from newswire.model import (
    Address,
    Article,
    ArticleId,
    Block,
    Edition,
    Image,
    LanguageTag,
    Line,
    Moment,
    Question,
    Record,
    Slug,
    Source,
    content_hash,
    slugify,
)
from newswire.network.answer import Answer, Hop, Unreachable
from newswire.network.answer import host as host_of
from newswire.network.courier import Courier
from newswire.network.guard import Forbidden, Guard
from newswire.notice import Notice
from newswire.phrases import phrase
from newswire.post import Entity, Json, Media, Post, Receipt
from newswire.secrets import mask
from newswire.services import (
    AskedTranslation,
    Change,
    ChannelListing,
    Departure,
    Entry,
    Library,
    ListName,
    Services,
    SourceCount,
    State,
    Translations,
)
from newswire.site import Site
from newswire.story import Link, Story, StoryImage, StorySource, StoryTopic
from newswire.subscription import NamedFilter
from newswire.taxonomy import Taxonomy, Topic
from newswire.text import clean, graphemes, one_line, shorten
from newswire.texts import ProblemInText, read_text
from newswire.translator import (
    AnyTranslatorType,
    Charge,
    Translation,
    TranslationDesk,
    TranslationRequest,
    Translator,
    TranslatorType,
)

__all__ = [
    "Abilities",
    "Account",
    "AccountRefused",
    "Address",
    "Answer",
    "AnyChannelType",
    "AnyIntakeType",
    "AnyTranslatorType",
    "Appearance",
    "Arrival",
    "Article",
    "ArticleId",
    "AsgiApp",
    "AskedTranslation",
    "Block",
    "Cadence",
    "Change",
    "Channel",
    "ChannelGone",
    "ChannelListing",
    "ChannelMoved",
    "ChannelPaused",
    "ChannelType",
    "Charge",
    "ConfigError",
    "ConnectedAccount",
    "Courier",
    "Delivered",
    "Departure",
    "Duration",
    "Edition",
    "Element",
    "Entity",
    "Entry",
    "Event",
    "EventKind",
    "Expression",
    "Finding",
    "Follower",
    "Forbidden",
    "Guard",
    "Hop",
    "HttpApp",
    "Image",
    "Intake",
    "IntakeType",
    "InvalidArticle",
    "Json",
    "LanePaused",
    "LanguageTag",
    "Left",
    "Library",
    "Line",
    "Link",
    "LinkButton",
    "LinkCard",
    "ListName",
    "Media",
    "Message",
    "Moment",
    "NamedFilter",
    "NewswireError",
    "Notice",
    "Options",
    "Outcome",
    "Place",
    "Post",
    "PostGone",
    "Problem",
    "ProblemInText",
    "Question",
    "Receipt",
    "Record",
    "Refused",
    "Rejected",
    "Retry",
    "Scope",
    "Secret",
    "Services",
    "SettingsTable",
    "Site",
    "Slug",
    "Source",
    "SourceCount",
    "State",
    "Story",
    "StoryImage",
    "StorySource",
    "StoryTopic",
    "Suspend",
    "Taxonomy",
    "Topic",
    "TopicFilter",
    "Translation",
    "TranslationDesk",
    "TranslationRequest",
    "Translations",
    "Translator",
    "TranslatorType",
    "Unknown",
    "UnknownArticle",
    "Unreachable",
    "Withdrawal",
    "any_topic",
    "appearance_of",
    "autonym",
    "canonical_link",
    "clean",
    "closest",
    "config_option",
    "content_hash",
    "digest_story",
    "digest_title",
    "direction",
    "graphemes",
    "hookimpl",
    "host_of",
    "language_name",
    "locale",
    "mask",
    "one_line",
    "parse_body",
    "parse_filter",
    "parse_markdown",
    "phrase",
    "plain_text",
    "read_text",
    "shorten",
    "slugify",
    "standardize",
    "to_html",
    "topics_of",
    "with_account",
    "with_intakes",
    "with_services",
    "without_tracking",
]
