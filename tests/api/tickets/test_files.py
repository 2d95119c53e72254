"""Photos and files of a ticket: who adds, who sees, and what is refused."""

from __future__ import annotations

import contextlib
import hashlib
import io
import select
import socket
import threading
import uuid
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy
import uvicorn
from openpyxl import Workbook
from PIL import Image

from api.app import create_app
from api.staff.roles import Role
from api.tickets import file_kinds, files
from routing import ticket_thread
from routing.tables import attachment_table


def new_key() -> str:
    return uuid.uuid4().hex


EXIF_GPS, EXIF_MODEL = 0x8825, 0x0110


def a_photo(format_: str = "JPEG", size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", size, "teal").save(content, format_, **options)
    return content.getvalue()


def a_workbook() -> bytes:
    content, book = io.BytesIO(), Workbook()
    book.active.append(["工资", 3000])
    book.save(content)
    return content.getvalue()


def a_zip(**entries: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in entries.items():
            packed.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), text)
    return content.getvalue()


def send(ticket: Any, content: Any, name: str = "欠条.jpg", key: str | None = None, code: str | None = None) -> Any:
    return ticket.client.post(
        f"/api/v1/tickets/{ticket.number}/files",
        params={"name": name, "key": key or new_key()},
        headers={"X-Query-Code": ticket.code if code is None else code},
        content=content,
    )


def fetch(ticket: Any, file_id: str) -> Any:
    address = f"/api/v1/tickets/{ticket.number}/files/{file_id}"
    return ticket.client.get(address, headers={"X-Query-Code": ticket.code})


def on_disk(service: Any) -> set[str]:
    return {path.name for path in (service.settings.data_dir / "files").glob("*")}


@pytest.fixture
def inspection(service) -> str:
    return service.parts.directory.find("labor_inspection", "洪山区").id


def test_a_photo_goes_from_the_citizen_to_body_and_desk_and_is_given_out_to_be_saved(
    as_staff, a_ticket, inspection, link_holder
) -> None:
    agent, ticket = as_staff(Role.AGENT), a_ticket()
    added = send(ticket, a_photo())
    assert added.status_code == 201, added.text
    (shown,) = added.json()["files"]
    assert (shown["name"], shown["kind_name"], shown["party"]) == ("欠条.jpg", "照片", "citizen")
    assert added.json()["events"][-1]["text"] == "传来照片：欠条.jpg"
    body = link_holder(ticket.done(agent, "sent", body_id=inspection))
    assert [file["id"] for file in body.look().json()["ticket"]["files"]] == [shown["id"]]
    gets = [
        fetch(ticket, shown["id"]),
        body.client.get(f"/api/v1/body/files/{shown['id']}", headers=body.headers),
        agent.get(f"/api/v1/desk/tickets/{ticket.number}/files/{shown['id']}"),
    ]
    for got in gets:
        assert got.status_code == 200
        assert Image.open(io.BytesIO(got.content)).size == (64, 48)
        assert got.headers["content-disposition"].startswith("attachment;")
        assert got.headers["content-type"] == "image/jpeg"
        assert got.headers["x-content-type-options"] == "nosniff"
        assert got.headers["cache-control"] == "no-store"


def test_the_thread_holds_the_hash_and_a_changed_or_missing_file_is_found(as_staff, a_ticket, service) -> None:
    boss, ticket = as_staff(Role.SUPERVISOR), a_ticket()
    file_id = send(ticket, a_photo()).json()["files"][0]["id"]
    path = service.settings.data_dir / "files" / file_id
    assert path.stat().st_mode & 0o777 == 0o600
    event = ticket.seen(boss).json()["events"][-1]
    assert event["details"]["file_hash"] == hashlib.sha256(fetch(ticket, file_id).content).hexdigest()
    chain = f"/api/v1/desk/tickets/{ticket.number}/chain"
    assert boss.get(chain).json() == []
    path.write_bytes(b"something else")
    assert boss.get(chain).json() == [event["sequence"]]
    path.unlink()
    assert boss.get(chain).json() == [event["sequence"]]
    gone = fetch(ticket, file_id)
    assert gone.status_code == 410
    assert "已经不在" in gone.json()["detail"]


