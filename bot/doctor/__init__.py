"""`python -m bot --doctor`: all that `pullquote doctor` looks at, and the bot's own part."""

from bot.doctor.checkup import run_doctor

__all__ = ["run_doctor"]
