from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from newswire.api import clean, to_html
from newswire_markdown.options import Shortcode
from newswire_markdown.scan import scan
from newswire_markdown.shortcodes import Cleaner

ALL = ("liquid", "hugo", "kramdown")
RULES = (
    Shortcode(tag=("Img",), replace='<img src="https://i.example/{src}" alt="{alt?}">'),
    Shortcode(tag=("youtube", "YouTube"), replace="[YouTube](https://y.example/{0})"),
    Shortcode(tag=("Hidden", "hidden"), block=True),
    Shortcode(tag=("Label", "endLabel"), replace="**"),
)


@pytest.fixture(scope="module")
def cleaner() -> Cleaner:
    return Cleaner(ALL, RULES, {"site.url": "https://s.example", "name": "News"})


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        # a tag without a rule goes, and what stands between a pair stays
        ("{% Aside %}\nA *note*.\n{% endAside %}\n", "\nA *note*.\n\n"),
        ("One {% assign x = 'y' %}\nTwo", "One\nTwo"),
        ("One {%- foo -%} two", "One two"),
        ("{{< figure src=x >}}\n\nText", "\n\nText"),
        ("A {{% param x %}} b", "A b"),
        ("A {# remark #} b", "A b"),
        ("{% if x %}yes{% else %}no{% endif %}", "yesno"),
        ("{% Video\n  src='a',\n\n  loop=true %}\nText", "\nText"),
        # an indent that a tag leaves in front makes no code of its line
        ("{% if x %}    text", "text"),
        ("- {% include x.md %}\n- two", "\n- two"),
        # pairs that go whole
        ("a {% comment %} b {% comment %} c {% endcomment %} d {% endcomment %} e", "a e"),
        ("a {% Hidden %}b\n```\n{% endHidden %}\n```\n{% endHidden %} c", "a c"),
        ("{{< hidden >}}x{{< /hidden >}}y", "y"),
        ("{% Hidden %} never closed", "never closed"),
        # replacements
        (
            '{% Img src="a.png", alt="A \\"b\\" & c" %}',
            '<img src="https://i.example/a.png" alt="A &#34;b&#34; &#38; c">',
        ),
        ("{% Img src='a.png' %}", '<img src="https://i.example/a.png" alt="">'),
        ("{% Img alt='no source' %} x", "x"),
        ("{{<youtube abc-1>}}", "[YouTube](https://y.example/abc-1)"),
        ("{% YouTube 'a_b' %}", "[YouTube](https://y.example/a_b)"),
        ("{% Label %}x.js:{% endLabel %}", "**x.js:**"),
        ("{% Img src='a{{b}.png' %}", '<img src="https://i.example/ab&#125;.png" alt="">'),
        # variables
        ("Hi {{ name }} and {{other}}!", "Hi News and !"),
        ("[x]({{site.url}}/y)", "[x](https://s.example/y)"),
        ('{% assign b = "https://b.example/a/" %}\n[x]({{b}}1)', "\n[x](https://b.example/a/1)"),
        ("{% capture c %}long{% endcapture %}{{c}}", "long"),
        ("{{ '/p/' | relative_url }} {{ name | upcase }}", "/p/"),
        # what a tag was part of
        ("[x]({{nowhere}}/y) z", "x z"),
        ("[x [y]]({{nowhere}}(1)) z", "x [y] z"),
        ("![x]({{nowhere}}/y.png) z", "z"),
        ('[x]({{< ref "y.md" >}})', "x"),
        ("See [x][1] and [2].\n\n[1]: {{nowhere}}/a\n[2]: {{nowhere}}/b\n", "See x and 2.\n\n"),
        ("<https://{{nowhere}}/y> z", "z"),
        ('<a href="{{nowhere}}">x</a>', "x</a>"),
        # comments
        ("a <!-- b --> c", "a c"),
        ("a\n<!-- b\n\nc -->\nd", "a\n\nd"),
        ("<!-- # English -->\n# Deutsch", "\n# Deutsch"),
        ("- **<!--x-->**[t](u)", "- [t](u)"),
        ("<!--> a <!---> b", "a b"),
        ("a\n<!-- never closed\nb", "a\n"),
        ("a <!-- never closed\nb", "a never closed\nb"),
        ("<!-- `a` ``` {% x %} -->b", "b"),
        # attributes
        ("## H {: #id }\n## I {#id}\n## J {#日本語}\n", "## H\n## I\n## J\n"),
        ("*x*{: .red}\n{:.no_toc}\ny", "*x*\n\ny"),
        # braces that open nothing
        ("a {% b", "a  b"),
        ("{{< x", " x"),
        ("f(x) = {{a}} {b}", "f(x) = {b}"),
        ("a {{ b", "a {{ b"),
    ],
)
def test_what_becomes_of_tags(cleaner: Cleaner, text: str, wanted: str) -> None:
    assert cleaner.clean(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "```\n{% x %}\n{{ y }}\n<!-- c -->\n```\n",
        "- a\n\n  ~~~html\n  <!-- c -->\n  ~~~\n",
        "> ```\n> {{ x }}\n> ```\n",
        "Use `{% x %}` or `` {{ y }} ` ``.",
        "Text:\n\n    {{ indented }}\n    <!-- c -->\n\nEnd",
        "<pre>{{ x }}</pre> <code>{% y %}</code>",
        "1. ```{{x}}\n   a\n   ```\n",
    ],
)
def test_in_code_everything_stays(cleaner: Cleaner, text: str) -> None:
    assert cleaner.clean(text) == text


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("{% raw %}\n```\n{{ x }}\n```\n{% endraw %}\n", "\n```\n{{ x }}\n```\n\n"),
        ("```\n{% raw %}{{ x }}{% endraw %}\n```\n", "```\n{{ x }}\n```\n"),
        ("`{% raw %}{{ x }}{% endraw %}`", "`{{ x }}`"),
        ("`{% raw %}`", "`{% raw %}`"),
        ("{% raw %}{{ x }}{% endraw %}", ""),
    ],
)
def test_raw_marks_go_and_what_they_guard_stays_in_code_only(cleaner: Cleaner, text: str, wanted: str) -> None:
    assert cleaner.clean(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "```\n{% never closed fence %}",
        "`a\n\n{{ x }} `",
        "\\`{{ x }}`",
        "{%x%}\n===\n    {{y}}",
        "para\n    {{ lazy }}",
        "`` {{ x }} `",
        "[`a`]({{x}})",
        "- a\n\n      {{x}}\nb",
        "<pre class='{{x}}'>a</pre>",
        "![{{x}}](y.png)",
        "[a](b '{{x}}')",
    ],
)
def test_what_only_looks_like_code_keeps_no_tag(cleaner: Cleaner, text: str) -> None:
    assert leaks(cleaner.clean(text)) == []