def test_who_may_see_a_file_is_a_value_on_it(as_staff, a_ticket, inspection, link_holder) -> None:
    agent, ticket = as_staff(Role.AGENT), a_ticket()
    body = link_holder(ticket.done(agent, "sent", body_id=inspection))
    for audience in ("citizen", "body", "agents"):
        params = {"name": f"{audience}.pdf", "key": new_key(), "visible_to": audience}
        added = agent.post(f"/api/v1/desk/tickets/{ticket.number}/files", params=params, content=b"%PDF-1.7\n")
        assert added.status_code == 201, added.text
    params = {"name": "内部.pdf", "key": new_key(), "visible_to": "body"}
    assert (
        body.client.post("/api/v1/body/files", params=params, headers=body.headers, content=b"%PDF-1.7\n").status_code
        == 201
    )
    seen = {
        name: [file["name"] for file in found]
        for name, found in {
            "citizen": ticket.seen_by_citizen()["files"],
            "body": body.look().json()["ticket"]["files"],
            "agent": ticket.seen(agent).json()["files"],
        }.items()
    }
    assert seen == {
        "citizen": ["citizen.pdf"],
        "body": ["citizen.pdf", "body.pdf", "内部.pdf"],
        "agent": ["citizen.pdf", "body.pdf", "agents.pdf", "内部.pdf"],
    }
    for_agents = next(f["id"] for f in ticket.seen(agent).json()["files"] if f["name"] == "agents.pdf")
    assert fetch(ticket, for_agents).status_code == 404
    assert body.client.get(f"/api/v1/body/files/{for_agents}", headers=body.headers).status_code == 404


def test_a_file_is_had_through_its_own_ticket_only(as_staff, a_ticket, inspection) -> None:
    first, second = a_ticket(), a_ticket()
    file_id = send(first, a_photo()).json()["files"][0]["id"]
    assert fetch(second, file_id).status_code == 404
    assert send(first, a_photo(), code="222222").status_code == 404
    officer = as_staff(Role.BODY_OFFICER, bodies=frozenset({inspection}))
    assert officer.get(f"/api/v1/desk/tickets/{first.number}/files/{file_id}").status_code == 404


def test_sent_again_it_is_added_once(a_ticket, service) -> None:
    ticket, key = a_ticket(), new_key()
    before = on_disk(service)
    assert [send(ticket, a_photo(), key=key).status_code for _ in range(3)] == [201] * 3
    assert len(ticket.seen_by_citizen()["files"]) == 1
    assert len(on_disk(service) - before) == 1


def test_what_a_body_asked_for_is_a_file_too(as_staff, a_ticket, inspection, link_holder) -> None:
    agent, ticket = as_staff(Role.AGENT), a_ticket()
    body = link_holder(ticket.done(agent, "sent", body_id=inspection))
    body.done("accepted")
    body.done("asked", text="请拍一下工资条")
    params = {"name": "样子.jpg", "key": new_key()}
    body.client.post("/api/v1/body/files", params=params, headers=body.headers, content=a_photo())
    assert ticket.seen_by_citizen()["state"] == "asked"  # the body's own file answers nothing
    assert send(ticket, a_photo()).json()["state"] == "accepted"


def test_an_ended_ticket_takes_no_file_and_says_so(as_staff, a_ticket) -> None:
    ticket = a_ticket()
    ticket.citizen("withdrawn")
    assert ticket.seen_by_citizen()["file_limits"] is None
    refused = send(ticket, a_photo())
    assert (refused.status_code, refused.json()["title"]) == (409, "现在不能这样做")


