"""What has been delivered: files under the raw root, their hashes, and what becomes of each.

Nothing here looks into a delivery; names, sizes and hashes only.
"""

from __future__ import annotations

import difflib
import fnmatch
import hashlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from functools import cache, partial
from pathlib import Path

from pipelines import sealed
from pipelines.contracts import SOURCE_NAMES
from pipelines.contracts.iati import SOURCE_NAME as IATI
from pipelines.landing.tables import tables_of_file
from pipelines.mapping.load import load_mappings
from pipelines.mapping.mapping import Mapping, find_mapping
from pipelines.shapes.delivery import _UNFINISHED, Delivery, Member, PastDelivery, Stray, _is_one_of, is_delivery
from pipelines.shapes.errors import ConfigurationError, MappingError, UnknownDelivery
from pipelines.shapes.left_out import RULE as LEFT_OUT
from pipelines.shapes.left_out import LeftOut
from pipelines.storage import write_atomically


def find(raw_root: Path, sources: Iterable[str] = SOURCE_NAMES) -> tuple[list[tuple[str, Path]], list[tuple[str, Path, str]], list[Stray]]:
    """Files under the raw root: (source, path) of deliveries, (source, path, reason) of what cannot be listed, and strays.

    Raises:
        ConfigurationError: the root does not exist, is no folder, or may not be read.
    """
    known = set(sources)
    try:
        entries = sorted(os.scandir(raw_root), key=lambda entry: entry.name)
    except FileNotFoundError:
        raise ConfigurationError(f"{raw_root}: the folder of deliveries does not exist; create it, or name another with --raw or TECHCOOP_RAW_DIR") from None
    except NotADirectoryError:
        raise ConfigurationError(f"{raw_root}: the folder of deliveries is a file; name a folder with --raw or TECHCOOP_RAW_DIR") from None
    except PermissionError:
        raise ConfigurationError(f"{raw_root}: the folder of deliveries may not be read; give this user the right to list it") from None
    files: list[tuple[str, Path]] = []
    closed: list[tuple[str, Path, str]] = []
    strays: list[Stray] = []
    for entry in entries:
        if not entry.is_dir():
            if is_delivery(entry.name):
                strays.append(Stray(source_file=entry.name, message=f"not loaded: put it into the folder of its source ({', '.join(sorted(known))})"))
        elif entry.name.startswith(".") or _is_one_of(entry.name, _UNFINISHED):
            continue
        elif entry.name not in known:
            strays.append(Stray(source_file=entry.name, message=f"not loaded: no source has this name; known are {', '.join(sorted(known))}"))
        else:
            _walk(entry.name, Path(entry.path), files, closed)
    return files, closed, strays


def _walk(source: str, folder: Path, files: list[tuple[str, Path]], closed: list[tuple[str, Path, str]]) -> None:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        closed.append((source, folder, f"the folder may not be read ({error.strerror}); give this user the right to list it"))
        return
    for entry in entries:
        path = Path(entry.path)
        if not _is_folder(entry):
            if is_delivery(entry.name):
                files.append((source, path))
        elif entry.is_symlink() and folder.resolve().is_relative_to(path.resolve()):
            closed.append((source, path, "the link leads back to a folder above it; remove it"))
        elif not entry.name.startswith(".") and not _is_one_of(entry.name, _UNFINISHED):
            _walk(source, path, files, closed)


def _is_folder(entry: os.DirEntry) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads nowhere this user may look
        return False


def stamp(path: Path) -> tuple[int, int, int]:
    """Size, time of change in nanoseconds and inode: equal stamps mean an unchanged file."""
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns, stat.st_ino


class HashCache:
    """sha256 of files, remembered by path and stamp in `<home>/landing/hashes.json`, so that looking for changes is cheap."""

    def __init__(self, file: Path) -> None:
        """Read what is remembered; a damaged memory is an empty one, and that is said."""
        self._file = file
        self._known: dict[str, list] = {}
        try:
            self._known = sealed.from_json(file.read_text(encoding="utf-8"))
        except OSError:
            pass
        except ValueError:
            sealed.tell(f"{file} is damaged: every delivery is hashed again")
        self._seen: dict[str, list] = {}

    def sha256(self, path: Path) -> str:
        """Hash of a file's content.

        Raises:
            OSError: the file cannot be read.
        """
        before = list(stamp(path))
        remembered = self._known.get(str(path))
        if remembered and remembered[:3] == before:
            self._seen[str(path)] = remembered
            return remembered[3]
        with path.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        if list(stamp(path)) == before:
            self._seen[str(path)] = self._known[str(path)] = [*before, digest]
        return digest

    def members(self, path: Path) -> list[Member]:
        """Members of an archive with their hashes, remembered like the hashes of files.

        Raises:
            OSError: the archive cannot be read.
            UnreadableDelivery: it is none, or not one that may be opened.
        """
        from pipelines.iati.archive import read_members

        key = f"{path}!/"
        before = list(stamp(path))
        remembered = self._known.get(key)
        if not remembered or remembered[:3] != before:
            remembered = [*before, [asdict(member) for member in read_members(path)]]
            if list(stamp(path)) == before:
                self._known[key] = remembered
        if list(stamp(path)) == before:
            self._seen[key] = remembered
        return [Member(**member) for member in remembered[3]]

    def save(self) -> None:
        """Remember the files seen, and those known that still exist, for the next run."""
        kept = {path: known for path, known in self._known.items() if path not in self._seen and Path(path.removesuffix("!/")).exists()}
        self._seen = kept | self._seen
        write_atomically(self._file, sealed.to_json(self._seen).encode())


