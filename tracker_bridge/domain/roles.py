"""
The roles of an incident (S8-S21), their names, and who holds them.

A person may hold several (S9), most roles may have many holders (S10, S11, S21); only the Incident Lead and
the Technical Lead are one at a time (S13).
"""

from enum import StrEnum


class Role(StrEnum):
    """The value is what people type and what the documents' keys contain."""

    INCIDENT_LEAD = "incident-lead"
    TECHNICAL_LEAD = "technical-lead"
    TECHNICAL_ASSIST = "technical-assist"
    SCRIBE = "scribe"
    COMMUNICATION_LEAD = "communication-lead"
    TESTER = "tester"

    @property
    def title(self) -> str:
        """As it is printed: ``Incident Lead``."""
        return self.value.replace("-", " ").title()