def test_a_photo_loses_what_the_camera_noted_and_stands_upright(a_ticket) -> None:
    exif = Image.Exif()
    exif[EXIF_MODEL] = "a phone of mine"
    exif[0x0112] = 6  # turned
    exif.get_ifd(EXIF_GPS)[1] = "N"
    ticket = a_ticket()
    sent = a_photo(exif=exif) + b"<?php hidden behind the picture"
    file_id = send(ticket, sent).json()["files"][0]["id"]
    kept = fetch(ticket, file_id).content
    assert b"a phone of mine" not in kept
    assert b"<?php" not in kept
    picture = Image.open(io.BytesIO(kept))
    assert dict(picture.getexif()) == {}
    assert picture.size == (48, 64)


@pytest.mark.parametrize(
    ("format_", "size", "kept"),
    [("JPEG", (9000, 3000), (4096, 1365)), ("PNG", (50, 5000), (41, 4096)), ("WEBP", (30, 30), (30, 30))],
)
def test_photos_keep_their_format_and_no_more_pixels_than_needed(a_ticket, format_, size, kept) -> None:
    ticket = a_ticket()
    file_id = send(ticket, a_photo(format_, size)).json()["files"][0]["id"]
    picture = Image.open(io.BytesIO(fetch(ticket, file_id).content))
    assert picture.format == format_
    assert all(abs(a - b) <= 1 for a, b in zip(picture.size, kept, strict=True))


@pytest.mark.parametrize(
    ("content", "ending"),
    [
        (a_workbook(), "xlsx"),
        (b"%PDF-1.4\n%...", "pdf"),
        (b"ID3\x03\x00\x00\x00\x00\x00\x21" + bytes(100), "mp3"),
        (b"\x00\x00\x00\x20ftypM4A \x00\x00\x00\x00M4A mp42isom" + bytes(50), "m4a"),
        (b"#!AMR\n" + b"\x3c" * 60, "amr"),
        (b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41" + bytes(50), "mp4"),
    ],
)
def test_papers_and_recordings_stay_as_they_are_and_get_their_true_ending(a_ticket, content, ending) -> None:
    ticket = a_ticket()
    added = send(ticket, content, name="证据.jpg")
    assert added.status_code == 201, added.text
    (shown,) = added.json()["files"]
    assert shown["name"] == f"证据.{ending}"
    assert fetch(ticket, shown["id"]).content == content


BOMB = a_zip(**{"[Content_Types]_xml": "x", "word__document_xml": "0" * 60_000_000})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "空的"),
        (b"#!/bin/sh\nrm -rf /\n", "不是能收的格式"),
        (b"<html><script>alert(1)</script></html>", "不是能收的格式"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "不是能收的格式"),
        (b"MZ\x90\x00" + bytes(200), "不是能收的格式"),
        (a_zip(a="0" * 1_000_000), "压缩包"),
        (b"\x1f\x8b\x08\x00\x00\x00\x00\x00" + bytes(50), "压缩包"),
        (BOMB, "解开以后太大"),
        (a_zip(**{"[Content_Types]_xml": "x", "word__document_xml": "x", "word__vbaProject_bin": "x"}), "宏"),
        (a_workbook()[:-30], "不是能收的格式"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "旧格式"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(50), "HEIC"),
        (a_photo()[:200], "打不开"),
        (a_photo("PNG")[:60], "打不开"),
    ],
    ids=[
        "empty", "script", "page", "svg", "program", "zip", "gzip", "zip bomb", "macros", "broken zip", "doc", "heic",
        "half a photo", "half a png",
    ],
)  # fmt: skip
def test_what_is_named_jpg_and_is_none_is_refused_in_words_and_leaves_nothing(a_ticket, service, content, said) -> None:
    ticket, before = a_ticket(), on_disk(service)
    refused = send(ticket, content, name="照片.jpg")
    assert refused.status_code == 422, refused.text
    assert said in refused.json()["detail"]
    assert refused.json()["errors"][0]["field"] == "file"
    assert ticket.seen_by_citizen()["files"] == []
    assert on_disk(service) == before


