"""The config: one TOML file, the environment above it, every problem told in one go."""

from newswire.config.load import load_config, load_selected_plugins
from newswire.config.printing import masked
from newswire.config.resolved import Config, ConfiguredAccount, ConfiguredChannel, ConfiguredIntake
from newswire.config.schema import config_schema
from newswire.config.tables import DispatchSettings, HttpSettings, LoggingSettings, StoreSettings

__all__ = [
    "Config",
    "ConfiguredAccount",
    "ConfiguredChannel",
    "ConfiguredIntake",
    "DispatchSettings",
    "HttpSettings",
    "LoggingSettings",
    "StoreSettings",
    "config_schema",
    "load_config",
    "load_selected_plugins",
    "masked",
]
