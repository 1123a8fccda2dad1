"""The digest of what a finding rests on: how the clause read, which engine judged, and the rows it judged."""

import hashlib
import json
from typing import Any

from compliance.models import ClauseVersion


def digest_of(version: ClauseVersion, engine: str, evidence: dict[str, Any]) -> str:
    """The same for the same clause, engine and evidence, in whatever database; another one after any change."""
    judged = {
        "clause": version.clause.code,
        "effective_from": version.effective_from.isoformat(),
        "rule": version.rule,
        "parameters": version.parameters,
        "engine": engine,
        "evidence": evidence,
    }
    text = json.dumps(judged, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