def test_a_picture_of_billions_of_pixels_is_refused_before_it_is_unpacked(a_ticket) -> None:
    small = bytearray(a_photo("PNG"))
    small[16:24] = (60_000).to_bytes(4) * 2  # says 3.6 thousand million pixels in its head
    small[29:33] = zlib.crc32(small[12:29]).to_bytes(4)
    refused = send(a_ticket(), bytes(small))
    assert (refused.status_code, "尺寸太大" in refused.json()["detail"]) == (422, True)


@pytest.fixture
def served(service) -> Iterator[int]:
    """The port of a real server over the same service."""
    app = create_app(lambda: service)
    app.state.service = service
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_level="error"))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        yield listening.getsockname()[1]
        server.should_exit = True
        thread.join()


def test_200_mb_without_a_length_are_cut_off_on_the_way_and_leave_nothing(a_ticket, service, served) -> None:
    ticket, before, taken = a_ticket(), on_disk(service), 0
    address = f"/api/v1/tickets/{ticket.number}/files?name=a.mp4&key={new_key()}"
    head = f"POST {address} HTTP/1.1\r\nHost: localhost\r\nX-Query-Code: {ticket.code}\r\nTransfer-Encoding: chunked\r\n\r\n"
    piece = b"100000\r\n" + bytes(1024 * 1024) + b"\r\n"
    with socket.create_connection(("127.0.0.1", served), timeout=30) as sending:
        sending.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1024 * 1024)
        sending.sendall(head.encode())
        answered = b""
        for _ in range(200):
            if select.select([sending], [], [], 0)[0]:
                break
            try:
                sending.sendall(piece)
            except OSError:  # the server has closed
                break
            taken += 1
        with contextlib.suppress(ConnectionError):
            answered = sending.recv(65536)
    assert taken < 40  # 10 MB and what lies in the buffers of the connection
    assert answered == b"" or b" 413 " in answered.split(b"\r\n")[0]
    assert on_disk(service) == before
    assert ticket.seen_by_citizen()["files"] == []


def test_a_sender_who_goes_away_leaves_nothing(a_ticket, service, served) -> None:
    ticket, before = a_ticket(), on_disk(service)
    address = f"/api/v1/tickets/{ticket.number}/files?name=a.jpg&key={new_key()}"
    head = (
        f"POST {address} HTTP/1.1\r\nHost: localhost\r\nX-Query-Code: {ticket.code}\r\nContent-Length: 500000\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", served), timeout=30) as sending:
        sending.sendall(head.encode() + a_photo()[:200])
    assert ticket.seen_by_citizen()["files"] == []
    assert on_disk(service) == before


def test_200_mb_are_refused_by_their_length_before_anything_is_read(a_ticket, service) -> None:
    ticket, before = a_ticket(), on_disk(service)
    headers = {"X-Query-Code": ticket.code, "Content-Length": str(200 * 1024 * 1024)}
    params = {"name": "录像.mp4", "key": new_key()}
    refused = ticket.client.post(f"/api/v1/tickets/{ticket.number}/files", params=params, headers=headers, content=b"x")
    assert (refused.status_code, "10 MB" in refused.json()["detail"]) == (413, True)
    assert on_disk(service) == before


def test_a_ticket_takes_so_many_files_and_no_more(a_ticket, service, monkeypatch) -> None:
    monkeypatch.setattr(service, "settings", service.settings.model_copy(update={"files_per_ticket": 2}))
    ticket = a_ticket()
    assert send(ticket, a_photo()).json()["file_limits"]["more"] == 1
    assert send(ticket, a_photo()).json()["file_limits"] is None
    before = on_disk(service)
    refused = send(ticket, a_photo())
    assert (refused.status_code, "满了" in refused.json()["detail"]) == (422, True)
    assert on_disk(service) == before


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\照片\\欠条.PNG", "欠条.jpg"),
        ("欠条\u202egpj.exe", "欠条gpj.jpg"),
        ("a\r\nSet-Cookie: x=1", "aSet-Cookie x=1.jpg"),
        ("<img src=x>.jpg", "img src=x.jpg"),
        ("张三 420106198001011234.jpg", None),
        ("." * 200, "照片.jpg"),
        ("长" * 255, f"{'长' * file_kinds.LONGEST_NAME}.jpg"),
    ],
)
def test_names_are_cleaned_before_they_are_shown(given, shown) -> None:
    name = file_kinds.clean_name(given, file_kinds.Kind("image/jpeg", "jpg"))
    assert name == shown if shown else "420106198001011234" not in name