def discover(raw_root: Path, hashes: HashCache, sources: Iterable[str] = SOURCE_NAMES) -> tuple[list[Delivery], list[Stray]]:
    """Every delivery now under the raw root, hashed.

    Raises:
        ConfigurationError: there is no delivery at all.
    """
    files, closed, strays = find(raw_root, sources)
    deliveries: list[Delivery] = []
    for source, path in files:
        name = path.relative_to(raw_root).as_posix()
        try:
            digest = hashes.sha256(path)
        except OSError as error:
            reason = f"the file cannot be read ({error.strerror}); give this user the right to read it"
            deliveries.append(Delivery(source=source, source_file=name, path=path, sha256=None).set_aside("unreadable_file", reason))
            continue
        deliveries += delivered(source, name, path, digest, hashes)
    for source, folder, reason in closed:
        name = folder.relative_to(raw_root).as_posix()
        deliveries.append(Delivery(source=source, source_file=name, path=folder, sha256=None).set_aside("unreadable_folder", reason))
    if not deliveries:
        raise _nothing_delivered(raw_root, sources)
    return deliveries, strays


def count_once(deliveries: Sequence[Delivery]) -> list[Delivery]:
    """The deliveries, of which the same content under the same mapping twice in one source is set aside where it stands later."""
    first_with: dict[tuple[str, str | None, str], Delivery] = {}
    found = []
    for delivery in deliveries:
        if delivery.status == "loaded":
            twin = first_with.setdefault((delivery.source, delivery.sha256, delivery.mapping), delivery)
            if twin is not delivery:
                delivery = delivery.repeats(twin.source_file)
        found.append(delivery)
    return found


def with_mappings(deliveries: Sequence[Delivery], raw_root: Path) -> tuple[list[Delivery], dict[tuple[str, int], Mapping]]:
    """The tables of the deliveries with the identity of their mappings, and the mappings by file and table.

    A mapping that cannot be understood sets aside what it governs; a file of values that a mapping uses is no delivery.
    """
    found: list[Delivery] = []
    mappings: dict[tuple[str, int], Mapping] = {}
    # A folder's mapping governs many files, and is read once.
    said = cache(partial(load_mappings, root=raw_root))
    for delivery in deliveries:
        tables: list[tuple[Delivery, Mapping]] = []
        if delivery.rule not in ("unreadable_file", "unreadable_folder") and delivery.path is not None:
            try:
                file = find_mapping(delivery.path, raw_root)
                tables = tables_of_file(delivery, said(file)) if file is not None else []
            except MappingError as error:
                delivery = delivery.broken_mapping(error, raw_root)
        for one, mapping in tables:
            mappings[one.source_file, one.table] = mapping
        found += [one for one, _ in tables] or [delivery]
    values = {file for mapping in mappings.values() for file in mapping.values_files}
    return [one for one in found if one.path is None or one.path.resolve() not in values], mappings


def without_values(strays: Sequence[Stray], raw_root: Path, mappings: Iterable[Mapping]) -> list[Stray]:
    """The strays that no mapping uses as a file of values, or as the folder of one."""
    values = {file for mapping in mappings for file in mapping.values_files}
    root = raw_root.resolve()
    return [one for one in strays if not any(file.is_relative_to(root / one.source_file) for file in values)]


