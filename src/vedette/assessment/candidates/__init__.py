"""Candidates: what is being assessed, with all it may be, how well it is founded, and what was announced.

`policy` is what people decided beforehand; `dossier` what is believed of one object; `ladder` how well it is founded;
`ageing` what it may still claim unseen; `announced` what partners said of it.
"""

from vedette.assessment.candidates.policy import (
    AssessmentPolicy,
    Deadline,
    packaged_assessment_policy,
    parse_assessment_policy,
    policy_of,
)

__all__ = ["AssessmentPolicy", "Deadline", "packaged_assessment_policy", "parse_assessment_policy", "policy_of"]