def test_what_a_crash_left_is_removed_and_what_tickets_have_stays(a_ticket, service, monkeypatch) -> None:
    kept = send(a_ticket(), a_photo()).json()["files"][0]["id"]
    left = service.settings.data_dir / "files" / ("0" * 32)
    left.write_bytes(b"half")
    files.sweep(service)
    assert left.exists()  # it may be under way
    monkeypatch.setattr(files, "LEFT_OVER_S", -1)
    assert files.sweep(service) >= 1
    assert kept in on_disk(service)
    assert not left.exists()


def test_every_reading_and_adding_by_staff_is_in_the_trail(as_staff, a_ticket) -> None:
    agent, auditor, ticket = as_staff(Role.AGENT), as_staff(Role.AUDITOR), a_ticket()
    file_id = send(ticket, a_photo()).json()["files"][0]["id"]
    agent.get(f"/api/v1/desk/tickets/{ticket.number}/files/{file_id}")
    params = {"name": "回执.pdf", "key": new_key()}
    for _ in range(2):
        agent.post(f"/api/v1/desk/tickets/{ticket.number}/files", params=params, content=b"%PDF-1.7\n")
    rows = auditor.get("/api/v1/staff/audit", params={"object_id": ticket.number}).json()["items"]
    assert sorted(row["action"] for row in rows) == ["ticket.attached", "ticket.file_read"]


def test_merged_tickets_bring_their_files_to_whoever_works_on_them_but_not_to_the_other_citizen(
    as_staff, a_ticket
) -> None:
    agent, first, second = as_staff(Role.AGENT), a_ticket(), a_ticket()
    file_id = send(first, a_photo()).json()["files"][0]["id"]
    first.done(agent, "merged", ticket=second.number)
    assert [file["id"] for file in second.seen(agent).json()["files"]] == [file_id]
    assert agent.get(f"/api/v1/desk/tickets/{second.number}/files/{file_id}").status_code == 200
    assert second.seen_by_citizen()["files"] == []
    assert fetch(second, file_id).status_code == 404


def test_rows_and_events_agree(a_ticket, service) -> None:
    ticket = a_ticket()
    send(ticket, a_photo())
    with service.engine.connect() as connection:
        row = connection.execute(
            sqlalchemy.select(attachment_table).where(attachment_table.c.ticket == ticket.number)
        ).one()
        event = ticket_thread.events_of(connection, ticket.number)[-1]
    assert (event.details.file, event.details.file_hash) == (row.id, row.sha256)
    assert row.size == len(fetch(ticket, row.id).content)


def rows_of(service, ticket) -> Any:
    with service.engine.connect() as connection:
        return connection.execute(
            sqlalchemy.select(attachment_table).where(attachment_table.c.ticket == ticket.number)
        ).all()


def test_what_lies_on_the_disk_cannot_be_read_without_the_key(a_ticket, service) -> None:
    ticket, words = a_ticket(), b"%PDF-1.7\n" + "张三欠我三万元".encode() * 20_000
    (shown,) = send(ticket, words, "欠条.pdf").json()["files"]
    lying = (service.settings.data_dir / "files" / shown["id"]).read_bytes()
    assert "张三".encode() not in lying
    assert fetch(ticket, shown["id"]).content == words
    (row,) = rows_of(service, ticket)
    assert row.key not in lying
    assert len(bytes.fromhex(service.secrets.show(row.key))) == 32


