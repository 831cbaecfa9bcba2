"""Alerts: the admin is told of what goes wrong before readers notice, of each thing once, and when it is over."""