@pytest.mark.parametrize("text", [r"\{\{ x }} and {\% y %}", "&#123;{ x }} `{{ y }}` {\\% z %}"])
def test_what_an_author_escaped_is_no_tag(cleaner: Cleaner, text: str) -> None:
    assert cleaner.clean(text) == text


def test_a_tag_of_a_language_that_is_off_is_text() -> None:
    assert Cleaner(("kramdown",)).clean("{{x}} {% y %} <!-- c --> {: .z}") == "{{x}} {% y %}"
    assert Cleaner(()).clean("{{x}} {: .z}") == "{{x}} {: .z}"


def test_the_front_matter_is_at_hand(cleaner: Cleaner) -> None:
    assert cleaner.clean("{{page.excerpt}}", {"excerpt": "Words {% x %} `{{ code }}`"}) == "Words `{{ code }}`"
    assert cleaner.clean_words("{{ page.a }} `{{x}}` {%", {"a": "b"}) == "b `` "


def test_values_that_bring_forth_tags_end() -> None:
    growing = Cleaner(ALL, (), {"a": "{{b}} x", "b": "{{a}} y"})
    assert growing.clean("{{a}} z").endswith(" z")
    assert "{{" not in growing.clean("{{a}} z")


def test_tags_that_only_come_forth_when_others_are_gone() -> None:
    nested = Cleaner(ALL).clean("{" * 50 + "{% x %}" + "% y %}" * 50)
    assert leaks(nested) == []


