"""Takes out of what NIM printed whose machines they are, and leaves what NIM said.

Names that are known from where they stand (objects, hosts, clients, serial numbers) are replaced wherever they occur;
what only looks like a name (an address, a path, an identifier, a host of a known domain) as well. The same original has
the same pseudonym everywhere. A word of NIM's own vocabulary is nobody's name.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from saltext_vios.nim.stanza import Value, first
from saltext_vios.nim.vocabulary import DIRECTORIES, FILESETS, TOP_LEVEL, WORDS

SHORT = 3  # characters of a name that is replaced only where it stands as a word
DOMAIN = "example.com"

_PATH = re.compile(r"(?<![\w.])/(?:[\w.+@!~-]+/)*[\w.+@!~-]+")
_OCTETS = re.compile(r"(?<![0-9.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![0-9]|\.[0-9])")
_COLONS = re.compile(r"(?<![0-9A-Za-z:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![0-9A-Za-z:])")
_BYTES = re.compile(r"(?:[0-9A-Fa-f]{2}[:.-]){5,}[0-9A-Fa-f]{2}")
_SERIAL = re.compile(r"((?<![0-9A-Za-z])(?:U[0-9A-Z]{4}\.[0-9A-Z]{3}\.|[0-9]{4}-[0-9A-Z]{3}\*?))([0-9A-Z]{7,9})")
_LONG, _HEXADECIMAL = re.compile(r"[0-9A-Za-z]{12,}"), re.compile(r"[0-9A-Fa-f]+")
_HOST = re.compile(r"(?<![\w.-])[A-Za-z0-9_][\w-]*(?:\.[A-Za-z0-9_-]+)+")
_KEPT_ADDRESSES = {"0.0.0.0", "127.0.0.1", "::", "::1"}  # noqa: S104 - a text
_RUN = re.compile(r"[A-Za-z0-9_]*")


class Pseudonyms:
    """What was replaced by what, as it comes to be known."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}  # in lower case
        self._given: set[str] = set()
        self._paths: dict[str, str] = {}
        self._numbers: dict[str, int] = {}
        self._levels: set[str] = set()
        self._domains: set[str] = set()
        self._search: re.Pattern[str] | None = None
        self._done: dict[str, str] = {}

    # what is known from where it stands

    def learn(self, kind: str, name: object) -> str | None:
        """A name, and what kind of thing bears it; its pseudonym, None for what is no name."""
        if not isinstance(name, str):
            return None
        key = name.strip().lower()
        if len(key) < 2 or key in WORDS:
            return None
        return self._known.get(key) or self._put(key, self._next(kind, key))

    def learn_objects(self, objects: Mapping[str, Mapping[str, Value]]) -> None:
        """All that a listing names. VIOSes first: their hosts mostly have the same names."""
        kinds = {name: first(one, "type") or "object" for name, one in objects.items()}
        for name in sorted(objects, key=lambda name: kinds[name] != "vios"):
            self.learn(kinds[name], name)
        for attributes in objects.values():
            for attribute in attributes:
                for value in _texts(attributes, attribute):
                    self._learn_attribute(attribute, value)

    def _learn_attribute(self, attribute: str, value: str) -> None:
        words = value.split()
        if re.fullmatch(r"if[0-9]+", attribute):
            self.learn("network", _word(words, 0))
            self.learn_host(_word(words, 1))
            self.learn_identifier(_word(words, 2))
        elif re.fullmatch(r"mgmt_profile[0-9]+", attribute):
            for kind, name in zip(("hmc", "", "frame"), words):
                self.learn(kind, name if kind else None)
        elif attribute == "serial":
            self.learn_identifier(re.split(r"[-*]", value)[-1])
        elif attribute == "cpuid":
            self.learn_identifier(value)
        elif attribute == "ioslevel":
            self.learn_level(value)

    def learn_host(self, host: str) -> None:
        """A host by its full name, its own, and the names of its domain."""
        if _is_address(host):
            self._address(host)
            return
        if "." not in host:
            self.learn("host", host)
            return
        key = host.strip(".").lower()
        label, _, domain = key.partition(".")
        self._learn_domain(domain)
        if key not in self._known:
            own = self.learn("host", label) or self._next("host", label)
            full = f"{own}.{DOMAIN}"
            self._put(key, full if full not in self._given else f"{self._next('host', key)}.{DOMAIN}")

    def _learn_domain(self, domain: str) -> None:
        labels = domain.split(".")
        for at in range(len(labels) - 1):
            parent = ".".join(labels[at:])
            self._domains.add(parent)
            if parent != DOMAIN and parent not in self._known:
                self._put(parent, DOMAIN)
                if len(labels[at]) > SHORT:
                    self.learn("domain", labels[at])

    def learn_identifier(self, text: str) -> None:
        """A serial number, a worldwide name, the identifier of a disk: its pseudonym is as long."""
        key = text.strip().lower()
        if len(key) > SHORT and key not in WORDS and key not in self._known:
            self._put(key, self._digits(key))

    def learn_level(self, text: str) -> None:
        """A level of software looks as an address does, and stays, unless it is an address elsewhere."""
        if text.strip() not in self._levels:
            self._levels.add(text.strip())
            self._forget_done()

    # the replacement

    def deep(self, value: Any) -> Any:
        """All texts in lists and maps, and the keys that are names."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self._known.get(str(key).lower(), key): self.deep(one) for key, one in value.items()}
        return [self.deep(one) for one in value] if isinstance(value, (list, tuple)) else value

    def text(self, text: str) -> str:
        found = self._done.get(text)
        if found is None:
            found = self._replaced(text)
            self._done[text] = found
        return found

    def _replaced(self, text: str) -> str:
        parts: list[tuple[str, bool]] = [(text, False)]
        for pattern, made in (
            (_PATH, self._path),
            (_HOST, self._host),
            (_SERIAL, self._serial),
            (_BYTES, lambda found: self._identifier(found[0])),
            (_COLONS, self._colons),
            (_OCTETS, self._octets),
            (_LONG, self._long),
        ):
            parts = [piece for part in parts for piece in (_split(part[0], pattern, made) if not part[1] else [part])]
        return "".join(piece if final else self._names(piece) for piece, final in parts)

    def _names(self, text: str) -> str:
        """The known names in a text; one that is inside a word of NIM's own is none."""
        if self._search is None:
            self._search = _any_of(self._known)
        out, at, look = [], 0, 0
        while (found := self._search.search(text, look)) is not None:
            begin, end = found.span()
            after = _RUN.match(text, begin)
            word, word_end = _run_before(text, begin), begin
            if after is not None:
                word, word_end = word + after.group(), after.end()
            if end <= word_end and word.lower() in WORDS:
                look = begin + 1
                continue
            out += [text[at:begin], self._known[found.group().lower()]]
            at = look = end
        return "".join([*out, text[at:]])

    def _path(self, found: re.Match[str]) -> str:
        return "".join(self._component(part) for part in re.split(r"(/)", found[0]))

    def _component(self, part: str) -> str:
        if part == "/" or part.lower() in DIRECTORIES or part.lower() in WORDS or not part:
            return part
        known = self._known.get(part.lower()) or self._paths.get(part)
        if known is None:
            known = self._paths[part] = self._next("path", part)
        return known

    def _serial(self, found: re.Match[str]) -> str:
        return found[1] + self._identifier(found[2])

    def _long(self, found: re.Match[str]) -> str | None:
        enough = sum(one.isdigit() for one in found[0]) >= 4 or _HEXADECIMAL.fullmatch(found[0])
        return self._identifier(found[0]) if enough else None

    def _identifier(self, text: str) -> str:
        self.learn_identifier(text)
        return self._known.get(text.lower(), text)

    def _octets(self, found: re.Match[str]) -> str | None:
        text = found[0]
        if text in _KEPT_ADDRESSES or text.startswith("255."):
            return text
        if text in self._levels and text not in self._known:
            return text
        return self._address(text)

    def _colons(self, found: re.Match[str]) -> str | None:
        return self._address(found[0]) if found[0] not in _KEPT_ADDRESSES and _is_address(found[0]) else None

    def _address(self, text: str) -> str:
        key = text.lower()
        if key not in self._known:
            n = self._count("address")
            self._put(key, f"2001:db8::{n + 1:x}" if ":" in key else f"198.18.{n // 250 % 256}.{n % 250 + 1}")
        return self._known[key]

    def _host(self, found: re.Match[str]) -> str | None:
        key = found[0].lower()
        last = key.rpartition(".")[2]
        if key.endswith(f".{DOMAIN}") and key in self._given:
            return found[0]
        known = key in self._known or any(key.endswith(f".{domain}") for domain in self._domains)
        if not known and (last not in TOP_LEVEL or key.split(".")[0] in FILESETS):
            return None
        if key not in self._known:
            self.learn_host(key)
        return self._known[key]

    # what pseudonyms are made of

    def _next(self, kind: str, original: str) -> str:
        """``vios-a``, ``vios-b``: letters, since a name of their own has digits more often than not."""
        form = re.sub(r"[^a-z_]", "", kind.lower()) or "object"
        while True:
            made = f"{form}-{_letters(self._count(form))}"
            if made not in self._known and made != original:
                return made

    def _digits(self, original: str) -> str:
        head = "0x" if original.startswith("0x") else ""
        n, room = self._count("identifier") + 1, len(original) - len(head)
        if re.search(r"[:.-]", original) and _BYTES.fullmatch(original):
            sign = original[2]
            return sign.join(re.findall("..", f"{n:0{len(re.findall('[0-9a-f]{2}', original)) * 2}x}"))
        return head + f"{n:0{room}d}"

    def _count(self, kind: str) -> int:
        self._numbers[kind] = self._numbers.get(kind, -1) + 1
        return self._numbers[kind]

    def _put(self, key: str, pseudonym: str) -> str:
        self._known[key] = pseudonym
        self._given.add(pseudonym)
        self._forget_done()
        return pseudonym

    def _forget_done(self) -> None:
        self._search = None
        self._done.clear()


