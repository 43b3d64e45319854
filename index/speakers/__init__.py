"""Who says a quote, read from the text alone."""

from index.speakers.finding import Speech, find_speaker, kind_of_speech, name_speaker

__all__ = ["Speech", "find_speaker", "kind_of_speech", "name_speaker"]