def test_a_file_of_before_there_were_keys_is_given_out_and_checked_all_the_same(as_staff, a_ticket, service) -> None:
    boss, ticket = as_staff(Role.SUPERVISOR), a_ticket()
    content = b"%PDF-1.7\n"
    (shown,) = send(ticket, content, "欠条.pdf").json()["files"]
    (service.settings.data_dir / "files" / shown["id"]).write_bytes(content)
    with service.writing.begin() as connection:
        mine = attachment_table.c.id == shown["id"]
        connection.execute(sqlalchemy.update(attachment_table).where(mine).values(key=None))
    assert fetch(ticket, shown["id"]).content == content
    assert boss.get(f"/api/v1/desk/tickets/{ticket.number}/chain").json() == []


def take_back(ticket, file_id: str, code: str | None = None) -> Any:
    headers = {"X-Query-Code": ticket.code if code is None else code}
    return ticket.client.delete(f"/api/v1/tickets/{ticket.number}/files/{file_id}", headers=headers)


def test_what_is_taken_back_before_it_was_sent_is_gone_and_no_body_saw_it(as_staff, a_ticket, service) -> None:
    boss, ticket = as_staff(Role.SUPERVISOR), a_ticket()
    (shown,) = send(ticket, a_photo()).json()["files"]
    for _ in range(2):
        answered = take_back(ticket, shown["id"])
        assert answered.status_code == 200
        assert answered.json()["files"] == []
    assert shown["id"] not in on_disk(service)
    assert rows_of(service, ticket) == []
    assert fetch(ticket, shown["id"]).status_code == 404
    event = ticket.seen(boss).json()["events"][-1]
    assert (event["kind"], event["party"]) == ("detached", "citizen")
    assert event["details"]["file_hash"] == shown["sha256"]
    assert "欠条.jpg" in event["text"]
    assert "没有单位看过" in event["text"]
    assert boss.get(f"/api/v1/desk/tickets/{ticket.number}/chain").json() == []


def test_what_a_body_may_have_seen_is_gone_here_and_that_is_said(as_staff, a_ticket, inspection, link_holder) -> None:
    ticket = a_ticket()
    (shown,) = send(ticket, a_photo()).json()["files"]
    body = link_holder(ticket.done(as_staff(Role.AGENT), "sent", body_id=inspection))
    body.done("accepted")
    told = take_back(ticket, shown["id"]).json()["events"][-1]["text"]
    assert body.look().json()["for_body"] in told
    assert "可能已经看过" in told
    assert body.look().json()["ticket"]["files"] == []
    assert body.client.get(f"/api/v1/body/files/{shown['id']}", headers=body.headers).status_code == 404
    assert body.look().json()["ticket"]["state"] == "accepted"
    second = send(ticket, a_photo()).json()["files"][0]["id"]  # added while the body has it
    assert "可能已经看过" in take_back(ticket, second).json()["events"][-1]["text"]


def test_a_file_of_somebody_else_is_not_taken_back(as_staff, a_ticket) -> None:
    ticket, params = a_ticket(), {"name": "回执.pdf", "key": new_key()}
    agent = as_staff(Role.AGENT)
    added = agent.post(f"/api/v1/desk/tickets/{ticket.number}/files", params=params, content=b"%PDF-1.7\n").json()
    assert take_back(ticket, added["files"][0]["id"]).status_code == 404
    mine = send(ticket, a_photo()).json()["files"][1]["id"]
    assert take_back(ticket, mine, code="222222").status_code == 404
    assert take_back(a_ticket(), mine).status_code == 404
    assert len(ticket.seen_by_citizen()["files"]) == 2


def test_what_is_taken_back_makes_room_for_another(a_ticket, service, monkeypatch) -> None:
    monkeypatch.setattr(service.settings, "files_per_ticket", 1)
    ticket = a_ticket()
    (shown,) = send(ticket, a_photo()).json()["files"]
    assert send(ticket, a_photo()).status_code == 422
    take_back(ticket, shown["id"])
    assert send(ticket, a_photo()).status_code == 201