@pytest.mark.parametrize(
    "part",
    [
        "{% ",
        "{{ ",
        "{# ",
        "{: .a",
        "<!-- ",
        "a <!-- ",
        "`` ",
        "~~~ x\n",
        "[",
        "[a](",
        "[a]: ",
        " ",
        "\n",
        "- ",
        "> ",
        "*",
    ],
)
def test_a_large_text_of_beginnings_takes_no_quadratic_time(part: str) -> None:
    # Twenty thousand of them are done in a second or so; one by one to the end of the text they would take minutes.
    text = part * 20_000 + "{% x %}"
    assert "{%" not in Cleaner(ALL).clean_words(text)


def leaks(text: str) -> list[str]:
    """Tags and comments a reader would see: anything outside code in what core makes of the text."""
    html = to_html(text, "markdown", base_url="https://news.example/a")
    html = re.sub(r"<(pre|code)\b.*?</\1>", "", html, flags=re.DOTALL)
    attributes = re.findall(r'="([^"]*)"', html)
    shown = unescape("\n\n".join([re.sub(r'<(?:[^<>"]|"[^"]*")*>', "\n\n", html), *attributes]))
    return re.findall(r"\{%|\{\{[<%]|\{\{(?:(?!\{\{|\}\}|\n\s*\n).)*\}\}|%7B%7B|%7B%25|<!--", shown, re.DOTALL)


TAGS = '{% x %}|{%|%}|{{ x }}|{{|}}|{{< f a="b" >}}|{{<|>}}|{{% p %}}|{{%|%}}|{# r #}|{#id}|{: .c }|<!--|-->|<!-- c -->'
PAIRS = "{% raw %}|{% endraw %}|{% comment %}|{% endcomment %}|{% Hidden %}|{% endHidden %}"
MARKS = '`|``|- |> |1. |# |[|](|)|]|[a]: |![|*|**|_|<pre>|</pre>|<code>|</code>|<div>|<a href="|">|\\`|{|}|%|<|>|a|日本'
LINES = "\n```\n|```|\n~~~\n|\n|\n\n|    |\t|===\n|---\n"
FRAGMENTS = st.sampled_from([part for parts in (TAGS, PAIRS, MARKS, LINES) for part in parts.split("|")])
TEXT = st.text(alphabet=st.characters(exclude_characters="\\"), max_size=4)  # what is escaped is no tag


@settings(max_examples=400, deadline=None)
@given(parts=st.lists(FRAGMENTS | TEXT, max_size=14))
@example(parts=["{%x%}", "\n", "===\n", "    ", "{{ x }}"])
@example(parts=["{", "{% x %}", "% y %}"])
@example(parts=["{", "{{ x }}", "{ y }}"])
@example(parts=["{", "</pre>", "%}}"])
@example(parts=["<!", "<!-- c -->", "-- d -->"])
def test_no_tag_leaks_outside_code(parts: list[str]) -> None:
    text = clean("".join(parts))
    cleaned = Cleaner(ALL, RULES).clean(text)
    assert leaks(cleaned) == []
    assert not set("\x01\x02\x03") & set(cleaned)


@given(text=st.text(alphabet=st.characters(exclude_characters="{<")).map(clean))
def test_text_without_tags_is_unchanged(text: str) -> None:
    assert Cleaner(ALL, RULES).clean(text) == text


@settings(max_examples=300, deadline=None)
@given(parts=st.lists(FRAGMENTS | TEXT, max_size=14))
def test_the_pieces_of_a_text_are_the_text(parts: list[str]) -> None:
    text = clean("".join(parts))
    assert "".join(piece.text for piece in scan(text, ALL)) == text


@settings(max_examples=200, deadline=None)
@given(parts=st.lists(FRAGMENTS | TEXT, max_size=14))
def test_plain_words_keep_no_tag_at_all(parts: list[str]) -> None:
    cleaned = Cleaner(ALL, RULES).clean_words(clean("".join(parts)))
    assert "{%" not in cleaned
    assert "{{<" not in cleaned
    assert re.search(r"\{\{[^{}]*\}\}", cleaned.replace("\n", "")) is None or "\n" in cleaned
