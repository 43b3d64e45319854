"""Everything that an operator would look at when something is amiss, and the mend for each thing that is."""

from index.doctor.findings import Finding, State, findings_json, findings_text, fine, suspect, worst, wrong
from index.doctor.looking import Patient, look_at
from index.doctor.settings import look_at_settings

__all__ = [
    "Finding",
    "Patient",
    "State",
    "findings_json",
    "findings_text",
    "fine",
    "look_at",
    "look_at_settings",
    "suspect",
    "worst",
    "wrong",
]
