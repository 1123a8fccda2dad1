"""The twenty regions of Kazakhstan (ISO 3166-2:KZ and the prefix of KATO), read from data."""

import tomllib
from pathlib import Path

from schools.models import Region

SOURCE = Path(__file__).with_name("regions.toml")


def load_regions(*, using: str = "default") -> None:
    """Bring the table in line with `regions.toml`; loading it again changes nothing."""
    rows = tomllib.loads(SOURCE.read_text(encoding="utf-8"))["region"]
    fields = [name for name in rows[0] if name != "code"]
    Region.objects.using(using).bulk_create(
        [Region(**row) for row in rows], update_conflicts=True, unique_fields=["code"], update_fields=fields
    )
