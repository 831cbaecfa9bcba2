"""Articles that a content management system sends whenever one changes: webhooks of WordPress, Ghost and others.

What a payload means is said by a mapping file: ``paths`` and ``templates`` read it, ``mapping`` is its model,
``conversion`` makes articles, ``proof`` knows who may send, ``inbox`` keeps what came, ``web`` takes it in and
``intake`` hands it over.
"""
