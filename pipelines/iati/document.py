"""Opening a file of activities or organisations and reading it one by one, in memory that does not grow with the file.

Files come from anybody. No document type declaration is accepted, so that there are no entities to expand and nothing to fetch; the
parser's own limits on text (10 MB a node) and depth (256) stay on; archives are read in place, never unpacked to disk, and what they
expand to is limited.

Out of form, and read all the same with a warning: elements in a namespace (the standard has none), blanks before the XML declaration,
a version that every activity states instead of the file. Activities of version 1 are upgraded before they are handed out.
"""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO
from xml.sax.saxutils import quoteattr

from lxml import etree

from pipelines.contracts.iati import UPGRADED, VERSIONS
from pipelines.iati.upgrade import LANGUAGE, upgrade
from pipelines.reading.compression import DAMAGES, is_compressed, most_unpacked, unpacked
from pipelines.shapes.errors import UnreadableDelivery

ZIP = b"PK\x03\x04"
# A prolog holds a declaration, comments and processing instructions; longer than this it hides something.
LONGEST_PROLOG = 256 << 10
# The largest activities seen have some thousand transactions and 5 MB. An activity is held as a tree of about ten times its size.
LARGEST_ACTIVITY = 32 << 20
# A broken activity costs the parser's state: reading resumes at the next one, from the beginning of the file.
MOST_BREAKS = 50
_BLOCK = 256 << 10
# What a root element holds.
_ITEMS = {"iati-activities": "iati-activity", "iati-organisations": "iati-organisation"}


@dataclass(frozen=True, kw_only=True)
class Break:
    """Where a file stops being XML.

    Attributes:
        activity: number of the activity that it broke, None between activities.
        rule: `malformed_activity` where reading went on behind it, `truncated_file` where it could not.
        message: where and what, for people.
    """

    activity: int | None
    rule: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Note:
    """What is out of form and was read all the same.

    Attributes:
        rule: `elements_in_a_namespace`, `blanks_before_the_declaration`, `version_on_activities`, `version_missing`, `no_activities` or
            `upgraded_from_1_0x`.
        activity: number of the activity, None for the file.
        value: what was found.
    """

    rule: str
    activity: int | None = None
    value: str | None = None


class Damaged(Exception):
    """The compressed stream ends or errs; what came before it is good."""


class _Limited:
    """A stream that refuses to expand to more than its compressed size can honestly hold."""

    def __init__(self, blocks: Iterator[bytes], *, compressed: int, name: str) -> None:
        self._blocks = blocks
        self._limit = most_unpacked(compressed)
        self._size = 0
        self._name = name
        self.tail = b""

    def read(self) -> bytes:
        """The next block, empty at the end."""
        try:
            block = next(self._blocks, b"")
        except (*DAMAGES, zipfile.BadZipFile) as error:
            raise Damaged(str(error) or type(error).__name__) from error
        self._size += len(block)
        self.tail = block[-64:] if len(block) >= 64 else (self.tail + block)[-64:]
        if self._size > self._limit:
            raise UnreadableDelivery(
                "too_large_unpacked",
                f"{self._name} unpacks to more than {self._limit >> 20:,} MiB, far beyond what XML of its size can hold.",
                "Deliver the file uncompressed, or in several files.",
            )
        return block


@contextmanager
def opened(path: Path, member: str | None = None, *, inside: bool = True) -> Iterator[_Limited]:
    """The content of a file or of a member of an archive, unpacked while it is read.

    Args:
        path: a file, or an archive.
        member: name within the archive.
        inside: whether a compressed file is unpacked too, and an archive refused.

    Raises:
        UnreadableDelivery: an archive where a file is expected, or a member that cannot be read.
    """
    name = f"{path.name}!/{member}" if member else path.name
    with path.open("rb") as file:
        if member is None:
            yield _Limited(_blocks(file, name, inside=inside), compressed=path.stat().st_size, name=name)
            return
        try:
            archive = zipfile.ZipFile(file)
            packed = archive.getinfo(member)
            stream = archive.open(packed)
        except (zipfile.BadZipFile, KeyError, RuntimeError, NotImplementedError) as error:
            raise UnreadableDelivery("damaged_archive", f"{name} cannot be opened: {error}.", "Pack the files again without a password.") from error
        with archive, stream:
            yield _Limited(_blocks(stream, name, inside=inside), compressed=packed.compress_size, name=name)