def named(raw_root: Path, home: Path, names: Sequence[str], reason: str) -> list[LeftOut]:
    """The deliveries that an operator names to leave out, by id or by file; an archive stands for all that is in it.

    Raises:
        UnknownDelivery: a name is none of a delivery now under the raw root; the message gives the nearest. Or nothing would be left.
        ConfigurationError: there is no delivery at all.
    """
    hashes = HashCache(home / "landing" / "hashes.json")
    deliveries = count_once(with_mappings(discover(raw_root, hashes)[0], raw_root)[0])
    found: dict[str, LeftOut] = {}
    for name in names:
        meant = [one for one in deliveries if name in (one.delivery_id, one.source_file, one.source_file.partition("!/")[0])]
        if not meant:
            known = list(dict.fromkeys([one.source_file for one in deliveries] + [one.delivery_id for one in deliveries]))
            ends_so = [file for file in known if Path(file).name == Path(name).name]
            near = ends_so or difflib.get_close_matches(name, known, n=3, cutoff=0.3) or known[:3]
            raise UnknownDelivery(f"no delivery {name!r} under {raw_root}; the nearest: {', '.join(near)}")
        found |= {one.delivery_id: LeftOut(delivery_id=one.delivery_id, source=one.source, source_file=one.source_file, reason=reason.strip()) for one in meant}
    if all(one.delivery_id in found or one.same_as in {left.source_file for left in found.values()} for one in deliveries):
        raise UnknownDelivery(f"{', '.join(names)}: no delivery would be left under {raw_root}; withdraw the files instead")
    return list(found.values())


def leave_out(deliveries: Sequence[Delivery], left_out: Sequence[LeftOut]) -> list[Delivery]:
    """The deliveries with those set aside that an operator leaves out, wherever the same content lies.

    Raises:
        UnknownDelivery: one of them has changed since it was named.
    """
    ids = {one.delivery_id: one for one in left_out}
    files = {one.source_file: one for one in left_out}
    here = {delivery.delivery_id for delivery in deliveries}
    for one in left_out:
        if one.delivery_id not in here:
            raise UnknownDelivery(f"{one.source_file} has changed since it was named (delivery {one.delivery_id}): look at it again, and name it anew")
    result = []
    for delivery in deliveries:
        told = ids.get(delivery.delivery_id)
        twin = files.get(delivery.same_as or "")
        if told:
            delivery = replace(delivery.set_aside(LEFT_OUT, f"left out of this release: {told.reason}"), same_as=None)
        elif twin:
            delivery = replace(delivery.set_aside(LEFT_OUT, f"the same content as {twin.source_file}, which is left out of this release"), same_as=None)
        result.append(delivery)
    return result


def _nothing_delivered(raw_root: Path, sources: Iterable[str]) -> ConfigurationError:
    return ConfigurationError(f"{raw_root}: no delivery here; put files into {raw_root}/<source>/, where <source> is one of {', '.join(sorted(sources))}")


def delivered(source: str, name: str, path: Path, digest: str, hashes: HashCache) -> list[Delivery]:
    """The file as a delivery; of an archive of activity files, one delivery per member (`a.zip!/b.xml`)."""
    delivery = Delivery(source=source, source_file=name, path=path, sha256=digest)
    if source != IATI:
        return [delivery]
    from pipelines.iati.archive import is_archive
    from pipelines.shapes.errors import UnreadableDelivery

    if not is_archive(path):
        return [delivery]
    try:
        members = hashes.members(path)
    except UnreadableDelivery as error:
        return [delivery.set_aside(error.rule, f"{error.detail} {error.remedy}".strip())]
    if not members:
        return [delivery.set_aside("empty_archive", f"{path.name} holds no file. Pack the activity files again and deliver the archive once more.")]
    found = []
    for member in members:
        one = replace(delivery, source_file=f"{name}!/{member.name}", sha256=member.sha256, member=member.name)
        found.append(one.set_aside(member.rule, member.message) if member.rule else one)
    return found


def content_sha256(delivery: Delivery, hashes: HashCache) -> str | None:
    """The hash of what a delivery holds now.

    Raises:
        OSError: it cannot be read.
        UnreadableDelivery: it lies in an archive that cannot be read any more.
    """
    if delivery.member is None:
        return hashes.sha256(delivery.path)
    return next((member.sha256 for member in hashes.members(delivery.path) if member.name == delivery.member), None)


def fingerprint(raw_root: Path, home: Path) -> str:
    """Hash of everything under the raw root that a release depends on: deliveries and mappings, by path and content. Cheap where nothing changed.

    Raises:
        ConfigurationError: the raw root cannot be listed, or holds no delivery.
    """
    hashes = HashCache(home / "landing" / "hashes.json")
    files, closed, strays = find(raw_root)
    if not files and not closed:
        raise _nothing_delivered(raw_root, SOURCE_NAMES)
    mappings = sorted({find_mapping(path, raw_root) for _, path in files} - {None})
    values = sorted({file for path in mappings for file in _values_files(path, raw_root)})
    digest = hashlib.sha256()
    for path in [*(path for _, path in files), *mappings, *values]:
        try:
            content = hashes.sha256(path)
        except OSError as error:
            content = str(error.strerror)
        digest.update(f"{os.path.relpath(path, raw_root)}\0{content}\n".encode())
    for line in [f"{folder.relative_to(raw_root).as_posix()}\0{reason}" for _, folder, reason in closed] + [stray.source_file for stray in strays]:
        digest.update(f"{line}\n".encode())
    hashes.save()
    return digest.hexdigest()


