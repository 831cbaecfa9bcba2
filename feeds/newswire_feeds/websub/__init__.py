"""WebSub (https://www.w3.org/TR/websub/): telling hubs which feeds have news, and a small hub of our own."""
