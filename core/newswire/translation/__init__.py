"""Translation: articles that machines are asked to translate, from the wish to the edition.

A request is a row of its own (`newswire.store.translations`), one for each article and language. Rules of the config
make them, people do by the command line, the HTTP API and the readers' page. Each translator's requests are worked off
by one process at a time, and what comes of them goes through the publisher like whatever an intake brings.
"""
