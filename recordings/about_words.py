"""Words for what a person says of a recording: muscles, codes for subjects, and what looks like a person's name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Literal

MUSCLES = (
    # Terminologia Anatomica, second edition (2019), in its common English and Latin forms; those of which the SENIAM
    # recommendations (Hermens et al. 1999, seniam.org) describe the placement of electrodes are among them.
    "abductor digiti minimi", "abductor hallucis", "abductor pollicis brevis", "abductor pollicis longus",
    "adductor longus", "adductor magnus", "adductor pollicis", "anconeus", "biceps brachii",
    "biceps brachii, long head", "biceps brachii, short head", "biceps femoris", "biceps femoris, long head",
    "biceps femoris, short head", "brachialis", "brachioradialis", "buccinator", "coracobrachialis",
    "corrugator supercilii", "deltoid, anterior", "deltoid, middle", "deltoid, posterior", "depressor anguli oris",
    "diaphragm", "digastric, anterior belly", "erector spinae", "erector spinae, iliocostalis",
    "erector spinae, longissimus", "erector spinae, spinalis", "extensor carpi radialis brevis",
    "extensor carpi radialis longus", "extensor carpi ulnaris", "extensor digiti minimi", "extensor digitorum",
    "extensor digitorum brevis", "extensor digitorum longus", "extensor hallucis longus", "extensor indicis",
    "extensor pollicis brevis", "extensor pollicis longus", "external oblique", "fibularis brevis", "fibularis longus",
    "first dorsal interosseous", "flexor carpi radialis", "flexor carpi ulnaris", "flexor digiti minimi brevis",
    "flexor digitorum brevis", "flexor digitorum longus", "flexor digitorum profundus",
    "flexor digitorum superficialis", "flexor hallucis brevis", "flexor hallucis longus", "flexor pollicis brevis",
    "flexor pollicis longus", "frontalis", "gastrocnemius, lateral head", "gastrocnemius, medial head",
    "genioglossus", "gluteus maximus", "gluteus medius", "gluteus minimus", "gracilis", "iliopsoas", "infraspinatus",
    "intercostals", "internal oblique", "latissimus dorsi", "levator scapulae", "lumbricals", "masseter", "mentalis",
    "multifidus", "mylohyoid", "nasalis", "opponens pollicis", "orbicularis oculi", "orbicularis oris",
    "palmaris longus", "pectoralis major, clavicular part", "pectoralis major, sternal part", "pectoralis minor",
    "piriformis", "popliteus", "pronator quadratus", "pronator teres", "quadratus lumborum", "rectus abdominis",
    "rectus femoris", "rhomboid major", "rhomboid minor", "sartorius", "scalenes", "semimembranosus",
    "semitendinosus", "serratus anterior", "soleus", "splenius capitis", "sternocleidomastoid", "subscapularis",
    "supinator", "supraspinatus", "temporalis", "tensor fasciae latae", "teres major", "teres minor",
    "tibialis anterior", "tibialis posterior", "transversus abdominis", "trapezius, lower", "trapezius, middle",
    "trapezius, upper", "triceps brachii", "triceps brachii, lateral head", "triceps brachii, long head",
    "triceps brachii, medial head", "vastus intermedius", "vastus lateralis", "vastus medialis",
    "zygomaticus major",
)  # fmt: skip
PLACEMENTS = (
    "muscle belly", "SENIAM", "between innervation zone and distal tendon", "motor point", "functional testing",
    "ultrasound guided",
)  # fmt: skip
REFERENCES = (
    # Where the SENIAM recommendations put the reference electrode.
    "wrist", "ankle", "processus spinosus of C7", "acromion", "olecranon", "patella", "mastoid", "iliac crest",
)  # fmt: skip
PREFIX = "sub-"

Told = Literal["", "name", "birth date"]

_CODE = re.compile(r"(.*?)(\d{1,9})")
_DATE = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d[-./ ]?[01]?\d[-./ ]?[0-3]?\d|[0-3]?\d[-./ ][01]?\d[-./ ](?:19|20)?\d\d)(?!\d)"
)
_NAMED = re.compile(r"\b(?:mr|mrs|ms|dr|prof|herr|frau|name)\b[.:]?", re.IGNORECASE)


def next_subject(codes: Iterable[str]) -> str:
    """Return the next free code in the manner of those there are: ``S07`` after ``S06``, ``sub-001`` at first."""
    best: tuple[int, str, int] | None = None
    for code in codes:
        found = _CODE.fullmatch(code.strip())
        if found is not None and not identifying(code):
            this = (int(found[2]), found[1], len(found[2]))
            best = this if best is None or this[0] > best[0] else best
    if best is None:
        return f"{PREFIX}001"
    number, prefix, width = best
    return f"{prefix}{number + 1:0{width}d}"


def identifying(text: str) -> Told:
    """Return what a subject's code looks like that it should not be: a ``name``, a ``birth date``, or nothing.

    A hint, no proof: a code has a digit or is one short word in capitals; a name has two words, or is one with a
    capital and small letters after it.
    """
    text = unicodedata.normalize("NFC", text).strip()
    if _DATE.search(text):
        return "birth date"
    words = re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", text)
    # Of codes such as sub-pilotA and S07b, the letters hang together with a digit or the prefix.
    if any(letter.isdigit() for letter in text) and len(words) < 2:
        return ""
    if _NAMED.search(text):
        return "name"
    if text.casefold().startswith(PREFIX) and len(words) == 1:
        return ""
    names = [word for word in words if len(word) > 2 and word[0].isupper() and word[1:2].islower()]
    return "name" if names or (len(words) >= 2 and "," in text) else ""