def _blocks(stream: BinaryIO, name: str, *, inside: bool) -> Iterator[bytes]:
    head = stream.read(4)
    if inside and head.startswith(ZIP):
        raise UnreadableDelivery("nested_archive", f"{name} is an archive within an archive.", "Deliver the XML files themselves, or one archive of them.")
    rest = _Prefixed(head, stream)
    if inside and is_compressed(head):
        yield from unpacked(rest, head, _BLOCK)
        return
    while block := rest.read(_BLOCK):
        yield block


class _Prefixed:
    """A stream with its first bytes put back (members of archives cannot be rewound cheaply)."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self._head = head
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        if self._head:
            given, self._head = (self._head, b"") if size < 0 else (self._head[:size], self._head[size:])
            return given + (self._stream.read(size - len(given)) if size > len(given) else self._stream.read() if size < 0 else b"")
        return self._stream.read(size)


class _TooLarge(Exception):
    """An activity grows beyond `LARGEST_ACTIVITY`."""


class _Unclosed(Exception):
    """An activity begins within another one."""


class Activities:
    """The activities of one file, in their order.

    Attributes:
        root: name of the root element, `iati-activities` or `iati-organisations`; of the latter organisations are handed out instead.
        version: of the standard, 1.01 to 2.03, of the activity handed out last as published; where activities state their own, one that is
            not read stands here as it is written (3.0).
        stated_version: as the file writes it.
        generated: when the publisher made the file, as written.
        language: xml:lang of the root, if any.
        seen: activities met so far, broken ones included: the number of the one handed out last.
        breaks: what could not be read.
        notes: what is out of form and was read; complete when the last activity has been handed out.
    """

    def __init__(self, path: Path, member: str | None = None) -> None:
        """Nothing is opened yet."""
        self._path = path
        self._member = member
        self._name = f"{path.name}!/{member}" if member else path.name
        self.version = ""
        self.stated_version = ""
        self.generated: str | None = None
        self.language: str | None = None
        self.seen = 0
        self.breaks: list[Break] = []
        self.notes: list[Note] = []
        self._resumed_behind = 0
        self._has_begun = False
        self._root_namespace: str | None = None
        self._is_namespaced = False
        self._prefixes: set[str | None] = set()
        self._declaration = b""
        self._open_again = b""
        self._unversioned: list[int] = []
        self.root = "iati-activities"
        self._stated_by_activities: set[str] = set()
        self._upgraded: Counter[str] = Counter()
        self._is_any_identified = False

    def __iter__(self) -> Iterator[etree._Element]:
        """One finished element after the other; each is emptied as soon as the next is asked for.

        Raises:
            UnreadableDelivery: not an activity file of a version that is read, or one with a document type declaration.
        """
        yield from self._activities()
        self._conclude()

    def _activities(self) -> Iterator[etree._Element]:
        with opened(self._path, self._member) as stream:
            try:
                prolog = self._prolog(stream)
            except Damaged as error:
                raise UnreadableDelivery("damaged_archive", f"{self._name} cannot be unpacked: {error}.", "Compress the file again and deliver it.") from error
            begun, lines = _without_blanks(prolog)
            if begun is not prolog:
                self.notes.append(Note(rule="blanks_before_the_declaration"))
            # Behind a broken activity the file is begun again; without a declaration it is UTF-8, which is what a parser takes it for.
            declared = _DECLARED.match(begun)
            self._declaration = b'<?xml version="1.0" encoding="' + declared[1] + b'"?>' if declared else b""
            found = yield from self._read(stream, begun, line=lines)
        while found is not None:
            with opened(self._path, self._member) as stream:
                rest = _behind(stream, self.seen, self._prefixes, self._item)
                if rest is None:
                    whole = _CLOSED.search(stream.tail) is not None
                    self._note(found if whole else replace(found, rule="truncated_file"))
                    return
                self._note(found)
                if len(self.breaks) >= MOST_BREAKS:
                    self._note(Break(activity=None, rule="truncated_file", message=f"{MOST_BREAKS} activities are broken; nothing behind them is read"))
                    return
                block, line = rest
                found = yield from self._read(stream, self._open_again + block, line=line, resumed=True)

    def _note(self, found: Break) -> None:
        """Keep a break; one that was seen before its activity was known is the same one."""
        if self.breaks and self.breaks[-1].activity is None and self.breaks[-1].rule == "malformed_activity" and found.activity == self._resumed_behind + 1:
            self.breaks.pop()
        self.breaks.append(found)
        self._resumed_behind = self.seen

    def _prolog(self, stream: _Limited) -> bytes:
        """The beginning of the file, up to the name of its root element at least.

        Raises:
            UnreadableDelivery: there is a document type declaration, or something else than a file of activities or organisations.
        """
        begun = stream.read()
        while True:
            root = _root_name(_without_blanks(begun)[0])
            root = root and root.rpartition(":")[2]
            if root in _ITEMS:
                self.root = root
                return begun
            if root == "!DOCTYPE":
                raise UnreadableDelivery(
                    "document_type",
                    f"{self._name} has a document type declaration (<!DOCTYPE …>), which can make a reader fetch or expand anything.",
                    "Remove the declaration and write the entities out.",
                )
            if root is not None:
                what = f"its root element is {root[:60]}" if root else "it does not begin with an XML element"
                raise UnreadableDelivery(
                    "not_an_activity_file",
                    f"{self._name} is no IATI file: {what}.",
                    "Deliver XML whose root element is iati-activities or iati-organisations.",
                )
            block = stream.read()
            if not block or len(begun) > LONGEST_PROLOG:
                raise UnreadableDelivery("not_an_activity_file", f"{self._name} is no IATI file: it has no element.", "Deliver the whole file.")
            begun += block

    def _root(self, root: etree._Element) -> None:
        """Version and defaults of the file, and once more that it declares no document type."""
        document = root.getroottree().docinfo
        if document.doctype or document.internalDTD is not None:
            raise UnreadableDelivery("document_type", f"{self._name} has a document type declaration.", "Remove the declaration and write the entities out.")
        self._has_begun = True
        names = "".join(f" xmlns{f':{prefix}' if prefix else ''}={quoteattr(uri)}" for prefix, uri in root.nsmap.items())
        opening = f"<{f'{root.prefix}:' if root.prefix else ''}{self.root}{names}>"
        self._open_again = self._declaration + opening.encode()
        self._prefixes.add(root.prefix)
        self._root_namespace = own = _namespace(root.tag)

        def said(attribute: str) -> str | None:
            return root.get(attribute) or (root.get(f"{{{own}}}{attribute}") if own else None)

        stated = (said("version") or "").strip()
        if stated and not _is_read(stated, self.root):
            raise self._unsupported(f"version {stated}")
        self.stated_version = stated
        self.version = _version(stated)
        self.generated = said("generated-datetime")
        self.language = root.get(LANGUAGE)

    @property
    def _item(self) -> str:
        return _ITEMS[self.root]

    def _unsupported(self, found: str) -> UnreadableDelivery:
        return UnreadableDelivery(
            "unsupported_version",
            f"{self._name} states {found} of the IATI standard; {', '.join((*UPGRADED, *VERSIONS) if self.root == 'iati-activities' else VERSIONS)} are read.",
            "Publish in version 2.03 (rule 0.6.1).",
        )

    def _take(self, activity: etree._Element) -> etree._Element:
        """A finished activity in the form of the standard: without the namespace, with its version known, and upgraded if that is an old one."""
        if self._root_namespace or activity.tag != self._item:
            namespaces = {name for name in (self._root_namespace, _namespace(activity.tag)) if name}
            if not self._is_namespaced:
                self.notes.append(Note(rule="elements_in_a_namespace", value=", ".join(sorted(namespaces))))
                self._is_namespaced = True
            _leave_namespaces(activity, namespaces)
        if not self.stated_version:
            stated = (activity.get("version") or "").strip()
            if stated:
                self._stated_by_activities.add(stated)
                self.version = _version(stated) if _is_read(stated, self.root) else stated
            else:
                self._unversioned.append(self.seen)
                self.version = VERSIONS[-1]
        if self.version in UPGRADED:
            upgrade(activity, self._upgraded)
            self._is_any_identified = self._is_any_identified or activity.find("iati-identifier") is not None
        return activity

    def _conclude(self) -> None:
        """What only the end of the file shows.

        Raises:
            UnreadableDelivery: neither the file nor any activity states a version that is read, or nothing of an old one can be upgraded.
        """
        if self.version in UPGRADED and self.stated_version and not self._is_any_identified:
            raise UnreadableDelivery(
                "unsupported_version",
                f"{self._name} states version {self.stated_version} of the IATI standard and holds no activity with an iati-identifier: "
                "there is nothing to upgrade.",
                f"Publish in version {VERSIONS[-1]} (rule 0.6.1).",
            )
        self.notes += [Note(rule="upgraded_from_1_0x", value=f"{what}: {number:,}") for what, number in sorted(self._upgraded.items())]
        if not self.seen and not self.breaks:
            self.notes = [Note(rule="no_activities")]
            return
        if self.stated_version or not self.seen:
            return
        known = sorted(version for version in self._stated_by_activities if _is_read(version, self.root))
        if not known:
            others = ", ".join(sorted(self._stated_by_activities))
            raise self._unsupported(f"version {others}" if others else "no version")
        self.notes.append(Note(rule="version_on_activities", value=", ".join(known)))
        self.notes += [Note(rule="version_missing", activity=number) for number in self._unversioned]

    def _read(self, stream: _Limited, block: bytes, *, line: int = 0, resumed: bool = False) -> Generator[etree._Element, None, Break | None]:
        """Activities from a block on, which stands behind so many lines. Returns None at the end of the file, else where it broke."""
        parser = _parser(self.root)
        before = self.seen
        opened_as: str | None = None
        fed, at_end = 0, False
        failure: Exception | None = None
        try:
            while failure is None and not at_end:
                try:
                    if block:
                        fed += len(block)
                        parser.feed(block)
                    else:
                        at_end = True
                        parser.close()
                except etree.XMLSyntaxError as error:
                    failure = error
                for event, element in parser.read_events():
                    tag = element.tag
                    if tag.endswith(self.root):
                        if event == "start" and not self._has_begun:
                            self._root(element)
                    elif event == "start":
                        if opened_as is None:
                            opened_as = tag
                            self._prefixes.add(element.prefix)
                            self.seen += 1
                        elif opened_as == tag:
                            raise _Unclosed
                    elif tag == opened_as:
                        opened_as = None
                        fed = 0
                        yield self._take(element)
                        element.clear()
                        parent = element.getparent()
                        while element.getprevious() is not None:
                            del parent[0]
                if failure is None and fed > LARGEST_ACTIVITY:
                    raise _TooLarge
                if failure is None and not at_end:
                    block = stream.read()
        except etree.XMLSyntaxError as error:
            failure = error
        except (_Unclosed, _TooLarge, Damaged) as error:
            failure = error
        if failure is None:
            return None
        if not self._has_begun:
            raise UnreadableDelivery("not_xml", f"{self._name} is not XML: {_told(failure, line)}.", "Deliver an IATI activity file, version 2.")
        is_open = opened_as is not None
        if not is_open and self.seen == before and resumed:
            self.seen += 1  # the start tag itself is broken: the activity is there all the same
            is_open = True
        return Break(activity=self.seen if is_open else None, rule="malformed_activity", message=_told(failure, line))


def _parser(root: str) -> etree.XMLPullParser:
    """A parser that tells of the file's element and of activities, and neither expands nor fetches anything."""
    return etree.XMLPullParser(
        events=("start", "end"),
        tag=(f"{{*}}{root}", f"{{*}}{_ITEMS[root]}"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _told(error: Exception, line: int) -> str:
    """Where and what, short."""
    if isinstance(error, _TooLarge):
        return f"an activity is larger than {LARGEST_ACTIVITY >> 20} MiB"
    if isinstance(error, _Unclosed):
        return "an activity begins before the one before it ends"
    if isinstance(error, Damaged):
        return f"the compressed file is damaged there ({error})"
    at, column = getattr(error, "position", (None, None))
    text = re.sub(r",? line \d+, column \d+.*$", "", str(error).splitlines()[0]) if str(error) else "not well-formed"
    return f"line {at + line}, column {column}: {text[:200]}" if at else text[:200]


def _is_read(version: str, root: str) -> bool:
    return version.startswith("2.") or (version.startswith("1.") and root == "iati-activities")


def _version(stated: str) -> str:
    """A version of the standard as it is read: another one than we know, say 1.06 or 2.04, is read as the last of those before it that we know."""
    if not stated or stated in VERSIONS or stated in UPGRADED:
        return stated
    return UPGRADED[-1] if stated.startswith("1.") else VERSIONS[-1]


def _namespace(name: str) -> str | None:
    return name[1:].partition("}")[0] if name.startswith("{") else None


def _leave_namespaces(activity: etree._Element, namespaces: set[str]) -> None:
    """Elements and attributes of these namespaces take the plain names that the standard has; what belongs to others stays as it is."""
    for element in activity.iter(etree.Element):
        if _namespace(element.tag) in namespaces:
            element.tag = element.tag.partition("}")[2]
        for name, value in element.items():
            if _namespace(name) in namespaces:
                element.set(name.partition("}")[2], value)


_UTF_16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_UTF_8_MARK = b"\xef\xbb\xbf"


def _without_blanks(begun: bytes) -> tuple[bytes, int]:
    """The beginning of a file without blanks and marks of byte order before its XML declaration, and the lines left out.

    The same object where there is nothing to leave out: blanks before an element without a declaration are XML, and so is one mark.
    """
    mark = begun[:2]
    encoding = _UTF_16.get(mark)
    if encoding is not None:
        text = begun[2:].decode(encoding, errors="surrogatepass") if len(begun) % 2 == 0 else begun[2:-1].decode(encoding, errors="surrogatepass")
        rest = text.lstrip(" \t\r\n\ufeff")
        if rest == text or not (rest.startswith("<?xml") or "\ufeff" in text[: len(text) - len(rest)]):
            return begun, 0
        blanks = text[: len(text) - len(rest)]
        return mark + begun[2 + len(blanks.encode(encoding)) :], blanks.count("\n")
    at = 0
    while begun[at : at + 1] in (b" ", b"\t", b"\r", b"\n") or begun.startswith(_UTF_8_MARK, at):
        at += 3 if begun.startswith(_UTF_8_MARK, at) else 1
    blanks = begun[:at]
    if blanks in (b"", _UTF_8_MARK) or not (begun.startswith(b"<?xml", at) or _UTF_8_MARK in blanks[1:]):
        return begun, 0
    return begun[at:], blanks.count(b"\n")


_PROLOG = re.compile(r"\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*)*", re.DOTALL)
_NAME = re.compile(r"<(!DOCTYPE|[^\s<>/!?]+)(?=[\s/>])", re.IGNORECASE)


def _root_name(begun: bytes) -> str | None:
    """Name of the root element, `!DOCTYPE`, an empty text for what is no XML, None where more must be read to tell.

    Bytes that are neither UTF-16 nor like ASCII in their markup are no XML to us, however they are declared.
    """
    if begun.startswith((b"\xff\xfe", b"<\0")):
        text = begun[: len(begun) // 2 * 2].decode("utf-16-le", errors="replace").lstrip("\ufeff")
    elif begun.startswith((b"\xfe\xff", b"\0<")):
        text = begun[: len(begun) // 2 * 2].decode("utf-16-be", errors="replace").lstrip("\ufeff")
    else:
        text = begun.removeprefix(_UTF_8_MARK).decode("latin-1")
    rest = text[_PROLOG.match(text).end() :]
    named = _NAME.match(rest)
    if named:
        return "!DOCTYPE" if named[1].upper() == "!DOCTYPE" else named[1]
    if not rest or (rest.startswith("<") and len(rest) < 100) or rest.startswith(("<?", "<!--")):
        return None
    return "!DOCTYPE" if rest.startswith("<!") else ""


_DECLARED = re.compile(rb"(?:\xef\xbb\xbf)?<\?xml\s[^>]*?encoding\s*=\s*[\"']([A-Za-z][A-Za-z0-9._-]*)[\"']")
_CLOSED = re.compile(rb"</(?:[^\s<>/]+:)?iati-(?:activities|organisations)\s*>\s*\Z")


def _behind(stream: _Limited, number: int, prefixes: Iterable[str | None], item: str) -> tuple[bytes, int] | None:
    """The content from the start of the activity behind `number` others, and the lines before it; None if there is none.

    Only for files in which markup is ASCII; comments and character data are passed over.
    """
    lines, met, held = 0, 0, b""
    names = [f"{prefix}:{item}".encode() if prefix else item.encode() for prefix in prefixes]
    begins = rb"<(?:" + b"|".join(map(re.escape, names)) + rb")(?=[\s/>])"
    markup = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|" + begins + rb"|<!--|<!\[CDATA\[", re.DOTALL)
    while True:
        try:
            block = stream.read()
        except Damaged:
            return None
        text = held + block
        done = 0
        for match in markup.finditer(text):
            if match[0].endswith(item.encode()):
                met += 1
                if met > number:
                    return text[match.start() :], lines + text.count(b"\n", 0, match.start())
            elif match.end() - match.start() < 10 and match[0] in (b"<!--", b"<![CDATA["):
                done = match.start()  # not closed within what is read
                break
            done = match.end()
        else:
            done = max(done, len(text) - max(map(len, names)) - 2)
        if not block or len(text) - done > LARGEST_ACTIVITY:
            return None
        lines += text.count(b"\n", 0, done)
        held = text[done:]
