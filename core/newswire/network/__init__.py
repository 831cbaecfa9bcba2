"""Requests to addresses that others name: where they may go, how long they may take, how much is read of what comes."""