def _values_files(mapping: Path, raw_root: Path) -> list[Path]:
    """Files of values that a mapping names; none where it cannot be understood."""
    try:
        return [file for one in load_mappings(mapping, raw_root) for file in one.values_files]
    except MappingError:
        return []


def supersede(deliveries: Sequence[Delivery], globs: dict[str, tuple[str, ...]]) -> list[Delivery]:
    """Mark what a mapping's `supersedes` names: globs by source file, matched against file names and paths below the source folder.

    A delivery never supersedes itself. One that is itself superseded or set aside supersedes nothing.
    """
    by_file: dict[str, list[Delivery]] = {}
    for delivery in deliveries:
        by_file.setdefault(delivery.source_file, []).append(delivery)
    result = []
    for delivery in deliveries:
        newer = next(
            (
                other
                for file, patterns in sorted(globs.items())
                for other in by_file.get(file, ())
                if file != delivery.source_file
                and (delivery.member is None or other.path != delivery.path)
                and other.source == delivery.source
                and other.status == "loaded"
                and any(_matches(delivery, pattern) for pattern in patterns)
                and not _superseded_in_return(delivery, other, globs)
            ),
            None,
        )
        if newer and delivery.status == "loaded":
            result.append(
                replace(delivery, status="superseded", message=f"replaced by {newer.source_file}, whose mapping says so", superseded_by=newer.source_file)
            )
        else:
            result.append(delivery)
    return result


def _matches(delivery: Delivery, pattern: str) -> bool:
    below = delivery.source_file.partition("/")[2]
    archive = below.partition("!/")[0]
    names = (below, Path(below).name, delivery.source_file, archive, Path(archive).name)
    return any(fnmatch.fnmatchcase(name, pattern) for name in names)


def _superseded_in_return(older: Delivery, newer: Delivery, globs: dict[str, tuple[str, ...]]) -> bool:
    """A folder's mapping may name a glob that all its files match; then the later path is the newer one."""
    return any(_matches(newer, pattern) for pattern in globs.get(older.source_file, ())) and older.source_file > newer.source_file


def past_deliveries(previous_database: Path | None) -> list[PastDelivery]:
    """Deliveries of the previous release, empty if there is none or it has no such table."""
    if previous_database is None or not previous_database.exists():
        return []
    import duckdb

    with duckdb.connect(str(previous_database), read_only=True) as connection:
        known = connection.execute("select count(*) from duckdb_tables() where schema_name = 'audit' and table_name = 'deliveries'").fetchone()[0]
        known += connection.execute("select count(*) from duckdb_views() where schema_name = 'audit' and view_name = 'deliveries'").fetchone()[0]
        if not known:
            return []
        rows = connection.execute(
            "select distinct delivery_id, source, source_file, source_sha256, status, coalesce(message, '') from audit.deliveries"
        ).fetchall()
    names = ("delivery_id", "source", "source_file", "source_sha256", "status", "message")
    return [PastDelivery(**dict(zip(names, row, strict=True))) for row in rows]


def departed(deliveries: Sequence[Delivery], past: Sequence[PastDelivery]) -> list[dict[str, str | None]]:
    """Lines for deliveries that an earlier release had and this one has not, with ids as they were.

    Same path with new content or another mapping: the old one is superseded. Path gone: withdrawn. What was already so stays so, unless the file
    came back.
    """
    here = {delivery.delivery_id for delivery in deliveries}
    paths = {delivery.source_file: delivery.sha256 for delivery in deliveries}
    lines = []
    for old in sorted(past, key=lambda line: (line.source_file, line.delivery_id)):
        if old.delivery_id in here or old.source_sha256 is None:
            continue
        if old.status in ("superseded", "withdrawn") and old.source_file not in paths:
            status, message = old.status, old.message
        elif old.source_file in paths:
            other = "another mapping" if paths[old.source_file] == old.source_sha256 else "other content"
            status, message = "superseded", f"the file now has {other}"
        else:
            status, message = "withdrawn", "the file is no longer among the deliveries"
        lines.append({**{key: value for key, value in asdict(old).items() if key not in ("status", "message")}, "status": status, "message": message})
    return lines