def without_comments(text: str) -> str:
    """A listing without what people wrote into it."""
    kept, leaving = [], False
    for line in text.split("\n"):
        match = re.match(r"(\s+comments\s+=).*", line)
        if match:
            kept.append(f"{match[1]} (left out)")
            leaving = True
        elif not leaving or re.match(r"\s+[^\s=]+\s+=|[^\s:]+:\s*$", line) or not line.strip():
            kept.append(line)
            leaving = False
    return "\n".join(kept)


def _split(
    text: str, pattern: re.Pattern[str], made: Callable[[re.Match[str]], str | None]
) -> Iterable[tuple[str, bool]]:
    """A text as pieces, each with whether it is done."""
    at = 0
    for found in pattern.finditer(text):
        replaced = made(found)
        if replaced is not None:
            yield text[at : found.start()], False
            # What stays of it may still hold a name.
            yield replaced, replaced != found[0]
            at = found.end()
    yield text[at:], False


def _any_of(names: Iterable[str]) -> re.Pattern[str]:
    """One pattern for thousands of names: a tree, so that a place in a text costs no more than the name there."""
    short, long = [one for one in names if len(one) <= SHORT], [one for one in names if len(one) > SHORT]
    parts = [_tree(long)] if long else []
    if short:
        parts.append(rf"(?<![A-Za-z0-9])(?:{_tree(short)})(?![A-Za-z0-9])")
    return re.compile("|".join(parts) or r"(?!)", re.IGNORECASE | re.ASCII)


def _tree(names: Iterable[str]) -> str:
    root: dict[str, Any] = {}
    for name in names:
        node = root
        for letter in name:
            node = node.setdefault(letter, {})
        node[""] = {}
    return _branches(root)


def _branches(node: Mapping[str, Any]) -> str:
    """The longest name first: what ends here is the last choice."""
    chain = ""
    while len(node) == 1 and "" not in node:
        letter, node = next(iter(node.items()))
        chain += re.escape(letter)
    found = [re.escape(letter) + _branches(below) for letter, below in node.items() if letter]
    if not found:
        return chain
    return f"{chain}(?:{'|'.join(found)}){'?' if '' in node else ''}"


def _run_before(text: str, at: int) -> str:
    begin = at
    while begin and _RUN.fullmatch(text[begin - 1]):
        begin -= 1
    return text[begin:at]


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _letters(n: int) -> str:
    text = ""
    while True:
        text = chr(ord("a") + n % 26) + text
        n = n // 26 - 1
        if n < 0:
            return text


def _word(words: list[str], at: int) -> str:
    return words[at] if len(words) > at else ""


def _texts(attributes: Mapping[str, Value], name: str) -> list[str]:
    value = attributes[name]
    return value if isinstance(value, list) else [value]
