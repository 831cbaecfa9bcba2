"""WebSub from the subscriber's side (https://www.w3.org/TR/websub/): hubs tell of news, so feeds need less polling."""
