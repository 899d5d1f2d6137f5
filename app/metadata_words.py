"""How the editor calls fields and values."""

from __future__ import annotations

from collections.abc import Sequence

from ..sources.language import later, tr
from .fuzzy import fits, plain

FIELDS = {
    "subject": later("Subject"), "task": later("Task"), "name": later("Name"), "take": later("Take"),
    "operator": later("Operator"), "protocol": later("Protocol"), "tags": later("Tags"), "notes": later("Notes"),
    "superseded": later("Done again as"), "muscle": later("Muscle"), "side": later("Side"),
    "placement": later("Placement"), "reference": later("Reference"), "electrode_size_mm": later("Size, mm"),
    "electrode_distance_mm": later("Distance, mm"),
}  # fmt: skip
HELP = {
    "subject": later("A code, no name: the list that says who it is stays elsewhere."),
    "task": later("What the subject does, such as abduction."),
    "name": later("What the recording is called."),
    "take": later("Its number among the takes of this subject and task."),
    "operator": later("Who records; also who is named in the history."),
    "protocol": later("Name of the protocol it followed."),
    "tags": later("Words to find it by, with commas between."),
    "notes": later("Anything worth knowing."),
    "muscle": later("What the channel measures. A few letters are enough: suggestions come below the table."),
    "side": later("left, right or midline; the first letter is enough."),
    "placement": later("Where the electrodes sit, such as SENIAM, or over the muscle belly."),
    "reference": later("Where the reference electrode sits, such as the wrist."),
    "electrode_size_mm": later("Diameter of the electrode, or its length along the fibres, mm."),
    "electrode_distance_mm": later("Between the centres of the two electrodes of a pair, mm; SENIAM says 20."),
}
N_SUGGESTIONS = 6
CLOSE = 3.0


def name_of(field: str) -> str:
    """Return what a person calls a field."""
    return tr(FIELDS.get(field, field))


def written(value: object) -> str:
    """Return a value as it stands in a field."""
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value)
    if isinstance(value, float):
        return f"{value:g}"
    return "" if value in (None, 0) else str(value)


def suggestions(field: str, typed: str) -> list[str]:
    """Return usual values of a field, those first that the letters typed fit best."""
    from ..recordings.about import SIDES
    from ..recordings.about_words import MUSCLES, PLACEMENTS, REFERENCES

    usual: Sequence[str] = {
        "muscle": MUSCLES, "side": SIDES, "placement": PLACEMENTS, "reference": REFERENCES,
        "electrode_size_mm": ("10", "5", "8"), "electrode_distance_mm": ("20", "10", "8"),
    }.get(field, ())  # fmt: skip
    letters = plain(typed)
    if not letters:
        return list(usual[:N_SUGGESTIONS]) if len(usual) <= 12 else []
    scored = [
        (score, one)
        for one in usual
        if (score := fits(letters, plain(one))) is not None and score > CLOSE * len(letters)
    ]
    return [one for _, one in sorted(scored, key=lambda pair: -pair[0])][:N_SUGGESTIONS]


def warning(code: str) -> str:
    """Return a gentle word where a subject's code looks like what it should not be."""
    from ..recordings.about_words import identifying

    seen = identifying(code)
    if seen == "name":
        return tr("This looks like a name. Recordings are shared more easily with a code, such as sub-001.")
    if seen == "birth date":
        return tr("This looks like a birth date. Recordings are shared more easily with a code, such as sub-001.")
    return ""
